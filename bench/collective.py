"""Linking with and without ties (associates, phones, addresses, journeys), and what it costs.

Usage: python bench/collective.py [--people N] [--seeds 1 2 3] [--records N] [--json FILE]

On made-up people in households and circles (`engine/synthetic/networks.py`): records that say much
and little, records as those of bench/hard_cases.py, and the first with each tie given to another
record, which must change nothing. `--records` times ties on so many records; 0 leaves that out.
"""

import argparse
import json
import random
import resource
import time
from functools import partial
from pathlib import Path

import pyarrow as pa
from hard_cases import KINDS, measures

SETS = {
    "little said": {"little": 0.6},
    "more said": {"little": 0.3},
    "as hard_cases": {"little": None, "among": None},
    "ties at random": {"little": 0.6},
}
FIGURES = ("precision", "recall", "f1", "b3_f1", "other name found")


def linked(made):
    """Links of the records alone, how they are clustered, and the table."""
    from lightkeeper.cli.link import _clusters
    from lightkeeper.engine.linkage.batch import train_and_link
    from lightkeeper.engine.linkage.propose import propose

    rows = made.hard.table.num_rows
    table = made.hard.table.drop_columns(["record_id", "true_id", "under_alias"])
    table = table.append_column("record_id", pa.array(range(rows)))
    links = train_and_link(table, propose(table))
    return links, partial(_clusters, links, rows, None), table


def tied(made, links, cluster, table, ties):
    from lightkeeper.engine.linkage.collective import say_birth_dates, with_ties
    from lightkeeper.engine.linkage.ties import ties_from

    read = ties_from(ties, made.hard.table["record_id"].to_pylist())
    return with_ties(links, read, cluster, dated=say_birth_dates(table, links.model))


def measured(made, labels) -> dict:
    found = measures(made.hard, labels.tolist())
    truth = made.hard.table["true_id"].to_pylist()
    of: dict = {}
    for person, label in zip(truth, labels.tolist(), strict=True):
        of.setdefault(person, set()).add(label)
    merged = sum(bool(of[a] & of[b]) for a, b in made.in_one_circle)
    return found | {"in_one_circle merged": merged / len(made.in_one_circle)}


def one(name: str, people: int, seed: int) -> dict:
    from lightkeeper.engine.synthetic.networks import make_networks

    made = make_networks(people, seed, **SETS[name])
    ties = made.ties
    if name == "ties at random":
        whose = ties["record_id"].to_pylist()
        random.Random(seed).shuffle(whose)
        ties = ties.set_column(0, "record_id", pa.array(whose))
    links, cluster, table = linked(made)
    without = measured(made, cluster(links.weight))
    found = tied(made, links, cluster, table, ties)
    counted = {"pairs": len(links.left), "raised": found.links.tied.raised,
               "rounds": found.rounds, "ties": ties.num_rows,
               "records": table.num_rows}  # fmt: skip
    return {"without": without, "with": measured(made, found.labels), "counted": counted,
            "learnt": [weight.sentence for weight in found.weights.learnt]}  # fmt: skip


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def cost(records: int) -> dict:
    """Of three ties a record: what reading them and counting them in takes."""
    from lightkeeper.engine.synthetic.networks import make_networks

    made = make_networks(round(records * 0.45), 1, 0.6, None)
    links, cluster, table = linked(made)
    chance, rows = random.Random(1), table.num_rows
    missing = max(3 * rows - made.ties.num_rows, 0)
    more = {
        "record_id": [f"R{chance.randrange(rows)}" for _ in range(missing)],
        "kind": ["vehicle"] * missing,
        "other": pa.nulls(missing, pa.string()),
        "key": [f"V{int(chance.random() ** 3 * rows / 2)}" for _ in range(missing)],
    }
    ties = pa.concat_tables([made.ties, pa.table(more)])
    before = peak()
    started, spent = time.perf_counter(), time.process_time()
    found = tied(made, links, cluster, table, ties)
    return {"records": rows, "ties": ties.num_rows, "pairs": len(links.left),
            "raised": found.links.tied.raised, "rounds": found.rounds,
            "seconds": time.perf_counter() - started, "cpu_s": time.process_time() - spent,
            "more_mb": (peak() - before) / 1024}  # fmt: skip


def show(name: str, runs: list[dict]) -> None:
    counted = runs[0]["counted"]
    of = ", ".join(f"{value} {what}" for what, value in counted.items())
    print(f"\n{name}, in the first run {of}")
    print(f"{'':28}{'without':>10}{'with':>10}")
    for figure in (*FIGURES, *(f"{kind} merged" for kind in (*KINDS, "in_one_circle"))):
        mean = [
            sum(run[which][figure] for run in runs) / len(runs) for which in ("without", "with")
        ]
        print(f"{figure:28}{mean[0]:>10.4f}{mean[1]:>10.4f}")
    for sentence in runs[0]["learnt"]:
        print(sentence)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found: dict = {}
    print(f"{given.people} people, mean of seeds {given.seeds}")
    for name in SETS:
        found[name] = [one(name, given.people, seed) for seed in given.seeds]
        show(name, found[name])
    if given.records:
        found["cost"] = cost(given.records)
        print("\n" + ", ".join(f"{name} {value:,.1f}" for name, value in found["cost"].items()))
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
