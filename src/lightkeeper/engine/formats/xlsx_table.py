"""Reading one sheet of an XLSX workbook row by row: values only, no macros, no pictures."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element

from lightkeeper.engine.errors import FileRefused
from lightkeeper.engine.formats.cells import check_cells
from lightkeeper.engine.formats.headings import check_header
from lightkeeper.engine.formats.table import Fault, Options, Row, Tally, check_size
from lightkeeper.engine.formats.xlsx_package import (
    Checked,
    check_package,
    open_package,
    open_part,
)
from lightkeeper.engine.formats.xlsx_values import (
    BLANK,
    Cell,
    Workbook,
    date_style_numbers,
    local,
    plain_text,
    read_cell,
)
from lightkeeper.engine.formats.xlsx_xml import XmlWalk

WORKBOOK = "xl/workbook.xml"
SHARED_STRINGS = "xl/sharedStrings.xml"
MAX_STRINGS = 4_000_000
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d+)$")


class XlsxTable:
    """One sheet; row numbers are those of the sheet."""

    format = "xlsx"

    def __init__(self, path: Path, options: Options) -> None:
        check_size(path, options.limits)
        self._path, self._options, self._limits = path, options, options.limits
        self.tally = Tally()
        with open_package(path) as archive:
            checked = check_package(archive, options.limits)
            sheets, starts_1904 = read_sheets(archive)
            self.sheet, self._part = choose_sheet(sheets, options.sheet)
            strings = _strings(archive) if SHARED_STRINGS in checked.names else []
            styles = _styles(archive) if "xl/styles.xml" in checked.names else frozenset()
        self._book = Workbook(strings, styles, starts_1904)
        self.header = self._read_header()
        self.warnings = _warnings(self.sheet, sheets, checked, self._part)

    def _read_header(self) -> tuple[str, ...]:
        wanted = self._options.header_row
        place = f"Row {wanted} of sheet {self.sheet!r}"
        for number, cells, _ in self._sheet_rows():
            if number == wanted:
                return check_header([c.text for c in cells], place, self._limits)[0]
            if number > wanted:
                break
        raise FileRefused("HEADER", f"{place} should hold the column headings but is blank.")

    def rows(self, start_row: int = 0, resume: str = "") -> Iterator[Row | Fault]:
        """Rows from sheet row `start_row`, or after the row that gave `resume`.

        Raises: FileRefused XML or ARCHIVE if the sheet is damaged, RESUME, COLUMNS.
        """
        self.tally = Tally()
        if resume and not resume.isdecimal():
            raise FileRefused("RESUME", f"{resume!r} is not a row of a sheet.")
        first = max(start_row, int(resume or 0) + 1, self._options.header_row + 1)
        for number, cells, hidden in self._sheet_rows():
            if number < first:
                continue
            if not any(cell.text for cell in cells):
                self.tally.blank += 1
                continue
            item = self._judge(number, cells, hidden)
            self.tally.count(item)
            yield item

    def _judge(self, number: int, cells: list[Cell], hidden: bool) -> Row | Fault:
        width, resume = len(self.header), str(number)
        while len(cells) > width and not cells[-1].text:
            cells.pop()
        if len(cells) > width:
            shown = " | ".join(cell.text for cell in cells)
            sentence = (
                f"Row {number} has a value in column {len(cells)}, which has no heading. "
                "Name the column or move the value."
            )
            return Fault(number, None, "RAGGED", sentence, shown, resume)
        cells.extend([BLANK] * (width - len(cells)))
        texts = [cell.text for cell in cells]
        for name, cell in zip(self.header, cells, strict=True):
            if cell.fault:
                code, sentence = cell.fault
                said = f"Row {number}, column {name!r} {sentence}"
                return Fault(number, name, code, said, " | ".join(texts), resume)
        fault, notes = check_cells(self.header, texts, number, self._limits)
        if fault:
            return Fault(number, fault.column, fault.code, fault.sentence, fault.value, resume)
        more = [f"{n}: {c.note}" for n, c in zip(self.header, cells, strict=True) if c.note]
        if hidden:
            more.append("The row is hidden in the sheet.")
        values = dict(zip(self.header, texts, strict=True))
        return Row(number, values, f"sheet {self.sheet}, row {number}", (*notes, *more), resume)

    def _sheet_rows(self) -> Iterator[tuple[int, list[Cell], bool]]:
        number = 0
        with open_package(self._path) as archive, open_part(archive, self._part) as part:
            walk = XmlWalk(part, self._part)
            try:
                for element in walk:
                    if local(element.tag) != "row":
                        continue
                    given = element.get("r", "")
                    number = int(given) if given.isdecimal() else number + 1
                    yield number, self._cells(element, number), element.get("hidden") == "1"
                    walk.forget(element)
            except FileRefused as error:
                sentence = f"Sheet {self.sheet!r} ends badly after row {number}. {error}"
                raise FileRefused(error.code, sentence) from None

    def _cells(self, row: Element, number: int) -> list[Cell]:
        cells: list[Cell] = []
        for element in row:
            if local(element.tag) != "c":
                continue
            match = _REFERENCE.match(element.get("r", ""))
            column = column_number(match.group(1)) if match else len(cells) + 1
            cell = read_cell(element, self._book)
            if column > self._limits.max_columns:
                if not cell.text:
                    continue
                raise FileRefused(
                    "COLUMNS",
                    f"Row {number} has a value in column {column:,}; the limit is "
                    f"{self._limits.max_columns}.",
                )
            cells.extend([BLANK] * (column - len(cells)))
            cells[column - 1] = cell
        return cells


def column_number(letters: str) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def choose_sheet(sheets: list[tuple[str, str, bool]], wanted: str | None) -> tuple[str, str]:
    """Name and part of the sheet asked for, or of the first visible one.

    Raises: FileRefused SHEET.
    """
    for name, part, hidden in sheets:
        if name == wanted or (wanted is None and not hidden):
            return name, part
    names = ", ".join(repr(name) for name, _, _ in sheets) or "none"
    if wanted is None:
        raise FileRefused("SHEET", f"No sheet of the workbook is visible (hidden: {names}).")
    raise FileRefused("SHEET", f"There is no sheet {wanted!r}. The workbook has {names}.")


def read_sheets(archive: zipfile.ZipFile) -> tuple[list[tuple[str, str, bool]], bool]:
    """(name, part, hidden) of each worksheet in order, and whether dates start in 1904."""
    targets = {
        e.get("Id", ""): e.get("Target", "")
        for e in _elements(archive, "xl/_rels/workbook.xml.rels", "Relationship")
        if e.get("Type", "").endswith("/worksheet")
    }
    sheets = []
    for element in _elements(archive, WORKBOOK, "sheet"):
        key = next((v for k, v in element.attrib.items() if local(k) == "id"), "")
        if target := targets.get(key):
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            hidden = element.get("state", "visible") != "visible"
            sheets.append((element.get("name", ""), str(PurePosixPath(part)), hidden))
    properties = _elements(archive, WORKBOOK, "workbookPr")
    return sheets, any(p.get("date1904") in ("1", "true") for p in properties)


def _elements(archive: zipfile.ZipFile, part: str, name: str) -> list[Element]:
    return [element for element in _parse(archive, part) if local(element.tag) == name]


def _parse(archive: zipfile.ZipFile, part: str) -> Iterator[Element]:
    with open_part(archive, part) as file:
        yield from XmlWalk(file, part)


def _strings(archive: zipfile.ZipFile) -> list[str]:
    strings: list[str] = []
    with open_part(archive, SHARED_STRINGS) as file:
        walk = XmlWalk(file, SHARED_STRINGS)
        for element in walk:
            if local(element.tag) == "si":
                strings.append(plain_text(element))
                walk.forget(element)
            if len(strings) > MAX_STRINGS:
                raise FileRefused(
                    "BOMB", f"The workbook has more than {MAX_STRINGS:,} texts. Send it as CSV."
                )
    return strings


def _styles(archive: zipfile.ZipFile) -> frozenset[int]:
    *_, root = _parse(archive, "xl/styles.xml")
    return date_style_numbers(root)


def _warnings(
    sheet: str, sheets: list[tuple[str, str, bool]], checked: Checked, part: str
) -> tuple[str, ...]:
    found = []
    for name, _, hidden in sheets:
        if name != sheet:
            state = "hidden and was not read" if hidden else "not read"
            found.append(f"Sheet {name!r} is {state}. Only {sheet!r} was read.")
        elif hidden:
            found.append(f"Sheet {name!r} is hidden; it was read because it was asked for.")
    if merged := checked.merged.get(part):
        shown = ", ".join(merged[:10])
        found.append(
            f"{len(merged)} merged areas ({shown}): only the first cell of each holds the value."
        )
    if checked.external:
        found.append("The workbook links to other files; only stored values were read.")
    return tuple(found)
