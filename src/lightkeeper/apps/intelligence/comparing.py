"""Two records side by side: what agrees, is close, differs, or is said by one alone. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import JaroWinkler

from lightkeeper.core.templatetags.lightkeeper import day
from lightkeeper.engine.records.scoring import compare_dates
from lightkeeper.engine.records.words import spaced

CLOSE = 0.85
# What a reader looks at first; the rest follows by name.
FIRST = (
    "name", "alias", "firstName", "middleName", "lastName", "maidenName", "birthDate", "birthPlace",
    "gender", "phone", "email", "handle", "address", "postcode", "profession", "nhsNumber",
)  # fmt: skip
DATES = frozenset({"birthDate", "deathDate"})
NOT_FOR_READING = frozenset({"harms", "roles", "threats"})


@dataclass(frozen=True)
class Row:
    """One property of both; verdict: agree, near, differ or missing."""

    label: str
    left: str
    right: str
    verdict: str
    note: str = ""


def in_order(names: Sequence[str]) -> list[str]:
    known = {name: place for place, name in enumerate(FIRST)}
    return sorted(set(names), key=lambda name: (known.get(name, len(known)), name))


def compare(left: Mapping[str, Sequence[str]], right: Mapping[str, Sequence[str]]) -> list[Row]:
    names = [n for n in in_order([*left, *right]) if n not in NOT_FOR_READING]
    return [_row(name, left.get(name, ()), right.get(name, ())) for name in names]


def _row(name: str, left: Sequence[str], right: Sequence[str]) -> Row:
    verdict, note = verdict_of(name, left, right)
    shown = [
        "; ".join(day(value) if name in DATES else value for value in side)
        for side in (left, right)
    ]
    return Row(spaced(name), shown[0], shown[1], verdict, note)


def verdict_of(name: str, left: Sequence[str], right: Sequence[str]) -> tuple[str, str]:
    """How two lists of values compare, by the closest two of them."""
    if not left or not right:
        return "missing", ""
    folded = ({_fold(value) for value in left}, {_fold(value) for value in right})
    if folded[0] & folded[1]:
        return "agree", ""
    if name in DATES:
        return _compare_dates(left, right)
    if any(JaroWinkler.similarity(a, b) >= CLOSE for a in folded[0] for b in folded[1]):
        return "near", "spelt alike"
    return "differ", ""


def _compare_dates(left: Sequence[str], right: Sequence[str]) -> tuple[str, str]:
    agreement, said = max(compare_dates(value, list(right)) for value in left)
    if agreement >= 0.6:
        return "near", said.partition(": ")[2]
    for one in left:
        for other in right:
            same = sum(a == b for a, b in zip(one.split("-"), other.split("-"), strict=False))
            if same >= 2:
                return "near", "two of day, month and year agree"
    return "differ", ""


def _fold(value: str) -> str:
    return " ".join(value.casefold().split())
