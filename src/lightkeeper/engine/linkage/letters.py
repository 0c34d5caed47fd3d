"""How many letters two texts can have in common at most, without comparing them.

Counted in sixteen kinds of letter, so that a text's counts are one number. Letters of one kind
count as the same, so the bound is never too low.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.uint64]

KINDS, MOST = 16, 15
AT_ONCE = 100_000
LOW = np.uint64(0x0F0F0F0F0F0F0F0F)
HIGH = np.uint64(0x8080808080808080)
ONES = np.uint64(0x0101010101010101)
# Counts of a text that has more of some kind than fit: it may have anything.
ANYTHING = np.uint64(0xFFFFFFFFFFFFFFFF)


def counts_of(texts: Sequence[str]) -> Counts:
    """Of each text (latin-1) four bits for each kind of letter, (v,); `ANYTHING` where they do not
    suffice.
    """
    found = np.empty(len(texts), np.uint64)
    shift = np.arange(KINDS, dtype=np.uint64) * np.uint64(4)
    for first in range(0, len(texts), AT_ONCE):
        some = texts[first : first + AT_ONCE]
        flat = np.frombuffer("".join(some).encode("latin-1"), np.uint8)
        of = np.repeat(np.arange(len(some)), list(map(len, some)))
        count = np.bincount(of * KINDS + (flat & 15), minlength=len(some) * KINDS)
        count = count.reshape(len(some), KINDS)
        packed = (np.minimum(count, MOST).astype(np.uint64) << shift).sum(axis=1, dtype=np.uint64)
        found[first : first + AT_ONCE] = np.where((count > MOST).any(axis=1), ANYTHING, packed)
    return found


def in_common(one: Counts, two: Counts) -> NDArray[np.int32]:
    """How many letters the two have in common at most, (p,), where one at least is not `ANYTHING`;
    240 where both are.
    """
    return (_least(one & LOW, two & LOW) + _least(_high(one), _high(two))).astype(np.int32)


def _high(counts: Counts) -> Counts:
    return np.asarray((counts >> np.uint64(4)) & LOW)


def _least(one: Counts, two: Counts) -> Counts:
    """The sum over eight bytes, each of at most fifteen, of the lesser of the two."""
    two_least = (((one | HIGH) - two) & HIGH) >> np.uint64(7)  # 1 in each byte where it is
    two_least = (two_least << np.uint64(8)) - two_least
    lesser = (two & two_least) | (one & ~two_least)
    return np.asarray((lesser * ONES) >> np.uint64(56))
