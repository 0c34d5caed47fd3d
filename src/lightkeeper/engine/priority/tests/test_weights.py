"""Weights have one answer for each day, and none is named after who somebody is."""

import csv
from datetime import date, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.priority.refusing import refusal_of, refused_words
from lightkeeper.engine.priority.weights import (
    Weight,
    delivered_weights,
    read_weights,
    weights_of,
)

FIRST = date(2020, 1, 1)
ROW = "{from: 2020-01-01, points: 10, cap: 20, network_cap: 80, half_life_days: 365}"


def read(rows: str, code: str = "grooming", name: str = "Grooming"):
    return read_weights(f"factors: {{{code}: {{name: {name}, weights: [{rows}]}}}}", "table")


@given(st.lists(st.integers(1, 900), min_size=1, max_size=6), st.integers(0, 6000))
def test_each_day_from_the_first_has_exactly_one_row(lengths: list[int], after: int) -> None:
    starts = [FIRST]
    for days in lengths:
        starts.append(starts[-1] + timedelta(days=days))
    ends = [*starts[1:], None]
    rows = [
        Weight("grooming", "Grooming", at, 100, 400, 365, one, to)
        for at, (one, to) in enumerate(zip(starts, ends, strict=True))
    ]
    day = FIRST + timedelta(days=after)
    [factor] = weights_of(reversed(rows)).on(day)
    assert factor.points == sum(start <= day for start in starts) - 1
    assert weights_of(rows).on(FIRST - timedelta(days=1)) == ()


def test_a_row_holds_until_the_day_before_it_ends() -> None:
    weights = read(
        f"{ROW[:-1]}, to: 2021-01-01}}, {ROW.replace('2020', '2021').replace('10', '5')}"
    )
    assert [weights.on(day)[0].points for day in (date(2020, 12, 31), date(2021, 1, 1))] == [10, 5]
    assert weights.changes_between(date(2020, 6, 1), date(2021, 6, 1)) == (date(2021, 1, 1),)
    assert weights.on_networks(date(2021, 1, 1))[0].cap == 80


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (f"{ROW}, {ROW.replace('2020', '2021')}", "both hold on 2021-01-01"),
        (f"{ROW}, {ROW}", "both hold on 2020-01-01"),
        (
            f"{ROW[:-1]}, to: 2020-12-01}}, {ROW.replace('2020', '2021')}",
            "no row holds from 2020-12-01 to 2020-12-31",
        ),
        (f"{ROW[:-1]}, to: 2019-01-01}}", "ends before it begins"),
        (ROW.replace("cap: 20", "cap: 5"), "may not add more"),
        (ROW.replace("365", "0"), "less than a day"),
        (ROW.replace("10", "-1"), "negative"),
        (ROW.replace("10", ".inf"), "not finite"),
        (ROW.replace("10", "ten"), r"grooming.weights row 1.points: expected a number"),
        (ROW.replace("10", "true"), "expected a number"),
        (ROW.replace("365", "36.5"), "whole days"),
        (ROW.replace("2020-01-01", "soon"), "row 1: expected from"),
        (f"{ROW[:-1]}, ethnicity: 3}}", "'ethnicity' is nothing that a row says"),
        ("", "expected rows"),
        ("7", "row 1: expected from"),
    ],
)
def test_a_table_without_one_answer_for_each_day_is_refused_with_its_place(rows, told) -> None:
    with pytest.raises(FormatError, match=told) as caught:
        read(rows)
    assert str(caught.value).startswith("table: factors.grooming")


@pytest.mark.parametrize("text", ["", "factors: 3", "factors: {}", "a: [", "- 1"])
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(FormatError, match="table: "):
        read_weights(text, "table")


@pytest.mark.parametrize(
    "word",
    [
        "ethnicity", "sex", "homePostcode", "home_postcode", "Nationality", "RELIGION",
        "first-name", "date_of_birth", "ethnicgroup", "ＳＥＸ", "in a deprived area",
        "stop and search",
    ],
)  # fmt: skip
def test_a_factor_named_after_who_somebody_is_is_refused_with_the_reason(word: str) -> None:
    assert refusal_of(word) is not None
    for code, name in ((f'"{word}"', "Grooming"), ("grooming", f'"{word}"')):
        with pytest.raises(FormatError, match="is no reason to come first"):
            read(ROW, code, name)


def test_every_refused_word_is_found_and_has_a_reason() -> None:
    for one in refused_words():
        assert one.because
        assert refusal_of(f"Is {one.word.rstrip('*')} x") is not None


@pytest.mark.parametrize(
    "text", ["Said to exploit a child sexually", "Names a drug line", "staged"]
)
def test_a_word_that_only_begins_alike_is_taken(text: str) -> None:
    assert refusal_of(text) is None


def test_the_delivered_weights_are_those_that_the_picture_starts_with() -> None:
    text = files("lightkeeper.refdata").joinpath("factors.csv").read_text("utf-8")
    kept = {
        row["code"]: (row["name"], *(float(row[n]) for n in ("points", "cap", "half_life_days")))
        for row in csv.DictReader(text.splitlines())
    }
    ours = {
        f.code: (f.name, f.points, f.cap, f.half_life_days)
        for f in delivered_weights().on(date(2026, 3, 2))
    }
    assert ours == kept
