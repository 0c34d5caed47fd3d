"""The alerts that stand, kept up as records come: only what they touch is asked about again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lightkeeper.engine.alerts.alert import Alert, Key
from lightkeeper.engine.alerts.kinds import KINDS, Subjects
from lightkeeper.engine.alerts.rules import Rule
from lightkeeper.engine.alerts.sayings import Picture, Saying, Sight, Thing


@dataclass(frozen=True, slots=True)
class Changes:
    """What some records did: alerts raised, those that rest on more records than before, those
    that changed otherwise, and those that no longer stand (as they were). `asked` counts the
    questions that were asked for it.
    """

    raised: tuple[Alert, ...]
    grew: tuple[Alert, ...]
    changed: tuple[Alert, ...]
    gone: tuple[Alert, ...]
    asked: int


class Desk:
    """The alerts of some rules over everything that was landed.

    After a series of arrivals they are those of all of it at once, in whichever order it came.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = {rule.code: rule for rule in rules}
        self.picture = Picture()
        self._alerts: dict[tuple[str, Subjects], dict[Key, Alert]] = {}
        self._about: dict[str, set[tuple[str, Subjects]]] = defaultdict(set)

    @property
    def alerts(self) -> dict[Key, Alert]:
        """All that stand, by key."""
        every = (alert for found in self._alerts.values() for alert in found.values())
        return {alert.key: alert for alert in sorted(every, key=lambda alert: alert.key)}

    def land(self, sayings: Iterable[Saying], without: Iterable[tuple[str, str]] = ()) -> Changes:
        """Take in what records say, and take out what (record, subject) no longer says.

        What a record says of a subject replaces what it said of the same subject before.
        """
        arriving, leaving = list(sayings), list(without)
        touched = {one.subject for one in arriving} | {subject for _, subject in leaving}
        things = {thing for one in arriving for thing in one.things}
        for record, subject in [*leaving, *((one.record, one.subject) for one in arriving)]:
            things |= self.picture.things_of(record, subject)
        known = {thing: self.picture.count_known(thing) for thing in things}
        for record, subject in leaving:
            self.picture.take_out(record, subject)
        for saying in arriving:
            self.picture.add(saying)
        return self._ask_again(set(self._questions(touched, known)))

    def seen_by(self, sight: Sight) -> dict[Key, Alert]:
        """The alerts that this viewer has: those of what is in sight, as if there were no more.

        It asks about everything in sight. Who asks often keeps a desk of their own.
        """
        seen = Desk(self.rules.values())
        seen.picture = self.picture.seen_by(sight)
        subjects = {saying.subject for saying in seen.picture.everything()}
        for rule in self.rules.values():
            for one in set(KINDS[rule.kind].asked(rule, seen.picture, subjects)):
                seen._ask((rule.code, one))
        return seen.alerts

    def as_seen(self, key: Key, sight: Sight) -> Alert | None:
        """One alert as this viewer has it; nothing if too little of it is in sight."""
        rule = self.rules[key.rule]
        found = KINDS[rule.kind].found(rule, self.picture.seen_by(sight), key.subjects)
        return next((alert for alert in found if alert.key == key), None)

    def notices(self, alert: Alert, sights: Mapping[str, Sight]) -> dict[str, Alert]:
        """What each agency that owns some of the evidence is told, by agency. Whoever sees too
        little of it is told nothing.
        """
        seen = {
            owner: self.as_seen(alert.key, sights[owner])
            for owner in alert.owners
            if owner in sights
        }
        return {owner: one for owner, one in seen.items() if one is not None}

    def _ask_again(self, questions: set[tuple[str, Subjects]]) -> Changes:
        before = {key: alert for one in questions for key, alert in self._standing(one)}
        for one in sorted(questions):
            self._ask(one)
        after = {key: alert for one in questions for key, alert in self._standing(one)}
        both = sorted(after.keys() & before.keys())
        grew = {key for key in both if after[key].records - before[key].records}
        return Changes(
            tuple(after[key] for key in sorted(after.keys() - before.keys())),
            tuple(after[key] for key in sorted(grew)),
            tuple(after[key] for key in both if key not in grew and after[key] != before[key]),
            tuple(before[key] for key in sorted(before.keys() - after.keys())),
            len(questions),
        )

    def _questions(
        self, touched: set[str], known: Mapping[Thing, int]
    ) -> Iterator[tuple[str, Subjects]]:
        """All about those touched, and about those who know a touched thing, which may be commoner
        now. Where too many knew it already nothing stands on it, and nothing does now.
        """
        for subject in touched:
            yield from self._about.get(subject, ())
        for rule in self.rules.values():
            sharers = {
                subject
                for thing, before in known.items()
                if thing[0] in rule.things
                and min(before, self.picture.count_known(thing)) <= rule.most_known
                for subject in self.picture.know(thing)
            }
            for subject in sharers:
                yield from self._about.get(subject, ())
            for one in KINDS[rule.kind].asked(rule, self.picture, touched | sharers):
                yield rule.code, one

    def _standing(self, question: tuple[str, Subjects]) -> list[tuple[Key, Alert]]:
        return list(self._alerts.get(question, {}).items())

    def _ask(self, question: tuple[str, Subjects]) -> None:
        code, subjects = question
        rule = self.rules[code]
        found = {one.key: one for one in KINDS[rule.kind].found(rule, self.picture, subjects)}
        for subject in subjects:
            places = self._about[subject]
            places.add(question) if found else places.discard(question)
        if found:
            self._alerts[question] = found
        else:
            self._alerts.pop(question, None)
