"""Many pairs of records that meet in one field: which of them a condition holds for.

Pairs are arrays of values' codes. What a cheap look rules out (letters that only one of the two
has, lengths) is not compared letter by letter; nothing that would hold is ruled out.
"""

from collections.abc import Callable
from functools import singledispatchmethod
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import DamerauLevenshtein, Hamming, JaroWinkler
from rapidfuzz.process import cpdist

from lightkeeper.engine.linkage.columns import NONE, Coded, Codes, Column, Places, expand
from lightkeeper.engine.linkage.conditions import (
    SAME,
    Alike,
    AllOf,
    AmongWords,
    AnyOf,
    Begins,
    Condition,
    LettersApart,
    LongerThan,
    OneRoot,
    SamePart,
    Shared,
    Slips,
    Turned,
    WordShared,
    YearsApart,
    part_of,
    turned,
)
from lightkeeper.engine.linkage.letters import ANYTHING, counts_of, in_common
from lightkeeper.engine.linkage.slips import LONG, slips

Holds = NDArray[np.bool_]
NAME_WORDS, NAME_ROOTS = "tokens", "roots"
# What a bound may be too low by.
SLACK = 1e-9
NO_BOUND = 1 << 20


class Meeting:
    """p pairs of records in one column: left, right (p,) rows.

    a, b (q,): codes of every value of the left record beside every one of the right; `of` (q,) the
    pair that each two values are of, ascending, or None where there is one of each.
    """

    def __init__(self, coded: Coded, column: Column, left: Places, right: Places) -> None:
        self.coded, self.column, self.left, self.right = coded, column, left, right
        self.of: Places | None = None
        if column.start is None:
            self.a, self.b = column.code[left], column.code[right]
        else:
            entry, place = expand(column.start, left)
            again, other = expand(column.start, right[entry])
            self.a, self.b = column.code[place[again]], column.code[other]
            self.of = entry[again]
        self._alike: NDArray[np.float64] | None = None

    def take(self, rows: Places) -> "Meeting":
        """The same with these pairs alone."""
        if self.of is not None:
            return Meeting(self.coded, self.column, self.left[rows], self.right[rows])
        new = object.__new__(Meeting)
        new.__dict__.update(self.__dict__)
        new.left, new.right = self.left[rows], self.right[rows]
        new.a, new.b = self.a[rows], self.b[rows]
        new._alike = None if self._alike is None else self._alike[rows]
        return new

    def any(self, said: Holds) -> Holds:
        """Which pairs any of their values say so of."""
        if self.of is None:
            return said
        return np.bincount(self.of[said], minlength=len(self.left)) > 0

    @singledispatchmethod
    def holds(self, condition: Condition) -> Holds:
        """For which pairs the condition holds, (p,)."""
        raise TypeError(f"no such condition: {condition}")

    @holds.register
    def _(self, condition: AnyOf) -> Holds:
        found = self.holds(condition.parts[0])
        for part in condition.parts[1:]:
            rest = np.flatnonzero(~found)
            found[rest] = self.take(rest).holds(part)
        return found

    @holds.register
    def _(self, condition: AllOf) -> Holds:
        rows = np.arange(len(self.left))
        for part in condition.parts:
            rows = rows[self.take(rows).holds(part)]
        found = np.zeros(len(self.left), bool)
        found[rows] = True
        return found

    @holds.register
    def _(self, condition: Shared) -> Holds:
        same = self.a == self.b
        if self.of is None:
            return same if condition.least == 1 else np.zeros(len(same), bool)
        return np.bincount(self.of[same], minlength=len(self.left)) >= condition.least

    @holds.register
    def _(self, condition: Alike) -> Holds:
        return self.any(self._likeness(condition.least) >= condition.least)

    @holds.register
    def _(self, condition: Slips) -> Holds:
        column, most = self.column, condition.most
        length, letters = column.once("length", _length), column.once("letters", _letters)
        may = np.abs(length[self.a] - length[self.b]) <= most
        may &= np.bitwise_count(letters[self.a] ^ letters[self.b]) <= 2 * most
        if condition.ends:
            first, last = column.once("first", _first), column.once("last", _last)
            may &= (first[self.a] == first[self.b]) | (last[self.a] == last[self.b])
        near = np.flatnonzero(may)
        near = near[self._letters_apart(near) <= 2 * most]
        may[:] = False
        may[near] = self._few_slips(near, most)
        return self.any(may)

    def _letters_apart(self, rows: Places) -> NDArray[np.int32]:
        """How many letters of the two are not in both, at least: one slip makes two at most."""
        a, b = self.a[rows], self.b[rows]
        length = self.column.once("length", _length)
        return np.asarray(length[a] + length[b] - 2 * self._in_common(a, b))

    def _in_common(self, a: Codes, b: Codes) -> NDArray[np.int32]:
        """How many letters the two have in common at most."""
        counts = self.column.once("counts", lambda column: counts_of(column.texts))
        one, two = counts[a], counts[b]
        common = in_common(one, two)
        both = (one == ANYTHING) & (two == ANYTHING)
        common[both] = NO_BOUND
        return common

    def _few_slips(self, rows: Places, most: int) -> Holds:
        one, two = self._texts(rows)
        length = self.column.once("length", _length)
        long = np.flatnonzero((length[self.a[rows]] > LONG) | (length[self.b[rows]] > LONG))
        said = {int(n): slips(one[n], two[n], most) <= most for n in long}
        for n in said:
            one[n] = two[n] = ""
        far = cpdist(
            one, two, scorer=DamerauLevenshtein.distance, score_cutoff=most, dtype=np.int32
        )
        found = far <= most
        for n, few in said.items():
            found[n] = few
        return np.asarray(found)

    @holds.register
    def _(self, condition: Begins) -> Holds:
        first = self.column.once("first", _first)
        may = first[self.a] == first[self.b]
        rows = np.flatnonzero(may)
        pairs = zip(*self._texts(rows), strict=True)
        may[rows] = [one.startswith(two) or two.startswith(one) for one, two in pairs]
        return self.any(may)

    @holds.register
    def _(self, condition: SamePart) -> Holds:
        part = part_code(self.column, condition.part)
        return self.any(part[self.a] == part[self.b])

    @holds.register
    def _(self, condition: Turned) -> Holds:
        return self.any(self.a == self.column.once("turned", _turned)[self.b])

    @holds.register
    def _(self, condition: LettersApart) -> Holds:
        length = self.column.once("length", _length)
        may = length[self.a] == length[self.b]
        wide = self.column.once("wide", _wide)
        rows = np.flatnonzero(may)
        if wide is not None:
            apart = (wide[self.a[rows]] != wide[self.b[rows]]).sum(axis=1)
        else:
            apart = cpdist(*self._texts(rows), scorer=Hamming.distance, dtype=np.int32)
        may[rows] = apart <= condition.most
        return self.any(may)

    @holds.register
    def _(self, condition: YearsApart) -> Holds:
        year, column = self.column.once("year", _year), self.column
        if column.start is None:
            return np.asarray(np.abs(year[self.a] - year[self.b]) <= condition.most)
        first = column.once("earliest", _earliest)
        apart = np.abs(year[first[self.left]] - year[first[self.right]])
        return np.asarray(apart <= condition.most)

    @holds.register
    def _(self, condition: LongerThan) -> Holds:
        length = self.column.once("characters", _characters)
        return self.any(length[self.a] > condition.least)

    @holds.register
    def _(self, condition: WordShared) -> Holds:
        start, words = self.column.once("words", _words)
        entry, place = expand(start, self.a)
        again, other = expand(start, self.b[entry])
        same = words[place[again]] == words[other]
        found = np.zeros(len(self.a), bool)
        found[entry[again][same]] = True
        return self.any(found)

    @holds.register
    def _(self, condition: AmongWords) -> Holds:
        tokens = self.coded.columns[NAME_WORDS]
        own = self.column.once("as words", lambda column: _as_words(column, tokens))
        value, rows = (self.a, self.right) if condition.of_left else (self.b, self.left)
        rows = rows if self.of is None else rows[self.of]
        asked = own[value]
        there = np.flatnonzero(asked != NONE)
        assert tokens.start is not None
        entry, place = expand(tokens.start, rows[there])
        same = tokens.code[place] == asked[there][entry]
        found = np.zeros(len(value), bool)
        found[there[entry[same]]] = True
        return self.any(found)

    @holds.register
    def _(self, condition: OneRoot) -> Holds:
        return Meeting(self.coded, self.coded.columns[NAME_ROOTS], self.left, self.right).holds(
            SAME
        )

    def _likeness(self, least: float) -> NDArray[np.float64]:
        """Jaro-Winkler similarity of each two values; 0 where it cannot be so much."""
        if self._alike is None:
            self._alike = np.full(len(self.a), np.nan)
        todo = np.flatnonzero(np.isnan(self._alike))
        todo = todo[self._most_alike(todo) >= least - SLACK]
        self._alike[todo] = cpdist(
            *self._texts(todo), scorer=JaroWinkler.similarity, dtype=np.float64
        )
        return np.nan_to_num(self._alike)

    def _most_alike(self, rows: Places) -> NDArray[np.float64]:
        """What the similarity is at most: letters that one of them has not cannot match."""
        a, b, column = self.a[rows], self.b[rows], self.column
        length, letters = column.once("length", _length), column.once("letters", _letters)
        first = column.once("first", _first)
        long_a, long_b, has_a, has_b = length[a], length[b], letters[a], letters[b]
        common = np.minimum(
            long_a - np.bitwise_count(has_a & ~has_b), long_b - np.bitwise_count(has_b & ~has_a)
        )
        common = np.minimum(common, self._in_common(a, b)).astype(np.float32)
        most = (common / long_a + common / long_b + 1) / 3
        # Up to four letters that begin both count for a tenth of what is missing each.
        return np.asarray(np.where(first[a] == first[b], 0.4 + 0.6 * most, most))

    def _texts(self, rows: Places) -> tuple[list[str], list[str]]:
        texts = self.column.text_objects
        return texts[self.a[rows]].tolist(), texts[self.b[rows]].tolist()


def part_code(column: Column, part: str) -> Codes:
    """A number for this part of each value, the same for the same part, (v,)."""
    return cast(Codes, column.once(("part", part), lambda c: _coded(c, part_of(part))))


def _coded(column: Column, part: Callable[[str], str]) -> Codes:
    known: dict[str, int] = {}
    said = (known.setdefault(part(value), len(known)) for value in column.values.to_pylist())
    return np.fromiter(said, np.int32, len(column.values))


def _length(column: Column) -> NDArray[np.int32]:
    return np.fromiter((len(text) for text in column.texts), np.int32, len(column.texts))


def _characters(column: Column) -> NDArray[np.int32]:
    said = column.values.to_pylist()
    return np.fromiter((len(value) for value in said), np.int32, len(said))


def _letters(column: Column) -> NDArray[np.uint64]:
    """A bit for each letter that a value has; letters may share one."""
    found = np.zeros(len(column.texts), np.uint64)
    flat = np.frombuffer("".join(column.texts).encode("latin-1"), np.uint8)
    of = np.repeat(np.arange(len(found)), _length(column))
    np.bitwise_or.at(found, of, np.uint64(1) << (flat & np.uint8(63)).astype(np.uint64))
    return found


def _first(column: Column) -> NDArray[np.uint8]:
    return np.fromiter((ord(text[0]) for text in column.texts), np.uint8, len(column.texts))


def _last(column: Column) -> NDArray[np.uint8]:
    return np.fromiter((ord(text[-1]) for text in column.texts), np.uint8, len(column.texts))


def _turned(column: Column) -> Codes:
    place = {value: n for n, value in enumerate(column.values.to_pylist())}
    return np.fromiter((place.get(turned(v), NONE) for v in place), np.int32, len(place))


def _wide(column: Column) -> NDArray[np.uint8] | None:
    """The letters of each value side by side, where all are short and of one length."""
    lengths = set(map(len, column.texts))
    if len(lengths) != 1 or max(lengths) > 16:
        return None
    flat = np.frombuffer("".join(column.texts).encode("latin-1"), np.uint8)
    return flat.reshape(len(column.texts), -1)


def _year(column: Column) -> NDArray[np.int32]:
    return np.fromiter((int(v[:4]) for v in column.texts), np.int32, len(column.texts))


def _earliest(column: Column) -> Codes:
    """Of each record with dates the code of the earliest, (n,)."""
    assert column.start is not None
    order = np.argsort(column.text_objects, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    found = np.full(len(column.start) - 1, NONE, np.int64)
    some = np.flatnonzero(np.diff(column.start))
    if len(some):
        found[some] = order[np.minimum.reduceat(rank[column.code], column.start[some])]
    return found.astype(np.int32)


def _words(column: Column) -> tuple[Places, Codes]:
    known: dict[str, int] = {}
    flat: list[int] = []
    start = [0]
    for text in column.texts:
        flat.extend({known.setdefault(word, len(known)) for word in text.split(" ")})
        start.append(len(flat))
    return np.array(start, np.int64), np.array(flat, np.int32)


def _as_words(column: Column, tokens: Column) -> Codes:
    place: dict[str, Any] = {value: n for n, value in enumerate(tokens.values.to_pylist())}
    said = column.values.to_pylist()
    return np.fromiter((place.get(value, NONE) for value in said), np.int32, len(said))
