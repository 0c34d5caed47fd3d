"""Laws of the score, over any parts and factors."""

import random
from dataclasses import fields
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.priority import Factor, Part, decay, explain

TODAY = date(2026, 3, 2)
FACTORS = (
    Factor("grooming", "Grooming", 30, 60, 365),
    Factor("violence", "Violence", 20, 40, 730),
    Factor("trafficking", "Trafficking", 40, 80, 1095),
)
PARTS = st.lists(
    st.builds(
        Part,
        factor=st.sampled_from(["grooming", "violence", "trafficking", "ended"]),
        points=st.floats(0, 50),
        reliability=st.floats(0, 1),
        observed_on=st.dates(date(2005, 1, 1), date(2026, 12, 31)),
        reference=st.from_regex(r"REC-[0-9A-F]{3}", fullmatch=True),
    ),
    max_size=12,
)


@given(PARTS, st.randoms(use_true_random=False))
def test_the_order_of_records_and_factors_does_not_matter(
    parts: list[Part], shuffler: random.Random
) -> None:
    again, factors = list(parts), list(FACTORS)
    shuffler.shuffle(again)
    shuffler.shuffle(factors)
    one, other = explain(parts, FACTORS, TODAY), explain(again, factors, TODAY)
    assert (one.total, one.confidence, one.sentence) == (
        other.total,
        other.confidence,
        other.sentence,
    )
    assert [s.points for s in one.shares] == [s.points for s in other.shares]


@given(PARTS)
def test_the_shares_as_shown_add_up_exactly_to_the_total(parts: list[Part]) -> None:
    found = explain(parts, FACTORS, TODAY)
    shown = [f"{share.points:.1f}" for share in found.shares]
    assert sum(int(text.replace(".", "")) for text in shown) == round(found.total * 10)


@given(PARTS)
def test_no_factor_adds_more_than_its_cap_and_none_takes_away(parts: list[Part]) -> None:
    for share in explain(parts, FACTORS, TODAY).shares:
        assert 0 <= share.points <= share.factor.cap
        assert share.is_capped == (share.before_cap > share.factor.cap)


@given(PARTS, st.integers(0, 4000))
def test_the_same_records_never_count_for_more_on_a_later_day(parts: list[Part], days: int) -> None:
    later = TODAY + timedelta(days=days)
    assert explain(parts, FACTORS, later).total <= explain(parts, FACTORS, TODAY).total


@given(PARTS, PARTS)
def test_one_more_record_never_lowers_the_score(parts: list[Part], more: list[Part]) -> None:
    assert explain(parts + more, FACTORS, TODAY).total >= explain(parts, FACTORS, TODAY).total


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(1, 3000))
def test_age_only_ever_takes_away(one: int, other: int, half_life: int) -> None:
    young, old = sorted((one, other))
    assert decay(old, half_life) <= decay(young, half_life) <= 1


def test_after_a_half_life_half_is_left() -> None:
    assert decay(365, 365) == 0.5
    assert decay(730, 365) == 0.25


def test_a_record_counts_by_its_points_its_reliability_and_its_age() -> None:
    part = Part("grooming", 30, 0.8, TODAY - timedelta(days=365), "REC-1")
    found = explain([part], FACTORS, TODAY)
    assert found.total == 12.0
    assert found.confidence == pytest.approx(0.8)
    assert found.shares[0].sentence == "1 record, the newest 12 months old"
    assert found.sentence == (
        "12.0 points from 1 record, most for grooming. Confidence in these records is high."
    )


def test_confidence_is_no_part_of_the_harm_of_equally_trusted_records() -> None:
    low = explain([Part("grooming", 100, 0.3, TODAY, "REC-1")], FACTORS, TODAY)
    high = explain([Part("grooming", 30, 1.0, TODAY, "REC-1")], FACTORS, TODAY)
    assert low.total == high.total
    assert low.confidence < high.confidence


def test_nothing_but_harm_can_be_passed() -> None:
    """A part has no place for who somebody is: a new field here must be argued for."""
    assert [f.name for f in fields(Part)] == [
        "factor", "points", "reliability", "observed_on", "reference",
    ]  # fmt: skip
    with pytest.raises(TypeError):
        Part("grooming", 30, 1.0, TODAY, "REC-1", nationality="gb")  # type: ignore[call-arg]


def test_with_nothing_there_is_nothing_to_rank() -> None:
    found = explain([], FACTORS, TODAY)
    assert (found.total, found.shares, found.confidence) == (0, (), 0)
    assert found.sentence == "No graded record speaks of a harm."


@pytest.mark.parametrize(
    "part",
    [
        Part("grooming", -1, 1.0, TODAY, "REC-1"),
        Part("grooming", 30, 1.2, TODAY, "REC-1"),
        Part("grooming", float("inf"), 1.0, TODAY, "REC-1"),
    ],
)
def test_a_part_out_of_range_is_refused(part: Part) -> None:
    with pytest.raises(ShapeError, match="REC-1"):
        explain([part], FACTORS, TODAY)
