"""How many slips apart many texts are from each other, up to two."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from lightkeeper.engine.linkage.slips import slips

MORE = 3


def slips_of_pairs(
    ones: Sequence[str], texts: Sequence[str], to_two: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """The slips between each two texts, MORE where there are more than two.

    Shapes: p texts each; to_two (p,): of which pairs two slips are told from more; returns (p,).
    Where no letter changes more than once (`OSA`) the distance is much quicker to find. It is the
    same up to one slip, and never more than one above where there are two.
    """
    found = cpdist(ones, texts, scorer=OSA.distance, score_cutoff=MORE, dtype=np.int64)
    for at in np.flatnonzero((found == MORE) & to_two).tolist():
        found[at] = slips(ones[at], texts[at], 2)
    return np.asarray(np.minimum(found, MORE))
