"""A record that is asked about: its values, their codes here, and what sharing each would say."""

import math

import numpy as np

from lightkeeper.engine.linkage.model import Level
from lightkeeper.engine.linkage.prepare import Values
from lightkeeper.engine.linkage.scoring import USUAL_VALUES
from lightkeeper.engine.matcher.ladders import OfText
from lightkeeper.engine.matcher.meeting import Said, as_bytes
from lightkeeper.engine.matcher.segment import Codes
from lightkeeper.engine.matcher.state import State


class Asked:
    """For v values in the compared fields, and s segments:

    of (v,): the comparison of each; code (s, v): its code in each segment; bits (v,): those of
    sharing it; seen, of_text: the value as distances see it, and what it asks of other texts.
    single: places of the values in fields with one value, of_single: their comparisons; lists: of
    each other comparison that is asked, the places. held: comparisons that ask for a value among
    the words of a name, with the codes of such words in each segment. years: comparisons that ask
    how far birth years are apart, with the earliest.
    """

    def __init__(self, state: State, values: dict[str, Values]) -> None:
        compiled, ladders = state.compiled, state.compiled.ladders
        tokens = frozenset(values.get("tokens", ()))
        self.values = values
        of: list[int] = []
        code: list[list[int]] = []
        bits: list[float] = []
        single: list[int] = []
        self.lists: list[tuple[int, Codes]] = []
        self.seen: list[str] = []
        self.of_text: list[OfText] = []
        self.held: list[tuple[int, list[list[int]]]] = []
        self.years: list[tuple[int, int]] = []
        for c, name in enumerate(compiled.names):
            said, ladder = values[name], ladders.each[c]
            if not said:
                continue
            if compiled.multi[c]:
                self.lists.append((c, np.arange(len(of), len(of) + len(said))))
            else:
                single.append(len(of))
            for text in said:
                where, share = state.find(name, text)
                of.append(c)
                code.append(where)
                bits.append(
                    _bits(compiled.model.comparisons[c].levels[0], share, state.total(name))
                )
                self.seen.append(as_bytes(text))
                self.of_text.append(ladder.of_text(Said(text, tokens)))
            if ladders.held[c]:
                self.held.append((c, _words(state, said)))
            if ladder.years:
                self.years.append((c, int(min(said)[:4])))
        self.of = np.array(of, np.int64)
        self.code = np.array(code, np.int64).reshape(len(of), len(state.segments)).T
        self.bits = np.array(bits)
        self.single = np.array(single, np.int64)
        self.of_single = self.of[self.single]


def _bits(best: Level, share: float, known: int) -> float:
    """The bits of sharing a value.

    Source: `linkage.scoring.weights_of`, of which this is the same sum in the same order.
    """
    if not best.by_frequency or share <= 0:
        return best.weight
    seen = (share * known + USUAL_VALUES * best.u) / (known + USUAL_VALUES)
    return math.log2(best.m / seen)


def _words(state: State, values: Values) -> list[list[int]]:
    """Of each segment the codes of these values among the words of names."""
    found = [state.find("tokens", value)[0] for value in values]
    return [[code for code in codes if code >= 0] for codes in zip(*found, strict=True)]
