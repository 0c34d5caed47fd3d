"""The levels on which each kind of field is compared, each with its sentence and usual weights.

The weights are what similar registers show; training replaces every one it can learn.
"""

from collections.abc import Callable, Sequence

from lightkeeper.engine.linkage.model import Comparison, Level
from lightkeeper.engine.linkage.plan import Kind
from lightkeeper.engine.linkage.prepare import Field

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
    return tuple(LEVELS[field.kind](field) for field in fields if field.kind in LEVELS)


def _sides(field: Field) -> tuple[str, str]:
    return f'"{field.name}_l"', f'"{field.name}_r"'


def same(field: Field) -> str:
    a, b = _sides(field)
    return f"list_has_any({a}, {b})" if field.multi else f"{a} = {b}"


def alike(field: Field, at_least: float) -> str:
    a, b = _sides(field)
    name = "lk_best_likeness" if field.multi else "jaro_winkler_similarity"
    return f"{name}({a}, {b}) >= {at_least}"


def slips(field: Field, at_most: int) -> str:
    a, b = _sides(field)
    if field.multi:
        return f"lk_least_slips({a}, {b}) <= {at_most}"
    return f"{'lk_one_slip' if at_most == 1 else 'lk_two_slips'}({a}, {b})"


def begins(field: Field) -> str:
    a, b = _sides(field)
    return f"lk_any_begins({a}, {b})" if field.multi else f"lk_begins({a}, {b})"


def same_start(field: Field, length: int) -> str:
    a, b = _sides(field)
    if field.multi:
        return f"lk_any_start({a}, {b}, {length})"
    return f"left({a}, {length}) = left({b}, {length})"


def word_shared(field: Field) -> str:
    a, b = _sides(field)
    name = "lk_any_words_shared" if field.multi else "lk_words_shared"
    return f"{name}({a}, {b}) >= 1"


def among_words(field: Field) -> str:
    """A whole value of this field stands among the words of the other record's name."""
    a, b = _sides(field)
    if field.multi:
        return f'(list_has_any("tokens_l", {b}) OR list_has_any("tokens_r", {a}))'
    return f'(list_contains("tokens_r", {a}) OR list_contains("tokens_l", {b}))'


def _missing(field: Field) -> str:
    a, b = _sides(field)
    return f"{a} IS NULL OR {b} IS NULL"


def _comparison(field: Field, *levels: Level) -> Comparison:
    name = field.called or field.kind.value.replace("_", " ")
    return Comparison(name, field.name, _missing(field), levels)


def _given(f: Field) -> Comparison:
    return _comparison(
        f,
        Level(same(f), "Given names are the same", 0.7, 0.01, True),
        Level(f"{alike(f, 0.92)} OR {slips(f, 1)}", "Given names are nearly the same", 0.1, 0.003),
        Level(among_words(f), "The given name of one is among the other's names", 0.05, 0.004),
        Level(f"{begins(f)} OR {alike(f, 0.8)}", "Given names are alike", 0.03, 0.02),
        Level("ELSE", "Given names differ", 0.08, 0.96),
    )


def _family(f: Field) -> Comparison:
    return _comparison(
        f,
        Level(same(f), "Surnames are the same", 0.75, 0.003, True),
        Level(slips(f, 1), "Surnames are one letter apart", 0.06, 0.0008),
        Level(alike(f, 0.9), "Surnames are nearly the same", 0.05, 0.002),
        Level(among_words(f), "The surname of one is among the other's names", 0.05, 0.002),
        Level(alike(f, 0.8), "Surnames are alike", 0.02, 0.01),
        Level("ELSE", "Surnames differ", 0.07, 0.98),
    )


def _middle(f: Field) -> Comparison:
    a, b = _sides(f)
    return _comparison(
        f,
        Level(f"lk_shared({a}, {b}) >= 2", "Two or more further names are the same", 0.2, 0.0005),
        Level(f"lk_shared({a}, {b}) >= 1", "A further name is the same", 0.5, 0.02),
        Level(f"lk_best_likeness({a}, {b}) >= 0.9", "A further name is nearly the same", 0.1, 0.02),
        Level(f"lk_any_begins({a}, {b})", "Further names begin alike", 0.05, 0.03),
        Level("ELSE", "Further names differ", 0.15, 0.93),
    )


def _year_month(v: str) -> str:
    return f"left({v}, 7)"


def _year_day(v: str) -> str:
    return f"concat(left({v}, 4), right({v}, 2))"


def _month_day(v: str) -> str:
    return f"right({v}, 5)"


def _born(f: Field) -> Comparison:
    def parts(of: Callable[[str], str]) -> str:
        a, b = _sides(f)
        if not f.multi:
            return f"({of(a)}) = ({of(b)})"
        return (
            f"list_has_any(list_transform({a}, lambda x: {of('x')}), "
            f"list_transform({b}, lambda x: {of('x')}))"
        )

    a, b = _sides(f)
    turned = "concat(left({0}, 5), right({0}, 2), substr({0}, 5, 3))"
    swapped = f"{a} = {turned.format(b)}"
    if f.multi:
        swapped = f"list_has_any({a}, list_transform({b}, lambda x: {turned.format('x')}))"
    year_a, year_b = (f"CAST(left({side}, 4) AS INTEGER)" for side in (a, b))
    if f.multi:
        year_a, year_b = (f"CAST(left(list_min({side}), 4) AS INTEGER)" for side in (a, b))
    return _comparison(
        f,
        Level(same(f), "Birth dates are the same", 0.7, 0.0005, True),
        Level(swapped, "Birth day and month look swapped", 0.01, 0.0001),
        Level(
            slips(f, 1) if f.multi else f"hamming({a}, {b}) <= 2 AND {slips(f, 1)}",
            "Birth dates are one digit apart",
            0.1,
            0.001,
        ),
        Level(
            " OR ".join(parts(two) for two in (_year_month, _year_day, _month_day)),
            "Birth dates agree in two of day, month and year",
            0.06,
            0.006,
        ),
        Level(same_start(f, 4), "Birth years are the same", 0.05, 0.015),
        Level(f"abs({year_a} - {year_b}) <= 2", "Birth years are within two years", 0.02, 0.06),
        Level(f"abs({year_a} - {year_b}) <= 10", "Birth years are within ten years", 0.02, 0.2),
        Level("ELSE", "Birth years differ", 0.04, 0.72),
    )


def _postcode(f: Field) -> Comparison:
    a, b = _sides(f)
    outward = f"len({a}) > 4 AND {a}[:-4] = {b}[:-4]" if not f.multi else same_start(f, 3)
    return _comparison(
        f,
        Level(same(f), "Postcodes are the same", 0.6, 0.001, True),
        Level(slips(f, 1), "Postcodes are one character apart", 0.08, 0.001),
        Level(outward, "Postcodes are of one district", 0.1, 0.004),
        Level(same_start(f, 2), "Postcodes are of one area", 0.07, 0.02),
        Level("ELSE", "Postcodes differ", 0.15, 0.97),
    )


def _words(f: Field, many: str) -> Comparison:
    return _comparison(
        f,
        Level(same(f), f"{many} are the same", 0.6, 0.01, True),
        Level(f"{alike(f, 0.92)} OR {slips(f, 1)}", f"{many} are nearly the same", 0.12, 0.003),
        Level(word_shared(f), f"{many} share a word", 0.05, 0.02),
        Level(alike(f, 0.8), f"{many} are alike", 0.05, 0.02),
        Level("ELSE", f"{many} differ", 0.18, 0.95),
    )


def _digits(f: Field, many: str, end: int) -> Comparison:
    a, b = _sides(f)
    tail = same(f) if f.multi else f"right({a}, {end}) = right({b}, {end})"
    return _comparison(
        f,
        Level(same(f), f"{many} are the same", 0.7, 0.0002, True),
        Level(f"{slips(f, 1)} OR {tail}", f"{many} are one character apart", 0.08, 0.0002),
        Level(slips(f, 2), f"{many} are two characters apart", 0.04, 0.001),
        Level("ELSE", f"{many} differ", 0.18, 0.998),
    )


def _email(f: Field) -> Comparison:
    a, b = _sides(f)
    local = f"split_part({a}, '@', 1) = split_part({b}, '@', 1)"
    levels = [Level(same(f), "E-mail addresses are the same", 0.65, 0.0003, True)]
    if not f.multi:
        levels.append(Level(local, "E-mail names before the @ are the same", 0.05, 0.0002))
    return _comparison(
        f,
        *levels,
        Level(slips(f, 2), "E-mail addresses are one or two letters apart", 0.15, 0.0003),
        Level(alike(f, 0.88), "E-mail addresses are alike", 0.05, 0.003),
        Level("ELSE", "E-mail addresses differ", 0.1, 0.99),
    )


def _sex(f: Field) -> Comparison:
    return _comparison(
        f,
        Level(same(f), "Sex is recorded the same", 0.95, 0.5),
        Level("ELSE", "Sex is recorded differently", 0.05, 0.5),
    )


def _category(f: Field) -> Comparison:
    what = (f.called or "the category").capitalize()
    return _comparison(
        f,
        Level(same(f), f"{what} is the same", 0.8, 0.1, True),
        Level(
            f"{slips(f, 1)} AND {same_start(f, 1)}", f"{what} is one character apart", 0.05, 0.04
        ),
        Level("ELSE", f"{what} differs", 0.15, 0.86),
    )


LEVELS: dict[Kind, Callable[[Field], Comparison]] = {
    Kind.GIVEN_NAME: _given,
    Kind.FAMILY_NAME: _family,
    Kind.MIDDLE_NAME: _middle,
    Kind.BIRTH_DATE: _born,
    Kind.POSTCODE: _postcode,
    Kind.PLACE: lambda f: _words(f, "Places"),
    Kind.OCCUPATION: lambda f: _words(f, "Occupations"),
    Kind.ADDRESS: lambda f: _words(f, "Addresses"),
    Kind.PHONE: lambda f: _digits(f, "Phone numbers", 9),
    Kind.IDENTIFIER: lambda f: _digits(f, "Identifiers", 12),
    Kind.EMAIL: _email,
    Kind.SEX: _sex,
    Kind.CATEGORY: _category,
}
