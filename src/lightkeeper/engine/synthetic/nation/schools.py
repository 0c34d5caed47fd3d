"""Schools: each of an area, with a name that no other of it has while there are few enough."""

import numpy as np
import pyarrow as pa

from lightkeeper.engine.synthetic.nation.luck import Ints
from lightkeeper.engine.synthetic.nation.words import Texts, joined, listed, pick
from lightkeeper.engine.synthetic.nation.world import World

FRONTS = 50
WORDS = ("", "North ", "South ", "East ", "West ", "Upper ", "Lower ", "New ", "Old ", "Great ")


def school_names(world: World, schools: Ints) -> Texts:
    """Names of schools as `People.school` numbers them; nothing where it is negative."""
    none = schools < 0
    one = np.maximum(schools, 0)
    which = one & 0x7FFFFF
    words = pa.array(WORDS, pa.string())
    front = joined(
        pick(words, which // FRONTS % len(WORDS)), listed("school_front", which % FRONTS)
    )
    kind = listed("schools", (one >> 23) & 1)
    area = pick(pa.array(world.figures.names, pa.string()), one >> 24)
    named = joined(joined(front, kind, by=" "), area, by=", ")
    return pa.compute.if_else(pa.array(none), pa.scalar(None, pa.string()), named)
