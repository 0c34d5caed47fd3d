"""Counting what came of the work, each thing once, by a rule that is printed with the figure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Claim:
    """Somebody's word that something came of a task, on a day, for somebody.

    `subject` is whoever it is counted for: two claims of one kind for one subject in one period
    are one result.
    """

    reference: str
    kind: str
    subject: int
    happened_on: date


@dataclass(frozen=True)
class Rule:
    """How a kind is counted. `once_per_subject`: a child safeguarded twice in a period counts once.

    Kinds that name the same result (`heading`) are counted together: a child who was safeguarded
    directly and by a partner is still one child.
    """

    version: str
    heading: Mapping[str, str]
    once_per_subject: frozenset[str]


@dataclass(frozen=True)
class Figure:
    """A published number, and every claim behind it, so that it can be gone through."""

    heading: str
    count: int
    claims: tuple[Claim, ...]


def count(claims: Iterable[Claim], rule: Rule, *, since: date, until: date) -> list[Figure]:
    """The figures of a period, in the order of the rule's headings, those of nothing included.

    Args:
        since, until: the first day, and the first day after the period.

    Returns:
        One figure a heading. The order of the claims does not matter.

    Source: the rules printed with CEOP's figures (FS 7): one child counts once in a period.
    """
    headings = list(dict.fromkeys(rule.heading.values()))
    behind: dict[str, list[Claim]] = {heading: [] for heading in headings}
    for claim in sorted(claims, key=lambda one: (one.happened_on, one.reference)):
        heading = rule.heading.get(claim.kind)
        if heading is not None and since <= claim.happened_on < until:
            behind[heading].append(claim)
    return [
        Figure(heading, _how_many(found, once=heading in rule.once_per_subject), tuple(found))
        for heading, found in behind.items()
    ]


def _how_many(claims: list[Claim], *, once: bool) -> int:
    return len({claim.subject for claim in claims}) if once else len(claims)
