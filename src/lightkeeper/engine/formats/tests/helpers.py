"""What the tests of formats share: files made on the spot, and reading one to its end."""

import zipfile
from pathlib import Path

from lightkeeper.engine.formats import Fault, Row, Table, open_table

CONTENT_TYPES = """<?xml version="1.0"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"""
WORKBOOK = """<?xml version="1.0"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
 <workbookPr date1904="{epoch}"/><sheets><sheet name="People" sheetId="1" r:id="rId1"/></sheets>
</workbook>"""
RELATIONS = """<?xml version="1.0"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
 <Relationship Id="rId1" Target="worksheets/sheet1.xml"
  Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/>
</Relationships>"""
SHEET = """<?xml version="1.0"?>{before}
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="inlineStr"><is><t>ref</t></is></c>
<c r="B1" t="inlineStr"><is><t>name</t></is></c></row>
{rows}</sheetData></worksheet>"""


def written(folder: Path, content: bytes | str, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(table: Table, **where: object) -> tuple[list[Row], list[Fault]]:
    """All rows and all faults; the tally must agree with both."""
    rows: list[Row] = []
    faults: list[Fault] = []
    for item in table.rows(**where):  # type: ignore[arg-type]
        rows.append(item) if isinstance(item, Row) else faults.append(item)
    assert (table.tally.yielded, table.tally.faults) == (len(rows), len(faults))
    assert table.tally.read == len(rows) + len(faults)
    return rows, faults


def read_text(
    folder: Path, content: bytes | str, **options: object
) -> tuple[list[Row], list[Fault]]:
    """A CSV made on the spot, opened with the options and read to its end."""
    return read(open_table(written(folder, content), **options))  # type: ignore[arg-type]


def package(
    folder: Path, rows: str = "", *, before: str = "", epoch: str = "0", **more: str
) -> Path:
    """A small workbook by hand, for what no library would write. `more` adds parts by name."""
    path = folder / "book.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("xl/workbook.xml", WORKBOOK.format(epoch=epoch))
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS)
        archive.writestr("xl/worksheets/sheet1.xml", SHEET.format(before=before, rows=rows))
        for name, content in more.items():
            archive.writestr(name, content)
    return path
