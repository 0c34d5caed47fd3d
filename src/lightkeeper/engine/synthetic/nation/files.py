"""A nation on disk: a CSV and a Parquet file for each feed, the truth, and what it was made of."""

import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.resources import files
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from lightkeeper.engine.synthetic.nation import truth
from lightkeeper.engine.synthetic.nation.blocks import Block, blocks_of, make_block
from lightkeeper.engine.synthetic.nation.describing import describe
from lightkeeper.engine.synthetic.nation.folder import check_free, whole_folder
from lightkeeper.engine.synthetic.nation.luck import Ids, Ints
from lightkeeper.engine.synthetic.nation.measures import Counts, by_area, calibration
from lightkeeper.engine.synthetic.nation.world import World, make_world

VERSION = 1  # of the nation: the same people, seed and version are the same bytes
BYTES_A_PERSON = 160  # on disk, measured at a million people, and a little more
AHEAD = 2  # blocks that each process may be ahead of the writer
Progress = Callable[[int, int], None]


@dataclass
class Written:
    """What was written: rows of each table, and what the public figures make of it."""

    world: World
    rows: dict[str, int] = field(default_factory=dict)
    calibration: list[dict[str, Any]] = field(default_factory=list)


def write_nation(
    people: int, seed: int, out: Path, *, force: bool = False, workers: int = 1,
    progress: Progress = lambda done, of: None,
) -> Written:  # fmt: skip
    """Write a nation of so many people to the folder `out`, block by block.

    Memory does not grow with the people, but for a few bytes for each offender. The same people
    and seed give the same bytes, by however many processes.
    Raises: ShapeError for a number of people that is no nation; FileExistsError if `out` is not
        free; OSError if the disk does not take it (then nothing is left).
    """
    world = make_world(people, seed)
    check_free(out, force=force)
    _check_room(out, people)
    written = Written(world)
    with whole_folder(out, force=force) as folder, ExitStack() as stack:
        writers = _Writers(folder, stack, written.rows)
        identities: list[Ids] = []
        harmed: Ints = np.zeros(world.networks, dtype=np.int64)
        counts: Counts | None = None
        for number, block in enumerate(_blocks(world, workers), start=1):
            writers.write(block)
            identities.append(block.identities)
            harmed += np.bincount(block.harming.astype(np.int64), minlength=world.networks)
            counts = block.counts if counts is None else counts + block.counts
            progress(number, blocks_of(world))
        assert counts is not None
        more = np.unique(np.concatenate(identities))
        writers.add("truth/identities", truth.identities(world, more))
        every = np.arange(world.networks, dtype=np.uint64)
        writers.add("truth/networks", truth.networks(world, every, harmed))
        stack.close()
        written.calibration = calibration(world, counts)
        _finish(folder, written, by_area(world, counts))
    return written


class _Writers:
    """Open files by name, each begun when its first rows come."""

    def __init__(self, folder: Path, stack: ExitStack, rows: dict[str, int]) -> None:
        self.folder, self.stack, self.rows = folder, stack, rows
        self.open: dict[str, list[Any]] = {}

    def write(self, block: Block) -> None:
        for feed, table in block.feeds.items():
            self.add(f"feeds/{feed}", table, csv=True)
        for name, table in block.truth.items():
            self.add(f"truth/{name}", table)

    def add(self, name: str, table: pa.Table, *, csv: bool = False) -> None:
        if name not in self.open:
            self.open[name] = self._begin(name, table.schema, csv)
            self.rows[name] = 0
        for writer in self.open[name]:
            writer.write_table(table)
        self.rows[name] += table.num_rows

    def _begin(self, name: str, schema: pa.Schema, csv: bool) -> list[Any]:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        enter = self.stack.enter_context
        found = [enter(pq.ParquetWriter(f"{path}.parquet", schema, compression="zstd"))]
        if csv:
            plain = pa_csv.WriteOptions(quoting_style="needed", quoting_header="needed")
            found.append(enter(pa_csv.CSVWriter(f"{path}.csv", schema, write_options=plain)))
        return found


def _blocks(world: World, workers: int) -> Iterator[Block]:
    """Every block in its order, made here or by so many processes, a few ahead."""
    many = blocks_of(world)
    if workers < 2 or many < 2:
        for number in range(many):
            yield make_block(world, number, many)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting: list[Future[Block]] = []
        for number in range(many):
            waiting.append(pool.submit(_one, world.people, world.seed, number, many))
            if len(waiting) >= workers * AHEAD:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()


_worlds: dict[tuple[int, int], World] = {}


def _one(people: int, seed: int, number: int, of: int) -> Block:
    if (people, seed) not in _worlds:
        _worlds[people, seed] = make_world(people, seed)
    return make_block(_worlds[people, seed], number, of)


def _check_room(out: Path, people: int) -> None:
    there = next(one for one in [out, *out.absolute().parents] if one.is_dir())
    free, needed = shutil.disk_usage(there).free, people * BYTES_A_PERSON
    if free < needed:
        raise OSError(
            f"{people:,} people need about {needed / 1e9:,.1f} GB and {there} has "
            f"{free / 1e9:,.1f} GB free."
        )


@contextmanager
def _text(path: Path) -> Iterator[Any]:
    with path.open("w", encoding="utf-8", newline="\n") as out:
        yield out


def _finish(folder: Path, written: Written, areas: list[dict[str, Any]]) -> None:
    (folder / "mappings").mkdir()
    for mapping in sorted(
        files(__package__).joinpath("mappings").iterdir(), key=lambda one: one.name
    ):
        if mapping.name.endswith(".yaml"):
            (folder / "mappings" / mapping.name).write_text(
                mapping.read_text(encoding="utf-8"), "utf-8"
            )
    with _text(folder / "README.md") as out:
        out.write(describe(written.world, written.rows, written.calibration))
    manifest = {
        "version": VERSION, "people": written.world.people, "seed": written.world.seed,
        "homes": written.world.homes, "networks": written.world.networks,
        "lone_offenders": written.world.loners, "rows": dict(sorted(written.rows.items())),
        "calibration": written.calibration, "children_by_area": areas,
        "assumed": written.world.figures.assumed, "files": _digests(folder),
    }  # fmt: skip
    with _text(folder / "manifest.json") as out:
        out.write(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")


def _digests(folder: Path) -> dict[str, dict[str, Any]]:
    found = {}
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        if path.name.startswith("."):
            continue
        digest = sha256()
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
        name = path.relative_to(folder).as_posix()
        found[name] = {"bytes": path.stat().st_size, "sha256": digest.hexdigest()}
    return found
