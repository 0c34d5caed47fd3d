import csv

import pytest
from click.testing import CliRunner

from lightkeeper.cli.match import match
from lightkeeper.cli.tests.test_link import rows, write
from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.linkage.files import read_pieces, read_table

HEADER = ["id", "forename", "surname", "dob", "mobile", "person"]


def run(*arguments):
    return CliRunner().invoke(match, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def north(tmp_path_factory):
    folder = tmp_path_factory.mktemp("north")
    return write(folder / "north.csv", HEADER, rows("north"), "cp1252", ";")


@pytest.fixture(scope="module")
def model(north):
    from lightkeeper.cli.link import make_plan
    from lightkeeper.engine.linkage.training import train

    table = read_table(north, lambda line: None)
    path = north.with_name("model.json")
    train(table, make_plan(table, None, "person", lambda line: None)).save(path)
    return path


@pytest.fixture
def index(north, model, tmp_path):
    answer = run("build", tmp_path / "index", north, "--model", model)
    assert answer.exit_code == 0, answer.output
    assert "40 records in" in answer.stdout
    return tmp_path / "index"


def test_a_row_is_found_again_as_another_agency_writes_it_and_why(index):
    [_, given, family, born, phone, _] = list(rows("west"))[6]

    answer = run("find", index, f"forename={given}", f"surname={family}", f"dob={born}",
                 f"mobile={phone}", "--why", "--limit", 3)  # fmt: skip

    assert answer.exit_code == 0, answer.output
    first, *reasons = answer.stdout.splitlines()
    assert first.startswith("record 7  +")
    assert any("Birth dates are the same (for, +" in reason for reason in reasons)
    assert "ms among 40 records" in answer.stderr


def test_without_a_model_one_is_trained_on_the_files(north, tmp_path):
    answer = run("build", tmp_path / "index", north)

    assert answer.exit_code == 0, answer.output
    assert "surname: family name, by its header." in answer.stdout
    [_, given, family, *_] = next(rows("north"))
    assert "record 1 " in run("find", tmp_path / "index", f"forename={given}", f"surname={family}",
                              "dob=" + next(rows("north"))[3]).stdout  # fmt: skip


def test_rows_are_added_under_the_next_numbers_and_taken_out_again(index, tmp_path):
    more = write(tmp_path / "more.csv", HEADER[1:5], [["Ottilie", "Zander", "1999-12-31", ""]])
    assert "Records 41 to 41 were added; 41 in all." in run("add", index, more).stdout
    asked = ("find", index, "forename=Otilie", "surname=Zander", "dob=31/12/1999")
    assert run(*asked).stdout.startswith("record 41 ")

    assert "1 of 2 were there and are out; 40 in all." in run("remove", index, 41, 99).stdout

    assert "record 41" not in run(*asked).stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["find", "INDEX", "Quill"], "Say column=value, for example family_name=Quill; not Quill."),
        (["find", "INDEX", "shoe=42"], "The model has no column shoe. It has: dob, forename"),
        (["find", "absent", "forename=Ada"], "There is no index in absent. Build one first."),
        (["add", "INDEX", "absent.csv"], "There is no file absent.csv."),
        (["build", "INDEX", "NORTH", "--model", "MODEL"], "There is an index in"),
        (["build", "new", "absent.csv"], "There is no file absent.csv."),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_exit_code_7(index, north, model, words, sentence):
    places = {"INDEX": index, "NORTH": north, "MODEL": model}

    answer = run(*[places.get(word, word) for word in words])

    assert answer.exit_code == 7
    assert sentence in answer.stderr


@pytest.mark.parametrize("size", [1, 7, 39, 40, 41])
def test_pieces_of_a_file_are_its_rows(north, size):
    pieces = list(read_pieces(north, size, lambda line: None))

    whole = read_table(north, lambda line: None)
    assert [row for piece in pieces for row in piece.to_pylist()] == whole.to_pylist()
    assert max(piece.num_rows for piece in pieces) <= size


def test_a_bad_row_is_named_by_its_number_in_the_file_whichever_piece_it_is_in(tmp_path):
    path = tmp_path / "ragged.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["a", "b"], *[["1", "2"]] * 10, ["1", "2", "3"]])

    with pytest.raises(FormatError, match=r"Row 12 of ragged\.csv has 3 cells for 2 columns"):
        list(read_pieces(path, 4))
