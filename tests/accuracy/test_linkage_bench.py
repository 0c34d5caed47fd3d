"""The harness beside the peers: on a made-up set, with us and the least of tools."""

import json
import sys
import time
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.linkage import people
from bench.linkage.__main__ import TOOLS, main
from bench.linkage.judging import judge
from bench.linkage.report import lines_of, with_ratios
from bench.linkage.running import Tool, run_alone, run_tool
from bench.linkage.sets import TINY, NotHere, prepare

STAGES = ("load", "train", "predict", "cluster")
COSTS = ("cpu_seconds", "peak_mb")


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """What the command keeps, and where everything of the run lies."""
    folder = tmp_path_factory.mktemp("bench")
    main(["--sets", "tiny", "--tools", "ours", "same text", "--folder", str(folder),
          "--json", str(folder / "figures.json")])  # fmt: skip
    return json.loads((folder / "figures.json").read_text()), folder


@pytest.fixture
def data(tmp_path):
    """Four records of two subjects, as a prepared set."""
    pq.write_table(pa.table({"record_id": [0, 1, 2, 3]}), tmp_path / "records.parquet")
    pq.write_table(pa.table({"truth": list("aabb")}), tmp_path / "truth.parquet")
    (tmp_path / "about.json").write_text(json.dumps({"name": "four", "records": 4, "kinds": {}}))
    return tmp_path


@pytest.fixture
def found(data):
    """What a tool leaves behind: all but one record joined, one pair scored below its threshold."""
    out = data / "out"
    out.mkdir()
    pq.write_table(pa.table({"cluster": [0, 0, 0, 3]}), out / "clusters.parquet")
    pairs = {"left": [0, 1, 2], "right": [1, 2, 3], "score": [9.0, 5.0, 7.0]}
    pq.write_table(pa.table(pairs), out / "pairs.parquet")
    (out / "told.json").write_text(json.dumps({"threshold": 5.0, "missing_weight": -6.0}))
    return out


def of(figures, tool):
    [one] = figures["sets"]
    return next(run for run in one["runs"] if run["tool"] == tool)


def test_ours_and_the_least_of_tools_run_on_the_same_records(measured):
    figures, _ = measured

    ours, least = of(figures, "ours"), of(figures, "same text")
    assert not ours.get("failed")
    assert not least.get("failed")
    assert ours["records"] == least["records"] == figures["sets"][0]["records"] == 400
    assert ours["default"]["f1"] > least["default"]["f1"]


@pytest.mark.parametrize("tool", ["ours", "same text"])
def test_the_figures_of_a_tool_add_up(measured, tool):
    run = of(measured[0], tool)

    seconds = run["seconds"]
    assert seconds["total"] == pytest.approx(sum(seconds[stage] for stage in STAGES), abs=0.01)
    assert seconds["total"] <= run["wall_seconds"]
    assert all(run[cost] > 0 for cost in COSTS)
    for score in (run["default"], run["best"] or run["default"]):
        shares = score["precision"], score["recall"]
        assert score["f1"] == pytest.approx(2 * shares[0] * shares[1] / sum(shares))
        assert score["f1"] >= run["default"]["f1"]


def test_the_scores_are_those_of_the_clusters_counted_pair_by_pair(measured):
    figures, folder = measured
    truth = pq.read_table(folder / "sets/tiny/truth.parquet")["truth"].to_pylist()
    labels = pq.read_table(folder / "runs/tiny/ours/clusters.parquet")["cluster"].to_pylist()

    pairs = list(combinations(range(len(truth)), 2))
    met = {(a, b) for a, b in pairs if labels[a] == labels[b]}
    true = {(a, b) for a, b in pairs if truth[a] == truth[b]}
    score = of(figures, "ours")["default"]
    assert score["precision"] == pytest.approx(len(met & true) / len(met))
    assert score["recall"] == pytest.approx(len(met & true) / len(true))


def test_ours_is_divided_by_each_peer_and_not_by_itself(measured):
    figures, _ = measured
    ours, least = of(figures, "ours"), of(figures, "same text")

    assert "ours_to_it" not in ours
    ratios = least["ours_to_it"]
    assert ratios["f1"] == pytest.approx(ours["default"]["f1"] / least["default"]["f1"])
    assert ratios["seconds"] == pytest.approx(ours["seconds"]["total"] / least["seconds"]["total"])
    assert all(ratios[cost] == pytest.approx(ours[cost] / least[cost]) for cost in COSTS)
    # It has no scored pairs, so that no other threshold can be tried.
    assert ratios["best_f1"] is None


def test_the_table_has_a_line_for_each_tool_and_ends_each_column_where_it_began(measured):
    one = measured[0]["sets"][0]

    lines = list(lines_of(one, one["runs"]))
    heading, ours, least = (next(line for line in lines if line.startswith(word))
                            for word in ("tool", "ours  ", "same text"))  # fmt: skip
    assert len(heading) == len(ours) == len(least)
    assert f"{one['runs'][0]['default']['f1']:.4f}" in ours


def test_the_best_threshold_is_that_of_the_scored_pairs(data, found):
    judged = judge(data, found)

    assert judged["default"]["f1"] == pytest.approx(0.4)
    assert (judged["best"]["threshold"], judged["best"]["f1"]) == (7.0, 1.0)


def test_ours_is_joined_again_at_other_thresholds_with_held_pairs_kept_apart(data, found):
    pairs = pq.read_table(found / "pairs.parquet")

    def best(held):
        with_held = pairs.append_column("held", pa.array([False, False, held]))
        pq.write_table(with_held, found / "pairs.parquet")
        return judge(data, found)["best"]

    # The lowest that is tried: by their mean, record 1 joins 0 and not 2.
    assert (best(held=False)["f1"], best(held=False)["threshold"]) == (1.0, 1.0)
    assert best(held=True)["f1"] == pytest.approx(2 / 3)


def test_a_tool_that_failed_stands_in_the_table_with_its_reason(measured):
    us = of(measured[0], "ours")
    failed = {"tool": "peer", "setting": "docs", "failed": "stopped after 9 s"}

    runs = with_ratios([us, failed])

    assert runs[1] == failed
    lines = list(lines_of(measured[0]["sets"][0], runs))
    assert any(line.startswith("peer docs") and "stopped after 9 s" in line for line in lines)


def run_words(words, tmp_path, *, seconds=60.0, megabytes=4000.0):
    return run_alone([sys.executable, "-c", words], tmp_path / "log", seconds, megabytes).failed


def ended(process):
    """Gone, or dead and waiting to be reaped by whoever has it now."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][:1] == "Z"
    except OSError:
        return True


def test_a_tool_that_takes_too_long_is_stopped_with_what_it_started(tmp_path):
    words = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )

    assert run_words(words, tmp_path, seconds=2.0) == "stopped after 2 s"
    child = (tmp_path / "log").read_text().strip()
    for _ in range(100):
        if ended(child):
            break
        time.sleep(0.1)
    assert ended(child)


def test_a_tool_that_takes_too_much_memory_is_stopped(tmp_path):
    words = "held = bytearray(300_000_000); import time; time.sleep(600)"

    assert run_words(words, tmp_path, megabytes=200) == "stopped at more than 200 MB"


def test_a_tool_that_breaks_is_told_by_its_last_line(tmp_path):
    assert run_words("raise ValueError('no such column')", tmp_path) == (
        "ended with 1: ValueError: no such column"
    )
    assert run_words("print('fine')", tmp_path) is None


def test_a_peer_that_is_not_installed_or_not_made_for_so_many_says_so(data, tmp_path):
    absent = Tool("peer", "same_text", "a_module_that_nobody_has", TOOLS[0].python)

    def failed(tool):
        out = tmp_path / "runs"
        return run_tool(tool, data, out, time_limit=60, memory_limit=4000)["failed"]

    assert "is not installed: run `make bench-peers`" in failed(absent)
    assert "is not installed" in failed(replace(absent, python=tmp_path / "no" / "python"))
    assert failed(replace(absent, most_records=3)) == "not tried with more than 3 records"


def test_a_set_that_is_not_on_this_machine_is_left_out_with_the_reason(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("LIGHTKEEPER_SHARED", str(tmp_path / "nothing"))

    main(["--sets", "fake_1000", "--folder", str(tmp_path)])

    assert "fake_1000: left out, there is no fake_1000.csv" in capsys.readouterr().out
    monkeypatch.setattr("bench.linkage.sets.SHARED", tmp_path)
    with pytest.raises(NotHere, match=r"febrl3\.parquet"):
        prepare("febrl3", tmp_path / "febrl3")


def test_a_set_is_made_once_and_says_who_each_row_is_about_beside_it(tmp_path):
    about = prepare("tiny", tmp_path)

    records = pq.read_table(tmp_path / "records.parquet")
    truth = pq.read_table(tmp_path / "truth.parquet")["truth"].to_pylist()
    assert records.column_names == ["record_id", *TINY]
    assert records["record_id"].to_pylist() == list(range(about["records"]))
    assert (len(truth), len(set(truth))) == (about["records"], about["subjects"])
    written = (tmp_path / "records.parquet").stat().st_mtime_ns
    assert prepare("tiny", tmp_path) == about
    assert (tmp_path / "records.parquet").stat().st_mtime_ns == written


def test_people_come_out_the_same_with_one_seed_and_apart_in_each_piece(monkeypatch):
    monkeypatch.setattr(people, "PIECE", 2000)

    one, again, other = (list(people.pieces(5000, seed)) for seed in (1, 1, 2))

    assert [len(who) for _, who in one] == [2000, 2000, 1000]
    for (columns, who), (same, too) in zip(one, again, strict=True):
        assert np.array_equal(who, too)
        assert all(columns[name].tolist() == same[name].tolist() for name in people.KINDS)
    assert one[0][0]["surname"].tolist() != other[0][0]["surname"].tolist()
    everybody = [set(who.tolist()) for _, who in one]
    assert not everybody[0] & everybody[1]
    assert not everybody[1] & everybody[2]
    assert 1.2 < 5000 / sum(map(len, everybody)) < 1.4


def test_later_records_of_a_person_differ_and_lack_values_and_stay_text():
    [(columns, who)] = people.pieces(3000, 1)

    births = {}
    for one, born in zip(who.tolist(), columns["dob"], strict=True):
        births.setdefault(one, set()).add(born)
    assert sum(len(days - {None}) > 1 for days in births.values()) > 10
    for name in people.KINDS:
        texts = [text for text in columns[name] if text is not None]
        assert 0 < len(texts) < 3000
        assert all(isinstance(text, str) and text for text in texts)
