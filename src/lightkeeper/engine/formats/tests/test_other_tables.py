"""Entities, Parquet, and what a file is."""

import tracemalloc
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lightkeeper.engine.errors import FileRefused
from lightkeeper.engine.formats import Limits, open_table, sniff
from lightkeeper.engine.formats.tests.helpers import read, written

GOOD = '{"id": "1", "schema": "Person", "properties": {"name": ["Ada"]}}\n'


def entities(tmp_path, text, **options):
    return read(open_table(written(tmp_path, text, "people.jsonl"), **options))


def test_an_entity_comes_as_a_row_with_its_properties(tmp_path):
    text = (
        '{"id":"1","schema":"Person","caption":"A","datasets":["x"],'
        '"properties":{"name":["Ada","A"]}}'
    )
    [row], faults = entities(tmp_path, "\ufeff" + text + "\n\n  \n\n")
    assert row.values == {"id": "1", "schema": "Person", "caption": "A", "datasets": '["x"]'}
    assert row.properties == {"name": ("Ada", "A")}
    assert (row.number, row.place, faults) == (1, "line 1", [])


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ('{"id": "1"', "JSON", "Expecting"),
        ('{"id":"1","schema":"Person",}', "JSON", "character"),
        ("// comment", "JSON", "Expecting"),
        (GOOD.strip() + GOOD.strip(), "JSON", "Extra data"),
        ('{"id":"1","id":"2","schema":"Person"}', "DUPLICATE-KEY", "'id' occurs twice"),
        ('{"id":"1","schema":"Person","x":NaN}', "NUMBER", "NaN"),
        ('{"id":"1","schema":"Person","x":-Infinity}', "NUMBER", "Infinity"),
        ('{"id":"1","schema":"Person","x":' + "9" * 5000 + "}", "NUMBER", "5,000 digits"),
        ('{"id":"1","schema":"Person","x":' + "[" * 70 + "]" * 70 + "}", "DEPTH", "71 deep"),
        ("[" * 100_000, "DEPTH", "100,000 deep"),
        ('{"schema":"Person"}', "ID", "/id"),
        ('{"id":7,"schema":"Person"}', "ID", "/id"),
        ('{"id":"1"}', "SCHEMA", "/schema"),
        ('{"id":"1","schema":""}', "SCHEMA", "/schema"),
        ('["id"]', "VALUE-TYPE", "expected an entity"),
        ('{"id":"1","schema":"P","properties":[]}', "VALUE-TYPE", "/properties"),
        ('{"id":"1","schema":"P","properties":{"name":"Ada"}}', "VALUE-TYPE", "/properties/name"),
        ('{"id":"1","schema":"P","properties":{"n":["a",7]}}', "VALUE-TYPE", "/properties/n/1"),
        ('{"id":"1","schema":"P","properties":{"n":["\\ud800"]}}', "ENCODING", "surrogate"),
        ('{"id":"1","schema":"P","properties":{"n":["a\\u0000"]}}', "NUL", "NUL"),
        ('{"id":"1","schema":"P","properties":{"n":["data:image/png;base64,A"]}}', "MEDIA", "'n'"),
    ],
)  # fmt: skip
def test_a_bad_line_is_one_fault_with_its_number_and_the_rest_is_read(tmp_path, line, code, says):
    rows, [fault] = entities(tmp_path, GOOD + line + "\n" + GOOD)
    assert (fault.row, fault.code) == (2, code)
    assert says in fault.sentence
    assert fault.value == line or code == "MEDIA"
    assert "base64" not in fault.value
    assert [r.number for r in rows] == [1, 3]


def test_a_line_that_is_not_utf8_is_named_with_its_offset(tmp_path):
    raw = GOOD.encode() + b'{"id":"\xe9"}\n'
    _, [fault] = entities(tmp_path, raw)
    assert fault.code == "ENCODING"
    assert f"0xE9 at offset {len(GOOD) + 7}" in fault.sentence


def test_a_json_list_is_refused_with_what_to_send(tmp_path):
    with pytest.raises(FileRefused, match="JSON lines"):
        open_table(written(tmp_path, "[" + GOOD + "]", "people.json"))


def test_entity_reading_goes_on_after_any_item(tmp_path):
    table = open_table(written(tmp_path, (GOOD + "oops\n\n") * 5, "people.ftm"))
    everything = list(table.rows())
    for position, item in enumerate(everything):
        assert list(table.rows(resume=item.resume)) == everything[position + 1 :]
    assert next(iter(table.rows(start_row=5))) == everything[3]


def parquet(tmp_path, columns, **options):
    path = tmp_path / "people.parquet"
    pq.write_table(pa.table(columns), path, **options)
    return path


def test_parquet_values_read_as_a_person_writes_them(tmp_path):
    path = parquet(
        tmp_path,
        {
            "name": ["Ada", None], "born": [date(1990, 5, 6), None], "n": [1.0, float("nan")],
            "big": [2**60, 1], "money": [Decimal("1.50"), None], "yes": [True, None],
        },
    )  # fmt: skip
    rows, _ = read(open_table(path))
    assert [tuple(r.values.values()) for r in rows] == [
        ("Ada", "1990-05-06", "1", str(2**60), "1.50", "TRUE"), ("", "", "", "1", "", ""),
    ]  # fmt: skip
    assert [r.number for r in rows] == [1, 2]


def test_parquet_goes_on_after_any_row_and_skips_whole_groups(tmp_path):
    path = parquet(tmp_path, {"name": [f"n{i}" for i in range(100)]}, row_group_size=10)
    table = open_table(path)
    everything = list(table.rows())
    assert list(table.rows(resume=everything[56].resume)) == everything[57:]
    assert list(table.rows(start_row=99)) == everything[98:]
    assert list(table.rows(resume="100")) == []
    with pytest.raises(FileRefused, match="not a row"):
        list(table.rows(resume="x"))


@pytest.mark.parametrize("column", [[[1, 2]], [{"a": 1}], [b"\xff\xd8\xff"]])
def test_parquet_columns_of_lists_or_bytes_are_refused(tmp_path, column):
    with pytest.raises(FileRefused, match="Column 'x' holds") as refused:
        open_table(parquet(tmp_path, {"x": column}))
    assert refused.value.code == "TYPE"


def test_parquet_that_unpacks_too_far_or_is_cut_off_is_refused(tmp_path):
    path = parquet(tmp_path, {"name": [f"{i:050d}" for i in range(5000)]}, use_dictionary=False)
    with pytest.raises(FileRefused, match="unpacks to"):
        open_table(path, limits=Limits(max_bytes=path.stat().st_size + 1))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(FileRefused, match="cannot be read"):
        open_table(path)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.jpg", b"\xff\xd8\xff\xe0", "MEDIA"), ("a.csv", b"\xff\xd8\xff\xe0JFIF", "MEDIA"),
        ("a.csv", b"\x89PNG\r\n\x1a\n", "MEDIA"), ("a.csv", b"GIF89a..", "MEDIA"),
        ("a.csv", b"RIFF\x00\x00\x00\x00WEBPVP8", "MEDIA"),
        ("a.csv", b"BM\x00\x00\x00\x00", "MEDIA"),
        ("a.csv", b"\x00\x00\x00\x18ftypmp42", "MEDIA"),
        ("a.csv", b"\x00\x00\x00\x18ftypheic", "MEDIA"),
        ("a.csv", b"ID3\x03", "MEDIA"), ("a.csv", b"OggS\x00", "MEDIA"),
        ("a.csv", b"\x1aE\xdf\xa3\x01", "MEDIA"), ("a.csv", b"<svg xmlns='x'/>", "MEDIA"),
        ("a.svg", b"<?xml version='1.0'?><svg/>", "MEDIA"), ("a.mp4", b"ref,name\n", "MEDIA"),
        ("a.csv", b"data:image/png;base64,xx", "MEDIA"), ("a.csv", b"MZ\x90\x00", "TYPE"),
        ("a.csv", b"\x7fELF\x02", "TYPE"), ("a.csv", b"%PDF-1.7", "TYPE"),
        ("a.csv", b"#!/bin/sh", "TYPE"),
        ("a.csv", b"<html></html>", "TYPE"), ("a.csv", b"<?xml version='1.0'?><a/>", "TYPE"),
        ("a.csv", b"\x1f\x8b\x08\x00", "TYPE"), ("a.csv", b"Rar!\x1a\x07\x00", "TYPE"),
        ("a.csv", b"{\\rtf1}", "TYPE"), ("a.csv", b"wOFF\x00", "TYPE"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "TYPE"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
         "ENCRYPTED"),
        ("a.xlsx", b"ref,name\n1,2\n", "TYPE"), ("a.csv", b'{"id": 1}', "TYPE"),
        ("a.docx", b"ref,name\n", "TYPE"), ("a.exe", b"ref,name\n", "TYPE"),
        ("a.zip", b"ref,name\n", "ARCHIVE"), ("a.parquet", b"ref,name\n", "TYPE"),
    ],
)  # fmt: skip
def test_what_is_not_a_table_is_refused(tmp_path, name, content, code):
    with pytest.raises(FileRefused) as refused:
        sniff(written(tmp_path, content, name))
    assert refused.value.code == code
    if code == "MEDIA":
        assert "digital unit" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.csv", b"BM,name\n1,x\n", "csv"), ("a.tsv", b"ref\tname\n", "csv"),
        ("a", b"ref\n", "csv"),
        ("a.txt", b"MZ;name\n", "csv"), ("a.ijson", GOOD.encode(), "ftm_jsonl"),
    ],
)  # fmt: skip
def test_what_is_a_table_is_known_by_its_content(tmp_path, name, content, found):
    assert sniff(written(tmp_path, content, name)) == found


def test_the_senders_name_and_the_declared_format_must_agree_with_the_content(tmp_path):
    path = written(tmp_path, b"ref,name\n1,x\n", "0192f")
    assert open_table(path, name="people.csv").format == "csv"
    with pytest.raises(FileRefused, match="declared as xlsx but holds csv"):
        open_table(path, "xlsx")
    with pytest.raises(FileRefused, match="picture"):
        open_table(path, name="people.jpg")


def test_a_zip_of_pictures_is_refused_as_media_and_any_other_as_an_archive(tmp_path):
    import zipfile

    for inside, code in (("a.jpg", "MEDIA"), ("a.csv", "ARCHIVE")):
        path = tmp_path / f"{code}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(inside, "x")
        with pytest.raises(FileRefused) as refused:
            sniff(path)
        assert refused.value.code == code


def test_memory_does_not_grow_with_the_file(tmp_path):
    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.csv"
        path.write_text("ref,name\n" + f"1,{'Ada ' * 15}\n" * rows)
        table = open_table(path)
        tracemalloc.start()
        for _ in table.rows():
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(40_000) < 1.5 * peak(10_000)
