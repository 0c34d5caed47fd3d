"""Comparing in stages beside comparing every field of every pair, on the same pairs.

    python bench/comparing.py [records]

Made-up people (engine/synthetic), once with one value a field and once with lists of them. Prints
pairs, microseconds of processor a pair each way, their ratio, whether both keep the same, and the
most memory that was used.
"""

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT / "src")]

RECORDS = 20_000
FIELDS = ("first_name", "last_name", "phone", "postcode", "address", "date_of_birth")


def main() -> None:
    from lightkeeper.engine.linkage.files import read_table
    from lightkeeper.engine.synthetic.people import make_people

    records = int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        make_people(records, 1, path)
        table = read_table(path)
    names = [name for name in table.column_names if name != "true_id"]
    table = pa.table({name: table[name].cast(pa.string()) for name in names})
    figures = {"records": records, "one_value": both_ways(table), "lists": both_ways(listed(table))}
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(figures, indent=1))


def listed(table: pa.Table) -> pa.Table:
    """Each value in a list, in each ninth beside that of another row."""
    rows = table.num_rows
    columns = {name: table[name] for name in table.column_names}
    for name in FIELDS:
        said = table[name].to_pylist()
        columns[name] = [
            [v for v in (one, said[(n * 7919 + 13) % rows] if n % 9 == 0 else None) if v] or None
            for n, one in enumerate(said)
        ]
    return pa.table(columns)


def both_ways(table: pa.Table) -> dict[str, object]:
    from lightkeeper.engine.linkage.batch import train_and_link, weigh_pairs
    from lightkeeper.engine.linkage.database import Resources
    from lightkeeper.engine.linkage.households import other_bits
    from lightkeeper.engine.linkage.loaded import load
    from lightkeeper.engine.linkage.propose import propose
    from lightkeeper.engine.linkage.scoring import Comparer, weights_of

    use = Resources(threads=1)
    model = train_and_link(table, propose(table), resources=use).model
    loaded = load(table, model.plan, model.fields)
    together = loaded.together(model.pairs_per_record)
    coded, found = together.sayings.coded, together.blocks
    began = time.process_time()
    links = weigh_pairs(coded, model, [found], use)
    staged = time.process_time() - began
    began = time.process_time()
    comparer, left, right, weights = Comparer(coded, model.comparisons), [], [], []
    for part in found.parts():
        one, two = found.pairs(part)
        levels = comparer.compare(one, two)
        bits = weights_of(model.comparisons, levels)
        gained, lost, _ = other_bits(model, levels.level, bits)
        left, right = [*left, one], [*right, two]
        weights.append(bits.sum(axis=1) + model.prior_weight + gained + lost)
    wholly = time.process_time() - began
    left, right, weight = map(np.concatenate, (left, right, weights))
    kept = weight > model.missing_weight
    same = np.array_equal(left[kept], links.left) and np.allclose(weight[kept], links.weight)
    same &= np.array_equal(right[kept], links.right)
    pairs = len(left)
    return {
        "pairs": pairs, "kept": int(kept.sum()), "the_same": bool(same),
        "in_stages_us": round(staged / pairs * 1e6, 2), "wholly_us": round(wholly / pairs * 1e6, 2),
        "ratio": round(wholly / staged, 2),
    }  # fmt: skip


if __name__ == "__main__":
    main()
