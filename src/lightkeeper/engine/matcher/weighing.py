"""How much speaks for one subject: the model's bits for a record against many candidates."""

import math
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.linkage.scoring import MISSING, USUAL_VALUES
from lightkeeper.engine.matcher.meeting import Said
from lightkeeper.engine.matcher.segment import NONE, Codes
from lightkeeper.engine.matcher.state import Asked, State

Bits = NDArray[np.float64]
Bound = Callable[[Any, bool], bool]
# A bound that was added up in another order may be this much lower than the sum it bounds.
SLACK = 1e-9


class Weigher:
    """Weighs candidates, whose rows are ascending, against one record."""

    def __init__(self, state: State, asked: Asked, rows: Codes) -> None:
        self.state, self.asked, self.rows = state, asked, rows
        self.compiled, self.model = state.compiled, state.compiled.model
        shape = (len(rows), len(self.model.comparisons))
        self.level = np.full(shape, MISSING, np.int8)
        self.bits = np.zeros(shape)
        self._code = self._codes()
        self._bound: dict[int, list[Bound]] = {}
        self._holding: dict[str, NDArray[np.bool_]] = {}

    def total(self) -> Bits:
        return np.asarray(self.bits.sum(axis=1) + self.model.prior_weight)

    def weigh(self, at: Codes) -> None:
        """Every comparison of the rows at these places."""
        for c in range(len(self.model.comparisons)):
            self.compare(c, at)

    def _codes(self) -> Codes:
        """The codes of fields with one value, (c, n); -1 where there is none."""
        found = np.full((len(self.model.comparisons), len(self.rows)), NONE, np.int64)
        for c, comparison in enumerate(self.model.comparisons):
            name = comparison.column
            if self.asked.values[name] and not self.compiled.fields[name].multi:
                found[c] = self.state.one_code(name, self.rows)
        return found

    def compare(self, c: int, at: Codes) -> None:
        """One comparison of the rows at these places."""
        name = self.model.comparisons[c].column
        if not len(at) or not self.asked.values[name]:
            return
        if self.compiled.fields[name].multi:
            self._compare_lists(c, name, at)
            return
        code = self._code[c, at]
        if self.compiled.exact[c]:
            # The same value is the best level; only what is not the same has to be read.
            for same, bits in zip(self.asked.code[name], self._same_bits[c], strict=True):
                alike = at[code == same]
                self.level[alike, c], self.bits[alike, c] = 0, bits
                at, code = at[code != same], code[code != same]
        at, code = at[code >= 0], code[code >= 0]
        if len(at):
            self._compare_texts(c, name, at, code)

    def _compare_texts(self, c: int, name: str, at: Codes, code: Codes) -> None:
        """Rows that have each one value, and not the asked one."""
        skip = int(self.compiled.exact[c])
        tests = self._tests(c, name)[skip:]
        codes = code.tolist()
        text = self._texts(name, codes)
        known: dict[tuple[int, bool], int] = {}
        found = []
        for pair in zip(codes, self._held(c, name, at), strict=True):
            level = known.get(pair)
            if level is None:
                level = known[pair] = skip + _first(tests, text[pair[0]], pair[1])
            found.append(level)
        self.level[at, c] = found
        self.bits[at, c] = self.compiled.weights[c][found]

    def _compare_lists(self, c: int, name: str, at: Codes) -> None:
        code, count = self.state.all_codes(name, self.rows[at])
        at, count = at[count > 0], count[count > 0]
        if not len(at):
            return
        tests, codes = self._tests(c, name), code.tolist()
        text = self._texts(name, codes)
        same = dict(zip(self.asked.code[name], self._same_bits[c], strict=True))
        weights, start = self.compiled.weights[c].tolist(), 0
        found, bits = [], []
        for of_row, held in zip(count.tolist(), self._held(c, name, at), strict=True):
            own = codes[start : start + of_row]
            start += of_row
            level = _first(tests, tuple(text[one] for one in own), held)
            shared = [same[one] for one in own if one in same] if level == 0 else ()
            found.append(level)
            # Of several values that both have the rarest counts.
            bits.append(max(shared) if shared and self.compiled.exact[c] else weights[level])
        self.level[at, c], self.bits[at, c] = found, bits

    def _texts(self, name: str, codes: list[int]) -> dict[int, str]:
        each = sorted(set(codes))
        return dict(zip(each, self.state.texts(name, np.array(each)), strict=True))

    def _tests(self, c: int, name: str) -> list[Bound]:
        """The tests of each level but the last, bound to what is asked."""
        if c not in self._bound:
            said = Said(self.asked.values[name], self.asked.tokens)
            multi = self.compiled.fields[name].multi
            self._bound[c] = [
                test.of_texts(said) if multi else test.of_text(said)
                for test in self.compiled.tests[c]
            ]
        return self._bound[c]

    def _held(self, c: int, name: str, at: Codes) -> list[bool]:
        """Which rows have an asked value among the words of their name, if a level asks it."""
        if not self.compiled.asks_held[c]:
            return [False] * len(at)
        if name not in self._holding:
            found = np.zeros(len(self.rows), bool)
            codes, owner = self._tokens
            for code in self.asked.codes_of("tokens", self.asked.values[name]):
                found[owner[codes == code]] = True
            self._holding[name] = found
        return list(self._holding[name][at].tolist())

    @cached_property
    def _tokens(self) -> tuple[Codes, Codes]:
        """The words of the name of every row, and which row has each."""
        codes, count = self.state.all_codes("tokens", self.rows)
        return codes, np.repeat(np.arange(len(self.rows)), count)

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

    def best(self, k: int, least: float) -> Codes:
        """The places of the k rows of most weight, of those above `least`, in no order; some more
        may be among them.

        What is cheap to know comes first, as a bound; texts are compared only for rows that may
        still be among the best.
        """
        bound, each = self._bounds()
        likely = np.arange(len(bound))
        if len(bound) > k:
            likely = np.argpartition(-bound, k - 1)[:k]
            likely.sort()
        found = self._narrow(likely, bound, each, least)
        if len(bound) == len(likely):
            return found
        if len(found) == k:
            least = max(least, float(bound[found].min()) - SLACK)
        bound[likely] = -np.inf
        others = np.nonzero(bound >= least)[0]
        return np.concatenate([found, self._narrow(others, bound, each, least)])

    def _narrow(self, at: Codes, bound: Bits, each: Bits, least: float) -> Codes:
        """The places whose weight is at least this, and no more of the others than must be."""
        for c in self._order(at, each):
            if not len(at):
                break
            self.compare(c, at)
            bound[at] += self.bits[at, c] - each[c, at]
            at = at[bound[at] >= least - SLACK]
        return at

    def _order(self, at: Codes, each: Bits) -> list[int]:
        """The comparisons that may take most away from these rows, first."""
        lowest = np.array(self.compiled.lowest)
        slack = np.where(each[:, at] != 0, each[:, at] - lowest[:, None], 0.0).sum(axis=1)
        return list(np.argsort(-slack).tolist())

    def _bounds(self) -> tuple[Bits, Bits]:
        """What each row can weigh at most: in all (n,), and of each comparison (c, n)."""
        other = np.array(self.compiled.other)
        each = np.where(self._code >= 0, other[:, None], 0.0)
        for c, comparison in enumerate(self.model.comparisons):
            name = comparison.column
            if self.asked.values[name] and self.compiled.fields[name].multi:
                each[c] = max(*self._same_bits[c], other[c], 0.0)
            else:
                for same, bits in zip(self.asked.code[name], self._same_bits[c], strict=True):
                    most = bits if self.compiled.exact[c] else max(bits, other[c])
                    each[c, self._code[c] == same] = most
        return each.sum(axis=0) + self.model.prior_weight, each


def _first(tests: list[Callable[[Any, bool], bool]], texts: object, held: bool) -> int:
    """The number of the first test that is passed; of none, that of the last level."""
    for number, test in enumerate(tests):
        if test(texts, held):
            return number
    return len(tests)
