"""What cleaning did to a value, step by step, in words; the original stays beside it."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from lightkeeper.engine.records.cleaned import Problem, Setting
from lightkeeper.engine.records.cleaning import clean
from lightkeeper.engine.records.names import without_hidden

ORDERS = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}
_MARKS = re.compile(r"[^0-9A-Za-z]+")
_NUMBERS = re.compile(r"\d{1,2}\D+\d{1,2}\D+\d{4}")
Step = tuple[str, Callable[[str], str]]

_PLAIN: tuple[Step, ...] = (
    ("hidden characters were left out", without_hidden),
    ("letters of another form were written plainly", lambda t: unicodedata.normalize("NFKC", t)),
    ("blanks around and between were taken away", lambda t: " ".join(t.split())),
)
_SMALL: Step = ("capitals were written small", str.lower)
_CAPITALS: Step = ("small letters were written as capitals", str.upper)
_BARE: Step = ("blanks and marks were left out", lambda t: _MARKS.sub("", t))
_OF_TYPE: dict[str, tuple[Step, ...]] = {
    "email": (("brackets around it were left out", lambda t: t.strip("<>")), _SMALL),
    "handle": (("the @ before it was left out", lambda t: t.lstrip("@")), _SMALL),
    "phone": (("blanks and marks were left out", lambda t: re.sub(r"[^\d+]", "", t)),),
    "postcode": (_CAPITALS, _BARE, ("the two halves were parted", lambda t: f"{t[:-3]} {t[-3:]}")),
    "vehicle": (_CAPITALS, _BARE),
    "identifier": (_CAPITALS, _BARE),
    "country": (_SMALL,),
    "gender": (_SMALL,),
    "topic": (_SMALL,),
    "ip": (_SMALL,),
}


@dataclass(frozen=True)
class Steps:
    """The value as received, as it is worked with (None if it was refused), and what was done."""

    original: str
    value: str | None
    said: tuple[str, ...]


def cleaning_steps(type: str, text: str, setting: Setting) -> Steps:
    """How `clean` gets from a text to its value. What the steps do not account for is the last one.

    Raises: KeyError for a type that is not in schemata.yaml.
    """
    found = clean(type, text, setting)
    if isinstance(found, Problem):
        return Steps(text, None, (f"it was refused: {found.sentence}",))
    said: list[str] = []
    at = text
    for sentence, change in (*_PLAIN, *_OF_TYPE.get(type, ())):
        # A step that leads past the value was not taken.
        if at != found.value and (after := change(at)) != at:
            said.append(sentence)
            at = after
    if at != found.value:
        said.append(_last_step(type, text, found.value, setting))
    if found.note:
        said.append(found.note.rstrip("."))
    return Steps(text, found.value, tuple(said))


def _last_step(type: str, text: str, value: str, setting: Setting) -> str:
    if type == "phone":
        return f"it was written with the code of its country ({setting.region} where none is said)"
    if type == "date" and _NUMBERS.match(text.strip()):
        return f"it was read as {ORDERS[setting.date_order]} and written as {value}"
    return f"it was written as {value}"
