"""The codes against the RFC's own table, and secrets at rest."""

import base64
import stat
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings

from lightkeeper.apps.accounts import sealing, totp

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_codes_are_those_of_rfc_6238_appendix_b(seconds, code):
    assert totp.code_at(SECRET, totp.step_of(seconds), digits=8) == code


@pytest.mark.parametrize(("count", "code"), [(0, "755224"), (1, "287082"), (2, "359152")])
def test_the_short_codes_are_those_of_rfc_4226_appendix_d(count, code):
    assert totp.code_at(SECRET, count) == code


@pytest.mark.parametrize(
    ("off", "found"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_is_taken_one_step_early_or_late_and_no_more(off, found):
    step = totp.step_that_matches(SECRET, totp.code_at(SECRET, 1000 + off), seconds=30_000)

    assert step == (1000 + off if found else None)


def test_a_code_of_other_letters_is_none_and_does_not_fail():
    assert totp.step_that_matches(SECRET, "größe1", seconds=30_000) is None


def test_the_link_and_the_text_hold_the_secret_that_counts():
    link = urlsplit(totp.as_link(SECRET, username="ada"))
    told = parse_qs(link.query)["secret"][0]

    assert (link.scheme, link.netloc, link.path) == ("otpauth", "totp", "/Lightkeeper:ada")
    assert base64.b32decode(told) == SECRET
    assert totp.as_text(SECRET).replace(" ", "") == told


def test_what_is_sealed_opens_for_its_person_alone():
    sealed = sealing.seal(SECRET, for_person=1)

    assert SECRET not in sealed
    assert sealing.unseal(sealed, for_person=1) == SECRET
    with pytest.raises(sealing.WrongKey):
        sealing.unseal(sealed, for_person=2)


def test_what_is_sealed_does_not_open_under_another_key(monkeypatch):
    sealed, name = sealing.seal(SECRET, for_person=1), sealing.key_id()
    monkeypatch.setattr(settings, "FACTOR_KEY", "another")

    assert sealing.key_id() != name
    with pytest.raises(sealing.WrongKey):
        sealing.unseal(sealed, for_person=1)


def test_the_key_that_is_made_is_for_its_owner_alone():
    key = Path(settings.KEYS) / "factor"

    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_text() == settings.FACTOR_KEY
