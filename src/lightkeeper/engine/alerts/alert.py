"""An alert: what it is about, the records that it rests on, and the sentences that say it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lightkeeper.engine.alerts.rules import Rule
from lightkeeper.engine.alerts.sayings import Age, Picture, Saying


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """One alert for the same rule, the same subjects and the same kind of evidence."""

    rule: str
    subjects: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A record that an alert rests on. A pointer names its owner and nothing else."""

    owner: str
    record: str = ""
    subject: str = ""
    envelope: int | None = None
    on: date | None = None
    why: str = ""

    @property
    def is_pointer(self) -> bool:
        return not self.record


@dataclass(frozen=True, slots=True)
class Alert:
    """`children` are those of its subjects who are children: considered first, never accused.

    `roles` are whom it is for, at each agency that owns some of its evidence.
    """

    key: Key
    evidence: tuple[Evidence, ...]
    children: tuple[str, ...]
    sentences: tuple[str, ...]
    roles: tuple[str, ...]

    @property
    def owners(self) -> tuple[str, ...]:
        return tuple(sorted({one.owner for one in self.evidence}))

    @property
    def records(self) -> frozenset[str]:
        return frozenset(one.record for one in self.evidence if one.record)


Finding = tuple[Saying, str]  # what it rests on, and what that shows


def make_alert(
    rule: Rule, picture: Picture, subjects: tuple[str, ...], kind: str, found: Iterable[Finding]
) -> Alert:
    """The alert as far as is in sight: what is only pointed at is an owner to ask, once."""
    evidence = set()
    for saying, why in found:
        if picture.is_readable(saying):
            evidence.add(
                Evidence(
                    saying.owner, saying.record, saying.subject, saying.envelope, saying.on, why
                )
            )
        else:
            evidence.add(Evidence(saying.owner))
    ordered = sorted(
        evidence, key=lambda e: (e.on or date.max, e.record, e.subject, e.owner, e.why)
    )
    children = {one for one in subjects if picture.age(one) is Age.CHILD}
    sentences = _sentences(rule, subjects, kind, ordered, sorted(children))
    return Alert(
        Key(rule.code, subjects, kind), tuple(ordered), tuple(sorted(children)), sentences,
        rule.roles_told,
    )  # fmt: skip


def _sentences(
    rule: Rule, subjects: tuple[str, ...], kind: str, evidence: list[Evidence], children: list[str]
) -> tuple[str, ...]:
    first = rule.says.format(
        one=subjects[0], other=subjects[-1], kind=kind.replace("_", " ").replace("-", " ")
    )
    held = Counter(
        {owner: len({e.record for e in evidence if e.owner == owner and e.record}) for owner in
         sorted({e.owner for e in evidence if e.record})}
    )  # fmt: skip
    found = [first]
    if held:
        counted = _listed([f"{many} of {owner}" for owner, many in sorted(held.items())])
        total = sum(held.values())
        found.append(f"It rests on {'1 record' if total == 1 else f'{total} records'}: {counted}.")
    for one in evidence:
        if one.is_pointer:
            found.append(f"{one.owner} holds something that belongs to it: ask them.")
    for child in children:
        found.append(f"{child} is a child: what they need is considered first.")
    return tuple(found)


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
