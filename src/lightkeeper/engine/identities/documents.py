"""Documents that contradict themselves or one another."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz

from lightkeeper.engine.identities.showing import Finding, Kind, Reason, folded

SURE, LIKELY, PERHAPS = 8.0, 5.0, 3.0
ALIKE = 80.0
MRZ = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Document:
    """A document as one record has it. `check_digit` is that of the machine-readable zone."""

    record: str
    identity: str
    country: str
    number: str
    name: str
    born: date | None = None
    issued: date | None = None
    expires: date | None = None
    check_digit: str = ""


def contradictions(documents: Iterable[Document]) -> list[Finding]:
    """What cannot be so in one document, or in all that was said of one number; strongest first.

    A slip of the pen is the likelier reason wherever one record alone says it.
    """
    of_number: dict[tuple[str, str], list[Document]] = defaultdict(list)
    for one in documents:
        of_number[one.country.upper(), _plain(one.number)].append(one)
    found = []
    for several in of_number.values():
        several.sort(key=lambda one: one.record)
        reasons = [*(r for one in several for r in _by_itself(one)), *_together(several)]
        if reasons:
            ordered = tuple(sorted(reasons, key=lambda one: (-one.bits, one.records)))
            who = tuple(sorted({one.identity for one in several}))
            bits = round(sum(one.bits for one in ordered), 2)
            found.append(Finding(Kind.DOCUMENTS, who, bits, ordered))
    return sorted(found, key=lambda one: (-one.bits, one.identities, one.reasons[0].records))


def check_digit(text: str) -> str:
    """The check digit of a field of a machine-readable zone; nothing for what no zone holds.

    Source: ICAO Doc 9303 part 3, 4.9 (weights 7, 3, 1).
    """
    total = 0
    for place, sign in enumerate(text.upper()):
        if sign != "<" and sign not in MRZ:
            return ""
        total += (0 if sign == "<" else MRZ.index(sign)) * (7, 3, 1)[place % 3]
    return str(total % 10)


def _plain(number: str) -> str:
    return number.replace(" ", "").upper()


def _by_itself(one: Document) -> Iterator[Reason]:
    records = (one.record,)
    if one.issued and one.expires and one.expires <= one.issued:
        yield Reason(LIKELY, "it expires no later than it was issued", records)
    if one.issued and one.born and one.issued < one.born:
        yield Reason(LIKELY, "it was issued before its holder was born", records)
    if one.check_digit and check_digit(_plain(one.number)) != one.check_digit:
        yield Reason(PERHAPS, "its check digit does not fit its number", records)


def _together(several: list[Document]) -> Iterator[Reason]:
    records = tuple(one.record for one in several)
    first = several[0]
    if any(fuzz.token_sort_ratio(folded(first.name), folded(one.name)) < ALIKE for one in several):
        yield Reason(SURE, "one number stands beside names that are unlike", records)
    if len({one.born for one in several if one.born}) > 1:
        yield Reason(PERHAPS, "one number stands beside several birth dates", records)
    if len({one.issued for one in several if one.issued}) > 1:
        yield Reason(
            PERHAPS, "one number was issued on several days: used again, or made up", records
        )
