import pyarrow as pa
import pytest

from lightkeeper.engine.errors import FormatError, MappingError
from lightkeeper.engine.linkage.files import read_table, write_table
from lightkeeper.engine.linkage.plan import Kind
from lightkeeper.engine.linkage.propose import plan_from, propose


def kinds(columns, truth=None):
    plan = propose(pa.table(columns), truth=truth)
    return {column.name: column.kind for column in plan.columns}


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("first_name", Kind.GIVEN_NAME),
        ("Forename", Kind.GIVEN_NAME),
        ("fname_c1", Kind.GIVEN_NAME),
        ("firstName", Kind.GIVEN_NAME),
        ("lname_c1", Kind.FAMILY_NAME),
        ("Last Name", Kind.FAMILY_NAME),
        ("by", Kind.BIRTH_YEAR),
        ("bm", Kind.BIRTH_MONTH),
        ("bd", Kind.BIRTH_DAY),
        ("postcode_fake", Kind.POSTCODE),
        ("soc_sec_id", Kind.IDENTIFIER),
        ("suburb", Kind.PLACE),
        ("rec_id", Kind.RECORD_ID),
        ("cluster", Kind.LEFT_OUT),
        ("ent_id", Kind.LEFT_OUT),
    ],
)
def test_headers_are_known_by_their_usual_names(header, kind):
    assert kinds({header: ["1"] * 5})[header] is kind


def test_values_speak_where_the_header_does_not():
    many = range(60)
    found = kinds(
        {
            "a": [f"u{n}@mail.example" for n in many],
            "b": [f"M{n % 9} {n % 7}AB" for n in many],
            "c": ["m", "f"] * 30,
            "d": [f"07700 900{n:03d}" for n in many],
            "e": [f"{n}x{n * n}" for n in many],
            "f": ["red", "blue", "green"] * 20,
            "g": ["seen near the old station with two other people"] * 60,
            "h": ["2024-01-02"] * 60,
        }
    )

    out = Kind.LEFT_OUT
    assert list(found.values()) == [
        Kind.EMAIL, Kind.POSTCODE, Kind.SEX, Kind.PHONE, out, Kind.CATEGORY, out, out,
    ]  # fmt: skip


def test_the_truth_is_never_an_input_whatever_its_name():
    assert kinds({"surname": ["a", "a"]}, truth="surname") == {"surname": Kind.LEFT_OUT}


def test_a_full_name_that_repeats_a_longer_one_is_left_out():
    found = kinds({"full_name": ["ada may quill"], "first_and_surname": ["ada quill"]})

    assert found == {"full_name": Kind.FULL_NAME, "first_and_surname": Kind.LEFT_OUT}


@pytest.mark.parametrize("mapping", [{"nose": "sex"}, {"a": "shade"}])
def test_a_mapping_that_does_not_fit_says_where(mapping):
    with pytest.raises(MappingError, match=r"^columns\.(nose|a): "):
        plan_from(pa.table({"a": ["x"]}), mapping)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_csv_is_read_in_any_sane_encoding_and_delimiter(tmp_path, encoding, mark):
    file, said = tmp_path / "in.csv", []
    file.write_bytes(f"name{mark}town\nZoë{mark}\n\nAda{mark}York\n".encode(encoding))

    rows = read_table(file, said.append).to_pylist()

    assert rows == [{"name": "Zoë", "town": None}, {"name": "Ada", "town": "York"}]
    assert bool(said) == (encoding == "cp1252")


@pytest.mark.parametrize(
    ("body", "match"),
    [
        (b"", "is empty"),
        (b"a,b\n", "no rows"),
        (b"a,a\n1,2\n", "two columns named a"),
        (b"a,b\n1,2,3\n", "Row 2 of in.csv has 3 cells"),
        (b"PAR1 and no more", "cannot be read as Parquet"),
        (b"a\x00b", "neither CSV nor Parquet"),
    ],
)
def test_a_file_that_is_no_table_says_why(tmp_path, body, match):
    file = tmp_path / "in.csv"
    file.write_bytes(body)

    with pytest.raises(FormatError, match=match):
        read_table(file)


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_what_is_written_is_read_again(tmp_path, name):
    table = pa.table({"name": ["Zoë", 'a, "b"\nc'], "town": ["York", None]})

    write_table(table, tmp_path / name)

    assert read_table(tmp_path / name).to_pylist() == table.to_pylist()
