"""What a model says it learnt is what it holds, and what training saw is counted right."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightkeeper.engine.linkage.batch import link
from lightkeeper.engine.linkage.clusters import REACH_BITS
from lightkeeper.engine.linkage.plan import Subject, plan_by_name
from lightkeeper.engine.linkage.report import as_text, report_of, share
from lightkeeper.engine.linkage.seen import HIGHEST, LOWEST, below, histogram
from lightkeeper.engine.linkage.tests.test_linking import people
from lightkeeper.engine.linkage.training import train

# Records that say a common given name and no more: nothing could be joined with them.
BARE = 20


@pytest.fixture(scope="module")
def table():
    rows = people().to_pylist()
    bare = [{"record_id": 1000 + at, "given_name": "Mary"} for at in range(BARE)]
    return pa.Table.from_pylist(rows + bare)


@pytest.fixture(scope="module")
def model(table):
    return train(table, plan_by_name(table.column_names))


def test_the_report_has_every_level_with_its_bits(model):
    report = report_of(model)

    assert [c.name for c in report.comparisons] == [c.name for c in model.comparisons]
    for shown, comparison in zip(report.comparisons, model.comparisons, strict=True):
        assert [one.bits for one in shown.levels] == [one.weight for one in comparison.levels]
        assert [one.sentence for one in shown.levels] == [o.sentence for o in comparison.levels]
    assert (report.version, report.records) == (model.version, model.training["records"])
    assert report.prior_bits == model.prior_weight


@pytest.mark.parametrize("subject", Subject)
def test_the_report_speaks_of_what_the_records_are_of(model, subject):
    of_these = replace(model, plan=replace(model.plan, subject=subject))
    text = as_text(report_of(of_these))

    assert f"is held to be of {subject.one}: " in text
    assert f"of {subject.one}, " in text
    assert ("one person" in text) == (subject is Subject.PERSON)


def test_records_that_say_too_little_are_counted_as_unlinkable(table, model):
    seen = report_of(model).seen

    assert seen.records == table.num_rows
    assert seen.unlinkable == pytest.approx(BARE / table.num_rows, abs=1e-3)


def test_the_best_weight_of_a_record_is_that_of_its_own_copy(table, model):
    """Beside a copy of itself, in a table that weighs as the first, each record weighs that."""
    best = report_of(model).seen.best
    twice = pa.concat_tables([table, table]).drop_columns(["record_id"])
    links = link(twice, model)
    copies = links.weight[links.right - links.left == table.num_rows]
    linked = sum(one.share for one in best if one.bits >= model.missing_weight + 1)

    assert len(copies) / table.num_rows == pytest.approx(linked, abs=0.02)
    assert copies.max() == pytest.approx(max(one.bits for one in best), abs=2)


def test_shares_of_a_histogram_sum_to_one_and_those_below_are_counted(model):
    seen = report_of(model, REACH_BITS).seen

    for bins in (seen.best, seen.pairs):
        assert sum(one.share for one in bins) == pytest.approx(1, abs=1e-2)
    assert seen.unsure >= seen.unlinkable
    whole = model.training["seen"]["best"]
    assert below(whole, model.join_at) == pytest.approx(seen.unlinkable, abs=1e-3)


@given(st.lists(st.floats(-200, 200), max_size=60), st.integers(-60, 100))
def test_a_histogram_counts_what_is_below(weights, bits):
    found = histogram(np.array(weights, float))
    held = np.clip(np.array(weights, float), LOWEST, HIGHEST)
    exact = (np.floor(held + 1e-9) < bits).mean() if weights else 0.0

    assert found["of"] == len(weights)
    assert below(found, bits) == pytest.approx(exact, abs=1e-2)


def test_a_model_from_before_this_was_kept_says_what_it_can(model):
    old = replace(model, training={"records": 12, "pairs": 3, "notes": ["Too few."]})
    report = report_of(old)

    assert report.seen is None
    assert report.notes == ("Too few.",)
    assert "Best possible weight" not in as_text(report)
    assert report_of(replace(model, training={})).records is None


def test_the_text_has_a_bar_for_and_against_and_the_notes(model):
    noted = replace(model, training=model.training | {"notes": ["A note."]})
    text = as_text(report_of(noted))

    assert text.startswith(f"Model {noted.version}\n")
    assert "Birth dates are the same" in text
    assert any("|++" in line and "+" in line for line in text.splitlines())
    assert any("--|" in line and "Surnames differ" in line for line in text.splitlines())
    assert "  A note." in text
    assert max(map(len, text.splitlines())) < 140


@pytest.mark.parametrize(
    ("of_one", "words"),
    [(0.0, "0.0%"), (0.0004, "less than 0.1%"), (0.034, "3.4%"), (0.9995, "more than 99.9%"),
     (1.0, "100.0%")],
)  # fmt: skip
def test_a_share_is_never_rounded_to_nothing_or_to_all(of_one, words):
    assert share(of_one) == words
