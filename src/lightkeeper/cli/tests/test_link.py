import csv
import json
import random

import pytest
from click.testing import CliRunner

from lightkeeper.cli.link import link, link_files
from lightkeeper.engine.errors import EngineError

GIVEN = ["Ada", "Ben", "Cleo", "Otto", "Zoë", "Mary", "Susan", "Owen", "Tomos", "Björn"]
FAMILY = ["Quill", "Penrose", "Hartley", "Nuñez", "Marsh", "Okoro", "Lindqvist", "Byrne"]


def rows(side):
    """Forty people as one of two agencies writes them, the second with slips."""
    dice = random.Random(5)
    for number in range(40):
        given, family = dice.choice(GIVEN), dice.choice(FAMILY) + dice.choice("aeiou")
        born = (dice.randint(1960, 2012), dice.randint(1, 12), dice.randint(1, 28))
        phone = f"07700 9{dice.randint(0, 99999):05d}"
        if side == "north":
            yield [number, given, family, "{}-{:02d}-{:02d}".format(*born), phone, number]
        else:
            day_first = "{2:02d}/{1:02d}/{0}".format(*born)
            yield [number, given, family[:-1], day_first, phone.replace(" ", ""), number]


def write(path, header, body, encoding="utf-8", mark=","):
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=mark)
        writer.writerow(header)
        writer.writerows(body)
    return path


@pytest.fixture
def north(tmp_path):
    header = ["id", "forename", "surname", "dob", "mobile", "person"]
    return write(tmp_path / "north.csv", header, rows("north"), "cp1252", ";")


@pytest.fixture
def west(tmp_path):
    header = ["id", "forename", "surname", "dob", "mobile", "person"]
    return write(tmp_path / "west.csv", header, rows("west"))


def run(*arguments):
    return CliRunner().invoke(link, [str(argument) for argument in arguments])


def test_two_files_are_linked_and_measured_and_the_last_line_is_the_result(north, west):
    answer = run(north, west, "--truth", "person")

    assert answer.exit_code == 0, answer.output
    result = json.loads(answer.stdout.splitlines()[-1])
    assert result["f1"] == result["b3_f1"] == 1.0
    assert (result["records"], result["clusters"]) == (80, 40)
    assert {"precision", "recall", "seconds", "peak_mb"} <= set(result)


def test_it_says_how_many_rows_are_left_alone_and_links_a_person_of_many(tmp_path, north):
    header = ["id", "forename", "surname", "dob", "mobile", "person"]
    unknown = [[900, "Not", "Given", "1900-01-01", "", 900]] * 1281
    child = [[901, "Ida", "Calder", "2012-03-04", "07700 900123", 901]] * 300
    many = write(tmp_path / "many.csv", header, [*rows("north"), *child, *unknown])

    answer = run(many, "--truth", "person")

    assert "1 records say what 1280 others stand for already" in answer.stdout
    result = json.loads(answer.stdout.splitlines()[-1])
    assert result["left_alone"] == 1
    assert result["clusters"] in (40 + 1 + 2, 40 + 1 + 1281)
    assert "stand for" not in run(north, "--truth", "person").stdout


def test_it_says_what_each_column_was_taken_for_and_why(north):
    said = run(north, "--truth", "person").stdout

    assert "surname: family name, by its header." in said
    assert "person: left out, it is the truth to measure against." in said
    assert "north.csv is not UTF-8" in said


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_the_rows_are_written_with_their_subject_and_the_pairs_beside_them(north, tmp_path, name):
    out = tmp_path / name

    link_files([north], out=out, echo=lambda line: None)

    from lightkeeper.engine.linkage.files import read_table

    table = read_table(out)
    assert table.column_names[-1] == "subject_id"
    assert table.num_rows == 40
    assert out.with_name(f"out.pairs{out.suffix}").exists()


def test_a_mapping_says_what_the_headers_do_not(tmp_path):
    body = [[row[1], row[2]] for row in rows("north")] * 2
    file = write(tmp_path / "odd.csv", ["v1", "v2"], body)
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("columns: {v1: given_name, v2: family_name}", encoding="utf-8")

    answer = run(file, "--mapping", mapping)

    assert answer.exit_code == 0, answer.output
    assert "v1: given name, by the mapping." in answer.stdout


def test_ids_that_come_twice_and_empty_rows_are_no_obstacle(tmp_path):
    body = [[1, "Ada", "Quill"], [1, "Ada", "Quill"], [2, "", ""], ["", None, None]]
    file = write(tmp_path / "few.csv", ["record_id", "forename", "surname"], body)

    result = link_files([file], echo=lambda line: None)

    assert result["records"] == 3


def test_the_kind_of_subject_says_what_the_headings_mean(tmp_path):
    body = [[f"Quill {at % 30} Ltd", f"0{at % 30 + 1000:07d}"] for at in range(60)]
    file = write(tmp_path / "firms.csv", ["name", "company number"], body)

    answer = run(file, "--kind", "organisation")

    assert answer.exit_code == 0, answer.output
    assert "name: organisation name, by its header." in answer.stdout
    assert "company number: registration number, by its header." in answer.stdout
    assert "30 subjects" in answer.stdout


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["absent.csv"], "There is no file absent.csv."),
        (["NORTH", "--truth", "nobody"], "There is no column nobody to measure against."),
        (["NORTH", "NORTH", "NORTH"], "Give one file, or two"),
        (["NORTH", "--mapping", "absent.yaml"], "The mapping absent.yaml cannot be read"),
        (["NORTH", "--out", "/no/such/folder/out.csv"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_exit_code_7(north, options, sentence):
    answer = run(*[north if option == "NORTH" else option for option in options])

    assert answer.exit_code == 7
    assert sentence in answer.stderr


def test_a_file_without_any_comparable_column_asks_for_a_mapping(tmp_path):
    file = write(tmp_path / "notes.csv", ["notes"], [["x"], ["y"]])

    with pytest.raises(EngineError, match="Say what the columns hold in a mapping"):
        link_files([file], echo=lambda line: None)


def test_judged_pairs_teach_the_model_and_bind_the_result(north, west, tmp_path):
    said = [[1, 41, "different"], [1, 42, "Same"], [2, 43, ""]]
    judged = write(tmp_path / "judged.csv", ["row_l", "row_r", "verdict"], said)

    answer = run(north, west, "--judged", judged, "--out", tmp_path / "out.csv")

    assert answer.exit_code == 0, answer.output
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        subject = [row["subject_id"] for row in csv.DictReader(file)]
    assert subject[0] == subject[41] != subject[40]


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        (["row_l", "row_r"], [1, 2], "no column verdict"),
        (["row_l", "row_r", "verdict"], [1, 2, "perhaps"], "a verdict is same or different"),
        (["row_l", "row_r", "verdict"], [1, 81, "same"], "a number from 1 to 80, not '81'"),
        (["row_l", "row_r", "verdict"], ["x", 2, "same"], "not 'x'"),
        (["row_l", "row_r", "verdict"], [3, 3, "same"], "judged with itself"),
    ],
)
def test_a_file_of_judged_pairs_that_is_none_is_refused_with_its_line(
    north, west, tmp_path, header, row, said
):
    judged = write(tmp_path / "judged.csv", header, [row])

    answer = run(north, west, "--judged", judged)

    assert answer.exit_code == 7
    assert said in answer.output
