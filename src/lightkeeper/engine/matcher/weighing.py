"""How much speaks for one subject: the model's bits for a record against many candidates.

All pairs of texts of a look-up are compared at once, whichever field they are of. Each shows
signs of its comparison; a candidate shows those of all its pairs, and a table has the level.
"""

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Hamming, JaroWinkler, Postfix, Prefix
from rapidfuzz.process import cpdist

from lightkeeper.engine.linkage.scoring import MISSING
from lightkeeper.engine.matcher.asked import Asked
from lightkeeper.engine.matcher.meeting import as_text
from lightkeeper.engine.matcher.segment import Codes
from lightkeeper.engine.matcher.slips import MORE, slips_of_pairs
from lightkeeper.engine.matcher.state import State

Bits = NDArray[np.float64]


# How likely a row is before its texts are read: what the codes say, so much of the bits of what
# differs, because near values differ as well, and so much of the rarity of the keys it shares.
OF_DIFFERENT, OF_RARITY = 0.3, 0.5


class Weigher:
    """Weighs n candidates, whose rows are ascending, against one record on c comparisons.

    rows (n,): of those given the likeliest `most`, by the `rarity` (n,) that the keys they share
    have together in bits; all, where that is not given.
    level (c, n) int8, -1 for missing; bits (c, n); total (n,), the prior included.
    """

    def __init__(
        self, state: State, asked: Asked, rows: Codes, rarity: Bits | None = None, most: int = 0
    ) -> None:
        self._state, self._asked = state, asked
        self._compiled, self._ladders = state.compiled, state.compiled.ladders
        shape = len(self._ladders.each), len(rows)
        self.rows = rows
        self._signs = np.zeros(shape, np.int64)
        self._there = np.zeros(shape, bool)
        # The bits of the value that is the same, where a comparison begins with that.
        self._same = np.full(shape, np.nan)
        # Pairs whose texts are to be compared: number of the segment, asked value, place of the
        # row, code of the candidate's value.
        self._pairs: list[tuple[int, Codes, Codes, Codes]] = []
        for number, part, own in state.split(rows):
            self._read_single(number, own, part)
            for c, values in asked.lists:
                self._read_lists(number, own, part, c, values)
        self._weigh()
        if rarity is not None and len(rows) > most:
            self._keep_likeliest(rarity, most)
        if asked.held:
            for number, part, own in state.split(self.rows):
                self._read_names(number, own, part)
        self._meet()
        self._weigh()
        self.total: Bits = self._compiled.weights.weigh(self.level, self.bits)

    def _weigh(self) -> None:
        """Levels and bits by the signs that are known."""
        ladders = self._ladders
        level = ladders.level[ladders.first[:, None] + self._signs]
        self.level = np.where(self._there, level, np.int8(MISSING))
        weight = ladders.weight[ladders.every, self.level]
        self.bits = np.where(np.isnan(self._same), weight, self._same)

    def _keep_likeliest(self, rarity: Bits, most: int) -> None:
        likely = np.where(self.bits < 0, OF_DIFFERENT * self.bits, self.bits).sum(axis=0)
        likely += OF_RARITY * rarity
        kept = np.sort(np.argsort(-likely, kind="stable")[:most])
        place = np.full(len(self.rows), -1)
        place[kept] = np.arange(most)
        self.rows, self._signs = self.rows[kept], self._signs.take(kept, axis=1)
        self._there, self._same = self._there.take(kept, axis=1), self._same.take(kept, axis=1)
        pairs, self._pairs = self._pairs, []
        for number, values, at, code in pairs:
            at = place[at]
            here = at >= 0
            self._pairs.append((number, values[here], at[here], code[here]))

    def _read_single(self, number: int, own: Codes, part: slice) -> None:
        """Fields with one value: the same one is known by its code, without reading it."""
        values, c = self._asked.single, self._asked.of_single
        if not len(values):
            return
        code = self._state.segments[number].codes(self._compiled.field_of[c], own)
        same = code == self._asked.code[number, values][:, None]
        there = code >= 0
        self._there[c, part] = there
        self._signs[c, part] = same * self._ladders.common[c, 1][:, None]
        known = same & self._ladders.exact[c][:, None]
        self._same[c, part] = np.where(known, self._asked.bits[values][:, None], np.nan)
        which, row = np.nonzero(there & ~known)
        self._pairs.append((number, values[which], row + part.start, code[which, row]))

    def _read_lists(self, number: int, own: Codes, part: slice, c: int, values: Codes) -> None:
        """A field with lists: of several values that both have the rarest counts."""
        code, count = self._state.segments[number].columns[self._compiled.names[c]].flat(own)
        row = np.repeat(np.arange(len(own)), count)
        common, best = np.zeros(len(own), np.int64), np.full(len(own), -np.inf)
        for value in values.tolist():
            hit = row[code == self._asked.code[number, value]]
            common[hit] += 1
            best[hit] = np.maximum(best[hit], self._asked.bits[value])
        self._there[c, part] = count > 0
        self._signs[c, part] = self._ladders.common[c, np.minimum(common, MORE)]
        if self._ladders.exact[c]:
            self._same[c, part] = np.where(common > 0, best, np.nan)
            unlike = common[row] == 0
            row, code = row[unlike], code[unlike]
        for value in values.tolist():
            self._pairs.append((number, np.full(len(row), value), row + part.start, code))

    def _read_names(self, number: int, own: Codes, part: slice) -> None:
        """Whose names have an asked value among their words."""
        code, count = self._state.segments[number].columns["tokens"].flat(own)
        row = np.repeat(np.arange(part.start, part.stop), count)
        for c, wanted in self._asked.held:
            for one in wanted[number]:
                self._signs[c, row[code == one]] |= self._ladders.held[c]

    def _meet(self) -> None:
        """Every pair of an asked value and a text shows its signs, in the cell of its candidate."""
        ladders, asked = self._ladders, self._asked
        texts: list[str] = []
        for number, value, _, code in self._pairs:
            field = self._compiled.field_of[asked.of[value]]
            texts += self._state.segments[number].texts(field, code)
        if not texts:
            return
        value = np.concatenate([pair[1] for pair in self._pairs])
        c, values = asked.of[value], value.tolist()
        cell = c * len(self.rows) + np.concatenate([pair[2] for pair in self._pairs])
        ones = [asked.seen[one] for one in values]
        slips = slips_of_pairs(ones, texts, ladders.to_two[c])
        signs = self._of_distances(c, ones, texts, slips)
        if not "".join(texts).isascii():
            ones, texts = list(map(as_text, ones)), list(map(as_text, texts))
        signs |= self._of_ends(c, ones, texts, slips)
        signs |= [asked.of_text[one](text) for one, text in zip(values, texts, strict=True)]
        every = self._signs.ravel()  # no copy: it lies row by row
        np.bitwise_or.at(every, cell, signs)
        for comparison, year in asked.years:
            at = np.flatnonzero(c == comparison)
            where, earliest = _earliest(cell[at], [texts[one] for one in at.tolist()])
            apart = np.abs(np.array([int(text[:4]) for text in earliest]) - year)
            for bit, most in ladders.each[comparison].years:
                every[where[apart <= most]] |= bit

    def _of_distances(self, c: Codes, ones: list[str], texts: list[str], slips: Codes) -> Codes:
        """The signs that distances show of pairs of texts, one character for each byte."""
        ladders = self._ladders
        likeness = cpdist(ones, texts, scorer=JaroWinkler.similarity, dtype=np.float64)
        signs = ladders.alike[c, ladders.likeness.searchsorted(likeness, side="right")]
        signs |= ladders.slips[c, slips]
        for at in np.flatnonzero((slips < MORE) & (ladders.letters[c, 0] > 0)).tolist():
            one, text = ones[at], texts[at]
            if len(one) == len(text) and (apart := Hamming.distance(one, text)) < MORE:
                signs[at] |= ladders.letters[c[at], apart]
        return np.asarray(signs)

    def _of_ends(self, c: Codes, ones: list[str], texts: list[str], slips: Codes) -> Codes:
        """The signs that the first and last characters show, and slips that leave some of them."""
        ladders = self._ladders
        start = cpdist(ones, texts, scorer=Prefix.similarity, dtype=np.int64)
        stop = cpdist(ones, texts, scorer=Postfix.similarity, dtype=np.int64)
        whole = ladders.starts.shape[1] - 1
        # However short: what is the same has the same ends.
        start[slips == 0] = stop[slips == 0] = whole
        signs = ladders.starts[c, np.minimum(start, whole)]
        signs &= ladders.stops[c, np.minimum(stop, whole)]
        signs |= np.where(start + stop > 0, ladders.with_end[c, slips], 0)
        return np.asarray(signs)


def _earliest(cell: Codes, texts: list[str]) -> tuple[Codes, list[str]]:
    """Each cell once, with the least of its texts."""
    least: dict[int, str] = {}
    for where, text in zip(cell.tolist(), texts, strict=True):
        least[where] = min(text, least.get(where, text))
    return np.array([*least], np.int64), [*least.values()]
