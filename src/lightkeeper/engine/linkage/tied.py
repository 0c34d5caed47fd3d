"""What ties added to the weight of each pair, and in words."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # A look-up explains as well, and has no ties.
    from lightkeeper.engine.linkage.sharing import Shared

# What the things of a kind are called; of any other kind the kind itself is said.
NAMED = {
    "associate": ("person", "people"), "family": ("person", "people"),
    "relative": ("person", "people"), "friend": ("person", "people"),
    "person": ("person", "people"), "phone": ("number", "numbers"),
    "mobile": ("number", "numbers"), "telephone": ("number", "numbers"),
    "address": ("address", "addresses"), "journey": ("journey", "journeys"),
    "flight": ("flight", "flights"), "vehicle": ("vehicle", "vehicles"),
    "account": ("account", "accounts"), "organisation": ("organisation", "organisations"),
}  # fmt: skip


@dataclass(frozen=True)
class Tied:
    """What was added to each pair, and what is shared.

    `bits` (p,). `count` and `rare` (p, kinds): things shared, and those of them that few know, as
    they were when the bits were at their most.
    """

    kinds: tuple[str, ...]
    bits: NDArray[np.float64]
    count: NDArray[np.int32]
    rare: NDArray[np.int32]

    @classmethod
    def nothing(cls, kinds: tuple[str, ...], pairs: int) -> "Tied":
        none = np.zeros((pairs, len(kinds)), np.int32)
        return cls(kinds, np.zeros(pairs), none, none)

    def risen(self, rows: NDArray[np.int64], bits: NDArray[np.float64], shared: "Shared") -> "Tied":
        """With these rows as they are now."""
        now, count, rare = self.bits.copy(), self.count.copy(), self.rare.copy()
        now[rows], count[rows], rare[rows] = bits[rows], 0, 0
        at = np.isin(shared.pair, rows)
        pair, kind = shared.pair[at], shared.kind[at]
        count[pair, kind], rare[pair, kind] = shared.count[at], shared.rare[at]
        return replace(self, bits=now, count=count, rare=rare)

    def sentence(self, row: int) -> str:
        """`Both are tied to 2 of the same people, one of whom few know`; empty where nothing is."""
        parts = [
            _words(self.kinds[k], int(self.count[row, k]), int(self.rare[row, k]))
            for k in np.flatnonzero(self.count[row]).tolist()
        ]
        return f"Both are tied to {'; and to '.join(parts)}" if parts else ""

    @property
    def raised(self) -> int:
        """How many pairs weigh more for it."""
        return int(np.count_nonzero(self.bits))


def _words(kind: str, count: int, rare: int) -> str:
    one, many = NAMED.get(kind, (f"{kind} (kind of tie)",) * 2)
    whom = "whom" if many == "people" else "which"
    if count == 1:
        known = f"{whom} few know" if rare else f"{whom} many know"
        return f"the same {one}, {known}"
    if rare == count:
        known = f"all of {whom} few know" if count > 2 else f"both of {whom} few know"
    elif rare:
        known = f"{'one' if rare == 1 else rare} of {whom} few know"
    else:
        known = f"{whom} many know"
    return f"{count} of the same {many}, {known}"
