"""Planted changes in counts: how many are found, how late, with how many false alarms.

    python bench/trends.py [--tables 20] [--json FILE]

Each table has 40 monthly series, of which 8 change with month 40. It is looked at as each month
from 36 to 59 ends, as an analyst would; an alarm that stands at more than one end counts once.
A series that never changes and is told is a false alarm; so is one told before its change. Counts
vary twice as much as Poisson. Beside ours: the last month against the one before it, by a fixed
threshold, and the last month against the mean of the twelve before it by three deviations.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from lightkeeper.engine.trends.counting import Counts
from lightkeeper.engine.trends.finding import find_changes
from lightkeeper.engine.trends.periods import Size

SERIES, CHANGED, MONTHS, AT, FIRST = 40, 8, 60, 40, 36


def planted(seed: int, rate: float, times: float):
    rng = np.random.default_rng(seed)
    mean = np.full((SERIES, MONTHS), float(rate))
    mean[:CHANGED, AT:] *= times
    return rng.negative_binomial(mean, 0.5)


def ours(table) -> set[int]:
    counts = Counts(Size.MONTH, 480, tuple((f"{at:02}",) for at in range(SERIES)), table)
    ones = np.ones(table.shape)
    return {int(one.name[0]) for one in find_changes(counts, ones, ones > 0).changes}


def last_month(table) -> set[int]:
    """Half as much again as the month before or half of it, and five records more or less."""
    before, last = table[:, -2].astype(float), table[:, -1].astype(float)
    far = (last >= 1.5 * before) | (last <= 0.5 * before)
    return set(np.nonzero(far & (np.abs(last - before) >= 5))[0].tolist())


def three_deviations(table) -> set[int]:
    """The last month three Poisson deviations from the mean of the twelve before it."""
    mean = table[:, -13:-1].mean(axis=1)
    return set(np.nonzero(np.abs(table[:, -1] - mean) > 3 * np.sqrt(np.maximum(mean, 1)))[0])


WAYS = {"ours": ours, "last month against the one before": last_month,
        "last month, three deviations": three_deviations}  # fmt: skip


def measured(way: str, rate: float, times: float, tables: int) -> dict:
    found, late, false_months, told_false, told = 0, [], 0, 0, 0
    started = time.process_time()
    for seed in range(tables):
        table, first_told, false_told = planted(seed, rate, times), {}, set()
        for end in range(FIRST, MONTHS):
            alarms = WAYS[way](table[:, : end + 1])
            for one in alarms:
                if one < CHANGED and end >= AT:
                    first_told.setdefault(one, end - AT + 1)
                else:
                    false_told.add(one)
            false_months += len([one for one in alarms if one >= CHANGED or end < AT])
        found += len(first_told)
        late += first_told.values()
        told_false += len(false_told - set(range(CHANGED)))
        told += len(first_told)
    quiet = tables * (SERIES - CHANGED)
    return {
        "way": way, "rate": rate, "times": times, "recall": round(found / (tables * CHANGED), 3),
        "months": float(np.median(late)) if late else None,
        "unchanged_ever_told": round(told_false / quiet, 3),
        "false_a_month": round(false_months / (tables * (MONTHS - FIRST)), 2),
        "ms_a_table": round(1000 * (time.process_time() - started) / tables / (MONTHS - FIRST), 1),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=20)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    rows = []
    print("| counts a month | change | way | found | months until | unchanged ever told | "
          "false a month | ms a table |\n|---|---|---|---|---|---|---|---|")  # fmt: skip
    for rate, times in ((5, 2), (5, 3), (20, 1.5), (20, 2), (20, 0.5), (20, 1)):
        for way in WAYS:
            row = measured(way, rate, times, given.tables)
            rows.append(row)
            months = "" if row["months"] is None else f"{row['months']:g}"
            recall = "" if times == 1 else f"{row['recall']:.0%}"
            print(f"| {rate} | times {times:g} | {way} | {recall} | {months if times != 1 else ''} "
                  f"| {row['unchanged_ever_told']:.1%} | {row['false_a_month']} "
                  f"| {row['ms_a_table']} |", flush=True)  # fmt: skip
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
