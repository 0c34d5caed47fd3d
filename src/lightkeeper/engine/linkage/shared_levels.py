"""Comparisons that several kinds of field share: days, words, numbers, and one of a few values."""

from collections.abc import Callable

from lightkeeper.engine.linkage.forms import (
    alike,
    comparison_of,
    same,
    same_start,
    sides,
    slips,
    word_shared,
)
from lightkeeper.engine.linkage.model import Comparison, Level
from lightkeeper.engine.linkage.prepare import Field


def _year_month(v: str) -> str:
    return f"left({v}, 7)"


def _year_day(v: str) -> str:
    return f"concat(left({v}, 4), right({v}, 2))"


def _month_day(v: str) -> str:
    return f"right({v}, 5)"


def dates_of(f: Field, what: str) -> Comparison:
    """Days, of birth or of another event, as `what` names it."""

    def parts(of: Callable[[str], str]) -> str:
        a, b = sides(f)
        if not f.multi:
            return f"({of(a)}) = ({of(b)})"
        return (
            f"list_has_any(list_transform({a}, lambda x: {of('x')}), "
            f"list_transform({b}, lambda x: {of('x')}))"
        )

    a, b = sides(f)
    turned = "concat(left({0}, 5), right({0}, 2), substr({0}, 5, 3))"
    swapped = f"{a} = {turned.format(b)}"
    if f.multi:
        swapped = f"list_has_any({a}, list_transform({b}, lambda x: {turned.format('x')}))"
    year_a, year_b = (f"CAST(left({side}, 4) AS INTEGER)" for side in (a, b))
    if f.multi:
        year_a, year_b = (f"CAST(left(list_min({side}), 4) AS INTEGER)" for side in (a, b))
    return comparison_of(
        f,
        Level(same(f), f"{what} dates are the same", 0.7, 0.0005, True),
        Level(swapped, f"{what} day and month look swapped", 0.01, 0.0001),
        Level(
            slips(f, 1) if f.multi else f"hamming({a}, {b}) <= 2 AND {slips(f, 1)}",
            f"{what} dates are one digit apart",
            0.1,
            0.001,
        ),
        Level(
            " OR ".join(parts(two) for two in (_year_month, _year_day, _month_day)),
            f"{what} dates agree in two of day, month and year",
            0.06,
            0.006,
        ),
        Level(same_start(f, 4), f"{what} years are the same", 0.05, 0.015),
        Level(f"abs({year_a} - {year_b}) <= 2", f"{what} years are within two years", 0.02, 0.06),
        Level(f"abs({year_a} - {year_b}) <= 10", f"{what} years are within ten years", 0.02, 0.2),
        Level("ELSE", f"{what} years differ", 0.04, 0.72),
    )


def words_of(f: Field, many: str) -> Comparison:
    return comparison_of(
        f,
        Level(same(f), f"{many} are the same", 0.6, 0.01, True),
        Level(f"{alike(f, 0.92)} OR {slips(f, 1)}", f"{many} are nearly the same", 0.12, 0.003),
        Level(word_shared(f), f"{many} share a word", 0.05, 0.02),
        Level(alike(f, 0.8), f"{many} are alike", 0.05, 0.02),
        Level("ELSE", f"{many} differ", 0.18, 0.95),
    )


def digits_of(f: Field, many: str, end: int) -> Comparison:
    a, b = sides(f)
    tail = same(f) if f.multi else f"right({a}, {end}) = right({b}, {end})"
    return comparison_of(
        f,
        Level(same(f), f"{many} are the same", 0.7, 0.0002, True),
        Level(f"{slips(f, 1)} OR {tail}", f"{many} are one character apart", 0.08, 0.0002),
        Level(slips(f, 2), f"{many} are two characters apart", 0.04, 0.001),
        Level("ELSE", f"{many} differ", 0.18, 0.998),
    )


def category_of(f: Field) -> Comparison:
    what = (f.called or "the category").capitalize()
    return comparison_of(
        f,
        Level(same(f), f"{what} is the same", 0.8, 0.1, True),
        Level(
            f"{slips(f, 1)} AND {same_start(f, 1)}", f"{what} is one character apart", 0.05, 0.04
        ),
        Level("ELSE", f"{what} differs", 0.15, 0.86),
    )
