"""One record against the whole: `python bench/matcher.py [records] [queries]`.

Makes up people with one to six records each, the later ones with the errors of clerks, holds one
record of some people out and asks who it is. Prints how long the index takes to build, to open
(in a process of its own, with its memory) and to answer, how many of a person's other records are
among the first ten, and what 1,000 more records cost; beside it rapidfuzz over all names on one
thread.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lightkeeper.engine.linkage.plan import plan_by_name
from lightkeeper.engine.linkage.training import train
from lightkeeper.engine.matcher.matcher import Matcher
from lightkeeper.engine.synthetic.people import _names

PIECE = 100_000
SAMPLE = 20_000
PEER_QUERIES = 20
# A ranking of ten, however weak the tenth: what the peers give as well.
LEAST = -20.0
LETTERS = "abcdefghijklmnopqrstuvwxyz"
# (column, odds of a slip of the pen, odds of being left out) of a person's later records.
ERRORS = (
    ("given_name", 0.12, 0.02), ("family_name", 0.12, 0.02), ("birth_date", 0.05, 0.15),
    ("address", 0.10, 0.2), ("place", 0.05, 0.15), ("postcode", 0.06, 0.2),
    ("phone", 0.04, 0.35), ("email", 0.05, 0.45),
)  # fmt: skip


def make(rows: int, seed: int = 7) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Columns of text, and whom each row is about. One seed, one result."""
    dice = np.random.default_rng(seed)
    sizes = dice.choice(range(1, 7), int(rows / 1.9) + 200, p=[0.48, 0.27, 0.13, 0.07, 0.03, 0.02])
    who = np.repeat(np.arange(len(sizes)), sizes)[:rows]
    people, words = int(who.max()) + 1, _names()
    given = np.array([name.casefold() for name in words.given], object)
    family = sorted(
        {a[: 2 + n] + b for a in words.family for n, b in enumerate(words.family[::97])}
    )
    family = np.array([name.casefold() for name in [*words.family, *family]], object)
    towns = np.array(
        [a.casefold() + b for a in words.towns for b in ("", " end", " green")], object
    )

    def skewed(among: np.ndarray, count: int, power: float) -> np.ndarray:
        share = 1 / np.arange(1, len(among) + 1) ** power
        return among[dice.choice(len(among), count, p=share / share.sum())]

    def homes(count: int) -> dict[str, np.ndarray]:
        street, outward, inward = (
            np.array(some, object)[dice.integers(0, len(some), count)]
            for some in (words.streets, words.outward, words.inward)
        )
        door = dice.integers(1, 200, count).astype(str).astype(object)
        code = outward + " " + inward
        return {
            "address": door + " " + street,
            "place": skewed(towns, count, 0.7),
            "postcode": code,
        }

    def numbers(count: int) -> np.ndarray:
        return np.char.add("07", np.char.zfill(dice.integers(0, 10**9, count).astype(str), 9))

    day = np.datetime64("1948-01-01") + dice.integers(0, 365 * 60, people)
    true = {
        "given_name": skewed(given, people, 0.8),
        "family_name": skewed(family, people, 0.75),
        "birth_date": day.astype(str).astype(object),
        **homes(people),
        "phone": numbers(people).astype(object),
    }
    tag = dice.integers(0, 10**5, people).astype(str).astype(object)
    true["email"] = true["given_name"] + "." + true["family_name"] + tag + "@mail.example"
    columns = {name: values[who] for name, values in true.items()}
    later = np.concatenate([[False], who[1:] == who[:-1]])

    def some(odds: float) -> np.ndarray:
        return np.nonzero(later & (dice.random(rows) < odds))[0]

    at = some(0.10)
    columns["given_name"][at] = [
        name[: max(3, len(name) - 2)] for name in columns["given_name"][at]
    ]
    at = some(0.05)
    columns["family_name"][at] = skewed(family, len(at), 0.75)
    at = some(0.35)
    for name, values in homes(len(at)).items():
        columns[name][at] = values
    at = some(0.40)
    columns["phone"][at] = numbers(len(at))
    at = some(0.30)
    fresh = dice.integers(0, 10**6, len(at)).astype(str).astype(object)
    columns["email"][at] = columns["given_name"][at] + fresh + "@post.example"
    for name, slip, _ in ERRORS:
        at = some(slip)
        columns[name][at] = [_slip(text, dice) for text in columns[name][at]]
    at = some(0.03)
    columns["birth_date"][at] = [f"{d[:4]}-{d[8:10]}-{d[5:7]}" for d in columns["birth_date"][at]]
    at = some(0.02)
    swapped = columns["given_name"][at].copy()
    columns["given_name"][at], columns["family_name"][at] = columns["family_name"][at], swapped
    for name, _, left_out in ERRORS:
        columns[name][dice.random(rows) < left_out] = None
    order = dice.permutation(rows)
    return {name: values[order] for name, values in columns.items()}, who[order]


def _slip(text: str, dice: np.random.Generator) -> str:
    at, letter = int(dice.integers(0, max(1, len(text)))), LETTERS[dice.integers(0, 26)]
    kinds = (
        text[:at] + letter + text[at + 1 :],
        text[:at] + text[at + 1 :],
        text[:at] + letter + text[at:],
        text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
    )
    return kinds[dice.integers(0, 4)]


def hold_out(
    columns: dict[str, np.ndarray], who: np.ndarray, queries: int
) -> tuple[np.ndarray, list[int], list[set[int]]]:
    """Rows to keep, rows to ask, and of each the rows of the same person that are kept.

    Whoever asks knows a name and one other thing at least.
    """
    dice = np.random.default_rng(5)
    some = [columns[name] != None for name in columns]  # noqa: E711
    enough = (some[0] | some[1]) & (np.sum(some[2:], axis=0) >= 1)
    order = np.argsort(who, kind="stable")
    ends = np.searchsorted(who[order], np.arange(who.max() + 2))
    asked, truth = [], []
    for person in dice.permutation(np.nonzero(np.diff(ends) >= 2)[0]):
        rows = order[ends[person] : ends[person + 1]]
        row = int(dice.choice(rows))
        if enough[row]:
            asked.append(row)
            truth.append(set(rows.tolist()) - {row})
        if len(asked) == queries:
            break
    keep = np.ones(len(who), bool)
    keep[asked] = False
    return np.nonzero(keep)[0], asked, truth


def pieces(columns: dict[str, np.ndarray], rows: np.ndarray):
    for start in range(0, len(rows), PIECE):
        part = rows[start : start + PIECE]
        table = {name: pa.array(values[part], pa.string()) for name, values in columns.items()}
        yield pa.table({"record_id": pa.array(part), **table})


def answers(ask, asked: list[dict], truth: list[set[int]]) -> dict[str, float]:
    times, worked, found, first = [], [], [], []
    ask(asked[0])
    for record, true in zip(asked, truth, strict=True):
        begun, work = time.perf_counter(), time.thread_time()
        top = ask(record)
        times.append(1000 * (time.perf_counter() - begun))
        worked.append(1000 * (time.thread_time() - work))
        found.append(len(true & set(top)) / min(10, len(true)))
        first.append(bool(top) and top[0] in true)
    return {
        "median_ms": round(float(np.median(times)), 3),
        "p99_ms": round(float(np.quantile(times, 0.99)), 3),
        "worst_ms": round(max(times), 3),
        # Of this thread's own processor: what others take does not count, nor what they slow down.
        "cpu_median_ms": round(float(np.median(worked)), 3),
        "cpu_p99_ms": round(float(np.quantile(worked, 0.99)), 3),
        "recall@10": round(float(np.mean(found)), 4),
        "hit@1": round(float(np.mean(first)), 4),
    }


def rapidfuzz_scan(columns: dict[str, np.ndarray], rows: np.ndarray):
    from rapidfuzz import fuzz, process

    given, family = columns["given_name"][rows], columns["family_name"][rows]
    names = [f"{a or ''} {b or ''}" for a, b in zip(given, family, strict=True)]

    def ask(record: dict) -> list[int]:
        name = f"{record.get('given_name') or ''} {record.get('family_name') or ''}"
        found = process.extract(name, names, scorer=fuzz.token_sort_ratio, limit=10)
        return [int(rows[at]) for _, _, at in found]

    return ask


def opened(folder: str, asked: Path, truth: Path) -> dict[str, float]:
    """In a process of its own: how long opening takes, the answers, and the memory at the end."""
    records, true = pq.read_table(asked).to_pylist(), json.loads(truth.read_text())
    records = [{k: v for k, v in record.items() if v is not None} for record in records]
    before = _resident_mb()
    begun = time.perf_counter()
    matcher = Matcher.open(folder)
    opening = 1000 * (time.perf_counter() - begun)
    result = answers(
        lambda record: [hit.record_id for hit in matcher.find(record, above=LEAST)],
        records,
        list(map(set, true)),
    )
    as_batch = answers(
        lambda record: [hit.record_id for hit in matcher.find(record)],
        records,
        list(map(set, true)),
    )
    return {
        "open_ms": round(opening, 2),
        **result,
        "only what a batch would keep": as_batch,
        "records": len(matcher),
        "resident_mb": round(_resident_mb()),
        "grown_mb": round(_resident_mb() - before),
    }


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    if sys.argv[1] == "--open":
        print(json.dumps(opened(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))))
        return
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    rows, queries = int(words[0]) if words else 50_000, int(words[1]) if words[1:] else 1000
    load = os.getloadavg()
    columns, who = make(rows)
    keep, asked, truth = hold_out(columns, who, queries)
    sample = next(pieces(columns, np.random.default_rng(3).permutation(keep)[:SAMPLE]))
    begun = time.perf_counter()
    model = train(sample, plan_by_name(sample.column_names))
    training = time.perf_counter() - begun
    with tempfile.TemporaryDirectory() as folder:
        index = f"{folder}/index"
        begun, worked = time.perf_counter(), time.process_time()
        Matcher.build(index, model, pieces(columns, keep))
        building, work = time.perf_counter() - begun, time.process_time() - worked
        size = sum(path.stat().st_size for path in Path(index).iterdir())
        records = [
            {name: values[row] for name, values in columns.items() if values[row] is not None}
            for row in asked
        ]
        # Every column by name: what the first record leaves out is not to be lost of the others.
        table = {name: pa.array(values[asked], pa.string()) for name, values in columns.items()}
        pq.write_table(pa.table(table), f"{folder}/asked.parquet")
        Path(f"{folder}/truth.json").write_text(json.dumps([sorted(one) for one in truth]))
        done = subprocess.run(
            [sys.executable, __file__, "--open", index, f"{folder}/asked.parquet",
             f"{folder}/truth.json"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        ours = json.loads(done.stdout.splitlines()[-1])
        adding = _adding(index, rows)
    peer = answers(rapidfuzz_scan(columns, keep), records[:PEER_QUERIES], truth[:PEER_QUERIES])
    result = {
        "rows": rows, "queries": len(asked), "train_s": round(training, 1),
        "build_s": round(building, 1), "build_cpu_s": round(work, 1),
        "build_peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "disk_mb": round(size / 2**20), **adding, "ours": ours, "rapidfuzz, names only": peer,
        "load_before": [round(one, 1) for one in load],
        "load_after": [round(one, 1) for one in os.getloadavg()],
    }  # fmt: skip
    for name, value in result.items():
        if not isinstance(value, dict):
            print(f"{name:16} {value}")
    print(f"{'':16}{'ours':>12}{'rapidfuzz':>12}{'ratio':>10}")
    for name in peer:
        one, other = ours[name], peer[name]
        print(f"{name:16}{one:>12}{other:>12}{other / max(one, 1e-9):>10.2f}")
    print(json.dumps(result))


def _adding(index: str, rows: int) -> dict[str, float]:
    matcher = Matcher.open(index)
    columns, _ = make(2010, seed=11)
    times = []
    for start, count in ((0, 1000), (1000, 1000), (2000, 1)):
        [table] = pieces(columns, np.arange(start, start + count))
        table = table.set_column(0, "record_id", pa.array(np.arange(count) + 10 * rows + start))
        begun = time.perf_counter()
        matcher.add(table)
        times.append(round(time.perf_counter() - begun, 3))
    return {"add_1000_s": times[0], "again_s": times[1], "add_1_s": times[2]}


if __name__ == "__main__":
    main()
