"""What may stand in a cell: text, never pictures; hidden characters are kept and flagged."""

import re
import unicodedata
from collections.abc import Sequence

from lightkeeper.engine.formats.table import Fault, Limits

# Where a person would look for help; said in every refusal of media.
CALL = (
    "Pictures, video and sound are never taken here. Remove them; if this is abuse material, "
    "keep it where it is and call your force's digital unit, which has a lawful channel."
)

_PICTURE = re.compile(
    r"data:[\w.+-]{0,99}(?:/[\w.+-]{0,99})?(?:;[\w=.+-]{1,99}){0,9};base64,"
    r"|data:(?:image|video|audio|application|font)/"
    # The first characters of JPEG, PNG, GIF, WebP/AVI/WAV, MP4, BMP-in-base64 and ZIP.
    r"|(?:^|[\x1f\s\"'(,])(?:/9j/[A-Za-z0-9+/]{40}|iVBORw0KGgo|R0lGOD[dl]h|UklGR[A-Za-z0-9+/]{40}"
    r"|AAAA[A-Za-z0-9+/]{2}Z0eXA|UEsDB[A-Za-z0-9+/]{40})"
    r"|<svg[\s>]",
    re.IGNORECASE,
)
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e01ef]"
)
_JOIN = "\x1f"
_LONG_RUN = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{4000,}={0,2}")


def hidden_characters(text: str) -> tuple[str, ...]:
    """The hidden characters of a text as U+ codes, each once, in order of first sight."""
    if text.isascii():
        return ()
    return tuple(dict.fromkeys(f"U+{ord(c):04X}" for c in _HIDDEN.findall(text)))


def most_marks(text: str) -> int:
    """The longest run of combining marks on one base character."""
    longest = run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        longest = max(longest, run)
    return longest


def check_cells(
    header: Sequence[str], cells: Sequence[str], number: int, limits: Limits
) -> tuple[Fault | None, tuple[str, ...]]:
    """A fault if a cell may not be kept, and notes on what is odd but kept.

    `number` is the row number a person sees. Codes: MEDIA, NUL, CELL-LONG, MARKS.
    """
    text = _JOIN.join(cells)
    plain = text.isascii()
    if plain and len(text) < limits.max_cell_chars and "\x00" not in text and not holds_media(text):
        return None, ()
    for name, cell in zip(header, cells, strict=False):
        if fault := _check_cell(name, cell, number, limits):
            return fault, ()
    if plain:
        return None, ()
    notes = [
        f"{name}: hidden characters {', '.join(found)} are kept in the original."
        for name, cell in zip(header, cells, strict=False)
        if (found := hidden_characters(cell))
    ]
    return None, tuple(notes)


def _check_cell(name: str, cell: str, number: int, limits: Limits) -> Fault | None:
    if "\x00" in cell:
        return Fault(number, name, "NUL", _at(number, name) + "holds a NUL character, which no "
                     "text has. Export the table again as text.", cell)  # fmt: skip
    if len(cell) > limits.max_cell_chars:
        return Fault(number, name, "CELL-LONG", _at(number, name) + f"has {len(cell):,} "
                     f"characters; the limit is {limits.max_cell_chars:,}.", cell)  # fmt: skip
    if holds_media(cell):
        # The content is not kept: only that it was there, and how long it was.
        return Fault(number, name, "MEDIA", _at(number, name) + "holds an embedded file. " + CALL,
                     without_media(cell))  # fmt: skip
    if not cell.isascii() and most_marks(cell) > limits.max_marks:
        return Fault(number, name, "MARKS", _at(number, name) + f"stacks more than "
                     f"{limits.max_marks} marks on one letter.", cell)  # fmt: skip
    return None


def holds_media(text: str) -> bool:
    """Whether a text embeds a file: a data: URI, an encoded picture, or a long encoded run."""
    lower = text.lower()
    # Plain searches first: this is asked of every row.
    return (
        ("data:" in lower or "/9j/" in lower or "ivborw0" in lower or "r0lgod" in lower
         or "uklgr" in lower or "aaaa" in lower or "uesdb" in lower or "<svg" in lower)
        and _PICTURE.search(text) is not None
    ) or (len(text) > 4000 and _holds_long_run(text))  # fmt: skip


def _holds_long_run(text: str) -> bool:
    # Encoded bytes mix letters and digits; a row of one kind is a number or a slip of the hand.
    return any(not (run.isalpha() or run.isdigit()) for run in _LONG_RUN.findall(text))


def without_media(text: str) -> str:
    """The text, or only its length if it embeds a file: no byte of one is kept."""
    return f"[{len(text)} characters of embedded data, not kept]" if holds_media(text) else text


def _at(number: int, name: str) -> str:
    return f"Row {number}, column {name!r} "
