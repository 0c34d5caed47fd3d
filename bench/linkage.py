"""Ours against plain Splink with connected components, on the historical set.

Usage: python bench/linkage.py [ours|splink]   (without a word: both, each in its own process)
"""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

SHARED = Path(os.environ.get("LIGHTKEEPER_SHARED", Path(__file__).parents[2] / "shared"))
FILE = SHARED / "data" / "linkage" / "historical_dev.parquet"
NAMES = ("f1", "b3_f1", "seconds", "peak_mb")


def ours() -> dict:
    from lightkeeper.cli.link import link_files

    return link_files([FILE], truth="cluster", echo=lambda line: None)


def plain_splink() -> dict:
    """Splink with expert settings, chosen by hand for this set, clustered at 0.95."""
    import duckdb
    import numpy as np
    import pyarrow.parquet as pq
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    from lightkeeper.engine.accuracy.clusters import score_b_cubed, score_pairs

    def often(comparison):
        return comparison.configure(term_frequency_adjustments=True)

    started = time.perf_counter()
    table = pq.read_table(FILE)
    connection = duckdb.connect()
    connection.register("received", table)
    records = connection.sql(
        "SELECT *, first_name || ' ' || surname AS both_names FROM received"
    ).to_arrow_table()
    first, last = "split_part(full_name,' ',1)", "split_part(full_name,' ',-1)"
    rules = [
        ("substr(first_name,1,3)", "substr(surname,1,4)"), ("surname", "dob"),
        ("first_name", "dob"), ("postcode_fake", "first_name"), ("postcode_fake", "surname"),
        ("dob", "birth_place"), ("substr(postcode_fake,1,3)", "dob"),
        ("substr(postcode_fake,1,3)", "first_name"), ("substr(postcode_fake,1,3)", "surname"),
        ("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
        ("dob", "postcode_fake"), ("full_name",), ("postcode_fake", "birth_place"),
        ("postcode_fake", "occupation"), ("dob", "occupation"), ("birth_place", "surname"),
        ("birth_place", "first_name", "occupation"),
        ("surname", "occupation", "substr(dob,1,3)"), ("substr(full_name,1,8)",),
        (first, last), ("split_part(full_name,' ',2)", "substr(dob,1,4)"),
        (last, "birth_place"), (last, "substr(dob,1,4)"), (first, "dob"),
    ]  # fmt: skip
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            *(block_on(*rule) for rule in rules),
            "l.first_name = r.surname and l.surname = r.first_name",
        ],
        comparisons=[
            cl.ForenameSurnameComparison(
                "first_name", "surname", forename_surname_concat_col_name="both_names"
            ),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            often(cl.PostcodeComparison("postcode_fake")),
            often(cl.JaroWinklerAtThresholds("birth_place", [0.9])),
            often(cl.ExactMatch("occupation")),
            cl.ExactMatch("gender"),
        ],
        retain_matching_columns=False,
    )
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register(records, dataset_display_name="historical"), settings)
    linker.training.estimate_probability_two_random_records_match(
        [
            block_on("first_name", "surname", "dob"),
            block_on("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)"),
            block_on("dob", "postcode_fake"),
        ],
        recall=0.6,
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    for rule in (("first_name", "surname"), ("dob",), ("postcode_fake",)):
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(*rule), estimate_without_term_frequencies=True
        )
    pairs = linker.inference.predict(threshold_match_weight=-20)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, 0.95)
    rows = found.as_duckdbpyrelation().to_arrow_table()
    place = {name: at for at, name in enumerate(table["unique_id"].to_pylist())}
    labels = np.empty(table.num_rows, object)
    for name, cluster in zip(
        rows["unique_id"].to_pylist(), rows["cluster_id"].to_pylist(), strict=True
    ):
        labels[place[name]] = str(cluster)
    seconds = round(time.perf_counter() - started, 1)
    truth, labels = table["cluster"].to_pylist(), labels.astype(str)
    return {
        "f1": round(score_pairs(truth, labels).f1, 4),
        "b3_f1": round(score_b_cubed(truth, labels).f1, 4),
        "seconds": seconds,
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def alone(which: str) -> dict:
    done = subprocess.run(
        [sys.executable, __file__, which], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    if sys.argv[1:]:
        print(json.dumps({"ours": ours, "splink": plain_splink}[sys.argv[1]]()))
        return
    one, other = alone("ours"), alone("splink")
    print(f"{'':10}{'ours':>10}{'Splink':>10}{'ratio':>8}")
    for name in NAMES:
        print(f"{name:10}{one[name]:>10}{other[name]:>10}{one[name] / other[name]:>8.2f}")


if __name__ == "__main__":
    main()
