import errno
import json

import pytest
from click.testing import CliRunner

from lightkeeper.cli.main import main


def run(*arguments):
    return CliRunner().invoke(main, ["synth", *map(str, arguments)])


def test_it_says_how_many_people_and_rows_there_are_and_what_is_met(tmp_path):
    answer = run("--people", 2000, "--seed", 4, "--out", tmp_path / "nation")

    assert answer.exit_code == 0, answer.output
    manifest = json.loads((tmp_path / "nation" / "manifest.json").read_text(encoding="utf-8"))
    feeds = sum(rows for name, rows in manifest["rows"].items() if name.startswith("feeds/"))
    assert answer.stdout.startswith(f"2,000 made-up people, {feeds:,} rows of agencies about them")
    assert "public figures are met within chance." in answer.stdout
    assert "What is assumed stands in" in answer.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("--people", "-3"), 7, "A nation has 200 to 1,000,000,000 people, not -3."),
        (("--people", "10"), 7, "A nation has 200 to 1,000,000,000 people, not 10."),
        (("--people", "many"), 2, "'many' is not a valid integer"),
        (("--seed", "1"), 2, "Missing option '--people'"),
        (("--people", "2000", "--workers", "0"), 2, "0 is not in the range"),
        (("--people", "1000000000"), 1, "people need about 160.0 GB"),
    ],
)
def test_what_cannot_be_made_is_said_and_nothing_is_left(
    arguments, code, sentence, tmp_path, monkeypatch
):
    from lightkeeper.engine.synthetic.nation import files, world

    usage = files.shutil.disk_usage("/")
    monkeypatch.setattr(files.shutil, "disk_usage", lambda path: usage._replace(free=10**9))
    real = world.make_world
    monkeypatch.setattr(files, "make_world", lambda people, seed: real(min(people, 500), seed))

    answer = run(*arguments, "--out", tmp_path / "nation")

    assert answer.exit_code == code
    assert sentence in answer.output
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_empty_stays_as_it_is(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")

    answer = run("--people", 2000, "--out", tmp_path)

    assert answer.exit_code == 1
    assert "is not empty. Name another folder, or use --force." in answer.output
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("manifest", ["{}", '{"format": "another"}', "[", None])
def test_what_is_no_nation_is_not_replaced_even_by_force(tmp_path, manifest):
    out = tmp_path / "webapp"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    if manifest is not None:
        (out / "manifest.json").write_text(manifest)

    answer = run("--people", 2000, "--out", out, "--force")

    assert answer.exit_code == 1
    assert "holds no nation" in answer.output
    assert (out / "notes.txt").read_text() == "mine"


def test_what_somebody_put_into_a_nation_or_where_the_old_one_goes_is_kept(tmp_path):
    out, old = tmp_path / "nation", tmp_path / "nation.replaced"
    assert run("--people", 2000, "--out", out).exit_code == 0
    assert run("--people", 2000, "--out", out, "--force").exit_code == 0
    (out / "notes.txt").write_text("mine")
    assert run("--people", 2000, "--out", out, "--force").exit_code == 1
    (out / "notes.txt").unlink()
    old.mkdir()
    (old / "notes.txt").write_text("mine")

    answer = run("--people", 2000, "--out", out, "--force")

    assert (answer.exit_code, (old / "notes.txt").read_text()) == (1, "mine")


def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path, monkeypatch):
    from lightkeeper.engine.synthetic.nation import files

    def full(self, block):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files._Writers, "write", full)
    answer = run("--people", 2000, "--out", tmp_path / "nation")

    assert answer.exit_code == 1
    assert "is full; nothing was left there." in answer.output
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_there_is_said(tmp_path):
    file = tmp_path / "file"
    file.touch()

    answer = run("--people", 2000, "--out", file / "nation")

    assert answer.exit_code == 1
    assert "is a file, so that no folder can stand in it." in answer.output
