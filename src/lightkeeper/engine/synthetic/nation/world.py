"""How many homes, networks and lone offenders a nation has, and where they are."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.synthetic.nation.figures import Figures, read_figures
from lightkeeper.engine.synthetic.nation.luck import Ids, Ints, Luck, Shares

FEWEST, MOST = 200, 1_000_000_000
MEMBERS = 8  # places in a home; a person is the number of their home times this, and their place
AROUND = 60  # homes from which a network of a very small area is made up
COUNTED_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class World:
    """A nation of `people`, by its seed. Homes, networks and lone offenders are numbered through,
    those of an area one after the other.
    """

    people: int
    seed: int
    homes: int
    in_last_home: int
    figures: Figures

    @cached_property
    def luck(self) -> Luck:
        return Luck(self.seed)

    @property
    def networks(self) -> int:
        return max(1, self.people // int(self.figures.assumed["offenders"]["people_a_network"]))

    @property
    def loners(self) -> int:
        return max(
            1, self.people // int(self.figures.assumed["offenders"]["people_a_lone_offender"])
        )

    def edges(self, things: int) -> Ints:
        """(areas + 1,) where the things of each area begin, as its children weigh."""
        share = np.cumsum(self.figures.children) / self.figures.children.sum()
        return np.concatenate([[0], np.floor(share * things + 1e-9)]).astype(np.int64)

    @cached_property
    def home_edges(self) -> Ints:
        return self.edges(self.homes)

    def area_of_home(self, homes: Ids) -> Ints:
        """(n,) int64, the area of each home."""
        found = np.searchsorted(self.home_edges, homes.astype(np.int64), side="right") - 1
        return np.minimum(found, len(self.figures.codes) - 1)

    def area_of(self, things: Ids, edges: Ints) -> Ints:
        """(n,) int64, the area of each network or lone offender."""
        found = np.searchsorted(edges, things.astype(np.int64), side="right") - 1
        return np.minimum(found, len(self.figures.codes) - 1)

    def homes_near(self, areas: Ints, shares: Shares) -> Ids:
        """(n,) uint64, a home in each area by a share of it; near it, where it has very few."""
        low, high = self.home_edges[areas], self.home_edges[areas + 1]
        span = np.minimum(np.maximum(high - low, AROUND), self.homes)
        first = np.clip(low, 0, self.homes - span)
        found: Ids = (first + (shares * span).astype(np.int64)).astype(np.uint64)
        return found

    def adults(self, homes: Ids) -> Ints:
        """(n,) int64, grown-ups of each home, 1 to 3."""
        return 1 + self.luck.choose(homes, self._weights("adults"), "adults")

    def children(self, homes: Ids) -> Ints:
        """(n,) int64, children of each home, 0 to 4."""
        odds = float(self.figures.assumed["households"]["with_children"])
        some = self.luck.hits(homes, odds, "with children")
        return np.where(some, 1 + self.luck.choose(homes, self._weights("children"), "children"), 0)

    def size(self, homes: Ids) -> Ints:
        """(n,) int64, people of each home; the last has only as many as the nation still needs."""
        found = self.adults(homes) + self.children(homes)
        return np.where(homes == np.uint64(self.homes - 1), self.in_last_home, found)

    def people_of(self, homes: Ids) -> Ids:
        """(m,) uint64, everybody of these homes, home by home."""
        sizes = self.size(homes)
        first = np.repeat(homes * np.uint64(MEMBERS), sizes)
        start = np.repeat(np.cumsum(sizes) - sizes, sizes)
        return first + (np.arange(len(first)) - start).astype(np.uint64)

    def _weights(self, name: str) -> Shares:
        return np.array(self.figures.assumed["households"][name], dtype=np.float64)


def make_world(people: int, seed: int) -> World:
    """A nation of exactly so many people.

    Raises: ShapeError for fewer than 200 people, or more than a thousand million.
    """
    if not FEWEST <= people <= MOST:
        raise ShapeError(
            f"A nation has {FEWEST:,} to {MOST:,} people, not {people:,}. Networks need neighbours."
        )
    endless = World(people, seed, 2**40, 0, read_figures())
    homes = counted = 0
    while True:
        some = np.arange(homes, homes + COUNTED_AT_ONCE, dtype=np.uint64)
        totals = counted + np.cumsum(endless.size(some))
        if totals[-1] >= people:
            at = int(np.searchsorted(totals, people, side="left"))
            before = int(totals[at - 1]) if at else counted
            return World(people, seed, homes + at + 1, people - before, read_figures())
        homes, counted = homes + COUNTED_AT_ONCE, int(totals[-1])
