"""How fields of organisations, vehicles, accounts, addresses and documents are compared."""

from collections.abc import Callable

from lightkeeper.engine.linkage.forms import (
    alike,
    begins,
    comparison_of,
    looks_the_same,
    same,
    same_start,
    slips,
    word_shared,
)
from lightkeeper.engine.linkage.model import Comparison, Level
from lightkeeper.engine.linkage.plan import Kind
from lightkeeper.engine.linkage.prepare import Field
from lightkeeper.engine.linkage.shared_levels import dates_of, digits_of, words_of


def _organisation_name(f: Field) -> Comparison:
    return comparison_of(
        f,
        Level(same(f), "Names are the same but for the legal form", 0.6, 0.002, True),
        Level(f"{alike(f, 0.95)} OR {slips(f, 1)}", "Names are nearly the same", 0.15, 0.001),
        Level(begins(f), "One name begins with the other", 0.08, 0.001),
        Level(alike(f, 0.88), "Names are alike", 0.05, 0.005),
        Level(word_shared(f), "Names share a word", 0.06, 0.05),
        Level("ELSE", "Names differ", 0.06, 0.94),
    )


def _domain(f: Field) -> Comparison:
    return comparison_of(
        f,
        Level(same(f), "Web domains are the same", 0.8, 0.0005, True),
        Level(f"{slips(f, 1)} OR {alike(f, 0.93)}", "Web domains are nearly the same", 0.05, 0.001),
        Level("ELSE", "Web domains differ", 0.15, 0.998),
    )


def _mark(f: Field) -> Comparison:
    """A registration mark: read by eye or camera, in part or with a letter taken for another."""
    return comparison_of(
        f,
        Level(same(f), "Registration marks are the same", 0.72, 0.0002, True),
        Level(looks_the_same(f), "Registration marks look much the same", 0.1, 0.0001),
        Level(slips(f, 1), "Registration marks are one character apart", 0.05, 0.0003),
        Level(begins(f), "One registration mark is the beginning of the other", 0.03, 0.0005),
        Level(slips(f, 2), "Registration marks are two characters apart", 0.03, 0.002),
        Level("ELSE", "Registration marks differ", 0.07, 0.997),
    )


def _handle(f: Field) -> Comparison:
    """User names with their platform after an @: one begins the other where that is unknown."""
    return comparison_of(
        f,
        Level(same(f), "User names on the platform are the same", 0.75, 0.0002, True),
        Level(slips(f, 1), "User names on the platform are one character apart", 0.1, 0.0002),
        Level(begins(f), "User names are the same, one without its platform", 0.05, 0.001),
        Level(same_start(f, 4), "User names begin alike", 0.02, 0.005),
        Level("ELSE", "User names differ", 0.08, 0.9936),
    )


def _model(f: Field) -> Comparison:
    """Make and model as one: the make alone begins both."""
    return comparison_of(
        f,
        Level(same(f), "Make and model are the same", 0.6, 0.03, True),
        Level(
            f"{alike(f, 0.94)} OR {slips(f, 1)}", "Make and model are nearly the same", 0.1, 0.01
        ),
        Level(begins(f), "The make is the same, and one leaves out the model", 0.2, 0.05),
        Level(word_shared(f), "Make or model is the same", 0.05, 0.05),
        Level("ELSE", "Make and model differ", 0.05, 0.86),
    )


def _one_of_few(f: Field, what: str) -> Comparison:
    return comparison_of(
        f,
        Level(same(f), f"{what} is the same", 0.9, 0.2, True),
        Level(f"{slips(f, 1)} OR {alike(f, 0.9)}", f"{what} is nearly the same", 0.03, 0.01),
        Level("ELSE", f"{what} differs", 0.07, 0.79),
    )


def _country(f: Field) -> Comparison:
    return comparison_of(
        f,
        Level(same(f), "The country is the same", 0.95, 0.3, True),
        Level("ELSE", "The country differs", 0.05, 0.7),
    )


def _door(f: Field) -> Comparison:
    """House and flat, as `12;` or `12;3;`: one begins the other where the flat was left out."""
    return comparison_of(
        f,
        Level(same(f), "House and flat numbers are the same", 0.85, 0.02, True),
        Level(begins(f), "House numbers are the same, and one leaves out the flat", 0.08, 0.005),
        Level("ELSE", "House or flat numbers differ", 0.07, 0.975),
    )


def _street(f: Field) -> Comparison:
    return comparison_of(
        f,
        Level(same(f), "Streets are the same", 0.7, 0.005, True),
        Level(f"{alike(f, 0.93)} OR {slips(f, 1)}", "Streets are nearly the same", 0.12, 0.005),
        Level(begins(f), "One street begins with the other", 0.06, 0.002),
        Level(f"{alike(f, 0.85)} AND {same_start(f, 3)}", "Streets are alike", 0.04, 0.01),
        Level(word_shared(f), "Streets share a word", 0.04, 0.1),
        Level("ELSE", "Streets differ", 0.04, 0.878),
    )


THINGS: dict[Kind, Callable[[Field], Comparison]] = {
    Kind.ORGANISATION_NAME: _organisation_name,
    Kind.REGISTRATION_NUMBER: lambda f: digits_of(f, "Registration numbers", 12),
    Kind.DOMAIN: _domain,
    Kind.VEHICLE_MARK: _mark,
    Kind.VIN: lambda f: digits_of(f, "Chassis numbers", 12),
    Kind.MODEL: _model,
    Kind.COLOUR: lambda f: _one_of_few(f, "The colour"),
    Kind.PLATFORM: lambda f: _one_of_few(f, "The platform"),
    Kind.HANDLE: _handle,
    Kind.DISPLAY_NAME: lambda f: words_of(f, "Displayed names"),
    Kind.DOOR: _door,
    Kind.STREET: _street,
    Kind.UPRN: lambda f: digits_of(f, "Property reference numbers", 12),
    Kind.DOCUMENT_TYPE: lambda f: _one_of_few(f, "The type of document"),
    Kind.COUNTRY: _country,
    Kind.ISSUE_DATE: lambda f: dates_of(f, "Issue"),
    Kind.EXPIRY_DATE: lambda f: dates_of(f, "Expiry"),
}
