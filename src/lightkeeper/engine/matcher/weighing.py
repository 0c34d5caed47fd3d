"""How much speaks for one subject: the model's bits for a record against many candidates."""

import math
from collections.abc import Callable
from functools import cached_property
from heapq import heappush, heapreplace

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.linkage.households import OTHER_NAME, one_by_one, other_bits
from lightkeeper.engine.linkage.scoring import MISSING, USUAL_VALUES
from lightkeeper.engine.matcher.meeting import Said
from lightkeeper.engine.matcher.segment import NONE, Codes
from lightkeeper.engine.matcher.state import Asked, State

Bits = NDArray[np.float64]
# A bound that was added up in another order may be this much lower than the sum it bounds.
SLACK = 1e-9


class Weigher:
    """Weighs candidates, whose rows are ascending, against one record."""

    def __init__(self, state: State, asked: Asked, rows: Codes) -> None:
        self.state, self.asked, self.rows = state, asked, rows
        self.compiled, self.model = state.compiled, state.compiled.model
        self.said = [
            c
            for c, comparison in enumerate(self.model.comparisons)
            if asked.values[comparison.column]
        ]
        self.names = [comparison.column for comparison in self.model.comparisons]
        self.level = np.full((len(rows), len(self.names)), MISSING, np.int8)
        self.bits = np.zeros(self.level.shape)
        self._single = self._codes()
        self._lists: dict[str, tuple[list[int], list[int]]] = {}
        self._pairs: dict[int, Callable[[int], tuple[int, float]]] = {}
        self._holding: dict[str, list[bool]] = {}

    def total(self, at: Codes | slice = slice(None)) -> Bits:
        """Of these rows, once every comparison of them was made."""
        bits = self.bits[at]
        gained, lost, _ = other_bits(self.model, self.level[at], bits)
        return np.asarray(bits.sum(axis=1) + self.model.prior_weight + gained + lost)

    def weigh(self) -> None:
        """Every comparison of every row."""
        for c in self.said:
            pair = self._pair(c)
            for at in range(len(self.rows)):
                self.level[at, c], self.bits[at, c] = pair(at)

    def best(self, k: int, least: float) -> list[int]:
        """The places of the k rows of most weight that is at least this, and perhaps of some more.

        Each row begins with what it can weigh at most; the true bits of one comparison after the
        other take its place, until the row is weighed or can no longer be among the best.
        """
        bound, each = self._bounds()
        final, own = one_by_one(self.model), self._under_another_name(bound, each)
        order = np.argsort(-bound).tolist()
        turns = [(c, self._pair(c), each[c].tolist()) for c in self._order(each)]
        limits = bound.tolist()
        best: list[float] = []
        found: list[int] = []
        for at in order:
            running = limits[at]
            if running < least:
                break
            for c, pair, most in turns:
                # Where a value is missing the bound is the truth: nothing.
                if most[at]:
                    level, bits = pair(at)
                    self.level[at, c], self.bits[at, c] = level, bits
                    running += (max(bits, 0.0) if own[c] else bits) - most[at]
                    if running < least:
                        break
            else:
                found.append(at)
                if final is not None:
                    running = final(self.level[at].tolist(), self.bits[at].tolist())
                if len(best) < k:
                    heappush(best, running)
                else:
                    heapreplace(best, max(running, best[0]))
                if len(best) == k:
                    least = max(least, best[0] - SLACK)
        return found

    def _under_another_name(self, bound: Bits, each: Bits) -> list[bool]:
        """Which comparisons another name makes worth nothing: they take nothing from what a row can
        weigh at most, which is raised for them.
        """
        others = self.model.homes.others if self.model.homes else ()
        other = next((one for one in others if one.sort == OTHER_NAME), None)
        if other is None:
            return [False] * len(self.names)
        own = [shares is None for shares in other.shares]
        for c in np.flatnonzero(np.array(own)).tolist():
            less = (each[c] < 0.0) & (each[c] != 0.0)
            bound[less] += SLACK - each[c, less]
            each[c, less] = SLACK
        # The odds of two sorts together are at most twice those of the likelier.
        bound += 1.0 + max(math.log2(other.odds), 0.0)
        return own

    def _codes(self) -> Codes:
        """The codes of fields with one value, (c, n); -1 where there is none."""
        found = np.full((len(self.names), len(self.rows)), NONE, np.int64)
        for c in self.said:
            if not self.compiled.fields[self.names[c]].multi:
                found[c] = self.state.one_code(self.names[c], self.rows)
        return found

    def _bounds(self) -> tuple[Bits, Bits]:
        """What each row can weigh at most: in all (n,), and of each comparison (c, n)."""
        other = np.array(self.compiled.other)
        each = np.where(self._single >= 0, other[:, None], 0.0)
        for c in self.said:
            if self.compiled.fields[self.names[c]].multi:
                each[c] = max(*self._same_bits[c], other[c], 0.0) or SLACK
                continue
            for same, bits in zip(self.asked.code[self.names[c]], self._same_bits[c], strict=True):
                most = bits if self.compiled.exact[c] else max(bits, other[c])
                each[c, self._single[c] == same] = most
        # Nothing at all is left for what is missing.
        each[(each == 0.0) & (self._single >= 0)] = SLACK
        return each.sum(axis=0) + self.model.prior_weight, each

    def _order(self, each: Bits) -> list[int]:
        """The comparisons that may take most away from these rows, first."""
        lowest = np.array(self.compiled.lowest)
        slack = np.where(each != 0, each - lowest[:, None], 0.0).sum(axis=1)
        return [c for c in np.argsort(-slack).tolist() if c in self.said]

    @cached_property
    def _same_bits(self) -> list[list[float]]:
        """Of each comparison the bits of sharing each asked value that some record has.

        Source: `linkage.scoring.weights_of`, of which this is the same sum in the same order.
        """
        found = []
        for comparison in self.model.comparisons:
            best, name = comparison.levels[0], comparison.column
            known, bits = self.asked.known[name], []
            for share in self.asked.share[name]:
                if best.by_frequency and share > 0:
                    seen = (share * known + USUAL_VALUES * best.u) / (known + USUAL_VALUES)
                    bits.append(math.log2(best.m / seen))
                else:
                    bits.append(best.weight)
            found.append(bits)
        return found

    def _pair(self, c: int) -> Callable[[int], tuple[int, float]]:
        """What gives the level and the bits of one comparison for the row at a place."""
        if c not in self._pairs:
            name = self.names[c]
            same = dict(zip(self.asked.code[name], self._same_bits[c], strict=True))
            said = Said(
                self.asked.values[name], self.asked.tokens, lambda at: self._holds(name)[at]
            )
            multi = self.compiled.fields[name].multi
            make = self._pair_of_lists if multi else self._pair_of_texts
            self._pairs[c] = make(c, name, said, same)
        return self._pairs[c]

    def _pair_of_texts(
        self, c: int, name: str, said: Said, same: dict[int, float]
    ) -> Callable[[int], tuple[int, float]]:
        """Of a field with one value: the same one is known by its code, without reading it."""
        skip = int(self.compiled.exact[c])
        tests = [test.of_text(said) for test in self.compiled.tests[c][skip:]]
        weights, codes = self.compiled.bits[c], self._single[c].tolist()
        text_of = self.state.text_of(name)

        def pair(at: int) -> tuple[int, float]:
            code = codes[at]
            if code < 0:
                return MISSING, 0.0
            if skip and code in same:
                return 0, same[code]
            text, level = text_of(code), skip
            for test in tests:
                if test(text, at):
                    break
                level += 1
            return level, weights[level]

        return pair

    def _pair_of_lists(
        self, c: int, name: str, said: Said, same: dict[int, float]
    ) -> Callable[[int], tuple[int, float]]:
        """Of a field with lists: of several values that both have the rarest counts."""
        tests = [test.of_texts(said) for test in self.compiled.tests[c]]
        weights, exact = self.compiled.bits[c], self.compiled.exact[c]
        text_of = self.state.text_of(name)

        def pair(at: int) -> tuple[int, float]:
            codes, start = self._codes_of_lists(name)
            own = codes[start[at] : start[at + 1]]
            if not own:
                return MISSING, 0.0
            texts = tuple([text_of(code) for code in own])
            level = next((n for n, test in enumerate(tests) if test(texts, at)), len(tests))
            shared = [same[code] for code in own if code in same] if level == 0 and exact else ()
            return level, max(shared) if shared else weights[level]

        return pair

    def _codes_of_lists(self, name: str) -> tuple[list[int], list[int]]:
        """All codes of a field with lists, and where those of each row begin."""
        if name not in self._lists:
            codes, count = self.state.all_codes(name, self.rows)
            self._lists[name] = codes.tolist(), [0, *np.cumsum(count).tolist()]
        return self._lists[name]

    def _holds(self, name: str) -> list[bool]:
        """Which rows have an asked value of this field among the words of their name."""
        if name not in self._holding:
            codes, start = self._codes_of_lists("tokens")
            wanted = set(self.asked.codes_of("tokens", self.asked.values[name]))
            places = [at for at, code in enumerate(codes) if code in wanted]
            found = np.zeros(len(self.rows), bool)
            found[np.searchsorted(start, places, side="right") - 1] = True
            self._holding[name] = found.tolist()
        return self._holding[name]
