"""Two-step sign-in through the pages, the API and the command line's service."""

import re
import threading
import time

import pytest
from django.core import signing
from django.test import Client

from lightkeeper.apps.accounts import entering, factors, services, totp
from lightkeeper.apps.accounts.choices import Purpose
from lightkeeper.apps.accounts.models import Person, SecondFactor
from lightkeeper.apps.accounts.tests.conftest import did, forget_the_step, sign_in
from lightkeeper.testing.cast import PASSWORD
from lightkeeper.testing.plugin import NAME, superuser


def nobody() -> Client:
    return Client(headers={"host": "localhost"})


def half_way() -> Client:
    browser = nobody()
    assert sign_in(browser)["Location"] == "/sign-in/code/"
    return browser


def give(code: str):
    return half_way().post("/sign-in/code/", {"code": code})


def is_in(browser: Client) -> bool:
    return browser.get("/sessions/").status_code == 200


def person_id() -> int:
    return Person.objects.using("owner").get(username="lou").pk


def open_by_api(**more: str):
    given = {"username": "lou", "password": PASSWORD, "purpose": "analysis", **more}
    return nobody().post("/api/sessions", given, content_type="application/json")


def test_turning_it_on_shows_ten_codes_once_and_is_recorded(factor):
    assert len(set(factor.recovery)) == 10
    page = factor.browser.get("/second-factor/").content.decode()
    assert "10 recovery codes are left" in page
    assert not any(code in page for code in factor.recovery)
    assert "two-step sign-in turned on" in did()


def test_what_is_kept_holds_neither_the_secret_nor_a_code(factor):
    with superuser(NAME) as connection:
        kept = connection.execute(
            "select sealed, key_id from accounts_secondfactor"
        ).fetchone() + tuple(
            row[0] for row in connection.execute("select code_hash from accounts_recoverycode")
        )
    words = b"".join(part if isinstance(part, bytes) else part.encode() for part in kept)

    assert factor.secret not in words
    assert not any(code.replace("-", "").encode() in words for code in factor.recovery)


def test_only_the_door_reads_or_writes_secrets(factor):
    with superuser(NAME) as connection:
        for table in ("accounts_secondfactor", "accounts_recoverycode"):
            may = connection.execute(
                "select r, has_any_column_privilege(r, %s, 'select,insert,update') from "
                "unnest(array['lk_web','lk_worker','lk_linker','lk_sealer','lk_door']) r",
                (table,),
            ).fetchall()
            assert [name for name, yes in may if yes] == ["lk_door"], table


def test_a_wrong_code_does_not_turn_it_on_and_shows_the_secret_again(lou):
    page = lou.post("/second-factor/start/").content.decode()
    answer = lou.post("/second-factor/confirm/", {"code": "000000"})

    assert answer.status_code == 409
    shown = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert shown
    assert shown[1] in answer.content.decode()
    assert not factors.is_on(person_id())


def test_a_factor_that_is_on_is_not_written_over(factor):
    before = bytes(SecondFactor.objects.get().sealed)

    assert factor.browser.post("/second-factor/start/").status_code == 409
    assert bytes(SecondFactor.objects.get().sealed) == before


def test_turning_it_on_ends_the_other_sessions(lou):
    other = nobody()
    sign_in(other)
    assert is_in(other)
    lou.post("/second-factor/start/")
    secret = factors.begun_secret(person_id())

    lou.post("/second-factor/confirm/", {"code": totp.code_at(secret, totp.step_of(time.time()))})

    assert (is_in(lou), is_in(other)) == (True, False)


def test_a_right_password_opens_nothing_until_the_code(factor):
    browser = half_way()
    assert "signed in" not in did()[did().index("two-step sign-in turned on") :]
    assert not is_in(browser)

    answer = browser.post("/sign-in/code/", {"code": factor.code()})

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_in(browser)


def test_the_cookie_half_way_holds_no_token(factor):
    browser = half_way()
    state = signing.loads(
        browser.cookies["lightkeeper"].value,
        salt="django.contrib.sessions.backends.signed_cookies",
    )

    assert set(state) == {"half_way", "onward"}


def test_onward_is_kept_through_both_steps(factor):
    browser = nobody()
    sign_in(browser, next="/sessions/")

    answer = browser.post("/sign-in/code/", {"code": factor.code()})
    assert answer["Location"] == "/sessions/"


def test_a_code_works_once_and_none_before_it_afterwards(factor):
    # Read at once: while the others are given, the next half minute may begin.
    now, before, after = factor.code(0), factor.code(-1), factor.code(1)

    assert give(now).status_code == 302
    assert give(now).status_code == 403
    assert give(before).status_code == 403
    assert give(after).status_code == 302


def test_a_recovery_code_works_once_however_it_is_typed(factor):
    typed = factor.recovery[0].replace("-", " ").upper()
    assert give(typed).status_code == 302
    assert give(factor.recovery[0]).status_code == 403
    assert factors.recovery_codes_left(person_id()) == 9


@pytest.mark.parametrize("kind", ["recovery", "app"])
def test_of_two_who_give_one_code_at_once_one_gets_in(factor, kind):
    code = factor.recovery[0] if kind == "recovery" else factor.code()
    whose, together, right = person_id(), threading.Barrier(4), []

    def ask() -> None:
        from django.db import connections

        together.wait()
        right.append(factors.is_right(whose, code))
        connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(right) == [False, False, False, True]


def test_another_persons_recovery_code_is_of_no_use(factor):
    ada = Person.objects.using("owner").get(username="ada").pk

    assert not factors.is_right(ada, factor.recovery[0])


def test_every_failure_reads_the_same(factor):
    give(factor.recovery[0])
    tries = [give("000000"), give(factor.recovery[0]), give("not-a-code")]

    errors = {re.sub(r"\s+", " ", re.search(r"The code is not right[^<]*", t.content.decode())[0])
              for t in tries}  # fmt: skip
    assert [t.status_code for t in tries] == [403, 403, 403]
    assert len(errors) == 1


def test_after_five_wrong_codes_the_right_one_is_refused_and_a_recovery_code_is_not(factor):
    browser = half_way()
    tries = [browser.post("/sign-in/code/", {"code": "000000"}).status_code for _ in range(6)]

    assert tries == [403, 403, 403, 403, 403, 429]
    assert browser.post("/sign-in/code/", {"code": factor.code()}).status_code == 429
    assert browser.post("/sign-in/code/", {"code": factor.recovery[0]}).status_code == 302


def test_half_way_ends_after_five_minutes(factor, monkeypatch):
    browser = half_way()
    monkeypatch.setattr(entering, "HALF_WAY_SECONDS", -1)
    answer = browser.post("/sign-in/code/", {"code": factor.code()})

    assert answer["Location"] == "/sign-in/"
    assert not is_in(browser)


def test_half_way_ends_with_the_password(factor):
    from lightkeeper.apps.accounts.models import Credential

    browser = half_way()
    credential = Credential.objects.get(username="lou")
    try:
        credential.set_password("another-one-for-lou-vale")
        credential.save()
        answer = browser.post("/sign-in/code/", {"code": factor.code()})
    finally:
        credential.set_password(PASSWORD)
        credential.save()

    assert answer["Location"] == "/sign-in/"
    assert not is_in(browser)


def test_nobody_half_way_is_sent_to_the_start():
    assert nobody().post("/sign-in/code/", {"code": "000000"})["Location"] == "/sign-in/"


@pytest.mark.parametrize("more", [{}, {"code": "000000"}, {"password": "x"}])
def test_the_api_refuses_alike_without_a_code_with_a_wrong_one_and_a_wrong_password(factor, more):
    answer = open_by_api(**more)

    assert answer.status_code == 401
    assert answer.json() == {"detail": "The name, the password or the code is not right."}


def test_the_api_opens_with_the_code(factor):
    assert open_by_api(code=factor.code()).status_code == 201


def test_the_api_locks_out_after_five_wrong_codes(factor):
    statuses = [open_by_api(code="000000").status_code for _ in range(6)]

    assert statuses == [401, 401, 401, 401, 401, 429]
    assert open_by_api(code=factor.code()).status_code == 429


def test_a_command_is_asked_for_the_code(factor, monkeypatch):
    from lightkeeper.cli.setting_up import acting_as

    monkeypatch.setenv("LIGHTKEEPER_PASSWORD", PASSWORD)
    monkeypatch.setenv("LIGHTKEEPER_CODE", "000000")
    with pytest.raises(services.NotPermitted, match="code is not right"), acting_as("lou"):
        raise AssertionError("a wrong code let somebody in")
    monkeypatch.setenv("LIGHTKEEPER_CODE", factor.code())
    with acting_as("lou") as session, session.transaction() as actor:
        assert actor.username == "lou"


def test_a_command_without_a_code_gets_half_way_and_no_session(factor):
    with pytest.raises(services.CodeNeeded):
        services.sign_in(
            request=None, username="lou", password=PASSWORD,
            purpose=Purpose.ANALYSIS, kind="command",
        )  # fmt: skip


@pytest.mark.parametrize("wrong", ["password", "code"])
def test_turning_it_off_needs_password_and_code(factor, wrong):
    given = {"password": PASSWORD, "code": factor.code(), wrong: "000000"}

    assert factor.browser.post("/second-factor/off/", given).status_code == 403
    assert factors.is_on(person_id())


def test_turned_off_the_password_is_enough_and_no_old_code_counts(factor):
    given = {"password": PASSWORD, "code": factor.code()}
    assert factor.browser.post("/second-factor/off/", given).status_code == 302

    forget_the_step()
    assert sign_in(nobody())["Location"] == "/"
    assert not factors.is_right(person_id(), factor.code())
    assert not factors.is_right(person_id(), factor.recovery[0])
    assert did()[-2:] == ["two-step sign-in turned off", "signed in"]
