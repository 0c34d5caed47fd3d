"""What people of one home, and one person's other name, add to a weight, as tables.

Source: `linkage.households.other_bits`, of which this is the same sum.
"""

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.linkage.households import OTHER_NAME
from lightkeeper.engine.linkage.model import LinkModel

Bits = NDArray[np.float64]


class Weights:
    """The weight of candidates from their levels and bits.

    For s other sorts of pair, c comparisons and l levels at most: counts (s, c), 1.0 where a sort
    does not show what strangers show; instead (s, c, l + 1): bits of its own, the last for missing.
    """

    def __init__(self, model: LinkModel) -> None:
        self.prior = model.prior_weight
        others = model.homes.others if model.homes is not None else ()
        most = max((len(c.levels) for c in model.comparisons), default=0)
        self.counts = np.array([[s is not None for s in o.shares] for o in others], np.float64)
        self.instead = np.zeros((len(others), len(model.comparisons), most + 1))
        for sort, other in enumerate(others):
            for c, shares in enumerate(other.shares):
                if shares is not None:
                    m = [level.m for level in model.comparisons[c].levels]
                    self.instead[sort, c, : len(m)] = np.log2(np.array(shares) / np.array(m))
        self.start = np.array([self.prior + np.log2(other.odds) for other in others])[:, None]
        self.other_name = np.array([other.sort == OTHER_NAME for other in others], bool)
        self._every = np.arange(len(model.comparisons))[:, None]

    def weigh(self, level: NDArray[np.int8], bits: Bits) -> Bits:
        """Shapes: level (c, n), -1 for missing; bits (c, n); returns (n,), the prior included."""
        one: Bits = bits.sum(axis=0) + self.prior
        if not len(self.start):
            return one
        each = self.counts @ bits + self.start
        each += self.instead[:, self._every, level].sum(axis=1)
        same = np.logaddexp2.reduce(each[self.other_name], axis=0, initial=-np.inf)
        home = np.logaddexp2.reduce(each[~self.other_name], axis=0, initial=0.0)
        return np.asarray(np.logaddexp2(one, same) - home)
