"""Which model links, here and on Spark, and what does not go together."""

import click.testing
import pytest

from lightkeeper.cli import linking
from lightkeeper.cli.link import link, link_files
from lightkeeper.cli.linking import Spark, Way, kept_model
from lightkeeper.cli.tests.test_link import north, run, west  # noqa: F401
from lightkeeper.engine.errors import EngineError, MappingError
from lightkeeper.engine.linkage.model import load_model
from lightkeeper.engine.linkage.plan import plan_by_name
from lightkeeper.engine.linkage.training import train
from lightkeeper.engine.matcher.tests.arranging import records


def quietly(line):
    pass


def test_a_model_that_was_kept_links_as_when_it_was_learnt(tmp_path, north, west):  # noqa: F811
    learnt = link_files([north, west], truth="person", echo=quietly, keep_model=tmp_path / "m.json")
    given = link_files(
        [north, west], truth="person", echo=quietly, way=Way(model=tmp_path / "m.json"),
        keep_model=tmp_path / "again.json",
    )  # fmt: skip

    assert given["f1"] == learnt["f1"] == 1.0
    assert load_model(tmp_path / "again.json") == load_model(tmp_path / "m.json")


def test_small_blocks_compare_fewer_pairs(north, west):  # noqa: F811
    def compared(*options):
        said = run(north, west, *options).stdout
        return int(said.split(" pairs compared")[0].rpartition(" ")[2])

    assert compared("--block-size", "2") < compared()


def test_a_file_that_lacks_what_the_model_compares_is_refused(tmp_path, north):  # noqa: F811
    link_files([north], echo=quietly, keep_model=tmp_path / "m.json")
    other = tmp_path / "other.csv"
    other.write_text("forename,surname\nAda,Quill\n")

    with pytest.raises(MappingError, match="no column dob, which the model compares"):
        link_files([other], echo=quietly, way=Way(model=tmp_path / "m.json"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--work", "w"], "go with --engine spark"),
        (["--spark-master", "local[1]"], "go with --engine spark"),
        (["--model", "{model}", "--mapping", "m.yaml"], "leave --mapping out"),
    ],
)
def test_options_that_do_not_go_together_are_refused(tmp_path, north, options, said):  # noqa: F811
    model = tmp_path / "model.json"
    model.write_text("{}")
    options = [option.format(model=model) for option in options]

    answer = click.testing.CliRunner().invoke(link, [str(north), *options])

    assert answer.exit_code == 2
    assert said in answer.output


def test_for_spark_a_model_is_learnt_once_for_each_table_and_from_some_rows_of_a_large_one(
    tmp_path, monkeypatch
):
    table = records(200, seed=5)
    plan = plan_by_name(table.column_names)

    def kept(made_of="one"):
        return kept_model(tmp_path / "work", made_of, table, plan, None, Way(Spark()))

    whole = kept()
    assert whole == train(table, plan, linking.SEED)
    monkeypatch.setattr(linking, "SAMPLE", 100)
    assert kept() == whole
    assert kept("another").training["records"] == 100


def test_judgements_do_not_teach_from_a_sample(tmp_path, north, monkeypatch):  # noqa: F811
    monkeypatch.setattr(linking, "SAMPLE", 10)
    judged = tmp_path / "judged.csv"
    judged.write_text("row_l,row_r,verdict\n1,2,different\n")

    with pytest.raises(EngineError, match="cannot teach from a sample"):
        link_files([north], echo=quietly, judged=judged, way=Way(Spark("local[1]")))
