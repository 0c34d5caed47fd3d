"""Which makes of security key a role may use: when one is added, and each time it is used."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from click.testing import CliRunner
from django.db import Error, connection, transaction

from lightkeeper.apps.accounts import loading, makes
from lightkeeper.apps.accounts.models import KeyMake, Passkey
from lightkeeper.apps.accounts.tests.softkey import SoftKey
from lightkeeper.apps.accounts.tests.test_passkeys import (
    add,
    asked_in,
    is_in,
    nobody,
    person_id,
    sign_in_by,
)
from lightkeeper.cli.main import main
from lightkeeper.core import days
from lightkeeper.testing.plugin import NAME, superuser

BLUE, RED = (UUID(int=number) for number in (0x1111, 0x2222))
TODAY = days.today()


def soft(make: UUID | None = None) -> SoftKey:
    return SoftKey(aaguid=make.bytes if make else bytes(16))


@pytest.fixture
def allow(committed):
    """`allow("analyst", BLUE)`: from today on; afterwards any make may be used again."""

    def enter(role, make, since=TODAY, until=None):
        loading.allow_make(role, str(make), f"make {make.int:x}", since, until)

    yield enter
    with superuser(NAME) as there:
        there.execute("delete from accounts_keymake")


def test_a_role_without_a_list_takes_any_make_and_asks_for_none(lou):
    options = asked_in(lou.post("/second-factor/key/"))
    assert options.get("attestation", "none") == "none"
    assert add(lou, soft()).status_code == 200
    assert Passkey.objects.get().aaguid == makes.UNTOLD


def test_a_key_of_a_make_that_is_listed_is_added_and_opens(lou, allow):
    allow("analyst", BLUE)
    assert asked_in(lou.post("/second-factor/key/"))["attestation"] == "direct"
    key = soft(BLUE)
    assert add(lou, key).status_code == 200

    browser = nobody()
    assert sign_in_by(key, browser)["Location"] == "/"
    assert is_in(browser)
    assert Passkey.objects.get().aaguid == str(BLUE)


@pytest.mark.parametrize("make", [RED, None])
def test_another_make_or_none_told_is_refused_with_what_may_be_used(lou, allow, make):
    allow("analyst", BLUE)
    answer = add(lou, soft(make))

    assert answer.status_code == 409
    assert "does not take this make of key" in answer.content.decode()
    assert "make 1111" in answer.content.decode()
    assert not Passkey.objects.exists()


@pytest.mark.parametrize(
    ("since", "until", "opens"),
    [
        (TODAY, None, False),
        (TODAY + timedelta(days=1), None, True),
        (TODAY - timedelta(days=9), TODAY, True),
        (TODAY - timedelta(days=9), TODAY + timedelta(days=1), False),
    ],
)
def test_a_key_that_was_added_before_does_not_open_once_its_make_is_not_listed(
    lou, allow, since, until, opens
):
    key = soft(RED)
    assert add(lou, key).status_code == 200
    allow("analyst", BLUE, since, until)
    browser = nobody()
    answer = sign_in_by(key, browser)

    assert is_in(browser) is opens
    if not opens:
        assert answer.status_code == 403
        assert "does not take this make of key" in answer.content.decode()


@pytest.fixture
def enter(committed):
    """`enter("analyst", BLUE)`: the command; afterwards any make may be used again."""

    def give(role, make, *more):
        given = ["factor", "make", role, str(make), "--name", "Blue", "--from", f"{TODAY:%Y-%m-%d}"]
        return CliRunner().invoke(main, [*given, *more])

    yield give
    with superuser(NAME) as there:
        there.execute("delete from accounts_keymake")


@pytest.mark.parametrize("untold", [False, True])
def test_the_command_says_how_many_peoples_keys_stop_and_asks_before_it_does(lou, enter, untold):
    assert [add(lou, soft(RED)).status_code for _ in range(2)] == [200, 302]
    assert Passkey.objects.count() == 2
    if untold:  # as those that were added before a key was asked for its make
        with superuser(NAME) as there:
            there.execute("update accounts_passkey set aaguid = ''")
    said = enter("analyst", BLUE)

    assert said.exit_code == 1
    assert "Keys of 1 people with the role analyst stop" in said.output
    assert not KeyMake.objects.exists()
    said = enter("analyst", BLUE, "--yes")
    assert said.exit_code == 0, said.output
    assert "Keys of 1 people" in said.output
    assert [row.aaguid for row in KeyMake.objects.all()] == [str(BLUE)]


def test_the_command_asks_nothing_where_no_key_stops(lou, enter):
    assert add(lou, soft(BLUE)).status_code == 200

    assert enter("auditor", RED).exit_code == 0
    assert "Keys of 0 people" in enter("analyst", BLUE).output
    assert enter("analyst", RED).exit_code == 0
    assert enter("nobody", RED).exit_code == 2
    rows = KeyMake.objects.values_list("role", "aaguid", "name")
    assert sorted(rows) == [
        ("analyst", str(BLUE), "Blue"), ("analyst", str(RED), "Blue"),
        ("auditor", str(RED), "Blue"),
    ]  # fmt: skip


def test_only_its_holder_is_told_of_a_make(lou, allow):
    """A wrong signature says what it always said."""
    key = soft(RED)
    add(lou, key)
    allow("analyst", BLUE)
    other = replace(soft(RED), number=key.number, handle=key.handle)
    answer = sign_in_by(other)

    assert "does not open this account" in answer.content.decode()


def test_a_list_of_another_role_is_of_no_concern(lou, allow):
    allow("auditor", BLUE)

    assert add(lou, soft(RED)).status_code == 200


def test_of_several_roles_each_has_to_take_it(database, allow):
    allow("officer", BLUE)
    allow("officer", RED)
    assert set(makes.names_for(person_id("otto"))) == {str(BLUE), str(RED)}
    allow("analyst", RED)
    assert set(makes.names_for(person_id("otto"))) == {str(RED)}
    with superuser(NAME) as there:
        there.execute("delete from accounts_keymake where role = 'officer' and aaguid = %s",
                      [str(RED)])  # fmt: skip
    assert set(makes.names_for(person_id("otto"))) == {makes.UNTOLD}
    with pytest.raises(Exception, match="no make in common"):
        makes.check_make(person_id("otto"), makes.UNTOLD)


def test_pages_do_not_change_the_list(lou, as_):
    as_("sam")
    row = KeyMake(role="analyst", aaguid=str(RED), name="x", active_from=TODAY)
    with pytest.raises(Error), transaction.atomic():
        row.save()
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update accounts_passkey set aaguid = ''")
