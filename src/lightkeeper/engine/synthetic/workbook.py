"""A workbook whose bytes depend on its content alone: no clock, no user name."""

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook

EPOCH = (1980, 1, 1, 0, 0, 0)
CLOCKED = "docProps/core.xml"
STILL = (
    '<?xml version="1.0" encoding="UTF-8"?><cp:coreProperties xmlns:cp="http://schemas.'
    'openxmlformats.org/package/2006/metadata/core-properties"></cp:coreProperties>'
)


def write_workbook(path: Path, sheet: str, header: list[str], rows: list[list[str]]) -> None:
    """Write one sheet of text cells. The same rows give the same bytes, on any day."""
    book = Workbook()
    page = book.active
    page.title = sheet
    page.append(header)
    for row in rows:
        page.append([value or None for value in row])
    book.save(path)
    _still(path)


def _still(path: Path) -> None:
    with ZipFile(path) as moving:
        parts = [(name, moving.read(name)) for name in sorted(moving.namelist())]
    with ZipFile(path, "w", ZIP_DEFLATED) as still:
        for name, content in parts:
            body = STILL.encode() if name == CLOCKED else content
            still.writestr(ZipInfo(name, EPOCH), body, ZIP_DEFLATED)
