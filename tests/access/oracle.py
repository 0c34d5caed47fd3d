"""The access rule a third time: written from the words of the rule, by another hand than the
guard's, and importing nothing of the product. It answers with every reason to refuse, so that no
order of tests can hide one behind another; what has no reason against it is allowed.

R1 live         account active, session unexpired, purpose stated, mandatory training in date
R2 role         (role, class, verb) is in the table of grants
R3 level        clearance at least the level; a clearance counts from its first day to the day
                before its end, and outside its days somebody has the lowest
R4 circle       read and disclose: the owner's agency, or one of those it is released to;
                write, relabel and erase: the owner's agency; locate: the owner's, or a pointer
R5 compartment  none, or a member of it; not for locate. A member is somebody whom one proposed and
                another approved, from the first day to the day before the end, and not ended
                sooner. From the day on which a compartment is closed, or was to be looked at
                again and was not, it has no members
R6 conditions   disclose: never what is not to be exported; what its originator controls only by
                its owner, or with that owner's consent for this root. Consent counts from its
                first day to the day before its end. A condition is put on, or lifted, by its owner
                for this root, in days too; put on counts more than lifted
R7 exclusion    somebody excluded from its root may do nothing with it
Broken glass    whoever broke it on a root reads what hangs from it, of classes 1 and 2, whatever
                R4 and R5 say
"""

import csv
from dataclasses import dataclass, field
from pathlib import Path

VERBS = ("locate", "read", "write", "disclose", "relabel", "erase")
TROUBLES = frozenset(
    {"suspended", "left", "not yet arrived", "never trained", "training out of date"}
    | {"session expired", "idle", "seen ahead", "no purpose", "signed out", "errand finished"}
)
Grants = dict[str, set[tuple[int, str]]]


@dataclass(frozen=True)
class Days:
    """From a day to the day before another, counted from today; None is without end."""

    first: int | None = None
    end: int | None = None

    def have_today(self) -> bool:
        return (self.first or 0) <= 0 and (self.end is None or self.end > 0)


@dataclass(frozen=True)
class Proposal:
    """That somebody was put forward for a compartment, and what became of it."""

    compartment: str
    became: str  # waiting, approved, refused, withdrawn or ended
    days: Days = Days()


@dataclass(frozen=True)
class Somebody:
    agency: str
    roles: frozenset[str]
    clearance: int
    member_of: frozenset[str] = frozenset()
    troubles: frozenset[str] = frozenset()
    excluded_from: frozenset[str] = frozenset()
    consented: frozenset[tuple[str, str]] = frozenset()  # root, and the owner who consented
    glass_on: frozenset[str] = frozenset()
    put_forward: frozenset[Proposal] = frozenset()
    cleared: Days = Days()


@dataclass(frozen=True)
class Change:
    """That an owner put a condition on what is theirs under a root, or lifted it."""

    condition: str
    lifts: bool
    days: Days = Days()


@dataclass(frozen=True)
class Thing:
    record_class: int
    owner: str
    level: int
    compartment: str | None = None
    released_to: frozenset[str] = field(default_factory=frozenset)
    conditions: frozenset[str] = frozenset()
    root: str | None = None
    changes: frozenset[Change] = frozenset()
    stands: Days = Days()  # the days in which its compartment has members

    def stands_under(self, condition: str) -> bool:
        said = {one.lifts for one in self.changes
                if one.condition == condition and one.days.have_today()}  # fmt: skip
        if False in said:
            return True
        return condition in self.conditions and True not in said


def grants_in(table: Path) -> Grants:
    found: Grants = {}
    with table.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            for verb in row["verbs"].split():
                found.setdefault(row["role"], set()).add((int(row["class"]), verb))
    return found


def against(somebody: Somebody, verb: str, thing: Thing, grants: Grants) -> set[str]:
    """Every rule that stands against it."""
    if verb not in VERBS or not somebody.troubles <= TROUBLES:
        raise ValueError("the rule does not know this word")
    reasons = set()
    if somebody.troubles:
        reasons.add("R1")
    if all((thing.record_class, verb) not in grants.get(role, ()) for role in somebody.roles):
        reasons.add("R2")
    if thing.level > (somebody.clearance if somebody.cleared.have_today() else 0):
        reasons.add("R3")
    foreign = thing.owner != somebody.agency
    if verb in {"read", "disclose"} and foreign and somebody.agency not in thing.released_to:
        reasons.add("R4")
    if verb in {"write", "relabel", "erase"} and foreign:
        reasons.add("R4")
    if verb == "locate" and foreign and "pointer" not in thing.conditions:
        reasons.add("R4")
    approved = {one for one in somebody.put_forward if one.became == "approved"}
    joined = {one.compartment for one in approved if one.days.have_today()} | somebody.member_of
    inside = thing.compartment in joined and thing.stands.have_today()
    if verb != "locate" and thing.compartment and not inside:
        reasons.add("R5")
    if verb == "read" and thing.record_class in {1, 2} and thing.root in somebody.glass_on:
        reasons -= {"R4", "R5"}
    if verb == "disclose" and thing.stands_under("no export"):
        reasons.add("R6")
    controlled = foreign and thing.stands_under("originator controls")
    if verb == "disclose" and controlled and (thing.root, thing.owner) not in somebody.consented:
        reasons.add("R6")
    if thing.root in somebody.excluded_from:
        reasons.add("R7")
    return reasons
