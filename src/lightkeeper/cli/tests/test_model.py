import pytest
from click.testing import CliRunner

from lightkeeper.cli.link import link_files
from lightkeeper.cli.model import model
from lightkeeper.cli.tests.test_link import rows, write

HEADER = ["id", "forename", "surname", "dob", "mobile", "person"]


def run(*arguments):
    return CliRunner().invoke(model, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("linked")
    file = write(folder / "north.csv", HEADER, rows("north"))
    link_files([file], truth="person", echo=lambda line: None,
               keep_model=folder / "model.json", report=folder / "report.txt")  # fmt: skip
    return folder


def test_a_kept_model_is_shown_as_the_report_that_linking_wrote(folder):
    answer = run("show", folder / "model.json")

    assert answer.exit_code == 0, answer.output
    assert answer.stdout == (folder / "report.txt").read_text(encoding="utf-8")
    assert "Learnt from 40 records" in answer.stdout
    assert "Phone numbers are the same" in answer.stdout


@pytest.mark.parametrize(
    ("file", "sentence"),
    [("absent.json", "There is no file"), ("north.csv", "The text is not a link model"),
     ("bytes", "cannot be read")],
)  # fmt: skip
def test_what_is_no_model_is_a_sentence_and_exit_code_7(folder, file, sentence):
    (folder / "bytes").write_bytes(b"\xff\xfe\x00\xd8")
    answer = run("show", folder / file)

    assert answer.exit_code == 7
    assert sentence in answer.stderr


def test_a_report_that_cannot_be_written_is_a_sentence(folder):
    from lightkeeper.engine.errors import EngineError

    with pytest.raises(EngineError, match="cannot be written"):
        link_files([folder / "north.csv"], echo=lambda line: None, report="/no/such/report.txt")
