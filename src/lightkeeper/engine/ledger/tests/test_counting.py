"""One result counts once, whoever claims it and however often."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.engine.ledger.counting import Claim, Rule, count

RULE = Rule(
    version="test",
    heading={"DIRECT": "children", "INDIRECT": "children", "ARREST": "arrests", "NFA": "none"},
    once_per_subject=frozenset({"children", "arrests"}),
)
YEAR = {"since": date(2026, 1, 1), "until": date(2027, 1, 1)}
CLAIMS = st.lists(
    st.builds(
        Claim,
        reference=st.text("ABC", min_size=1, max_size=4),
        kind=st.sampled_from(["DIRECT", "INDIRECT", "ARREST", "NFA", "UNKNOWN"]),
        subject=st.integers(1, 5),
        happened_on=st.dates(date(2025, 6, 1), date(2027, 6, 1)),
    )
)


def counted(*claims: Claim) -> dict[str, int]:
    return {figure.heading: figure.count for figure in count(claims, RULE, **YEAR)}


def claim(kind: str, subject: int, day: date = date(2026, 5, 1)) -> Claim:
    return Claim(f"{kind}-{subject}-{day}", kind, subject, day)


def test_a_child_safeguarded_directly_and_by_a_partner_is_one_child():
    assert counted(claim("DIRECT", 1), claim("INDIRECT", 1))["children"] == 1


def test_two_children_are_two():
    assert counted(claim("DIRECT", 1), claim("DIRECT", 2))["children"] == 2


def test_what_is_not_once_per_subject_counts_each_time():
    day = date(2026, 6, 1)
    assert counted(claim("NFA", 1), claim("NFA", 1, day))["none"] == 2


def test_the_last_day_is_the_day_before_the_end():
    first, last, after = date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)
    assert counted(claim("ARREST", 1, first))["arrests"] == 1
    assert counted(claim("ARREST", 1, last))["arrests"] == 1
    assert counted(claim("ARREST", 1, after))["arrests"] == 0


@given(CLAIMS, st.randoms())
def test_the_order_of_claims_does_not_matter(claims, chance):
    mixed = list(claims)
    chance.shuffle(mixed)

    assert [f.count for f in count(claims, RULE, **YEAR)] == [
        f.count for f in count(mixed, RULE, **YEAR)
    ]


@given(CLAIMS)
def test_a_figure_is_never_more_than_the_claims_behind_it(claims):
    for figure in count(claims, RULE, **YEAR):
        assert figure.count <= len(figure.claims)
        assert (figure.count == 0) == (not figure.claims)
