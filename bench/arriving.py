"""Records that come to a linked table: `python bench/arriving.py [records] [come]`.

Makes up people as `bench/matcher.py` does, links all but the last, then lets those come in one
change and one by one. Prints the seconds beside those of linking everything, the memory, and that
the links are the same.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from matcher import make

from lightkeeper.engine.linkage.batch import Links, link
from lightkeeper.engine.linkage.database import Resources
from lightkeeper.engine.linkage.plan import plan_by_name
from lightkeeper.engine.linkage.standing import Standing, link_and_keep
from lightkeeper.engine.linkage.training import train_with_values

SAMPLE = 50_000
ONE_BY_ONE = 10
MEMORY = Resources(memory_mb=4096)


def main(records: int, come: int) -> None:
    columns, _ = make(records)
    numbers = pa.array(np.arange(records))
    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    table = table.append_column("record_id", numbers)
    del columns
    plan = plan_by_name(table.column_names)
    started = time.monotonic()
    model, values = train_with_values(table.slice(0, min(SAMPLE, records)), plan)
    print(f"training on {min(SAMPLE, records)}: {time.monotonic() - started:.1f} s", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "standing"
        started = time.monotonic()
        first = link_and_keep(path, table.slice(0, records - come), model, values, resources=MEMORY)
        whole = time.monotonic() - started
        print(f"linking {records - come} and keeping them ready: {whole:.1f} s, "
              f"{first.pairs_compared} pairs, blocks of {first.sizes.block}, "
              f"{path.stat().st_size / 2**20:.0f} MiB", flush=True)  # fmt: skip
        known = _weights(first)
        del first
        rest = table.slice(records - come)
        many, single = rest.slice(0, come - ONE_BY_ONE), rest.slice(come - ONE_BY_ONE)
        known = _change(path, many, known, whole)
        for at in range(ONE_BY_ONE):
            known = _change(path, single.slice(at, 1), known, whole)
        with Standing.open(path) as standing:
            sizes = standing.sizes
    print(f"memory at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")
    again = _weights(link(table, model, values=values, sizes=sizes, resources=MEMORY))
    print(f"the same links as linking everything: {_same(known, again)}, {len(again)} of them")


def _change(
    path: Path, some: pa.Table, known: dict[tuple[int, int], float], whole: float
) -> dict[tuple[int, int], float]:
    started = time.monotonic()
    with Standing.open(path, resources=MEMORY) as standing:
        opened = time.monotonic() - started
        with standing.changing(some) as change:
            worked = time.monotonic() - started
            came = _weights(change.links)
            gone = list(map(tuple, change.parted.tolist()))
        kept = time.monotonic() - started
    print(f"{some.num_rows} come: open {opened:.2f} s, worked out {worked:.2f} s, kept {kept:.2f} s"
          f" ({100 * kept / whole:.1f}% of the whole); {change.links.pairs_compared} pairs, "
          f"{len(gone)} parted", flush=True)  # fmt: skip
    known |= came
    for pair in gone:
        known.pop(pair, None)
    return known


def _weights(links: Links) -> dict[tuple[int, int], float]:
    left, right = links.record_ids[links.left], links.record_ids[links.right]
    return dict(zip(zip(left.tolist(), right.tolist(), strict=True), links.weight.tolist(),
                    strict=True))  # fmt: skip


def _same(one: dict[tuple[int, int], float], other: dict[tuple[int, int], float]) -> bool:
    return one.keys() == other.keys() and all(abs(one[p] - other[p]) < 1e-6 for p in one)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(given[0] if given else 1_000_000, given[1] if len(given) > 1 else 1_010)
