"""What the matcher says of a pair is what the batch scorer and Splink say, level by level."""

from dataclasses import replace

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from lightkeeper.engine.errors import FormatError
from lightkeeper.engine.linkage.batch import link
from lightkeeper.engine.linkage.columns import code_records
from lightkeeper.engine.linkage.explain import explain
from lightkeeper.engine.linkage.model import Comparison, Level
from lightkeeper.engine.linkage.plan import plan_by_name
from lightkeeper.engine.linkage.prepare import prepare
from lightkeeper.engine.linkage.propose import propose
from lightkeeper.engine.linkage.scoring import Comparer, join_levels, weights_of
from lightkeeper.engine.linkage.slips import slips
from lightkeeper.engine.linkage.training import train_with_values
from lightkeeper.engine.matcher.conditions import compile_condition
from lightkeeper.engine.matcher.matcher import Matcher
from lightkeeper.engine.matcher.tests.arranging import records, usual_model
from lightkeeper.engine.synthetic.hard_cases import COLUMNS, make_hard_cases

MILLIONTH = 1e-6


def batch(table, model, values=None):
    """Level and bits of all pairs, as the batch scorer has them. Without `values` an index counts
    every record, and not two of those that say the same.
    """
    left, right = (side.astype(np.int64) for side in np.triu_indices(table.num_rows, 1))
    prepared, fields = prepare(table, model.plan, model.fields)
    coded = code_records(prepared, fields, values)
    levels = join_levels(Comparer(coded, model.comparisons).chunks(left, right))
    return left, right, levels.level, weights_of(model.comparisons, levels)


def online(matcher, table, left, right):
    rows, ids = table.to_pylist(), table["record_id"].to_numpy()
    weighed = [matcher.weigh(rows[at], ids[right[left == at]]) for at in range(table.num_rows - 1)]
    return np.concatenate([w.level for w in weighed]), np.concatenate([w.bits for w in weighed])


@pytest.mark.parametrize("lists", [False, True])
def test_every_level_of_every_pair_has_the_bits_of_the_batch_scorer(tmp_path, lists):
    table = records(110, lists=lists)
    model = usual_model(table)
    # In three segments, so that codes of one value differ.
    matcher = Matcher.create(tmp_path / "index", model)
    for start in (0, 40, 80):
        matcher.add(table.slice(start, 40))

    left, right, level, bits = batch(table, model)
    found_level, found_bits = online(matcher, table, left, right)

    for c, comparison in enumerate(model.comparisons):
        different = np.nonzero(level[:, c] != found_level[:, c])[0]
        assert not len(different), (comparison.name, table.take([left[different[0]],
                                    right[different[0]]]).to_pylist())  # fmt: skip
        assert set(level[:, c]) == set(range(-1, len(comparison.levels))), comparison.name
    assert np.abs(bits - found_bits).max() < MILLIONTH


def test_a_trained_model_weighs_alike_with_frequencies_of_then_and_of_now(tmp_path):
    table = records(110, seed=5)
    known = table.slice(0, 80)
    model, values = train_with_values(known, plan_by_name(table.column_names))
    for name, common in (("then", values), ("now", None)):
        matcher = Matcher.build(tmp_path / name, model, [table], common)

        left, right, level, bits = batch(table, model, common)
        found_level, found_bits = online(matcher, table, left, right)

        assert (level == found_level).all()
        assert np.abs(bits - found_bits).max() < MILLIONTH


def test_the_evidence_is_that_of_the_batch_and_sums_to_the_weight(tmp_path):
    table = records(60)
    model = usual_model(table)
    matcher = Matcher.build(tmp_path / "index", model, [table])
    links, rows = link(table, model), table.to_pylist()

    for number in range(len(links.left)):
        record, other = rows[links.left[number]], int(links.record_ids[links.right[number]])
        evidence, expected = matcher.explain(record, other), explain(links, number)
        assert [(r.name, r.sentence) for r in evidence.reasons] == [
            (r.name, r.sentence) for r in expected.reasons
        ]
        assert evidence.weight == pytest.approx(expected.weight, abs=MILLIONTH)
        assert sum(r.weight for r in evidence.reasons) == pytest.approx(evidence.weight, abs=1e-9)


def test_people_of_one_home_and_other_names_weigh_as_in_the_batch(tmp_path):
    hard = make_hard_cases(150, seed=3).table.drop_columns(["under_alias"])
    table = hard.append_column("record_id", pa.array(range(hard.num_rows)))
    model, values = train_with_values(table, propose(table, truth="true_id"))
    links = link(table, model, values=values)
    assert model.homes is not None
    asked = table.select([*COLUMNS, "record_id"])
    matcher = Matcher.build(tmp_path / "index", model, [asked], values)
    rows = asked.to_pylist()

    pairs = zip(links.left.tolist(), links.right.tolist(), strict=True)
    weight = dict(zip(pairs, links.weight.tolist(), strict=True))
    best = {
        row: sorted((b for pair, b in weight.items() if row in pair and b > 0), reverse=True)[:3]
        for row in range(0, len(rows), 7)
    }
    for (left, right), bits in list(weight.items())[::5]:
        found = matcher.explain(rows[left], right)
        assert found.weight == pytest.approx(bits, abs=MILLIONTH)
        assert sum(r.weight for r in found.reasons) == pytest.approx(bits, abs=0.11)
    for row, expected in best.items():
        found = [hit.weight for hit in matcher.find(rows[row], 4) if hit.record_id != row][:3]
        assert len(found) >= len(expected)
        for ours, batch_bits in zip(found, expected, strict=False):
            assert ours >= batch_bits - MILLIONTH


def test_splink_itself_gives_the_same_weights(tmp_path):
    from splink import DuckDBAPI, Linker, SettingsCreator

    from lightkeeper.engine.linkage.comparisons import MACROS

    table = records(40, seed=3)
    model = usual_model(table)
    # Our frequencies are smoothed and Splink's are not: the levels alone are compared.
    plain = tuple(
        replace(c, levels=tuple(replace(level, by_frequency=False) for level in c.levels))
        for c in model.comparisons
    )
    model = replace(model, comparisons=plain)
    matcher = Matcher.build(tmp_path / "index", model, [table])
    connection = duckdb.connect()
    connection.execute(MACROS)
    settings = SettingsCreator(
        link_type="dedupe_only",
        probability_two_random_records_match=model.prior,
        blocking_rules_to_generate_predictions=["1 = 1"],
        comparisons=[_for_splink(comparison) for comparison in plain],
        retain_matching_columns=False,
    )
    prepared, _ = prepare(table, model.plan, model.fields)
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register(prepared, dataset_display_name="records"), settings)

    predicted = linker.inference.predict(threshold_match_weight=-100).as_duckdbpyrelation()

    rows, pairs = table.to_pylist(), predicted.to_arrow_table().to_pylist()
    assert len(pairs) == 40 * 39 / 2
    for said in pairs:
        record, other = rows[said["unique_id_l"]], rows[said["unique_id_r"]]["record_id"]
        found = matcher.weigh(record, [other]).weight[0]
        assert found == pytest.approx(said["match_weight"], abs=MILLIONTH)


def _for_splink(comparison: Comparison):
    missing = {
        "sql_condition": comparison.missing,
        "label_for_charts": "missing",
        "is_null_level": True,
    }
    levels = [
        {
            "sql_condition": level.condition,
            "label_for_charts": level.sentence,
            "m_probability": level.m,
            "u_probability": level.u,
        }
        for level in comparison.levels
    ]
    return {"output_column_name": comparison.column, "comparison_levels": [missing, *levels]}


def test_texts_of_any_length_are_as_many_slips_apart_as_duckdb_says():
    words = ["ca", "abc", "acb", "bca", "xyca", "xaybc", "", "a", "ab", "ba", "bac", "abcd", "bdac"]
    connection = duckdb.connect()
    middle = "lorem" * 60
    for one in words:
        for two in words:
            [[true]] = connection.execute(
                "SELECT damerau_levenshtein($1, $2)", [one, two]
            ).fetchall()
            expected = [min(true, most + 1) for most in (0, 1, 2)]
            for a, b in ((one, two), (one + middle, two + middle), (middle + one, middle + two)):
                assert [slips(a, b, most) for most in (0, 1, 2)] == expected, (a, b)
    assert slips("a" + middle + "b", "c" + middle + "d", 2) == 2
    assert slips("a" + middle + "b", "c" + middle[1:] + "d", 2) == 3


@pytest.mark.parametrize(
    "condition",
    [
        'soundex("given_l") = soundex("given_r")',
        '"given_l" <> "given_r"',
        'NOT "given_l" = "given_r"',
        'left("given_l", 3) = left("given_r", 4)',
        'levenshtein("given_l", "given_r") <= 1 OR "given_l" = "given_r"',
        '"given_l" = "family_r"',
        "",
    ],
)
def test_a_condition_that_is_not_known_is_refused_and_not_guessed_at(condition):
    with pytest.raises(FormatError, match="is not known"):
        compile_condition(condition, "given")


def test_a_model_with_a_level_that_is_not_known_makes_no_index(tmp_path):
    table = records(30)
    model = usual_model(table)
    strange = Level('metaphone("given_l") = "given_r"', "Given names sound alike", 0.5, 0.1)
    first = replace(model.comparisons[0], levels=(strange, *model.comparisons[0].levels))

    with pytest.raises(FormatError, match="metaphone"):
        Matcher.create(tmp_path / "index", replace(model, comparisons=(first,)))

    assert not (tmp_path / "index").exists()


ODD = [
    "é@b.example", "è@b.example", "éa@b.example", "ae@b.exämple", "ab@c", "ab@d", "ba@c", "ab@cd",
    "b@c", "ca@bc", "abc@bc", "cab@bc", "李明@x.example", "李@x.example", "明李@x.example",
    "ab@c", "cab@bd", "acb@bd", "xab@bc", "ab.c@b.example",
]  # fmt: skip


@pytest.mark.parametrize(
    "condition",
    [
        "left({a}, 2) = left({b}, 2)",
        "left({a}, 7) = left({b}, 7)",
        "(right({a}, 3)) = (right({b}, 3))",
        "(concat(left({a}, 2), right({a}, 4))) = (concat(left({b}, 2), right({b}, 4)))",
        "{a}[:-4] = {b}[:-4]",
        "split_part({a}, '@', 1) = split_part({b}, '@', 1)",
        "lk_begins({a}, {b})",
        "lk_one_slip({a}, {b})",
        "lk_two_slips({a}, {b})",
        "len({a}) > 5",
        "jaro_winkler_similarity({a}, {b}) >= 0.8",
    ],
)
def test_short_and_foreign_texts_show_what_they_show_duckdb(tmp_path, condition):
    table = pa.table({"record_id": range(len(ODD)), "email": ODD})
    model = usual_model(table)
    [email] = model.comparisons
    sides = condition.format(a='"email_l"', b='"email_r"')
    levels = (Level(sides, "", 0.9, 0.1), Level("ELSE", "", 0.1, 0.9))
    model = replace(model, comparisons=(replace(email, levels=levels),))
    left, right, level, _ = batch(table, model)
    assert set(level[:, 0]) == {0, 1}
    matcher = Matcher.build(tmp_path / "index", model, [table])

    found, _ = online(matcher, table, left, right)

    assert (found == level).all()
