"""Whoever guesses is slowed and refused; whoever has a second factor gets in all the same."""

import threading

import pytest
from django.db import connections
from django.test import Client, RequestFactory

from lightkeeper.apps.accounts import guesses, limits
from lightkeeper.apps.accounts.tests.conftest import did, sign_in
from lightkeeper.testing.cast import PASSWORD
from lightkeeper.testing.plugin import NAME, superuser


def nobody() -> Client:
    return Client(headers={"host": "localhost"})


def guess_too_often(**other: str) -> None:
    for _ in range(6):
        answer = sign_in(nobody(), password="x", **other)
    assert answer.status_code == 429


def by_api(**more: str):
    given = {"username": "lou", "password": PASSWORD, "purpose": "analysis", **more}
    return nobody().post("/api/sessions", given, content_type="application/json")


def test_past_the_limit_password_and_code_together_open(factor):
    guess_too_often()

    answer = sign_in(nobody(), code=factor.code())

    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_past_the_limit_a_program_with_password_and_code_gets_in(factor):
    guess_too_often()

    assert by_api(code="000000").status_code == 429
    assert by_api(code=factor.code()).status_code == 201


def test_past_the_limit_the_own_browser_signs_in_as_ever(factor):
    guess_too_often()
    browser = factor.known()

    assert sign_in(browser)["Location"] == "/sign-in/code/"
    assert browser.post("/sign-in/code/", {"code": factor.code()})["Location"] == "/"


def test_past_the_limit_no_answer_tells_what_was_right(factor):
    guess_too_often()
    guess_too_often(username="nobody-of-that-name")
    unknown = {"username": "nobody-of-that-name"}
    tries = [
        sign_in(nobody()),
        sign_in(nobody(), password="x"),
        sign_in(nobody(), code="000000"),
        sign_in(nobody(), password="x", code="000000"),
        sign_in(nobody(), **unknown),
        sign_in(nobody(), **unknown, code="000000"),
    ]
    bodies = {plain(t) for t in tries}

    assert {t.status_code for t in tries} == {429}
    assert all(880 < int(t["Retry-After"]) <= 900 for t in tries)
    assert len(bodies) == 1


def plain(answer) -> str:
    """Without the name that was given, and the token of the form, which differs in each."""
    text = answer.content.decode().replace("nobody-of-that-name", "lou")
    return text.replace(text.split('csrfmiddlewaretoken" value="')[1].split('"')[0], "")


def test_the_page_past_the_limit_asks_for_both(factor):
    guess_too_often()
    page = sign_in(nobody(), password="x").content.decode()

    assert "Give your password and your code together" in page
    assert 'name="code"' in page
    assert "Wait 15 minutes" in page


def test_getting_in_forgets_the_failures(lou):
    for _ in range(2):
        for _ in range(4):
            assert sign_in(nobody(), password="x").status_code == 403
        assert sign_in(nobody()).status_code == 302


def test_the_failures_of_others_at_an_address_are_not_forgotten_by_getting_in(lou):
    for number in range(4):
        sign_in(nobody(), username=f"nobody-{number}")
    sign_in(nobody())

    counted = limits.count(limits.rule_for("sign-in-source"), "127.0.0.1")
    assert counted.tries == 5


def test_of_many_guesses_at_once_no_more_are_looked_at_than_the_limit(lou):
    seen: list[int] = []
    together = threading.Barrier(8)

    def guess() -> None:
        together.wait()
        seen.append(sign_in(nobody(), password="x").status_code)
        connections.close_all()

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(seen) == [403] * 5 + [429] * 3


def test_each_refused_guess_is_recorded(lou):
    guess_too_often()

    assert did().count("sign-in failed") == 6


def test_what_is_counted_names_nobody(lou):
    sign_in(nobody(), password="x")
    with superuser(NAME) as connection:
        rows = connection.execute("select * from accounts_ratecount").fetchall()

    assert len(rows) >= 3
    assert all(len(key) == 32 for key, *_ in rows)
    assert not any(word in str(rows) for word in ("lou", "127.0.0.1"))


def test_a_count_stands_although_the_request_is_rolled_back(browse, lou):
    with superuser(NAME) as connection:
        connection.execute("truncate accounts_ratecount")
    assert browse("ada").get("/picture/subjects/NONE-0000/").status_code == 404
    with superuser(NAME) as connection:
        counts = connection.execute("select count from accounts_ratecount").fetchall()

    assert (1,) in counts


def test_what_is_over_is_swept_away(lou, monkeypatch):
    monkeypatch.setattr(limits, "SWEPT_ONE_TIME_IN", 1)
    sign_in(nobody(), password="x")
    with superuser(NAME) as connection:
        connection.execute("update accounts_ratecount set until = now() - interval '1 second'")
    limits.first_time("anything", within_seconds=60)
    with superuser(NAME) as connection:
        [[left]] = connection.execute("select count(*) from accounts_ratecount").fetchall()

    assert left == 1


def test_a_window_that_is_over_counts_from_one(lou):
    rule = limits.rule_for("sign-in-account")
    first = [limits.count(rule, "somebody").tries for _ in range(3)]
    with superuser(NAME) as connection:
        connection.execute("update accounts_ratecount set until = now() - interval '1 second'")

    assert (first, limits.count(rule, "somebody").tries) == ([1, 2, 3], 1)


def test_a_cookie_of_somebody_else_or_of_nobodys_making_knows_nobody(factor):
    request = RequestFactory().get("/")
    known = factor.known().cookies["lightkeeper-known"].value

    request.COOKIES["lightkeeper-known"] = known
    assert guesses.known_as(request, "lou")
    assert not guesses.known_as(request, "ada")
    request.COOKIES["lightkeeper-known"] = known[:-2] + "xx"
    assert not guesses.known_as(request, "lou")


@pytest.mark.parametrize(
    ("peer", "said", "source"),
    [
        ("192.0.2.7", "", "192.0.2.7"),
        ("192.0.2.7", "203.0.113.9", "192.0.2.7"),
        ("10.0.0.5", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.5", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.5", "198.51.100.1, 203.0.113.9, 10.0.0.6", "203.0.113.9"),
        ("10.0.0.5", "not an address", "unknown"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
    ],
)
def test_a_proxy_is_believed_only_if_the_settings_name_it(settings, peer, said, source):
    settings.PROXIES = frozenset({"10.0.0.5", "10.0.0.6"})
    more = {"HTTP_X_FORWARDED_FOR": said} if said else {}

    assert limits.source_of(RequestFactory().get("/", REMOTE_ADDR=peer, **more)) == source


def test_hidden_and_absent_are_refused_alike_past_the_limit(lou, call_api):
    with superuser(NAME) as connection:
        kept = connection.execute("select id, most from accounts_ratelimit").fetchall()
        connection.execute("update accounts_ratelimit set most = 0 where code like 'look-most'")
        limits.forget_rules()
        try:
            answer = call_api("ada").get("/api/picture/subjects/SUB-0000")
            pages = [call_api("ada").get(f"/api/reports/records/{r}") for r in ("A-1", "B-2")]
        finally:
            for number, most in kept:
                connection.execute(
                    "update accounts_ratelimit set most = %s where id = %s", (most, number)
                )
            limits.forget_rules()

    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:lightkeeper:too-many-tries"
    assert {a.status_code for a in (answer, *pages)} == {429}
    assert pages[0].content == pages[1].content
