"""A nation is on disk whole or not at all, and the same bytes whoever makes it."""

import csv
import fcntl
import json
import shutil
from hashlib import sha256

import pyarrow.parquet as pq
import pytest

from lightkeeper.engine.synthetic.nation import blocks, files, write_nation
from lightkeeper.engine.synthetic.nation.folder import MARK

PEOPLE = 3_000


def digests(folder):
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def small(monkeypatch):
    """Blocks so small that a small nation has several."""
    monkeypatch.setattr(blocks, "HOMES_A_BLOCK", 400)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("nation") / "made"
    write_nation(PEOPLE, 3, out)
    return out


def test_writing_it_again_gives_the_same_bytes(made, tmp_path):
    write_nation(PEOPLE, 3, tmp_path / "again")
    write_nation(PEOPLE, 4, tmp_path / "other")

    assert digests(tmp_path / "again") == digests(made)
    assert digests(tmp_path / "other")["feeds/police.csv"] != digests(made)["feeds/police.csv"]


def test_two_processes_write_the_same_bytes_as_one(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "blocks_of", lambda world: 3)

    write_nation(PEOPLE, 3, tmp_path / "one", workers=1)
    write_nation(PEOPLE, 3, tmp_path / "two", workers=2)

    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_csv_and_parquet_say_the_same(made):
    for path in (made / "feeds").glob("*.csv"):
        rows = pq.read_table(path.with_suffix(".parquet")).to_pylist()
        with path.open(encoding="utf-8", newline="") as file:
            plain = list(csv.DictReader(file))
        assert plain == [{name: value or "" for name, value in row.items()} for row in rows]


def test_the_manifest_says_what_is_there(made):
    manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))

    there = digests(made)
    there.pop("manifest.json")
    assert {name: one["sha256"] for name, one in manifest["files"].items()} == there
    assert (manifest["people"], manifest["seed"]) == (PEOPLE, 3)
    assert manifest["rows"]["truth/persons"] == PEOPLE
    for name, rows in manifest["rows"].items():
        assert pq.read_metadata(made / f"{name}.parquet").num_rows == rows
    assert all(row["source"] for row in manifest["calibration"])
    assert manifest["assumed"]["offenders"]["people_a_network"] == 3000


def test_networks_say_how_many_children_they_harm(made):
    harm = pq.read_table(made / "truth/harm.parquet").to_pylist()

    for row in pq.read_table(made / "truth/networks.parquet").to_pylist():
        theirs = {one["child"] for one in harm if one["network"] == row["network"]}
        assert row["children_harmed"] == len(theirs)


def test_identities_are_listed_once(made):
    listed = pq.read_table(made / "truth/identities.parquet")["identity"].to_pylist()

    assert len(listed) == len(set(listed)) > 0


def test_a_run_that_is_stopped_leaves_nothing_that_looks_whole(tmp_path, monkeypatch, small):
    def full(block):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files._Writers, "write", lambda self, block: full(block))
    with pytest.raises(OSError, match="No space left"):
        write_nation(PEOPLE, 3, tmp_path / "out")

    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_taken_away_by_the_next(made, tmp_path):
    left = tmp_path / "out.partial"
    (left / "feeds").mkdir(parents=True)
    (left / MARK).touch()
    (left / "feeds" / "police.csv").write_text("ref\nhalf a li")

    write_nation(PEOPLE, 3, tmp_path / "out")

    assert digests(tmp_path / "out") == digests(made)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_somebody_else_put_in_the_way_stays(tmp_path):
    left = tmp_path / "out.partial"
    left.mkdir()
    (left / "mine.txt").write_text("mine")

    with pytest.raises(FileExistsError, match=r"out\.partial is in the way"):
        write_nation(PEOPLE, 3, tmp_path / "out")

    assert (left / "mine.txt").read_text() == "mine"


def test_two_runs_do_not_write_one_folder(tmp_path):
    left = tmp_path / "out.partial"
    left.mkdir()
    with (left / MARK).open("w") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        with pytest.raises(FileExistsError, match="being written by another run"):
            write_nation(PEOPLE, 3, tmp_path / "out")


def test_a_folder_that_is_not_empty_is_replaced_only_when_asked_and_only_by_a_nation(
    made, tmp_path
):
    out = tmp_path / "out"
    shutil.copytree(made, out)
    (out / "README.md").write_text("changed")
    with pytest.raises(FileExistsError, match="is not empty"):
        write_nation(PEOPLE, 3, out)
    assert (out / "README.md").read_text() == "changed"

    write_nation(PEOPLE, 3, out, force=True)
    assert digests(out) == digests(made)

    (out / "manifest.json").unlink()
    with pytest.raises(FileExistsError, match="holds no nation"):
        write_nation(PEOPLE, 3, out, force=True)
    assert (out / "README.md").exists()


def test_a_disk_without_room_is_noticed_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(files.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(9, 9, 9))

    with pytest.raises(OSError, match=r"3,000 people need about 0\.0 GB"):
        write_nation(PEOPLE, 3, tmp_path / "out")

    assert list(tmp_path.iterdir()) == []
