"""What a shared tie of each kind is worth, learnt from the links without labels."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.linkage.batch import Links
from lightkeeper.engine.linkage.mixture import MOST_BITS
from lightkeeper.engine.linkage.settling import round_share
from lightkeeper.engine.linkage.sharing import FEWEST_KNOWN, RARE_AT, Known, Shared

ROUNDS = 20
# Before anything is seen, pairs of one subject are taken to share nothing rare, one thing or
# several so often, and pairs of two that look as alike so; each counts as so many pairs. So what
# was never seen may still be, and of few pairs a tie is worth between two and three bits.
USUAL, USUAL_OF_TWO, USUAL_PAIRS = (0.6, 0.25, 0.15), (0.95, 0.04, 0.01), 10.0
Numbers = NDArray[np.int64]
Bits = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class TieWeight:
    """What was learnt of one kind of tie; `m` and `u` of sharing nothing rare, one thing, several.

    `m` among pairs of one subject, `u` among pairs of two that look as alike; `by_accident`, how
    often any two records share something rare. `known`: to how many subjects a rare thing that two
    share is known on average. `pairs`: of how many it was learnt, both with ties of the kind.
    """

    kind: str
    m: tuple[float, float, float]
    u: tuple[float, float, float]
    by_accident: float
    known: float
    pairs: int

    @property
    def one(self) -> float:
        """Bits of sharing one thing as rare as is usual, zero or more."""
        return max(float(np.log2(self.m[1] / self.u[1])), 0.0)

    @property
    def several(self) -> float:
        """Bits of sharing several, never fewer than of one, and none where one has none."""
        return max(float(np.log2(self.m[2] / self.u[2])), self.one) if self.one else 0.0

    @property
    def sentence(self) -> str:
        return (
            f"Ties of kind {self.kind}: of pairs of one subject {1 - self.m[0]:.1%} share "
            f"something that few know, of pairs of two that look as alike {1 - self.u[0]:.1%}. "
            f"One is worth {self.one:.1f} bits, several {self.several:.1f}. "
            f"Learnt from {self.pairs:,} pairs."
        )


@dataclass(frozen=True)
class TieWeights:
    """Those of all kinds; `kinds` in the order of the ties."""

    kinds: tuple[str, ...]
    learnt: tuple[TieWeight, ...]

    def bits_of(self, shared: Shared) -> Bits:
        """What each row is worth: the rarest thing, a bit less with each doubling of those who know
        it, and a second by what several are worth more than one. Further ones add nothing: who
        knows two of a circle knows the others.
        """
        one, several, known = (
            np.array([getattr(weight, name) for weight in self.learnt])[shared.kind]
            for name in ("one", "several", "known")
        )
        first = np.maximum(one + np.log2(known / shared.first), 0.0)
        less = np.minimum(np.log2(known) - np.log2(shared.second), 0.0)
        return np.asarray(first + np.maximum(several - one + less, 0.0))

    def told(self) -> list[dict[str, Any]]:
        return [asdict(weight) for weight in self.learnt]


def learn_ties(
    links: Links, known: Known, shared: Shared, may: Mask, said: Mask, kinds: Sequence[str]
) -> TieWeights:
    """What ties of each kind are worth, by EM on the pairs of the links with their own weights.

    Shapes: known and shared at the clustering that the links alone give; may (p,), said (p, kinds).
    A pair is of two as far as its fields and ties say so. So u is that of pairs that look alike:
    cousins and people of one circle share more than strangers, and a tie is worth less for it. It
    is never less than what any two records share by accident, counted over all of them.
    Source: EM (Dempster, Laird and Rubin 1977) for a mixture of two, the weights of fields given.
    """
    levels = _levels(links, known, shared, may, said, len(kinds))
    accident, often = _by_accident(known, len(kinds))
    m = np.tile(np.array(USUAL), (len(kinds), 1))
    u = np.stack([1 - accident, accident, accident**2], axis=1)
    at_least = u.copy()
    for _ in range(ROUNDS):
        one = _chance(links.weight + _weigh(m, u, levels))
        for k in range(len(kinds)):
            there = levels[:, k] >= 0
            m[k] = _shares(levels[there, k], one[there], USUAL)
            u[k] = _shares(levels[there, k], 1 - one[there], USUAL_OF_TWO)
        u[:, 1:] = np.maximum(u[:, 1:], at_least[:, 1:])
    pairs = (levels >= 0).sum(axis=0)
    return TieWeights(
        tuple(kinds),
        tuple(
            TieWeight(
                kind, _figures(m[k]), _figures(u[k]), round_share(float(accident[k])),
                round_share(float(often[k])), int(pairs[k]),
            )
            for k, kind in enumerate(kinds)
        ),
    )  # fmt: skip


def _levels(
    links: Links, known: Known, shared: Shared, may: Mask, said: Mask, kinds: int
) -> NDArray[np.int8]:
    """Of each pair and kind whether nothing rare, one thing or several are shared; -1 where one of
    the two has no tie of the kind, or nothing may be learnt of the pair. (p, kinds)
    """
    has = known.has(kinds)
    both = has[links.left] & has[links.right] & may[:, None] & ~said
    found = np.where(both, 0, -1).astype(np.int8)
    found[shared.pair, shared.kind] = np.minimum(shared.rare, 2)
    return found


def _by_accident(known: Known, kinds: int) -> tuple[Bits, Bits]:
    """For each kind the share of all pairs of records with such ties that share something rare
    though they are of two subjects, and to how many that is known on average.
    """
    rare = known.known <= RARE_AT
    accident, often = np.zeros(kinds), np.zeros(kinds)
    records = known.has(kinds).sum(axis=0).astype(np.float64)
    for k in range(kinds):
        pairs = np.where(rare & (known.kind == k), known.by_accident, 0).astype(np.float64)
        every = max(records[k] * (records[k] - 1) / 2, 1.0)
        accident[k] = np.clip(pairs.sum() / every, 1e-9, 0.5)
        seen = pairs.sum()
        often[k] = (pairs @ known.known) / seen if seen else FEWEST_KNOWN
    return accident, often


def _weigh(m: Bits, u: Bits, levels: NDArray[np.int8]) -> Bits:
    bits = np.zeros(len(levels))
    for k in range(levels.shape[1]):
        bits += np.append(np.log2(m[k] / u[k]), 0.0)[levels[:, k]]
    return bits


def _chance(bits: Bits) -> Bits:
    return np.asarray(1 / (1 + np.exp2(-np.clip(bits, -MOST_BITS, MOST_BITS))))


def _shares(level: NDArray[np.int8], part: Bits, usual: Sequence[float]) -> Bits:
    count = np.bincount(level, weights=part, minlength=3) + USUAL_PAIRS * np.array(usual)
    return np.asarray(count / count.sum())


def _figures(shares: Bits) -> tuple[float, float, float]:
    none, one, several = (round_share(float(share)) for share in shares)
    return none, one, several
