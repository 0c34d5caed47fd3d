"""The text of an XLSX cell: dates as ISO, numbers as ids, formulas by their stored result."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from xml.etree.ElementTree import Element

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from lightkeeper.engine.formats.plain import plain_number

SURE_DIGITS = 15
LEAP_DAY_THAT_NEVER_WAS = 60


@dataclass(frozen=True)
class Workbook:
    """What the cells of a sheet refer to."""

    strings: list[str]
    date_styles: frozenset[int]
    starts_1904: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as text; `fault` is (code, sentence) when it cannot be taken."""

    text: str
    note: str | None = None
    fault: tuple[str, str] | None = None


BLANK = Cell("")


def local(tag: str) -> str:
    """A tag without its namespace."""
    return tag.rpartition("}")[2]


def plain_text(element: Element) -> str:
    """All text runs of a string item, without phonetic hints."""
    found = []
    for child in element:
        name = local(child.tag)
        if name == "t":
            found.append(child.text or "")
        elif name == "r":
            found.extend(t.text or "" for t in child if local(t.tag) == "t")
    return _unescape("".join(found))


def _unescape(text: str) -> str:
    # Excel writes control characters as _x000D_.
    return text.replace("_x000D_", "\r").replace("_x000A_", "\n") if "_x000" in text else text


def date_style_numbers(styles: Element) -> frozenset[int]:
    """The indexes of the cell styles that show a number as a date or time."""
    own = {
        int(f.get("numFmtId", "0")): f.get("formatCode", "")
        for f in styles.iter()
        if local(f.tag) == "numFmt"
    }
    found = set()
    for group in styles:
        if local(group.tag) != "cellXfs":
            continue
        for index, style in enumerate(group):
            number = int(style.get("numFmtId", "0"))
            code = own.get(number) or BUILTIN_FORMATS.get(number, "")
            if is_date_format(code) or 27 <= number <= 36 or 50 <= number <= 58:
                found.add(index)
    return frozenset(found)


def read_cell(element: Element, book: Workbook) -> Cell:
    """The cell as text, or why not (CELL-ERROR, FORMULA, DATE)."""
    kind = element.get("t", "n")
    value = formula = inline = None
    for child in element:
        name = local(child.tag)
        if name == "v":
            value = child.text or ""
        elif name == "f":
            formula = child
        elif name == "is":
            inline = child
    if inline is not None:
        return Cell(plain_text(inline))
    if value is None or (not value and kind == "n"):
        if formula is not None:
            sentence = (
                "has a formula without a stored result. Open it in a spreadsheet and save it."
            )
            return Cell("=" + (formula.text or ""), fault=("FORMULA", sentence))
        return BLANK
    return _valued(kind, value, element, book)


def _valued(kind: str, value: str, element: Element, book: Workbook) -> Cell:
    if kind == "s":
        try:
            return Cell(book.strings[int(value)])
        except (ValueError, IndexError):
            return Cell(value, fault=("CELL-ERROR", "points to a text that is not there."))
    if kind in ("str", "d"):
        return Cell(_unescape(value))
    if kind == "b":
        return Cell("TRUE" if value.strip() == "1" else "FALSE")
    if kind == "e":
        return Cell(value, fault=("CELL-ERROR", f"shows the error {value}. Correct the cell."))
    try:
        number = plain_number(value.strip())
    except (ArithmeticError, ValueError):
        return Cell(value, fault=("CELL-ERROR", "is marked as a number but is none."))
    if _style(element) in book.date_styles:
        return date_cell(float(number), starts_1904=book.starts_1904)
    return _number_cell(value.strip(), number)


def _style(element: Element) -> int:
    style = element.get("s", "0")
    return int(style) if style.isdecimal() else 0


def _number_cell(stored: str, number: str) -> Cell:
    # Excel stores 0.1+0.2 as 0.30000000000000004 and shows 15 digits: so do we for fractions.
    if "." in number:
        shown = plain_number(f"{float(number):.15g}")
        return Cell(shown)
    if len(number.lstrip("-")) > SURE_DIGITS:
        note = f"a number of {len(number)} digits: spreadsheets keep only {SURE_DIGITS}."
        return Cell(number, note=note)
    return Cell(number)


def date_cell(serial: float, *, starts_1904: bool) -> Cell:
    """A serial day number as an ISO date, date-time or time of day.

    Units: days since 30 December 1899 (or 1 January 1904), with the missing leap day of 1900.
    """
    if not 0 <= serial < 2958466:
        return Cell(str(serial), fault=("DATE", f"holds {serial:g}, which is no date."))
    if not starts_1904 and int(serial) == LEAP_DAY_THAT_NEVER_WAS:
        return Cell("1900-02-29", fault=("DATE", "shows 29 February 1900, a day that never was."))
    epoch = datetime(1904, 1, 1) if starts_1904 else datetime(1899, 12, 30)
    days = serial + 1 if not starts_1904 and 0 < serial < LEAP_DAY_THAT_NEVER_WAS else serial
    moment = epoch + timedelta(seconds=round(days * 86400))
    if serial < 1 and not starts_1904:
        return Cell(moment.time().isoformat())
    if moment.time() == time():
        return Cell(moment.date().isoformat())
    return Cell(moment.isoformat())
