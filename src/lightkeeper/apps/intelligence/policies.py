"""What may be judged now, whoever asks. Pure: no database, no clock."""

from collections.abc import Iterable

from lightkeeper.apps.intelligence.choices import Verdict
from lightkeeper.core.errors import Refused

SHORTEST_REASON = 3
LEAST_TARGET, MOST_TARGET = 0.5, 0.999
Said = tuple[int, int, str, str]  # left, right, verdict, reference


def check_reason(reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused("judgement.reason", "Say why, so that a colleague can follow it later.")


def check_target(target: float) -> None:
    if not LEAST_TARGET <= target <= MOST_TARGET:
        raise Refused(
            "threshold.target",
            "A target is a share of links that are to be right, from .5 to .999.",
        )


def check_adoptable(bits: float | None, *, is_last: bool, is_of_model: bool, stands: float) -> None:
    """Only what judgements show now may be adopted, never a number made up."""
    if bits is None:
        raise Refused(
            "threshold.unproven",
            "The judgements do not show that any threshold meets the target. Judge more pairs.",
        )
    if not (is_last and is_of_model):
        raise Refused(
            "threshold.old", "There is a later reading, or another model. Have it read again."
        )
    if bits == stands:
        raise Refused("threshold.stands", f"Records are joined from {bits:g} bits already.")


def check_waits(*, is_last: bool, waits: bool) -> None:
    """A proposal is confirmed as long as nothing was proposed, adopted or undone after it."""
    if not (is_last and waits):
        raise Refused("threshold.decided", "It waits no more. Look again, or propose it anew.")


def check_another(proposed_by: int, confirmed_by: int) -> None:
    if proposed_by == confirmed_by:
        raise Refused("threshold.two", "Another person than the one who proposed it confirms.")


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
