"""What may be judged now, whoever asks. Pure: no database, no clock."""

from collections.abc import Iterable

from lightkeeper.apps.intelligence.choices import Verdict
from lightkeeper.core.errors import Refused

SHORTEST_REASON = 3
Said = tuple[int, int, str, str]  # left, right, verdict, reference


def check_reason(reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused("judgement.reason", "Say why, so that a colleague can follow it later.")


def check_two(left: int, right: int) -> None:
    if left == right:
        raise Refused("judgement.one", "These are one and the same record. Choose two.")


def check_kinds(left: str, right: str) -> None:
    if (left, right) != ("Person", "Person"):
        raise Refused("judgement.kind", "Only records of people are joined into subjects.")


def check_fits(left: int, right: int, verdict: str, standing: Iterable[Said]) -> None:
    """Raises: Refused if the pair is judged already, or judgements in sight say otherwise.

    Judgements out of sight may still contradict; then what was said to differ stays apart.
    """
    said = list(standing)
    for one, two, _, reference in said:
        if {one, two} == {left, right}:
            raise Refused(
                "judgement.stands",
                f"{reference} on these two records stands already. Undo it first.",
            )
    if verdict == Verdict.UNSURE:
        return
    if verdict == Verdict.DIFFERENT:
        if _together(left, right, said):
            raise Refused(
                "judgement.contradicts",
                "Other judgements make these two the same person. Undo one of those first.",
            )
        return
    joined = [*said, (left, right, Verdict.SAME, "")]
    for one, two, other, reference in said:
        if other == Verdict.DIFFERENT and _together(one, two, joined):
            raise Refused(
                "judgement.contradicts",
                f"{reference} keeps them apart: two records judged different would be joined. "
                "Undo it first if it is wrong.",
            )


def _together(one: int, two: int, said: Iterable[Said]) -> bool:
    """Whether judgements alone make these records one person."""
    near: dict[int, set[int]] = {}
    for a, b, verdict, _ in said:
        if verdict == Verdict.SAME:
            near.setdefault(a, set()).add(b)
            near.setdefault(b, set()).add(a)
    seen, edge = {one}, [one]
    while edge:
        for other in near.get(edge.pop(), ()):
            if other not in seen:
                seen.add(other)
                edge.append(other)
    return two in seen
