"""What of linking on Spark needs no Spark: stages kept, sizes chosen, what is told."""

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lightkeeper.engine.errors import EngineError, MappingError
from lightkeeper.engine.linkage.clues import block_keys
from lightkeeper.engine.linkage.loaded import load
from lightkeeper.engine.linkage.plan import plan_by_name
from lightkeeper.engine.linkage.prepare import prepare
from lightkeeper.engine.linkage.spark.blocks import chosen
from lightkeeper.engine.linkage.spark.laying import lay_down
from lightkeeper.engine.linkage.spark.session import check_java, open_session
from lightkeeper.engine.linkage.spark.stages import Stages
from lightkeeper.engine.matcher.tests.arranging import records


def opened(folder, made_of="a", said=None):
    progress = (lambda stage, share: said.append(stage)) if said is not None else lambda *_: None
    return Stages.open(folder, {"of": made_of}, progress)


def test_what_is_finished_is_not_done_again_and_what_fails_leaves_nothing(tmp_path):
    done = []

    def write(new):
        done.append(new)
        pq.write_table(pa.table({"n": [1]}), new)
        if len(done) == 1:
            raise RuntimeError("killed")

    with opened(tmp_path) as stages, pytest.raises(RuntimeError):
        stages.keep("rows", 0.0, write)
    with opened(tmp_path) as stages:
        assert [path.name for path in stages.folder.iterdir()] == ["lock"]
        path = stages.keep("rows", 0.0, write)
        assert stages.keep("rows", 0.0, write) == path
    with opened(tmp_path) as stages:
        assert stages.keep("rows", 0.0, write) == path
        assert stages.note("sizes", 0.1, lambda: [[1, 2]]) == [[1, 2]]
        assert stages.note("sizes", 0.1, lambda: [[3, 4]]) == [[1, 2]]

    assert len(done) == 2


def test_another_table_model_or_setting_is_another_run(tmp_path):
    with opened(tmp_path, "a") as one, opened(tmp_path, "b") as two:
        assert one.folder != two.folder


def test_two_runs_of_the_same_do_not_mix(tmp_path):
    with opened(tmp_path), pytest.raises(EngineError, match="Another run is at work"):  # noqa: SIM117
        with opened(tmp_path):
            pass


def counted_blocks(coded, most):
    keys = block_keys(coded)
    _, place, many = np.unique(keys.key, return_inverse=True, return_counts=True)
    size = many[place]
    kept = (size > 1) & (size <= most)
    return pa.table(
        {
            "block": keys.key.view(np.int64)[kept], "first": 10 * keys.row[kept],
            "telling": keys.telling[kept], "enough": keys.enough[kept], "many": size[kept],
        }
    )  # fmt: skip


@pytest.mark.parametrize("allowed", [1, 3, 8, 20, 60])
@pytest.mark.parametrize("large", [100, 200_000])
def test_the_sizes_of_blocks_are_those_that_one_machine_chooses(monkeypatch, allowed, large):
    for module in ("blocking", "spark.blocks"):
        monkeypatch.setattr(f"lightkeeper.engine.linkage.{module}.LARGE", large)
    table = records(400, seed=6)
    loaded = load(table, plan_by_name(table.column_names))
    found = loaded.together(allowed)
    coded = found.sayings.coded

    sizes = chosen(counted_blocks(coded, 160), 10 * np.arange(coded.rows), allowed)

    assert sizes == found.blocks.sizes


def test_rows_laid_down_are_prepared_as_the_table_is(tmp_path):
    table = pa.table(
        {
            "given_name": pa.array(["Ada", None, "Zoë"]).dictionary_encode(),
            "birth_year": [1960.0, 1971.0, None],
            "phone": [["07700 900123", None], [], None],
            "notes": ["left", "out", "."],
        }
    )
    plan = plan_by_name(table.column_names)
    lay_down(table, plan, tmp_path / "rows")
    [file] = (tmp_path / "rows").iterdir()
    laid = pq.read_table(file)

    assert laid.column_names == ["record", "record_id", "c0", "c1", "c2"]
    again = laid.drop_columns(["record", "record_id"]).rename_columns(table.column_names[:3])
    prepared, fields = prepare(table, plan)
    assert prepare(again, plan, fields)[0] == prepared
    with pytest.raises(MappingError, match="no column phone"):
        lay_down(table.drop_columns("phone"), plan, tmp_path / "other")


def test_it_says_what_to_install_where_pyspark_or_java_is_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(EngineError, match=r"no Java.*openjdk-17-jre-headless"):
        check_java()

    old = tmp_path / "java"
    old.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_402\"' >&2\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(EngineError, match=r"is Java 8.*openjdk-17-jre-headless"):
        check_java()

    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(EngineError, match=r"pip install 'lightkeeper\[spark\]'"):  # noqa: SIM117
        with open_session("local[1]", tmp_path):
            pass


def test_nothing_of_spark_is_imported_unless_it_is_asked_for():
    said = "import sys, lightkeeper.cli.link; print('pyspark' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)

    assert found.stdout == "False\n"
