"""Laws of reading and writing, for any text and any bytes."""

import contextlib
import io
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.formats import Fault, Row, open_table
from lightkeeper.engine.formats.tests.helpers import read
from lightkeeper.engine.formats.writers import read_csv_cell, safe_cell, write_csv, write_ftm

# Any text a file can hold: no NUL, no half characters, no pile of marks, no hidden picture.
TEXT = st.text(
    st.characters(exclude_characters="\x00", exclude_categories=("Cs", "Mn", "Me", "Mc")),
    max_size=30,
)
HEADINGS = ("ref", "name", "born")


def in_file(content: bytes, name: str) -> Path:
    path = Path(tempfile.mkdtemp()) / name
    path.write_bytes(content)
    return path


def read_back(content: bytes, name: str) -> tuple[list[Row], list[Fault]]:
    path = in_file(content, name)
    try:
        return read(open_table(path))
    finally:
        path.unlink()
        path.parent.rmdir()


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=8), st.booleans())
@settings(deadline=None)
def test_csv_that_is_written_reads_back_the_same(rows, for_spreadsheet):
    file = io.StringIO(newline="")
    write_csv(file, HEADINGS, rows, for_spreadsheet=for_spreadsheet)
    found, faults = read_back(file.getvalue().encode(), "people.csv")

    back = read_csv_cell if for_spreadsheet else str
    assert [tuple(back(v) for v in r.values.values()) for r in found] == [
        row for row in rows if any(row)
    ]
    assert faults == []


@given(st.text())
@example("'=1")
@example("''-")
def test_a_guarded_cell_never_starts_a_formula_and_reads_back(text):
    guarded = safe_cell(text)
    assert not guarded.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert read_csv_cell(guarded) == text


NAME = st.text(st.characters(categories=("Ll", "Lu")), min_size=1, max_size=8)
ENTITY = st.tuples(
    NAME, NAME, st.dictionaries(NAME, st.lists(TEXT, min_size=1, max_size=3), max_size=4)
)


@given(st.lists(ENTITY, min_size=1, max_size=5))
@settings(deadline=None)
def test_entities_that_are_written_read_back_the_same(entities):
    file = io.StringIO()
    write_ftm(file, entities)
    found, faults = read_back(file.getvalue().encode(), "people.ftm")

    assert faults == []
    assert [
        (r.values["id"], r.values["schema"], {k: list(v) for k, v in (r.properties or {}).items()})
        for r in found
    ] == entities


@given(
    st.binary(max_size=400) | st.text(',;"\n\r\tab\x00é{}[]:1').map(str.encode),
    st.sampled_from(["x.csv", "x.jsonl", "x.xlsx", "x.parquet", "x"]),
)
@settings(max_examples=400, deadline=None)
def test_no_bytes_whatever_break_a_reader(content, name):
    with contextlib.suppress(FormatError):
        rows, faults = read_back(content, name)
        assert all(fault.sentence and fault.code for fault in faults)
        assert all(row.number >= 1 for row in rows)


@given(st.binary(max_size=60), st.integers(0, 10_000), st.sampled_from(["csv", "jsonl", "xlsx"]))
@settings(max_examples=150, deadline=None)
def test_a_good_file_with_a_spoilt_stretch_is_read_or_refused(noise, place, kind):
    content = bytearray(GOOD[kind])
    place %= len(content)
    content[place : place + len(noise)] = noise
    with contextlib.suppress(FormatError):
        read_back(bytes(content), f"x.{kind}")


def _good() -> dict[str, bytes]:
    import xlsxwriter

    book = io.BytesIO()
    workbook = xlsxwriter.Workbook(book, {"in_memory": True})
    sheet = workbook.add_worksheet("People")
    for row in range(20):
        sheet.write_row(row, 0, ["ref" if row == 0 else f"R{row}", "name" if row == 0 else "Ada"])
    workbook.close()
    entity = b'{"id": "1", "schema": "Person", "properties": {"name": ["Ada"]}}\n'
    return {
        "csv": b"ref,name\n" + b'1,"Ada, of ""Elm"" Road"\n' * 20,
        "jsonl": entity * 20,
        "xlsx": book.getvalue(),
    }


GOOD = _good()
