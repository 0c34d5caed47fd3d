"""CSV: strict, by line number, resumable, and nothing lost."""

import tracemalloc

import pytest

from lightkeeper.engine.errors import FileRefused
from lightkeeper.engine.formats import Limits, open_table
from lightkeeper.engine.formats.lines import BLOCK_BYTES, LineSource
from lightkeeper.engine.formats.tests.helpers import read, read_text, written
from lightkeeper.testing.ending import must_end

HEAD = "ref,name,born\n"


def test_rows_carry_the_line_number_a_person_sees_and_the_text_as_received(tmp_path):
    rows, faults = read_text(tmp_path, HEAD + '1, Ada ,1990\n\n2,"two\nlines",\n')

    assert [(r.number, r.place) for r in rows] == [(2, "line 2"), (4, "lines 4 to 5")]
    assert rows[0].values == {"ref": "1", "name": " Ada ", "born": "1990"}
    assert rows[1].values["name"] == "two\nlines"
    assert faults == []


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read_alike(tmp_path, newline):
    rows, _ = read_text(tmp_path, (HEAD + "1,Ada,\n2,Ben,\n").replace("\n", newline))
    assert [(r.number, r.values["name"]) for r in rows] == [(2, "Ada"), (3, "Ben")]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_separator_is_found_in_the_heading_line(tmp_path, mark):
    rows, _ = read_text(tmp_path, (HEAD + "1,Ada,x\n").replace(",", mark))
    assert rows[0].values == {"ref": "1", "name": "Ada", "born": "x"}


def test_a_byte_order_mark_is_no_part_of_the_first_heading(tmp_path):
    table = open_table(written(tmp_path, b"\xef\xbb\xbf" + HEAD.encode() + b"1,Ada,\n"))
    rows, _ = read(table)
    assert table.header == ("ref", "name", "born")
    assert rows[0].number == 2


def test_headings_may_stand_in_a_later_row(tmp_path):
    rows, _ = read_text(tmp_path, "Report of May\n\n" + HEAD + "1,Ada,\n", header_row=3)
    assert [(r.number, r.values["name"]) for r in rows] == [(4, "Ada")]


@pytest.mark.parametrize(
    ("line", "cells"), [("2,Ben\n", 2), ("2,Ben,x,y\n", 4), ("2,Ben,1, Elm Road\n", 4)]
)
def test_a_ragged_row_is_one_fault_that_keeps_the_line(tmp_path, line, cells):
    rows, [fault] = read_text(tmp_path, HEAD + "1,Ada,\n" + line + "3,Cleo,\n")

    assert [r.number for r in rows] == [2, 4]
    assert (fault.row, fault.code, fault.value) == (3, "RAGGED", line)
    assert f"Line 3 has {cells} cells where the headings have 3" in fault.sentence


def test_blank_cells_beyond_the_headings_are_no_fault(tmp_path):
    rows, faults = read_text(tmp_path, HEAD + "1,Ada,,,\n")
    assert (len(rows), faults) == (1, [])


def test_a_row_of_blank_cells_is_counted_as_blank(tmp_path):
    table = open_table(written(tmp_path, HEAD + ",,\n1,Ada,\n\n"))
    read(table)
    assert (table.tally.yielded, table.tally.faults, table.tally.blank) == (1, 0, 2)


def test_an_unclosed_quote_gives_up_one_line_and_not_the_file(tmp_path):
    good = "".join(f"{n},Ada,\n" for n in range(4, 3000))
    rows, faults = read_text(tmp_path, HEAD + '2,"Ben,x\n' + good)

    assert [(f.row, f.code, f.value) for f in faults] == [(2, "QUOTE", '2,"Ben,x\n')]
    assert "opened on line 2 is never closed" in faults[0].sentence
    assert len(rows) == 2996


def test_the_line_named_is_where_the_quote_opened_not_where_the_row_began(tmp_path):
    _, faults = read_text(tmp_path, HEAD + '2,"two\nlines","open\n3,Cleo,\n')
    assert faults[0].row == 2
    assert "opened on line 3" in faults[0].sentence


def test_a_quote_inside_a_quoted_cell_is_a_fault_of_its_row(tmp_path):
    rows, [fault] = read_text(tmp_path, HEAD + '2,"Ben "Kid" B",\n3,Cleo,\n')
    assert (fault.row, fault.code) == (2, "QUOTE")
    assert [r.number for r in rows] == [3]


def test_an_open_quote_over_the_cell_limit_of_the_reader_is_found_too(tmp_path):
    long_tail = "".join(f"{n},Ada,x\n" for n in range(20_000))
    rows, faults = read_text(tmp_path, HEAD + '2,"Ben,x\n' + long_tail)
    assert [(f.row, f.code) for f in faults] == [(2, "QUOTE")]
    assert len(rows) == 20_000


def test_a_cell_over_131072_characters_is_a_fault_of_its_row(tmp_path):
    rows, [fault] = read_text(tmp_path, HEAD + f"2,{'Ben ' * 40_000},x\n3,Cleo,\n")
    assert (fault.row, fault.code, len(fault.value)) == (2, "CELL-LONG", 160_005)
    assert [r.number for r in rows] == [3]


def test_a_cell_over_our_own_limit_names_row_column_and_limit(tmp_path):
    _, [fault] = read_text(tmp_path, HEAD + "2,Benjamin,x\n", limits=Limits(max_cell_chars=5))
    assert (fault.column, fault.code) == ("name", "CELL-LONG")
    assert "Row 2, column 'name' has 8 characters; the limit is 5" in fault.sentence


def test_a_byte_that_is_not_utf8_is_named_with_its_offset(tmp_path):
    rows, [fault] = read_text(tmp_path, HEAD.encode() + b"2,Ren\xe9e,\n3,Cleo,\n")

    assert (fault.row, fault.code, fault.value) == (2, "ENCODING", "2,Ren\\xE9e,\n")
    assert f"byte 0xE9 at offset {len(HEAD) + 5} is not utf-8" in fault.sentence
    assert "declare cp1252" in fault.sentence
    assert [r.number for r in rows] == [3]


def test_cp1252_is_read_when_it_is_declared(tmp_path):
    rows, _ = read_text(tmp_path, HEAD.encode() + b"2,Ren\xe9e,\n", encoding="cp1252")
    assert rows[0].values["name"] == "Renée"


@pytest.mark.parametrize("raw", [b"\xc0\xaf", b"\xed\xa0\x80"], ids=["overlong", "surrogate"])
def test_crooked_utf8_is_a_fault(tmp_path, raw):
    _, [fault] = read_text(tmp_path, HEAD.encode() + b"2," + raw + b",\n")
    assert fault.code == "ENCODING"


def test_a_nul_character_is_a_fault_of_its_cell(tmp_path):
    rows, [fault] = read_text(tmp_path, HEAD + "2,B\x00en,\n3,Cleo,\n")
    assert (fault.row, fault.column, fault.code) == (2, "name", "NUL")
    assert len(rows) == 1


@pytest.mark.parametrize("cell", ["=1+1", "+44 7700 900123", "-1", "@SUM(A1)", "=cmd|' /C'!A0"])
def test_what_looks_like_a_formula_stays_text(tmp_path, cell):
    rows, _ = read_text(tmp_path, HEAD + f"2,{cell},\n")
    assert rows[0].values["name"] == cell


@pytest.mark.parametrize(
    ("hidden", "code"), [("\u202e", "U+202E"), ("\u200b", "U+200B"), ("\U000e0041", "U+E0041")]
)
def test_hidden_characters_are_kept_and_flagged(tmp_path, hidden, code):
    rows, _ = read_text(tmp_path, HEAD + f"2,B{hidden}en,\n")
    assert rows[0].values["name"] == f"B{hidden}en"
    assert rows[0].notes == (f"name: hidden characters {code} are kept in the original.",)


def test_more_than_twenty_marks_on_a_letter_are_a_fault(tmp_path):
    mark = "\u0301"
    rows, [fault] = read_text(tmp_path, HEAD + f"2,B{mark * 21},\n3,B{mark * 20},\n")
    assert (fault.row, fault.column, fault.code) == (2, "name", "MARKS")
    assert len(rows) == 1


@pytest.mark.parametrize(
    "cell",
    ["data:image/png;base64,iVBORw0KGgo", "<svg xmlns='x'>", "/9j/" + "A" * 60, "A1" * 3000],
)
def test_an_embedded_picture_is_refused_and_no_byte_of_it_kept(tmp_path, cell):
    quoted = '"' + cell + '"'
    rows, [fault] = read_text(tmp_path, HEAD + f"2,{quoted},\n3,Cleo,\n")
    assert (fault.row, fault.code) == (2, "MEDIA")
    assert cell not in fault.value
    assert f"{len(cell)} characters" in fault.value
    assert "digital unit" in fault.sentence
    assert len(rows) == 1


def test_a_picture_in_a_ragged_row_is_not_kept_either(tmp_path):
    _, [fault] = read_text(tmp_path, HEAD + "2,data:image/png;base64,iVBORw0KGgo\n")
    assert fault.code in ("MEDIA", "RAGGED")
    assert "iVBOR" not in fault.value


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        ("ref,,born\n1,2,3\n", "HEADER", "column 2 has no heading"),
        ("ref,name,ref\n1,2,3\n", "HEADER", "columns 1 and 3 are both called 'ref'"),
        ("07700900123,1990-01-01,Ada\n", "HEADER", "looks like a row of values"),
        ("r" * 301 + ",name\n", "HEADER", "301 characters; the limit is 300"),
        ("\n\nref,name\n", "HEADER", "blank"),
        ('ref,"name\n1,2\n', "HEADER", "cannot be read"),
        (b"ref,n\xe9\n1,2\n", "ENCODING", "byte 0xE9"),
        (",".join(f"c{n}" for n in range(501)) + "\n", "COLUMNS", "501 columns; the limit is 500"),
        ("", "EMPTY", "empty"),
        (b"\x00" * 5000, "EMPTY", "NUL"),
        (b" " * 5000, "EMPTY", "blanks"),
        ("a,b\n1,2\n".encode("utf-16"), "ENCODING", "UTF-16"),
        ("a,b\n1,2\n".encode("utf-16-le"), "ENCODING", "UTF-16"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_why(tmp_path, content, code, says):
    with pytest.raises(FileRefused, match=says) as refused:
        open_table(written(tmp_path, content))
    assert refused.value.code == code


def test_blank_headings_at_the_end_are_left_out_with_a_warning(tmp_path):
    table = open_table(written(tmp_path, "ref,name,,\n1,Ada,,\n2,Ben,x,\n"))
    rows, [fault] = read(table)
    assert table.warnings == ("Line 1: 2 blank headings at the end were left out.",)
    assert (len(rows), fault.code) == (1, "RAGGED")


def test_a_single_line_of_100_megabytes_is_refused_before_it_is_in_memory(tmp_path):
    path = tmp_path / "line.csv"
    with path.open("wb") as file:
        file.write(HEAD.encode() + b"1,Ada,\n")
        for _ in range(100):
            file.write(b"x" * 1_000_000)
    table = open_table(path)
    tracemalloc.start()
    items = table.rows()
    assert next(items).number == 2
    with pytest.raises(FileRefused, match=r"Line 3 is longer than 4,194,304 bytes") as refused:
        next(items)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused.value.code == "LINE-TOO-LONG"
    assert peak < 12_000_000


def test_a_file_over_the_limit_is_refused_with_both_sizes(tmp_path):
    with pytest.raises(FileRefused, match=r"20 bytes; the limit is 10"):
        open_table(written(tmp_path, "x" * 20), limits=Limits(max_bytes=10))


def test_reading_goes_on_after_any_item_and_gives_the_same(tmp_path):
    text = HEAD + '1,Ada,\n2,"two\nlines",\n3,ragged\n\n4,"open,\n5,Ren\u00e9e,\n6,Cleo,\n'
    table = open_table(written(tmp_path, b"\xef\xbb\xbf" + text.encode()))
    everything = list(table.rows())
    assert len(everything) == 6
    for position, item in enumerate(everything):
        assert list(table.rows(resume=item.resume)) == everything[position + 1 :]


def test_resuming_does_not_read_the_start_again(tmp_path):
    path = written(tmp_path, HEAD + "".join(f"{n},Ada,\n" for n in range(1000)))
    table = open_table(path)
    token = next(r for r in table.rows() if r.number == 500).resume
    spoilt = path.read_bytes()
    offset = int(token.split(":")[0])
    path.write_bytes(b"\xff" * offset + spoilt[offset:])
    rows, faults = read(table, resume=token)
    assert (len(rows), faults) == (501, [])


def test_a_later_start_row_leaves_out_what_stands_before(tmp_path):
    table = open_table(written(tmp_path, HEAD + "1,Ada,\n2,Ben,\n3,Cleo,\n"))
    rows, _ = read(table, start_row=3)
    assert [r.number for r in rows] == [3, 4]


def test_a_strange_resume_token_is_refused(tmp_path):
    table = open_table(written(tmp_path, HEAD))
    with pytest.raises(FileRefused, match="is not a place"):
        list(table.rows(resume="elsewhere"))


def test_an_unknown_encoding_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(FileRefused, match="cp1252"):
        open_table(written(tmp_path, HEAD), encoding="ebcdic")


@pytest.mark.parametrize(
    "cell",
    ["data:" + "a" * 90_000, ("A1" * 1999 + " ") * 25, "data:a" * 15_000, "<svg" * 20_000,
     "AAAA" * 999 + " ", "é" * 90_000],
    ids=["uri", "runs", "uris", "svg", "base64", "accents"],
)  # fmt: skip
def test_no_cell_is_judged_for_ever(tmp_path, cell):
    with must_end():
        read_text(tmp_path, HEAD + f"2,{cell},\n" * 3)


@pytest.mark.parametrize("beyond", [0, 1, 2, 3])
def test_a_line_end_cut_in_two_by_a_block_is_one_line_end(tmp_path, beyond):
    first = b"A" * (BLOCK_BYTES + beyond - 2) + b"\r\n"
    path = written(tmp_path, first + b"B\r\nC\rD")
    with LineSource(path, Limits()) as source:
        assert list(source) == [first, b"B\r\n", b"C\r", b"D"]
        assert (source.offset, source.line) == (path.stat().st_size, 5)
