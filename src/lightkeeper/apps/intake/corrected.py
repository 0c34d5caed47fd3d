"""What is right beside what records say, for every door that gives their values: exports, the API,
pages of several records.

Corrections rest on the app that handles requests, above this one, which enters a function here when
it starts. The function is asked for the viewer and the numbers of records they see.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from ninja import Schema

from lightkeeper.apps.accounts.services import Actor


@dataclass(frozen=True)
class Corrected:
    """One correction, or what whoever it is about says. What the record said stays as it came."""

    reference: str
    kind: str
    words: str
    of_property: str
    was: str
    becomes: str
    made_at: datetime

    def __str__(self) -> str:
        said = f"{self.of_property}: {self.was} → {self.becomes}" if self.of_property else (
            self.becomes
        )  # fmt: skip
        return f"{self.words}: {said} ({self.reference})"


class CorrectedOut(Schema):
    """A correction as the API gives it beside the values."""

    reference: str
    kind: str
    of_property: str
    was: str
    becomes: str
    made_at: datetime


Asked = Callable[[Actor, Collection[int]], dict[int, list[Corrected]]]
askers: list[Asked] = []


def add(asker: Asked) -> Asked:
    if asker not in askers:
        askers.append(asker)
    return asker


def of_records(actor: Actor, records: Iterable[int]) -> dict[int, list[Corrected]]:
    """What stands beside each of these, the oldest first; nothing for those with nothing."""
    numbers = sorted(set(records))
    found: dict[int, list[Corrected]] = {}
    if numbers:
        for asker in askers:
            for number, said in asker(actor, numbers).items():
                found.setdefault(number, []).extend(said)
    return found


def of_all(actor: Actor, records: Iterable[int]) -> list[Corrected]:
    """What stands beside any of these, in the order of the records."""
    return [one for _, said in sorted(of_records(actor, records).items()) for one in said]
