"""How much speaks for one subject: the model's bits for a record against many candidates."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.linkage.model import Comparison
from lightkeeper.engine.linkage.scoring import MISSING, USUAL_VALUES
from lightkeeper.engine.matcher.meeting import Bools, Meeting
from lightkeeper.engine.matcher.segment import Codes
from lightkeeper.engine.matcher.state import Asked, State

Bits = NDArray[np.float64]
# A bound that was added up in another order may be this much lower than the sum it bounds.
SLACK = 1e-9
SURE_FIRST = 3


@dataclass(frozen=True)
class Weighed:
    """For n candidates and c comparisons: level (n, c) int8, -1 for missing; bits (n, c)."""

    level: NDArray[np.int8]
    bits: Bits


class Weigher:
    """Weighs candidates against one record. Rows are ascending."""

    def __init__(self, state: State, asked: Asked) -> None:
        self.state, self.asked = state, asked
        self.model = state.compiled.model
        self.fields = state.compiled.fields
        tokens = asked.values.get("tokens", ())
        self._tokens = frozenset(tokens)
        self._table = [
            np.array([level.weight for level in comparison.levels] + [0.0])
            for comparison in self.model.comparisons
        ]

    def weigh(self, rows: Codes) -> Weighed:
        """Every comparison of every row."""
        shape = (len(rows), len(self.model.comparisons))
        weighed = Weighed(np.full(shape, MISSING, np.int8), np.zeros(shape))
        for c in range(shape[1]):
            weighed.level[:, c], weighed.bits[:, c] = self.compare(c, rows)
        return weighed

    def total(self, bits: Bits) -> Bits:
        return np.asarray(bits.sum(axis=1) + self.model.prior_weight)

    def compare(self, c: int, rows: Codes) -> tuple[NDArray[np.int8], Bits]:
        """The level of one comparison for each row, and its bits."""
        comparison = self.model.comparisons[c]
        name = comparison.column
        level, bits = np.full(len(rows), MISSING, np.int8), np.zeros(len(rows))
        if not len(rows) or not self.asked.values[name]:
            return level, bits
        meeting, there = self._meet(name, rows)
        if not meeting.size:
            return level, bits
        found = np.full(meeting.size, len(comparison.levels) - 1, np.int8)
        open_ = np.ones(meeting.size, bool)
        for number, test in enumerate(self.state.compiled.tests[c]):
            hit = test(meeting) & open_
            found[hit] = number
            open_ &= ~hit
            if not open_.any():
                break
        level[there] = found
        bits[there] = self._table[c][found]
        if comparison.levels[0].by_frequency and (found == 0).any():
            bits[there[found == 0]] = self._by_frequency(comparison, meeting)[found == 0]
        return level, bits

    def _meet(self, name: str, rows: Codes) -> tuple[Meeting, Codes]:
        """The candidates that say anything of this field, and their places among the rows."""
        first: Codes | None = None
        if self.fields[name].multi:
            code, count = self.state.all_codes(name, rows)
            there = np.nonzero(count)[0]
            first = np.cumsum(count[there]) - count[there]
        else:
            code = self.state.one_code(name, rows)
            there = np.nonzero(code >= 0)[0]
            code = code[there]
        return (
            Meeting(
                asked=self.asked.values[name],
                asked_code=self.asked.code[name],
                asked_tokens=self._tokens,
                code=code,
                first=first,
                texts_of=lambda codes: self.state.texts(name, codes),
                held_tokens=lambda texts: self._hold(rows[there], texts),
            ),
            there,
        )

    def _hold(self, rows: Codes, texts: tuple[str, ...]) -> Bools:
        """Which rows have any of these texts among the words of their name."""
        wanted = self.state.asked({"tokens": texts}).code["tokens"]
        found = np.zeros(len(rows), bool)
        if len(wanted) and len(rows):
            codes, count = self.state.all_codes("tokens", rows)
            owner = np.repeat(np.arange(len(rows)), count)
            for code in wanted:
                found[owner[codes == code]] = True
        return found

    def _shared_bits(self, comparison: Comparison) -> Bits:
        """The bits of sharing each asked value that is known here, by how common it is.

        Source: `linkage.scoring.weights_of`, of which this is the same sum in the same order.
        """
        best, name = comparison.levels[0], comparison.column
        known, share = self.asked.known[name], self.asked.share[name]
        seen = share.astype(np.float64) * known + USUAL_VALUES * best.u
        with np.errstate(divide="ignore"):
            return np.asarray(np.log2(best.m / (seen / (known + USUAL_VALUES))))

    def _by_frequency(self, comparison: Comparison, meeting: Meeting) -> Bits:
        """The bits of the best level of each candidate: the rarest value that both have counts."""
        each = np.full(len(meeting.code), -np.inf)
        for code, bits in zip(meeting.asked_code, self._shared_bits(comparison), strict=True):
            each[meeting.code == code] = bits
        return each if meeting.first is None else np.maximum.reduceat(each, meeting.first)

    def best(self, rows: Codes, k: int) -> tuple[Codes, Weighed]:
        """The k rows of most weight, and those that weigh as much as the last of them.

        What is cheap to know comes first, as a bound; texts are compared only for rows that may
        still be among the best.
        """
        bound, each = self._bounds(rows)
        if len(rows) > SURE_FIRST * k:
            likely = np.sort(np.argpartition(-bound, SURE_FIRST * k)[: SURE_FIRST * k])
            sure = self.total(self.weigh(rows[likely]).bits)
            least = np.partition(sure, -k)[-k]
        else:
            likely, least = np.arange(len(rows)), -np.inf
        alive = np.nonzero(bound >= least - SLACK)[0]
        for c in np.argsort(-np.ptp(each, axis=0) if len(rows) else np.zeros(0)):
            if len(alive) <= SURE_FIRST * k:
                break
            _, bits = self.compare(int(c), rows[alive])
            bound[alive] += bits - each[alive, c]
            alive = alive[bound[alive] >= least - SLACK]
        return rows[alive], self.weigh(rows[alive])

    def _bounds(self, rows: Codes) -> tuple[Bits, Bits]:
        """What each row can weigh at most: in all (n,), and of each comparison (n, c)."""
        each = np.zeros((len(rows), len(self.model.comparisons)))
        for c, comparison in enumerate(self.model.comparisons):
            name = comparison.column
            if not self.asked.values[name]:
                continue
            best = self._table[c][0]
            if comparison.levels[0].by_frequency and len(self.asked.code[name]):
                best = max(best, self._shared_bits(comparison).max())
            if self.fields[name].multi:
                each[:, c] = max(best, self._table[c].max(), 0.0)
                continue
            code = self.state.one_code(name, rows)
            same = np.zeros(len(rows), bool)
            for one in self.asked.code[name]:
                same |= code == one
            other = self._table[c][1 if self.state.compiled.exact[c] else 0 : -1].max()
            each[:, c] = np.where(same, max(best, other), other)
            each[code < 0, c] = 0.0
        return each.sum(axis=1) + self.model.prior_weight, each
