"""What Spark links is what one machine links: every pair, level, weight and subject."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lightkeeper.cli.link import link_files
from lightkeeper.cli.linking import Spark, Way
from lightkeeper.engine.linkage import batch
from lightkeeper.engine.linkage.clusters import resolve
from lightkeeper.engine.linkage.files import read_table
from lightkeeper.engine.linkage.households import AT_HOME, OTHER_NAME
from lightkeeper.engine.linkage.model import Homes, Other
from lightkeeper.engine.linkage.spark.linking import open_run
from lightkeeper.engine.linkage.spark.session import open_session
from lightkeeper.engine.matcher.tests.arranging import records, usual_model

SHARED = Path(os.environ.get("LIGHTKEEPER_SHARED", Path(__file__).parents[3] / "shared"))
# A small table is worked out soonest in two pieces and with little compiled.
SETTINGS = """\
spark.sql.shuffle.partitions 2
spark.sql.adaptive.enabled false
spark.sql.codegen.wholeStage false
spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("conf")
    (folder / "spark-defaults.conf").write_text(SETTINGS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(folder))
        yield folder


@pytest.fixture(scope="module")
def spark(settings, tmp_path_factory):
    with open_session("local[2]", tmp_path_factory.mktemp("scratch"), memory_mb=512) as session:
        yield session


def same(links, there):
    """Whether these are the links of one machine, pair by pair."""
    here, spark = links.to_table(), there.to_table()
    assert spark.schema == here.schema
    for name in here.column_names:
        assert spark[name].to_numpy() == pytest.approx(here[name].to_numpy(), abs=1e-9), name
    assert (there.pairs_compared, there.left_alone) == (links.pairs_compared, links.left_alone)
    assert (there.sizes, there.most_alike) == (links.sizes, links.most_alike)
    return here.num_rows


def subjects(links, records, same=(), different=()):
    held = zip(*(side[links.one_home].tolist() for side in (links.left, links.right)), strict=True)
    model = links.model
    return resolve(
        records, links.left, links.right, links.weight, same, different, held=held,
        join_at=model.join_at, reach_at=model.join_at, missing_weight=model.missing_weight,
    )  # fmt: skip


def test_a_public_set_is_linked_alike_and_judgements_bind_alike(spark, tmp_path, monkeypatch):
    for module in ("blocking", "spark.blocks"):
        monkeypatch.setattr(f"lightkeeper.engine.linkage.{module}.LARGE", 500)
    table = read_table(SHARED / "data" / "linkage" / "fake_1000.csv").drop_columns("cluster")
    names = ["record_id", "given_name", "family_name", "birth_date", "place", "email"]
    table = table.rename_columns(names).set_column(0, "record_id", pa.array(range(1000)))
    links = batch.link(table, usual_model(table))
    assert links.sizes.twice
    labels = subjects(links, 1000)
    # Two that are apart are judged the same; two of one subject are judged different.
    other = int(np.flatnonzero(labels != labels[0])[0])
    one = int(np.flatnonzero(np.bincount(labels) > 1)[5])
    judged = ([(0, other)], [(one, int(np.flatnonzero(labels == one)[1]))])

    with open_run(spark, tmp_path, "fake_1000", links.model) as run:
        there = run.link(lambda: table)
        assert same(links, there) > 2000
        assert run.subjects(there).tolist() == labels.tolist()
        bound = run.subjects(there, *judged)

    assert bound.tolist() == subjects(links, 1000, *judged).tolist() != labels.tolist()


def made_up():
    """Lists, gaps, rows that say the same, and a placeholder that very many rows say."""
    rows = records(700, lists=True, seed=3)
    unknown = rows.slice(5, 1).take([0] * 1281)
    rows = pa.concat_tables([rows, rows.slice(0, 60), rows.slice(0, 20), unknown])
    return rows.set_column(0, "record_id", pa.array(np.arange(rows.num_rows) * 3 + 7))


def with_homes(model):
    """That knows people of one home, and other names, so that some pairs are held."""
    shares = tuple(tuple((way.m + way.u) / 2 for way in c.levels) for c in model.comparisons)
    others = (Other(OTHER_NAME, 0.05, shares), Other(AT_HOME, 0.1, shares))
    return replace(model, homes=Homes(others))


def test_a_run_that_was_killed_goes_on_from_its_last_stage_and_comes_out_alike(
    spark, settings, tmp_path
):
    table, model, work = made_up(), tmp_path / "model.json", tmp_path / "work"
    with_homes(usual_model(table.slice(0, 700))).save(model)
    pq.write_table(table, tmp_path / "rows.parquet")
    arguments = ["--model", model, "--block-size", "12", "--engine", "spark"]
    command = [sys.executable, "-m", "lightkeeper.cli", "link", tmp_path / "rows.parquet"]
    killed = subprocess.Popen(
        [*command, *arguments, "--spark-master", "local[1]", "--work", work],
        stdout=subprocess.DEVNULL,
    )
    while killed.poll() is None and not [*work.glob("*/blocks.new-*")]:
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    finished = {
        path: path.stat().st_mtime_ns for path in work.glob("*/*") if "new" not in path.name
    }
    assert {"rows", "prepared", "values"} <= {path.name for path in finished}
    assert not [*work.glob("*/links-*")]

    spark_here = Spark("local[2]", work)
    for name, where in {"here": None, "there": spark_here}.items():
        way = Way(where, model, block_size=12)
        link_files([tmp_path / "rows.parquet"], out=tmp_path / f"{name}.parquet", way=way)

    for kind in ("", ".pairs"):
        here, there = (
            pq.read_table(tmp_path / f"{name}{kind}.parquet") for name in ("here", "there")
        )
        assert here.num_rows > 2000
        assert there == here
    for path, when in finished.items():
        assert path.name == "lock" or path.stat().st_mtime_ns == when, path.name


def test_as_many_stand_for_what_is_said_very_often_on_spark_as_here(spark, tmp_path, monkeypatch):
    for name in ("FEWEST_SPREAD", "MOST_SPREAD"):
        monkeypatch.setattr(f"lightkeeper.engine.linkage.sayings.{name}", 2000)
    rows = records(60, seed=8)
    table = pa.concat_tables([rows, *[rows.slice(0, 3)] * 11, rows.slice(3, 1).take([0] * 45)])
    table = table.drop_columns("record_id")
    model = usual_model(rows)
    links = batch.link(table, model)

    with open_run(spark, tmp_path, "often", model) as run:
        same(links, run.link(lambda: table))

    assert 1 < links.most_alike < 46
    assert links.left_alone > 0
