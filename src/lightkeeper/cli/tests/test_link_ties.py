import csv
import json

import pytest
from click.testing import CliRunner

from lightkeeper.cli.link import link, link_files
from lightkeeper.engine.linkage.files import write_table
from lightkeeper.engine.synthetic.networks import make_networks


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Records of some people, and a file of their ties."""
    folder = tmp_path_factory.mktemp("ties")
    made = make_networks(300, seed=4)
    write_table(made.hard.table.drop_columns(["under_alias"]), folder / "records.csv")
    write_table(made.ties, folder / "ties.csv")
    return folder / "records.csv", folder / "ties.csv"


def run(*arguments):
    return CliRunner().invoke(link, [str(argument) for argument in arguments])


def rows_of(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_result_says_what_ties_are_worth_and_how_many_pairs_they_raised(files, tmp_path):
    records, ties = files
    answer = run(records, "--ties", ties, "--truth", "true_id", "--out", tmp_path / "out.csv")

    assert answer.exit_code == 0, answer.output
    result = json.loads(answer.stdout.splitlines()[-1])
    pairs = rows_of(tmp_path / "out.pairs.csv")
    raised = [pair for pair in pairs if float(pair["weight_ties"]) > 0]
    assert result["pairs_raised"] == len(raised) > 0
    kinds = ["address", "associate", "journey", "phone"]
    assert [kind["kind"] for kind in result["ties"]] == kinds
    assert all(0 < kind["u"][1] < 1 for kind in result["ties"])
    assert all(pair["shared_ties"].startswith("Both are tied to ") for pair in raised)
    assert (
        "ties of address, associate, journey, phone; records by their record_id." in answer.stdout
    )
    assert "Ties of kind associate: of pairs of one subject " in answer.stdout
    assert f"Ties raised {len(raised)} pairs, by at most " in answer.stdout


def test_without_ties_nothing_is_said_or_written_of_them(files, tmp_path):
    records, _ = files
    answer = run(records, "--truth", "true_id", "--out", tmp_path / "out.csv")

    assert "pairs_raised" not in json.loads(answer.stdout.splitlines()[-1])
    assert "Ties" not in answer.stdout
    assert not [name for name in rows_of(tmp_path / "out.pairs.csv")[0] if "ties" in name]


def test_rows_without_ids_are_called_by_their_number(tmp_path):
    names = [["Ada", "Quill"], ["Ada", "Quill"], ["Ben", "Marsh"], ["Cleo", "Okoro"]]
    for name, header, body in (
        ("records.csv", ["forename", "surname"], names),
        ("ties.csv", ["record_id", "kind", "other"], [[1, "associate", 3], [2, "associate", 3]]),
    ):
        with (tmp_path / name).open("w", newline="") as file:
            csv.writer(file).writerows([header, *body])
    said = []
    link_files([tmp_path / "records.csv"], echo=said.append, ties=tmp_path / "ties.csv")

    assert "ties.csv: 2 ties of associate; records by their row, the first being 1." in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nobody,associate,R1,", "Line 2 of bad.csv: there is no record 'nobody'."),
        ("R1,associate,,", "Line 2 of bad.csv: other or key must say to what the tie leads."),
        ("", "bad.csv has a header but no rows."),
    ],
)
def test_a_file_of_ties_that_is_none_is_refused_before_anything_is_linked(
    files, tmp_path, line, said
):
    bad = tmp_path / "bad.csv"
    bad.write_text(f"record_id,kind,other,key\n{line}\n", encoding="utf-8")

    answer = run(files[0], "--ties", bad)

    assert answer.exit_code == 7
    assert said in answer.stderr
