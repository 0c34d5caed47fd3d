"""XLSX: values as a person reads them, and a package that cannot hurt."""

import io
import zipfile
from datetime import date, datetime, time

import pytest
import xlsxwriter

from lightkeeper.engine.errors import FileRefused
from lightkeeper.engine.formats import Limits, open_table
from lightkeeper.engine.formats.tests.helpers import package, read
from lightkeeper.engine.formats.xlsx_xml import XmlWalk

MIB = 1024 * 1024


def book(tmp_path, cells, **options):
    """A workbook with headings ref and name, and `cells` below: {(row, column): value}."""
    path = tmp_path / "people.xlsx"
    workbook = xlsxwriter.Workbook(path, options)
    sheet = workbook.add_worksheet("People")
    sheet.write_row(0, 0, ["ref", "name"])
    shown = workbook.add_format({"num_format": "dd/mm/yyyy"})
    timed = workbook.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    for (row, column), value in cells.items():
        if isinstance(value, datetime):
            sheet.write_datetime(row, column, value, timed)
        elif isinstance(value, date | time):
            sheet.write_datetime(row, column, value, shown)
        else:
            sheet.write(row, column, value)
    workbook.close()
    return path


def values(path, **options):
    rows, faults = read(open_table(path, **options))
    assert faults == []
    return [tuple(row.values.values()) for row in rows]


def test_rows_carry_the_number_of_the_sheet_and_blank_rows_are_counted(tmp_path):
    table = open_table(book(tmp_path, {(1, 0): "a", (3, 0): "b", (4, 0): ""}))
    rows, _ = read(table)
    assert [(r.number, r.place) for r in rows] == [
        (2, "sheet People, row 2"), (4, "sheet People, row 4"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7, "7"), (123456789012, "123456789012"), (1e15, "1000000000000000"), (1.5, "1.5"),
        (0.1 + 0.2, "0.3"), (-3, "-3"), (True, "TRUE"), ("007", "007"), ("é\u200b", "é\u200b"),
        (date(1990, 5, 6), "1990-05-06"), (datetime(2024, 2, 29, 23, 59), "2024-02-29T23:59:00"),
        (time(14, 30), "14:30:00"), (" two\nlines ", " two\nlines "),
    ],
)  # fmt: skip
def test_a_cell_reads_as_a_person_reads_it(tmp_path, value, text):
    assert values(book(tmp_path, {(1, 0): "1", (1, 1): value})) == [("1", text)]


def test_dates_count_from_1904_where_the_workbook_says_so(tmp_path):
    path = book(tmp_path, {(1, 0): "1", (1, 1): date(1990, 5, 6)}, date_1904=True)
    assert values(path) == [("1", "1990-05-06")]


def test_an_identifier_longer_than_a_spreadsheet_can_keep_is_flagged(tmp_path):
    [row], _ = read(open_table(book(tmp_path, {(1, 0): 12345678901234567890, (1, 1): "x"})))
    assert "E" not in row.values["ref"]
    assert row.notes == ("ref: a number of 20 digits: spreadsheets keep only 15.",)


def test_a_formula_gives_its_stored_result_and_never_runs(tmp_path):
    rows = """<row r="2"><c r="A2" t="str"><f>1+1</f><v>two</v></c>
    <c r="B2"><f>1+1</f><v>2</v></c></row>
    <row r="3"><c r="A3" t="inlineStr"><is><t>3</t></is></c><c r="B3"><f>NOW()</f></c></row>"""
    [row], [fault] = read(open_table(package(tmp_path, rows)))
    assert row.values == {"ref": "two", "name": "2"}
    assert (fault.row, fault.column, fault.code) == (3, "name", "FORMULA")
    assert fault.value == "3 | =NOW()"


def test_an_error_in_a_cell_is_a_fault_that_names_it(tmp_path):
    rows = '<row r="2"><c r="A2" t="e"><v>#N/A</v></c></row>'
    _, [fault] = read(open_table(package(tmp_path, rows)))
    assert (fault.row, fault.column, fault.code, fault.value) == (2, "ref", "CELL-ERROR", "#N/A | ")


def test_the_leap_day_that_never_was_is_a_fault(tmp_path):
    path = tmp_path / "d.xlsx"
    workbook = xlsxwriter.Workbook(path)
    sheet = workbook.add_worksheet()
    sheet.write_row(0, 0, ["ref", "born"])
    for row, serial in enumerate([59, 60, 61], start=1):
        sheet.write(row, 0, "x")
        sheet.write_number(row, 1, serial, workbook.add_format({"num_format": "dd/mm/yyyy"}))
    workbook.close()
    rows, [fault] = read(open_table(path))
    assert [r.values["born"] for r in rows] == ["1900-02-28", "1900-03-01"]
    assert (fault.row, fault.code) == (3, "DATE")


def test_a_value_outside_the_headings_is_a_fault_that_keeps_the_row(tmp_path):
    _, [fault] = read(open_table(book(tmp_path, {(1, 0): "1", (1, 1): "Ada", (1, 3): "x"})))
    assert (fault.row, fault.code, fault.value) == (2, "RAGGED", "1 | Ada |  | x")


def test_hidden_sheets_rows_and_merged_cells_are_said(tmp_path):
    path = tmp_path / "h.xlsx"
    workbook = xlsxwriter.Workbook(path)
    secret = workbook.add_worksheet("Secret")
    sheet = workbook.add_worksheet("People")
    workbook.add_worksheet("More").write(0, 0, "x")
    secret.hide()
    sheet.activate()
    sheet.write_row(0, 0, ["ref", "name"])
    sheet.write_row(1, 0, ["1", "Ada"])
    sheet.set_row(1, None, None, {"hidden": True})
    sheet.merge_range("A3:B4", "m")
    workbook.close()

    table = open_table(path)
    rows, _ = read(table)
    assert table.warnings == (
        "Sheet 'Secret' is hidden and was not read. Only 'People' was read.",
        "Sheet 'More' is not read. Only 'People' was read.",
        "1 merged areas (A3:B4): only the first cell of each holds the value.",
    )
    assert rows[0].notes == ("The row is hidden in the sheet.",)
    assert open_table(path, sheet="More").header == ("x",)
    with pytest.raises(
        FileRefused, match=r"no sheet 'Other'\. The workbook has 'Secret', 'People'"
    ):
        open_table(path, sheet="Other")


def test_reading_goes_on_after_any_row(tmp_path):
    table = open_table(book(tmp_path, {(n, 0): f"{n}" for n in range(1, 9)}))
    everything = list(table.rows())
    assert list(table.rows(resume=everything[3].resume)) == everything[4:]
    assert list(table.rows(start_row=6)) == everything[4:]
    with pytest.raises(FileRefused, match="not a row"):
        list(table.rows(resume="3:4"))


def test_pictures_in_cells_are_refused_for_the_row(tmp_path):
    _, [fault] = read(open_table(book(tmp_path, {(1, 0): "1", (1, 1): "data:image/png;base64,AA"})))
    assert (fault.code, fault.column) == ("MEDIA", "name")


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("xl/vbaProject.bin", "MACROS"), ("xl/media/image1.png", "MEDIA"),
        ("xl/embeddings/oleObject1.bin", "MEDIA"), ("docProps/thumbnail.jpeg", "MEDIA"),
        ("xl/workbook.bin", "TYPE"), ("../outside.xml", "ARCHIVE"), ("/abs.xml", "ARCHIVE"),
    ],
)  # fmt: skip
def test_a_part_that_may_not_be_there_refuses_the_workbook(tmp_path, part, code):
    with pytest.raises(FileRefused) as refused:
        open_table(package(tmp_path, **{part: "x"}))
    assert refused.value.code == code


def test_links_to_other_files_are_said_and_not_followed(tmp_path):
    table = open_table(package(tmp_path, **{"xl/externalLinks/externalLink1.xml": "<x/>"}))
    assert table.warnings == ("The workbook links to other files; only stored values were read.",)


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]>',
        '<!DOCTYPE a SYSTEM "http://example.org/a.dtd">',
        "<!-- long " + "x" * 70_000 + " --><!DOCTYPE a>",
    ],
)
def test_a_document_type_is_refused(tmp_path, before):
    with pytest.raises(FileRefused) as refused:
        open_table(package(tmp_path, before=before))
    assert refused.value.code == "XML"


def test_a_document_type_hidden_in_utf16_is_refused_before_it_is_parsed(tmp_path):
    path = package(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/theme.xml", "<!DOCTYPE a []><a/>".encode("utf-16"))
    with pytest.raises(FileRefused, match="defines entities"):
        open_table(path)


def test_the_walk_itself_refuses_a_document_type():
    with pytest.raises(FileRefused, match="DTDForbidden"):
        list(XmlWalk(io.BytesIO(b"<!DOCTYPE a []><a/>"), "part"))


def test_a_sheet_that_breaks_off_keeps_what_came_before(tmp_path):
    rows = '<row r="2"><c r="A2"><v>1</v></c></row></oops>'
    items = open_table(package(tmp_path, rows)).rows()
    assert next(items).number == 2
    with pytest.raises(FileRefused, match="ends badly after row 2"):
        next(items)


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        (Limits(unzip_total=100_000, unzip_ratio=10**6), "more than 100,000 bytes, reached in"),
        (Limits(unzip_total=1_500_000, unzip_ratio=20), "more than 20 times"),
        (Limits(unzip_entries=3), "5 parts; the limit is 3"),
    ],
)
def test_a_bomb_is_refused_by_each_limit(tmp_path, limits, says):
    with pytest.raises(FileRefused, match=says) as refused:
        open_table(package(tmp_path, **{"xl/big.xml": "0" * 1_400_000}), limits=limits)
    assert refused.value.code == "BOMB"


def test_a_hundred_mebibytes_from_a_hundred_kibibytes_are_refused_early(tmp_path):
    path = package(tmp_path)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("xl/sharedStrings.xml", "w") as part,
    ):
        for _ in range(100):
            part.write(b" " * MIB)
    assert path.stat().st_size < 110 * 1024
    with pytest.raises(FileRefused, match="100 times") as refused:
        open_table(path)
    assert refused.value.code == "BOMB"


@pytest.mark.parametrize("said", [90, 900])
def test_a_part_that_lies_about_its_size_is_refused(tmp_path, said):
    path = package(tmp_path, **{"xl/big.xml": "0123456789" * 50})
    raw = path.read_bytes()
    size = (500).to_bytes(4, "little")
    assert raw.count(size) == 2
    path.write_bytes(raw.replace(size, said.to_bytes(4, "little")))
    with pytest.raises(FileRefused, match="size"):
        open_table(path)


@pytest.mark.parametrize("twentieth", range(1, 20))
def test_a_workbook_that_is_cut_off_is_refused(tmp_path, twentieth):
    path = package(tmp_path)
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) * twentieth // 20])
    with pytest.raises(FileRefused) as refused:
        open_table(path)
    assert refused.value.code in ("ARCHIVE", "TYPE")


def test_a_cell_in_a_column_beyond_the_limit_is_refused(tmp_path):
    rows = '<row r="2"><c r="A2"><v>1</v></c><c r="ZZZ2"><v>1</v></c></row>'
    with pytest.raises(FileRefused, match="column 18,278; the limit is 500"):
        read(open_table(package(tmp_path, rows)))


@pytest.mark.parametrize(
    ("rows", "code", "says"),
    [
        ('<row r="2">' + "<c/>" * 600_000 + "</row>", "BOMB", "500,000 elements in one place"),
        ("<a>" * 200 + "</a>" * 200, "XML", "nests deeper than 100"),
    ],
    ids=["many", "deep"],
)
def test_a_sheet_that_would_fill_the_memory_is_refused(tmp_path, rows, code, says):
    table = open_table(package(tmp_path, rows), limits=Limits(unzip_ratio=10**6))
    with pytest.raises(FileRefused, match=says) as refused:
        read(table)
    assert refused.value.code == code
