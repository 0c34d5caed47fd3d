"""The levels on which each kind of field is compared, each with its sentence and usual weights.

The weights are what similar registers show; training replaces every one it can learn.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from lightkeeper.engine.linkage.forms import (
    alike,
    among_words,
    begins,
    comparison_of,
    one_root,
    same,
    same_start,
    sides,
    slips,
)
from lightkeeper.engine.linkage.model import Comparison, Level
from lightkeeper.engine.linkage.plan import Kind
from lightkeeper.engine.linkage.prepare import Field
from lightkeeper.engine.linkage.shared_levels import category_of, dates_of, digits_of, words_of
from lightkeeper.engine.linkage.things import THINGS

# Best over all values of a field that holds lists; the plain function for one that does not.
MACROS = """
CREATE OR REPLACE MACRO lk_best_likeness(a, b) AS list_max(list_transform(a,
    lambda x: list_max(list_transform(b, lambda y: jaro_winkler_similarity(x, y)))));
CREATE OR REPLACE MACRO lk_least_slips(a, b) AS list_min(list_transform(a,
    lambda x: list_min(list_transform(b, lambda y: damerau_levenshtein(x, y)))));
CREATE OR REPLACE MACRO lk_one_slip(a, b) AS CASE WHEN abs(len(a) - len(b)) <= 1
    AND (left(a, 1) = left(b, 1) OR right(a, 1) = right(b, 1))
    THEN damerau_levenshtein(a, b) <= 1 ELSE false END;
CREATE OR REPLACE MACRO lk_two_slips(a, b) AS CASE WHEN abs(len(a) - len(b)) <= 2
    THEN damerau_levenshtein(a, b) <= 2 ELSE false END;
CREATE OR REPLACE MACRO lk_shared(a, b) AS len(list_intersect(a, b));
CREATE OR REPLACE MACRO lk_begins(a, b) AS starts_with(a, b) OR starts_with(b, a);
CREATE OR REPLACE MACRO lk_any_begins(a, b) AS list_max(list_transform(a,
    lambda x: list_max(list_transform(b, lambda y: starts_with(x, y) OR starts_with(y, x)))));
CREATE OR REPLACE MACRO lk_any_start(a, b, n) AS list_has_any(
    list_transform(a, lambda x: left(x, n)), list_transform(b, lambda y: left(y, n)));
CREATE OR REPLACE MACRO lk_words_shared(a, b) AS
    len(list_intersect(string_split(a, ' '), string_split(b, ' ')));
CREATE OR REPLACE MACRO lk_any_words_shared(a, b) AS
    len(list_intersect(string_split(array_to_string(a, ' '), ' '),
                       string_split(array_to_string(b, ' '), ' ')));
"""


def compare_fields(fields: Sequence[Field]) -> tuple[Comparison, ...]:
    """One comparison for each field that can be compared, with usual weights."""
    made = tuple(LEVELS[field.kind](field) for field in fields if field.kind in LEVELS)
    if any(field.kind is Kind.NAME_ROOTS for field in fields):
        return made
    # Where no name has a known form there is no field to ask.
    return tuple(
        replace(c, levels=tuple(level for level in c.levels if level.condition != one_root()))
        for c in made
    )


def _given(f: Field) -> Comparison:
    return comparison_of(
        f,
        Level(same(f), "Given names are the same", 0.7, 0.01, True),
        Level(f"{alike(f, 0.92)} OR {slips(f, 1)}", "Given names are nearly the same", 0.1, 0.003),
        Level(among_words(f), "The given name of one is among the other's names", 0.05, 0.004),
        Level(f"{begins(f)} OR {alike(f, 0.8)}", "Given names are alike", 0.03, 0.02),
        Level(one_root(), "Given names are known forms of one name", 0.01, 0.005),
        Level("ELSE", "Given names differ", 0.08, 0.96),
    )


def _family(f: Field) -> Comparison:
    return comparison_of(
        f,
        Level(same(f), "Surnames are the same", 0.75, 0.003, True),
        Level(slips(f, 1), "Surnames are one letter apart", 0.06, 0.0008),
        Level(alike(f, 0.9), "Surnames are nearly the same", 0.05, 0.002),
        Level(among_words(f), "The surname of one is among the other's names", 0.05, 0.002),
        Level(alike(f, 0.8), "Surnames are alike", 0.02, 0.01),
        Level("ELSE", "Surnames differ", 0.07, 0.98),
    )


def _middle(f: Field) -> Comparison:
    a, b = sides(f)
    return comparison_of(
        f,
        Level(f"lk_shared({a}, {b}) >= 2", "Two or more further names are the same", 0.2, 0.0005),
        Level(f"lk_shared({a}, {b}) >= 1", "A further name is the same", 0.5, 0.02),
        Level(f"lk_best_likeness({a}, {b}) >= 0.9", "A further name is nearly the same", 0.1, 0.02),
        Level(f"lk_any_begins({a}, {b})", "Further names begin alike", 0.05, 0.03),
        Level("ELSE", "Further names differ", 0.15, 0.93),
    )


def _postcode(f: Field) -> Comparison:
    a, b = sides(f)
    outward = f"len({a}) > 4 AND {a}[:-4] = {b}[:-4]" if not f.multi else same_start(f, 3)
    return comparison_of(
        f,
        Level(same(f), "Postcodes are the same", 0.6, 0.001, True),
        Level(slips(f, 1), "Postcodes are one character apart", 0.08, 0.001),
        Level(outward, "Postcodes are of one district", 0.1, 0.004),
        Level(same_start(f, 2), "Postcodes are of one area", 0.07, 0.02),
        Level("ELSE", "Postcodes differ", 0.15, 0.97),
    )


def _email(f: Field) -> Comparison:
    a, b = sides(f)
    local = f"split_part({a}, '@', 1) = split_part({b}, '@', 1)"
    levels = [Level(same(f), "E-mail addresses are the same", 0.65, 0.0003, True)]
    if not f.multi:
        levels.append(Level(local, "E-mail names before the @ are the same", 0.05, 0.0002))
    return comparison_of(
        f,
        *levels,
        Level(slips(f, 2), "E-mail addresses are one or two letters apart", 0.15, 0.0003),
        Level(alike(f, 0.88), "E-mail addresses are alike", 0.05, 0.003),
        Level("ELSE", "E-mail addresses differ", 0.1, 0.99),
    )


def _sex(f: Field) -> Comparison:
    return comparison_of(
        f,
        Level(same(f), "Sex is recorded the same", 0.95, 0.5),
        Level("ELSE", "Sex is recorded differently", 0.05, 0.5),
    )


LEVELS: dict[Kind, Callable[[Field], Comparison]] = {
    Kind.GIVEN_NAME: _given,
    Kind.FAMILY_NAME: _family,
    Kind.MIDDLE_NAME: _middle,
    Kind.BIRTH_DATE: lambda f: dates_of(f, "Birth"),
    Kind.POSTCODE: _postcode,
    Kind.PLACE: lambda f: words_of(f, "Places"),
    Kind.OCCUPATION: lambda f: words_of(f, "Occupations"),
    Kind.ADDRESS: lambda f: words_of(f, "Addresses"),
    Kind.PHONE: lambda f: digits_of(f, "Phone numbers", 9),
    Kind.IDENTIFIER: lambda f: digits_of(f, "Identifiers", 12),
    Kind.EMAIL: _email,
    Kind.SEX: _sex,
    Kind.CATEGORY: category_of,
} | THINGS
