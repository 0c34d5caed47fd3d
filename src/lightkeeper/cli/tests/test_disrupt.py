import json

import pytest
from click.testing import CliRunner

from lightkeeper.cli.main import main

TIES = "hub,a,1\nhub,b,1\nb,hub,2\nhub,hub,1\nc,hub,1\nc,d,4\n"


def run(folder, *words, text=TIES):
    file = folder / "ties.csv"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    return CliRunner().invoke(main, ["disrupt", str(file), *words])


def test_each_removal_is_said_as_json(tmp_path):
    answer = run(tmp_path, "--strategy", "betweenness", "--steps", "2", "--json")

    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout) == {
        "largest_component": [0.4, 0.2], "removed": ["hub", "d"], "first": 5, "people": 5,
        "ties": 4, "resilience": pytest.approx(0.3), "strategy": "betweenness",
        "weighted": False, "equals": "published", "seed": 0,
    }  # fmt: skip
    assert "1 line of somebody to themselves" in answer.stderr


def test_people_get_a_table(tmp_path):
    lines = run(tmp_path, "--strategy", "degree").stdout.splitlines()

    assert lines[0] == "People: 5. Ties: 4. Largest component: 5."
    assert lines[2].split() == ["1", "hub", "2", "40.0%"]
    assert len(lines) == 8


def test_the_spared_stay_and_equals_go_as_asked(tmp_path):
    words = ["--json", "--steps", "1", "--spare", "hub", "--spare", "c", "--equals", "name"]

    assert json.loads(run(tmp_path, *words).stdout)["removed"] == ["a"]


@pytest.mark.parametrize(
    "strategy",
    ["betweenness", "degree", "collective-influence", "katz", "greedy", "random", "exact"],
)
def test_the_same_file_gives_the_same_answer_by_every_strategy(tmp_path, strategy):
    words = ["--strategy", strategy, "--steps", "3", "--json", "--seed", "4"]
    answer = run(tmp_path, *words)

    assert len(json.loads(answer.stdout)["largest_component"]) == 3
    assert run(tmp_path, *words).stdout == answer.stdout


@pytest.mark.parametrize(
    ("words", "text", "code", "sentence"),
    [
        ([], None, 7, "There is no file"),
        ([], "", 7, "holds no ties"),
        ([], "a,b,-1", 7, "Line 1 of ties.csv"),
        (["--spare", "nobody"], TIES, 7, "Nobody in the file is called nobody"),
        (["--strategy", "exact"], TIES, 2, "Say with --steps"),
        (["--strategy", "random", "--weighted"], TIES, 2, "leave --weighted out"),
        (["--steps", "-1"], TIES, 2, "-1"),
        (["--strategy", "worst"], TIES, 2, "worst"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(tmp_path, words, text, code, sentence):
    answer = run(tmp_path, *words, text=text)

    assert answer.exit_code == code
    assert sentence in answer.stderr
    assert not answer.stdout
