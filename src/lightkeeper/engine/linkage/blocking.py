"""Which pairs of records are worth comparing: those that share two clues, or one rare clue.

Records that share a clue (`clues.py`), or a pair of clues from different groups, form a block.
Small blocks are taken first and the work stops at a number of pairs for each record, so that no
common value can explode. Pairs are made as they are asked for, a part at a time, and not kept.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.linkage.clues import Given, clues_of, meet, paired
from lightkeeper.engine.linkage.columns import Coded, Codes, Places, expand, once, spread, starts
from lightkeeper.engine.linkage.database import USUAL
from lightkeeper.engine.linkage.sizes import Sizes, up_to

BLOCK_SIZES = (5, 10, 20, 40, 80, 160)
# In a large table blocks of ten bring .963 of the pairs of one person together and blocks of forty
# .974, for three times the work (docs/decisions/0033). Those of two telling clues may be larger, or
# a person of more than ten sayings falls out of all (0035). More than half of the pairs share no
# second block, and hardly any of those are of one person (0043).
LARGE = 200_000
LARGE_SIZES = (Sizes(10, 160, True), Sizes(10, 10, True), Sizes(5, 5, True))
# Of more than so many records some are asked how many others they meet, to find the largest block.
ALL_ASKED, ASKED = 20_000, 5_000
# So many pairs are made at a time, those in several blocks counted in each.
AT_ONCE = 1_500_000
NEVER = 1 << 30
MOST_PLACES = (1 << 31) - 1
# Of more keys than this those that come once are taken out before the rest is sorted.
FEW = 50_000

Pairs = tuple[Places, Places]
Holds = NDArray[np.bool_]
NO_CODES: Codes = np.empty(0, np.int32)
NO_KEYS = np.empty(0, np.uint64)


@dataclass(frozen=True)
class Candidates:
    """Pairs worth comparing: left, right (p,) int64, sorted by left, then right, each pair once."""

    left: Places
    right: Places

    def parts(self) -> list[range]:
        """All of the pairs, some at a time: see `pairs`."""
        step = AT_ONCE // 4
        return [range(n, min(n + step, len(self.left))) for n in range(0, len(self.left), step)]

    def pairs(self, part: range) -> Pairs:
        return self.left[part.start : part.stop], self.right[part.start : part.stop]


@dataclass(frozen=True)
class Blocks:
    """Blocks of n records, and the pairs in them.

    rows (e,): the records of block after block, ascending in each; end (e,): where the block of
    each ends. order (e,): the same places, record after record, from start (n + 1,) on. The first
    `enough` places are of blocks that tell enough (see `Sizes`).
    """

    rows: Codes
    end: Codes
    order: Codes
    start: Places
    enough: int
    sizes: Sizes

    def parts(self) -> list[range]:
        """All records, some at a time: with `pairs`, every pair once."""
        total = starts(self._counts())
        edges = [0]
        while edges[-1] < len(self.start) - 1:
            last = int(np.searchsorted(total, total[edges[-1]] + AT_ONCE, "right")) - 1
            edges.append(max(last, edges[-1] + 1))
        return [range(*pair) for pair in pairwise(edges)]

    @property
    def pairs_at_most(self) -> int:
        """How many pairs there are, those in several blocks counted in each."""
        return int(self._counts().sum())

    def _counts(self) -> Places:
        """How many pairs begin with each record, those in several blocks counted in each."""
        found = np.zeros(len(self.start) - 1, np.int64)
        for first in range(0, len(found), ALL_ASKED):
            last = min(first + ALL_ASKED, len(found))
            at = self.order[self.start[first] : self.start[last]]
            of = np.repeat(np.arange(first, last), np.diff(self.start[first : last + 1]))
            many = np.bincount(of - first, weights=self.end[at] - at - 1, minlength=last - first)
            found[first:last] = many
        return found

    def pairs(self, part: range) -> Pairs:
        """Left and right of the pairs whose left record is in this part: sorted, each once."""
        records = np.arange(part.start, part.stop, part.step)
        entry, place = expand(self.start, records)
        at = self.order[place].astype(np.int64)
        again, other = spread(at + 1, self.end[at].astype(np.int64))
        more = other >= self.enough if self.sizes.twice else None
        left, right = _distinct(entry[again], self.rows[other], len(self.start) - 1, more)
        return records[left], right

    def every(self, step: int) -> Iterator[Pairs]:
        """The pairs whose left record is each `step`-th."""
        for part in self.parts():
            first = -(-part.start // step) * step
            if first < part.stop:
                yield self.pairs(range(first, part.stop, step))


def _distinct(left: Places, right: Codes, records: int, more: Holds | None) -> Pairs:
    """Each pair once, in order. Where `more` holds a pair must be there twice, or once where it
    does not.
    """
    bits, flag = max(int(records - 1).bit_length(), 1), int(more is not None)
    # Half as many bytes take half the time to sort.
    kind: Any = np.uint32 if left.max(initial=0) >> (32 - bits - flag) == 0 else np.uint64
    both = (left.astype(kind) << kind(bits)) | right.astype(kind)
    both = once(both) if more is None else shared_enough(both, more)
    return (both >> kind(bits)).astype(np.int64), (both & kind((1 << bits) - 1)).astype(np.int64)


def shared_enough(pairs: NDArray[Any], more: Holds) -> NDArray[Any]:
    """Each of the pairs once, ascending, that is there twice, or once where not `more` is asked.

    Shapes: pairs (q,) of whole numbers below half of what their kind holds; more (q,).
    """
    kind = pairs.dtype.type
    both = (pairs << kind(1)) | more.astype(kind)
    both.sort()
    pairs = both >> kind(1)
    first = np.ones(len(pairs), bool)
    np.not_equal(pairs[1:], pairs[:-1], out=first[1:])
    kept = (both & kind(1)) == 0
    kept[:-1] |= ~first[1:]
    return np.asarray(pairs[first & kept])


@dataclass(frozen=True)
class Found:
    """Blocks of some clues: their records one after the other; the size, and the key, of each; and
    how many records give the rarer of its two clues alone, where that was asked.
    """

    rows: Codes
    size: Codes
    key: NDArray[np.uint64]
    alone: Codes

    @classmethod
    def none(cls) -> "Found":
        return cls(NO_CODES, NO_CODES, NO_KEYS, NO_CODES)


def blocks_of(
    coded: Coded,
    *,
    pairs_per_record: int,
    sizes: Sizes | None = None,
) -> Blocks:
    """Blocks of these records, up to the size at which there are as many pairs as are allowed.

    Units: `pairs_per_record` bounds the pairs divided by the records, but for the last step. With
    `sizes` every block of up to so many records is taken, and no larger one.
    """
    if sizes is not None:
        return _up_to(coded, sizes)
    if coded.rows <= LARGE:
        return _as_allowed(coded, pairs_per_record)
    step = -(-coded.rows // ASKED)
    for sizes in LARGE_SIZES:
        blocks = _up_to(coded, sizes)
        pairs = sum(len(left) for left, _ in blocks.every(step)) * step
        if pairs <= pairs_per_record * coded.rows:
            break
    return blocks


def _up_to(coded: Coded, sizes: Sizes) -> Blocks:
    """Every block of two to so many records, but for those that lie within another of them."""
    one, telling, others = _found_up_to(coded, sizes)
    enough = sum(len(found.rows) for found in (*one, *telling))
    return _in_order(_joined([*one, *telling, *others]), coded.rows, sizes, enough)


def _found_up_to(coded: Coded, sizes: Sizes) -> tuple[list[Found], list[Found], list[Found]]:
    """Blocks of one clue, of two telling ones, and of two others."""
    given = clues_of(coded)
    found = [_of_one(clue, sizes.block) for clue in given]
    every = list(paired([_often(clue, sizes.block) for clue in given]))
    telling = [both for both in every if both[0].telling and both[1].telling]
    others = [both for both in every if not (both[0].telling and both[1].telling)]

    def together(both: tuple[Given, Given], most: int) -> Found:
        # Of so many blocks the keys would take as much memory as the records.
        return replace(_of_two(*both, coded.rows, most), key=NO_KEYS)

    with ThreadPoolExecutor(USUAL.threads) as pool:
        larger = pool.map(together, telling, repeat(sizes.telling))
        usual = pool.map(together, others, repeat(sizes.block))
        return found, [*larger], [*usual]


def _as_allowed(coded: Coded, pairs_per_record: int) -> Blocks:
    """Blocks up to the largest of the usual sizes that does not make too many pairs."""
    least, most = BLOCK_SIZES[0], BLOCK_SIZES[-1]
    given = clues_of(coded)
    found = [_of_one(clue, most) for clue in given]
    often = [_often(clue, least) for clue in given]
    counts = [np.bincount(clue.code, minlength=len(clue.said)) for clue in given]
    of = {id(clue): count for clue, count in zip(often, counts, strict=True)}
    for one, two in paired(often):
        blocks = _of_two(one, two, coded.rows, most)
        a, b = np.divmod(blocks.key, np.uint64(max(len(two.said), 1)))
        alone = np.minimum(of[id(one)][a.astype(np.int64)], of[id(two)][b.astype(np.int64)])
        found.append(replace(blocks, alone=np.minimum(alone, NEVER).astype(np.int32)))
    every = _joined(found)
    largest = largest_size(every, coded.rows, pairs_per_record)
    keep = (every.size <= largest) & (every.alone > largest)
    kept = replace(every, rows=every.rows[np.repeat(keep, every.size)], size=every.size[keep])
    return _in_order(kept, coded.rows, up_to(largest), 0)


def _often(clue: Given, least: int) -> Given:
    """The clue where more than so many records give it: rarer ones make a block alone, and whatever
    is paired with them lies within that.
    """
    count = np.bincount(clue.code, minlength=len(clue.said))
    kept = count[clue.code] > least
    return replace(clue, rows=clue.rows[kept], code=clue.code[kept])


def _of_one(clue: Given, most: int) -> Found:
    found = _runs(clue.rows, clue.code.astype(np.uint64), len(clue.said), most)
    return replace(found, alone=np.full(len(found.size), NEVER, np.int32))


def _of_two(one: Given, two: Given, records: int, most: int) -> Found:
    row, a, b = meet(one, two, records)
    if one is two:
        a, b = np.minimum(a, b), np.maximum(a, b)
    key = a.astype(np.uint64) * np.uint64(len(two.said)) + b.astype(np.uint64)
    return _runs(row, key, len(one.said) * len(two.said), most)


def _joined(found: Sequence[Found]) -> Found:
    parts = [Found.none(), *found]
    return replace(
        parts[0],
        rows=np.concatenate([part.rows for part in parts]),
        size=np.concatenate([part.size for part in parts]),
        alone=np.concatenate([part.alone for part in parts]),
    )


def _runs(row: Codes, key: NDArray[np.uint64], keys: int, most: int) -> Found:
    """The rows of each key that two or more, and at most so many, have."""
    bits = max(int(row.max(initial=0)).bit_length(), 1)
    if len(row) > FEW:
        kept = _not_alone(key)
        row, key = row[kept], key[kept]
    if keys >> (64 - bits):
        order = np.lexsort((row, key))
        row, key = row[order], key[order]
    else:
        both = (key << np.uint64(bits)) | row.astype(np.uint64)
        both.sort()
        key = both >> np.uint64(bits)
        row = (both & np.uint64((1 << bits) - 1)).astype(np.int32)
    first = np.flatnonzero(np.concatenate([key[:1] == key[:1], key[1:] != key[:-1]]))
    size = np.diff(np.append(first, len(key))).astype(np.int32)
    kept = (size > 1) & (size <= most)
    return Found(row[np.repeat(kept, size)], size[kept], key[first[kept]], NO_CODES)


def _not_alone(key: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """False for most keys that come once; never for one that comes twice."""
    place = ((key * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(42)).view(np.int64)
    return np.asarray(np.bincount(place, minlength=1 << 22)[place] > 1)


def largest_size(every: Found, records: int, pairs_per_record: int) -> int:
    """The size of block up to which there are not too many pairs, asked of some of the records."""
    rows, size = every.rows, every.size
    step = 1 if records <= ALL_ASKED else -(-records // ASKED)
    budget = pairs_per_record * max(records, 100) / step
    last = np.cumsum(size, dtype=np.int64)
    asked = np.flatnonzero(rows % step == 0)
    block = np.searchsorted(last, asked, "right")
    met, smaller = np.empty(0, np.int64), 1
    for largest in BLOCK_SIZES:
        new = (size[block] > smaller) & (size[block] <= largest)
        of, at = block[new], asked[new]
        entry, other = spread(last[of] - size[of], last[of])
        both = rows[at[entry]].astype(np.int64) * records + rows[other]
        both = once(np.concatenate([met, both[rows[at[entry]] != rows[other]]]))
        # A pair of two that are asked is met from both sides; so is, on the whole, every other.
        if len(met) and len(both) / 2 > budget:
            break
        met, smaller = both, largest
    return smaller


def _in_order(found: Found, records: int, sizes: Sizes, enough: int) -> Blocks:
    if len(found.rows) > MOST_PLACES:
        raise ShapeError(
            f"{records} records have {len(found.rows)} places in blocks, more than can be "
            "numbered. Link them in parts."
        )
    by_row = found.rows.astype(np.int64)
    by_row <<= 32
    for first in range(0, len(by_row), AT_ONCE):
        by_row[first : first + AT_ONCE] += np.arange(first, min(first + AT_ONCE, len(by_row)))
    by_row.sort()
    order: Codes = by_row.astype(np.int32)
    del by_row
    count = np.bincount(found.rows, minlength=records)
    start = starts(count)
    end = np.repeat(np.cumsum(found.size, dtype=np.int32), found.size)
    return Blocks(found.rows, end, order, start, enough, sizes)
