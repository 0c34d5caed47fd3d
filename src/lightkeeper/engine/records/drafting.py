"""Judging the texts of a row one by one, and gathering what they make: values, notes, faults."""

from collections.abc import Callable, Iterator
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from functools import lru_cache

from lightkeeper.engine.formats.table import Fault
from lightkeeper.engine.records.cleaned import Cleaned, Problem
from lightkeeper.engine.records.cleaning import Cleaner
from lightkeeper.engine.records.mapping import Spec
from lightkeeper.engine.records.names import says_nothing
from lightkeeper.engine.records.record import Note

# These may be names of people; elsewhere they say that nothing is known.
_MAYBE_NAMES = frozenset(["na", "nil", "none", "null", "nk", "tbc"])
_FREE = frozenset(["string", "text", "address", "entity"])

Judged = Cleaned | Problem | None
Step = tuple[Spec, Callable[[str], Judged]]
# Days and codes come again and again: so many texts of a property are remembered with their
# verdict. Names and numbers mostly do not, and judging one anew costs less than remembering it.
JUDGED_TEXTS = 32_768
_REPEATING = frozenset(["basis", "country", "date", "gender", "ip", "topic"])


@dataclass(slots=True)
class Draft:
    """What applying gathers for one row."""

    row: int
    properties: dict[str, list[str]] = field(default_factory=dict)
    unmapped: dict[str, list[str]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, column: str, problem: Problem, value: str) -> None:
        sentence = f"Row {self.row}, column {column!r}: {problem.sentence}"
        self.faults.append(Fault(self.row, column, problem.code, sentence, value))


def take(step: Step, values: dict[str, str], draft: Draft, into: dict[str, list[str]]) -> None:
    """Judge every text of one property in a row and put it where it belongs."""
    spec, judge = step
    if spec.join is None and spec.split is None and spec.constant is None:
        for column in spec.columns:
            if text := values[column]:
                found = judge(text)
                # The plain case, here because it is most of the work of a large file.
                if type(found) is Cleaned and found.note is None and spec.property not in into:
                    if found.value:
                        into[spec.property] = [found.value]
                else:
                    put(spec, found, column, text, draft, into)
        return
    if spec.join is not None and spec.split is None:
        given = [stripped for column in spec.columns if (stripped := values[column].strip())]
        if given:
            text = spec.join.join(given)
            put(spec, judge(text), " + ".join(spec.columns), text, draft, into)
        return
    for column, text in _texts(spec, values):
        if text:
            put(spec, judge(text), column, text, draft, into)


def put(
    spec: Spec, found: Judged, column: str, text: str, draft: Draft, into: dict[str, list[str]]
) -> None:
    """Put a judged value where it belongs: the properties, the notes or the faults."""
    if type(found) is Cleaned:
        if found.note:
            draft.notes.append(Note(column, found.note))
        if not found.value:
            return
        kept = into.get(spec.property)
        if kept is None:
            into[spec.property] = [found.value]
        elif found.value not in kept:
            kept.append(found.value)
    elif type(found) is Problem:
        if not spec.keep:
            draft.fault(column, found, text)
            return
        draft.unmapped.setdefault(spec.property, []).append(text)
        draft.notes.append(Note(column, f"kept as received: {found.sentence}"))


def judge_for(spec: Spec, type_: str, clean: Cleaner) -> Callable[[str], Judged]:
    """What a text of this property is: clean, a problem, or None if the cell is blank."""

    def judge(text: str) -> Judged:
        if text.isspace():
            return None
        if spec.constant is None and says_nothing(text) and _is_nothing(type_, text):
            return Cleaned("", f"{text.strip()!r} says that nothing is known.")
        if spec.lookup is None:
            return clean(text)
        found = _look_up(spec.lookup, text)
        return found if isinstance(found, Problem) else clean(found)

    repeats = spec.lookup is not None or type_ in _REPEATING
    return lru_cache(maxsize=JUDGED_TEXTS)(judge) if repeats else judge


def _is_nothing(type_: str, text: str) -> bool:
    if type_ in _FREE:
        return False
    return type_ != "name" or text.strip().lower() not in _MAYBE_NAMES


def _texts(spec: Spec, values: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each text of a property with the column it came from."""
    if spec.constant is not None:
        yield "(constant)", spec.constant
        return
    texts = [(column, values[column]) for column in spec.columns]
    if spec.join is not None:
        given = [stripped for _, text in texts if (stripped := text.strip())]
        texts = [(" + ".join(spec.columns), spec.join.join(given))]
    if spec.split is None:
        yield from texts
        return
    for column, text in texts:
        for part in text.split(spec.split):
            yield column, part.strip()


def _look_up(lookup: AnyMapping[str, str], text: str) -> str | Problem:
    found = lookup.get(text.strip().lower())
    if found is None:
        known = ", ".join(list(lookup)[:12])
        return Problem("CODE", f"{text.strip()!r} is not in the code list ({known}). Add it there.")
    return found
