"""Reports for the laws of priority: few references and days, so that they meet."""

from datetime import date, timedelta

from hypothesis import strategies as st

from lightkeeper.engine.priority.saying import Said
from lightkeeper.engine.priority.weights import Weight, weights_of

TODAY = date(2026, 3, 2)
FIRST = TODAY - timedelta(days=800)
CHANGE = TODAY - timedelta(days=100)
CODES = ("grooming", "trafficking", "violence")
WEIGHTS = weights_of(
    [
        Weight("grooming", "Grooming", 30, 60, 240, 365, date(2020, 1, 1), CHANGE),
        Weight("grooming", "Grooming", 40, 80, 320, 365, CHANGE),
        Weight("violence", "Violence", 20, 40, 160, 730, date(2020, 1, 1)),
        Weight("trafficking", "Trafficking", 40, 80, 320, 1095, TODAY - timedelta(days=300)),
    ]
)
NAMES = tuple(f"REC-{number}" for number in range(1, 10))
DAYS = st.integers(0, 800).map(lambda days: FIRST + timedelta(days=days))


def said(reference="REC-1", factor="grooming", reliability=1.0, days=0, **more) -> Said:
    """A report of a harm so many days ago, known on the same day unless told otherwise."""
    happened = TODAY - timedelta(days=days)
    return Said(factor, reliability, happened, more.pop("known_on", happened), reference, **more)


@st.composite
def reports(draw, most=8) -> list[Said]:
    """Some reports, each with one word on each of its factors; what it heard from is its own."""
    found = []
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=most)):
        happened, known_on = draw(DAYS), draw(DAYS)
        withdrawn = draw(st.none() | DAYS)
        heard = tuple(draw(st.lists(st.sampled_from(NAMES), max_size=2, unique=True)))
        factors = draw(st.lists(st.sampled_from(CODES), unique=True, min_size=1, max_size=2))
        reliability = draw(st.sampled_from([0.1, 0.5, 0.8, 1.0]))
        found += [
            Said(factor, reliability, happened, known_on, name, heard, withdrawn)
            for factor in factors
        ]
    return found
