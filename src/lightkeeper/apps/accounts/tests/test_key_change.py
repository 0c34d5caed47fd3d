"""The key under which second factors are sealed, changed while people sign in."""

import pytest
from click.testing import CliRunner
from django.test import Client

from lightkeeper.apps.accounts import factors, sealing
from lightkeeper.apps.accounts.models import Person, SecondFactor
from lightkeeper.apps.accounts.tests.conftest import forget_the_step
from lightkeeper.cli.main import main

NEW = "another long random text of the settings"


@pytest.fixture
def changed(settings, factor):
    """Lou's factor, and a key that came after it."""
    settings.FACTOR_KEY_BEFORE, settings.FACTOR_KEY = settings.FACTOR_KEY, NEW
    return factor


def lou() -> int:
    return Person.objects.using("owner").get(username="lou").pk


def test_under_both_keys_codes_and_recovery_codes_count(changed):
    assert factors.is_right(lou(), changed.code())
    assert factors.is_right(lou(), changed.recovery[0])
    assert not factors.is_right(lou(), changed.recovery[0])


def test_after_the_change_the_key_before_is_needed_for_recovery_codes_alone(changed, settings):
    said = CliRunner().invoke(main, ["keys", "rotate"])
    assert "1 second factors are sealed" in said.stdout
    assert "1 people still have recovery codes" in said.stdout

    settings.FACTOR_KEY_BEFORE = ""
    forget_the_step()
    assert factors.is_right(lou(), changed.code())
    assert not factors.is_right(lou(), changed.recovery[1])
    assert SecondFactor.objects.get().key_id == sealing.key_id()


def test_a_second_change_finds_nothing_to_do(changed):
    assert factors.seal_again() == (1, 1)
    assert factors.seal_again() == (0, 1)


def test_without_the_key_before_nothing_is_changed(changed, settings):
    settings.FACTOR_KEY_BEFORE = ""
    before = bytes(SecondFactor.objects.get().sealed)

    with pytest.raises(sealing.WrongKey):
        factors.seal_again()
    assert bytes(SecondFactor.objects.get().sealed) == before


def test_what_is_new_is_under_the_key_of_now(settings, lou_again):
    assert factors.seal_again() == (0, 0)


@pytest.fixture
def lou_again(settings, lou):
    """A factor begun under the new key, with the old one still set."""
    settings.FACTOR_KEY_BEFORE, settings.FACTOR_KEY = settings.FACTOR_KEY, NEW
    assert isinstance(lou, Client)
    lou.post("/second-factor/start/")
    return lou
