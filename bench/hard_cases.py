"""Twins, fathers and sons, households, namesakes, other names: ours against plain Splink.

Usage: python bench/hard_cases.py [--people N] [--seeds 1 2 3] [--json FILE]

Splink as its guides have it for such columns, joined at its default of .95 by connected components.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

KINDS = ("twins", "same_name_at_home", "household", "namesakes", "one_phone_in_turn")


def measures(hard, labels) -> dict:
    from lightkeeper.engine.accuracy.clusters import score_b_cubed, score_pairs

    truth = hard.table["true_id"].to_pylist()
    pairs, cubed = score_pairs(truth, labels), score_b_cubed(truth, labels)
    of, rows = defaultdict(set), defaultdict(list)
    for row, (person, label) in enumerate(zip(truth, labels, strict=True)):
        of[person].add(label)
        rows[person].append(row)
    found = {"precision": pairs.precision, "recall": pairs.recall, "f1": pairs.f1,
             "b3_f1": cubed.f1}  # fmt: skip
    for kind in KINDS:
        couples = getattr(hard, kind)
        merged = sum(bool(of[a] & of[b]) for a, b in couples)
        found[f"{kind} merged"] = merged / max(1, len(couples))
    under = hard.table["under_alias"].to_pylist()
    asked = [(a, b) for of_one in rows.values() for a in of_one for b in of_one
             if under[a] and not under[b]]  # fmt: skip
    found["other name found"] = sum(labels[a] == labels[b] for a, b in asked) / max(1, len(asked))
    return found


def ours(table) -> list:
    import pyarrow as pa

    from lightkeeper.engine.linkage.batch import train_and_link
    from lightkeeper.engine.linkage.clusters import resolve
    from lightkeeper.engine.linkage.propose import propose

    links = train_and_link(
        table.append_column("record_id", pa.array(range(table.num_rows))), propose(table)
    )
    apart = links.one_home
    return resolve(
        table.num_rows, links.left, links.right, links.weight,
        held=zip(links.left[apart].tolist(), links.right[apart].tolist(), strict=True),
        join_at=links.model.join_at, reach_at=links.model.join_at,
        missing_weight=links.model.missing_weight,
    ).tolist()  # fmt: skip


def splink(table) -> list:
    import duckdb
    import pyarrow as pa
    import pyarrow.compute as pc
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    columns = {name: pc.if_else(pc.equal(table[name], ""), None, table[name])
               for name in table.column_names if name != "alias"}  # fmt: skip
    records = pa.table({"unique_id": pa.array(range(table.num_rows)), **columns})

    def often(comparison):
        return comparison.configure(term_frequency_adjustments=True)

    rules = [("first_name", "last_name"), ("date_of_birth",), ("phone",), ("postcode",),
             ("address",), ("last_name", "substr(first_name,1,1)")]  # fmt: skip
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules],
        comparisons=[
            often(cl.NameComparison("first_name")), often(cl.NameComparison("last_name")),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True),
            often(cl.DamerauLevenshteinAtThresholds("phone", [1])),
            often(cl.JaroWinklerAtThresholds("address", [0.95])),
            cl.PostcodeComparison("postcode"),
        ],
        retain_matching_columns=False,
    )  # fmt: skip
    linker = Linker(DuckDBAPI(connection=duckdb.connect()).register(records), settings)
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("first_name", "last_name", "date_of_birth")], recall=0.6
    )
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (("first_name", "last_name"), ("date_of_birth",), ("phone",)):
        training.estimate_parameters_using_expectation_maximisation(
            block_on(*rule), estimate_without_term_frequencies=True
        )
    pairs = linker.inference.predict(threshold_match_weight=-20)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, 0.95)
    rows = found.as_duckdbpyrelation().to_arrow_table()
    label = dict(zip(rows["unique_id"].to_pylist(), rows["cluster_id"].to_pylist(), strict=True))
    return [str(label[row]) for row in range(table.num_rows)]


def one(which: str, people: int, seed: int) -> dict:
    import resource

    from lightkeeper.engine.synthetic.hard_cases import make_hard_cases

    hard = make_hard_cases(people, seed)
    table = hard.table.drop_columns(["true_id", "under_alias"])
    started = time.perf_counter()
    labels = {"ours": ours, "Splink": splink}[which](table)
    seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return measures(hard, labels) | {"seconds": seconds, "peak_mb": memory}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one(given.one[0], given.people, int(given.one[1]))))
        return
    found = {}
    for which in ("ours", "Splink"):
        runs = []
        for seed in given.seeds:
            words = [
                sys.executable,
                __file__,
                "--people",
                str(given.people),
                "--one",
                which,
                str(seed),
            ]
            done = subprocess.run(words, capture_output=True, text=True, check=True)
            runs.append(json.loads(done.stdout.splitlines()[-1]))
        found[which] = {name: sum(run[name] for run in runs) / len(runs) for name in runs[0]}
    print(f"{given.people} people, mean of seeds {given.seeds}")
    print(f"{'':28}{'ours':>10}{'Splink':>10}")
    for name in found["ours"]:
        print(f"{name:28}{found['ours'][name]:>10.4f}{found['Splink'][name]:>10.4f}")
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
