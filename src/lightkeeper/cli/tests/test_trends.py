import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from lightkeeper.cli.main import main


def text_of(days=900):
    """Two a day in one place; in the other one, and three from a day on."""
    lines = ["happened,place"]
    for at in range(days):
        day = date(2023, 1, 1) + timedelta(at)
        lines += [f"{day},North"] * 2 + [f"{day},South"] * (3 if at > 600 else 1)
    return "\n".join(lines) + "\n"


def run(folder, *words, text=None):
    file = folder / "rows.csv"
    file.write_text(text_of() if text is None else text, encoding="utf-8")
    return CliRunner().invoke(main, ["trends", str(file), *words])


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("1994-03-05", "No record lies between 1994-03-05 and 2023-01-01"),
        ("0102-03-05", "No record lies between 0102-03-05 and 2023-01-01"),
    ],
)
def test_one_mistyped_year_is_said_and_makes_no_change(tmp_path, day, says):
    text = text_of() + f"{day},North\n"

    answer = run(tmp_path, *WORDS, text=text)

    assert (answer.exit_code, says in answer.output) == (7, True), answer.output


def test_what_can_be_no_last_day_and_too_many_periods_are_sentences(tmp_path):
    last = run(tmp_path, *WORDS, "--as-of", "9999-12-31")
    many = run(tmp_path, *WORDS, "--as-of", "2900-01-01")

    assert (last.exit_code, "No day comes after" in last.output) == (7, True), last.output
    assert (many.exit_code, "Is a day mistyped?" in many.output) == (7, True), many.output


def test_what_stands_where_a_day_should_is_not_repeated(tmp_path):
    answer = run(tmp_path, *WORDS, text=text_of() + "Ada Quill,North\n")

    assert "1 row left out. What stands there is no day." in answer.output
    assert "Quill" not in answer.output


WORDS = ["--date", "happened", "--by", "place"]


def test_what_changed_is_said_as_json(tmp_path):
    answer = run(tmp_path, *WORDS, "--period", "month", "--json")
    said = json.loads(answer.stdout)

    assert answer.exit_code == 0, answer.output
    [change] = said["changes"]
    assert (change["labels"], change["direction"]) == ({"place": "South"}, "rose")
    assert (change["at"], change["confidence"]) == ("2024-09", 0.999)
    assert said["periods"][0] == "2023-01"
    assert said["series"][0]["counts"][:2] == [62, 56]
    assert said["series"][0]["incomplete"] == ["2025-06"]
    assert (said["since"], said["today"]) == ("2023-01-01", "2025-06-18")


def test_people_get_lines_and_the_same_file_gives_the_same(tmp_path):
    first = run(tmp_path, *WORDS, "--period", "month").stdout

    assert "South rose with 2024-09" in first
    assert first.splitlines()[-1].startswith("· hidden")
    assert run(tmp_path, *WORDS, "--period", "month").stdout == first


def test_periods_that_a_file_names_are_whole(tmp_path):
    text = "when,place,many\n" + "".join(
        f"{2015 + at // 4}_q{at % 4 + 1},UK,{100 if at < 20 else 300}\n" for at in range(40)
    )
    words = ["--date", "when", "--by", "place", "--period", "quarter", "--count", "many", "--json"]
    said = json.loads(run(tmp_path, *words, text=text).stdout)

    assert said["series"][0]["incomplete"] == []
    assert said["changes"][0]["at"] == "2020-Q1"
    assert said["changes"][0]["ratio"] == pytest.approx(3, abs=0.05)


def test_a_population_is_of_whichever_column_it_names(tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("place,population\nNorth,1000\nSouth,2000\n", encoding="utf-8")
    said = json.loads(run(tmp_path, *WORDS, "--population", str(people), "--json").stdout)

    assert said["series"][1]["rates_per_100000"][0] == pytest.approx(31 / 2000 * 100_000)


@pytest.mark.parametrize(
    ("words", "text", "code", "sentence"),
    [
        ([*WORDS, "--by", "place,place"], None, 2, "each column once"),
        (["--date", "when", "--by", "place"], None, 7, "no column when"),
        (WORDS, "happened,place\nsoon,a\n", 7, "no row that can be counted"),
        (WORDS, "", 7, "empty"),
        ([*WORDS, "--as-of", "2020-01-01"], None, 7, "no rows"),
        ([*WORDS, "--population", "none.csv"], None, 7, "There is no file"),
        ([*WORDS, "--period", "day"], None, 2, "day"),
        ([*WORDS, "--false-discovery", "0"], None, 2, "0"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(tmp_path, words, text, code, sentence):
    answer = run(tmp_path, *words, text=text)

    assert answer.exit_code == code
    assert sentence in answer.stderr
    assert not answer.stdout
