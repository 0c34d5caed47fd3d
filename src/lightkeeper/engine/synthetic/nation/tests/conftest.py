"""One nation, small enough to be made again and again, and all of its tables."""

from types import SimpleNamespace

import pyarrow as pa
import pytest

from lightkeeper.engine.synthetic.nation.blocks import every_block
from lightkeeper.engine.synthetic.nation.world import make_world

PEOPLE, SEED = 60_000, 5


def gather(world, of):
    """Every table of a nation that is made in so many blocks."""
    blocks = list(every_block(world, of))
    whole = {
        part: {
            name: pa.concat_tables([getattr(block, part)[name] for block in blocks])
            for name in names
        }
        for part, names in (("feeds", blocks[0].feeds), ("truth", blocks[0].truth))
    }
    return SimpleNamespace(**whole, blocks=blocks)


@pytest.fixture(scope="package")
def world():
    return make_world(PEOPLE, SEED)


@pytest.fixture(scope="package")
def nation(world):
    return gather(world, 1)
