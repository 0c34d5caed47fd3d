"""A part of a small nation whose places are made up too: some feeds, as plain CSV, for a story."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from itertools import cycle, islice
from pathlib import Path

import pyarrow.csv as pa_csv

from lightkeeper.engine.synthetic.nation.blocks import make_block
from lightkeeper.engine.synthetic.nation.world import make_world


def write_feeds(
    people: int, seed: int, folder: Path, feeds: Mapping[str, str], places: Sequence[str]
) -> dict[str, int]:
    """Write each of the feeds to the file that it is given, its areas named after the places, and
    without the column that says which force or council wrote a row. Returns how many rows each has.

    For a few thousand people: all of it is in memory at once.
    Raises: ShapeError for a number of people that is no nation; OSError if it cannot be written.
    """
    world = make_world(people, seed)
    names = tuple(islice(cycle(places), len(world.figures.names)))
    block = make_block(replace(world, figures=replace(world.figures, names=names)), 0, 1)
    plain = pa_csv.WriteOptions(quoting_style="needed", quoting_header="needed")
    for feed, name in feeds.items():
        table = block.feeds[feed]
        writers = [
            column for column in ("agency", "council", "force") if column in table.schema.names
        ]
        pa_csv.write_csv(table.drop_columns([*writers, "told_by"]), folder / name, plain)
    return {feed: block.feeds[feed].num_rows for feed in feeds}


def mapping_text(name: str) -> str:
    """The mapping by which intake reads a feed."""
    path = files(__package__).joinpath("mappings", f"{name}.yaml")
    return path.read_text(encoding="utf-8")
