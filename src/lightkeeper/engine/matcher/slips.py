"""Whether two texts are within a few slips of each other, whatever their length."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, DamerauLevenshtein
from rapidfuzz.process import cpdist

LONG = 256
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


def slips(one: str, two: str, most: int) -> int:
    """Letters dropped, added, changed or changed about; `most` + 1 if there are more.

    Units: `most` is 0, 1 or 2.
    Source: the unrestricted distance of Damerau and Levenshtein, as DuckDB counts it.
    """
    if abs(len(one) - len(two)) > most:
        return most + 1
    if max(len(one), len(two)) <= LONG:
        return int(DamerauLevenshtein.distance(one, two, score_cutoff=most))
    return next((k for k in range(most + 1) if _within(one, two, k)), most + 1)


def _within(one: str, two: str, most: int) -> bool:
    """The same for long texts, in time that grows with their length and not with its square."""
    start = _same_start(one, two)
    one, two = one[start:], two[start:]
    end = _same_start(one[::-1], two[::-1])
    one, two = one[: len(one) - end], two[: len(two) - end]
    if not one or not two:
        return max(len(one), len(two)) <= most
    if most == 0:
        return False
    nearer = [(one[1:], two, 1), (one, two[1:], 1), (one[1:], two[1:], 1)]
    if one[0] == two[1:2] and two[0] == one[1:2]:
        nearer.append((one[2:], two[2:], 1))
    # Two that changed places, with one letter between them in one of the texts.
    if one[0] == two[2:3] and two[0] == one[1:2]:
        nearer.append((one[2:], two[3:], 2))
    if two[0] == one[2:3] and one[0] == two[1:2]:
        nearer.append((one[3:], two[2:], 2))
    return any(cost <= most and _within(a, b, most - cost) for a, b, cost in nearer)


def _same_start(one: str, two: str) -> int:
    low, high = 0, min(len(one), len(two))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == two[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
