"""Who the people of the nation are: born, named, living somewhere, and known as somebody else."""

from functools import cached_property

import numpy as np

from lightkeeper.engine.synthetic.nation.luck import Flags, Ids, Ints
from lightkeeper.engine.synthetic.nation.words import BOYS, FAMILY, GIRLS, NICKNAMES
from lightkeeper.engine.synthetic.nation.world import MEMBERS, World
from lightkeeper.engine.synthetic.persons import TODAY

TODAY_DAY = (TODAY - TODAY.replace(year=1970, month=1, day=1)).days
YEAR = 365.25
MOST_CHILDREN = 4
SHIFT = np.uint64(3)
OWN, ALIAS, FALSE = 0, 1, 2
# Where somebody may be said to live: at home, where they lived before, or in a place of many.
BEFORE, PREMISES, HOSTEL = (np.uint64(kind) << np.uint64(40) for kind in (1, 2, 3))


class People:
    """Columns of these people (n,), each worked out when it is asked for.

    `ids` (n,) uint64: home times 8, and the place in it.
    """

    def __init__(self, world: World, ids: Ids) -> None:
        self.world, self.ids = world, ids

    @cached_property
    def home(self) -> Ids:
        return self.ids >> SHIFT

    @cached_property
    def area(self) -> Ints:
        return self.world.area_of_home(self.home)

    @cached_property
    def place(self) -> Ints:
        return (self.ids & np.uint64(MEMBERS - 1)).astype(np.int64)

    @cached_property
    def is_child(self) -> Flags:
        return self.place >= self.world.adults(self.home)

    @cached_property
    def age_days(self) -> Ints:
        """Days since they were born, on the day that the nation is of."""
        return np.where(self.is_child, self._child_days(self.ids), self._adult_days())

    @cached_property
    def age(self) -> Ints:
        return (self.age_days / YEAR).astype(np.int64)

    @cached_property
    def born(self) -> Ints:
        """Days since 1970, less than nothing before it."""
        return TODAY_DAY - self.age_days

    @cached_property
    def female(self) -> Flags:
        return self.world.luck.hits(self.ids, 0.5, "female")

    @cached_property
    def given(self) -> Ints:
        """Places in `words.GIVEN`."""
        return self._given(self.ids, "given")

    @cached_property
    def family(self) -> Ints:
        """Places in `words.FAMILY`: of the home, or their own."""
        luck, odds = self.world.luck, self.world.figures.assumed["households"]["other_family_name"]
        own = ~self.is_child & (self.place > 0) & luck.hits(self.ids, odds, "own family name")
        of_home = luck.common_first(self.home, len(FAMILY), "family")
        return np.where(own, luck.common_first(self.ids, len(FAMILY), "own family"), of_home)

    @cached_property
    def ethnicity(self) -> Ints:
        weights = np.array(list(self.world.figures.assumed["ethnicity"].values()))
        return self.world.luck.choose(self.ids, weights, "ethnicity")

    @cached_property
    def has_alias(self) -> Flags:
        odds = self.world.figures.assumed["households"]["alias"]
        return ~self.is_child & self.world.luck.hits(self.ids, odds, "has alias")

    @cached_property
    def school(self) -> Ints:
        """The school of a child of 5 to 17, the same for those of a home; -1 for nobody's."""
        edges = self.world.home_edges
        many = np.maximum((edges[self.area + 1] - edges[self.area]) // 900, 1)
        high = self.age >= 11
        which = self.world.luck.below(self.home, many, "school")
        found = (self.area << 24) | (high.astype(np.int64) << 23) | which
        return np.where(self.is_child & (self.age >= 5), found, -1)

    def _given(self, ids: Ids, what: str) -> Ints:
        luck = self.world.luck
        girl = luck.common_first(ids, GIRLS, what)
        boy = GIRLS + luck.common_first(ids, BOYS, what)
        return np.where(self.female, girl, boy)

    def _child_days(self, ids: Ids) -> Ints:
        return self.world.luck.below(ids, int(18 * YEAR), "child age")

    def _adult_days(self) -> Ints:
        luck, first = self.world.luck, self.home * np.uint64(MEMBERS)
        adults, children = self.world.adults(self.home), self.world.children(self.home)
        eldest = np.zeros(len(self.ids), dtype=np.int64)
        for number in range(MOST_CHILDREN):
            one = self._child_days(first + (adults + number).astype(np.uint64))
            eldest = np.maximum(eldest, np.where(number < children, one, 0))
        parent = eldest + int(18 * YEAR) + luck.below(first, int(22 * YEAR), "parent age")
        alone = int(18 * YEAR) + luck.below(first, int(72 * YEAR), "adult age")
        head = np.where(children > 0, parent, alone)
        partner = np.maximum(
            head + luck.below(self.ids, 3000, "partner age") - 1500, int(18 * YEAR)
        )
        third = int(18 * YEAR) + luck.below(self.ids, int(52 * YEAR), "third age")
        found: Ints = np.choose(np.minimum(self.place, 2), [head, partner, third])
        return found


class Identities:
    """What these identities (n,) say: `given`, `family` (places in the lists) and `born`.

    `ids` (n,) uint64: the person who made it up times 4, and which: their own, an alias (another
    name, the same birth date), or a false identity (all of it another).
    """

    def __init__(self, world: World, ids: Ids) -> None:
        self.world, self.ids = world, ids
        self.kind = (ids & np.uint64(3)).astype(np.int64)
        self.owner = People(world, ids >> np.uint64(2))

    @cached_property
    def given(self) -> Ints:
        luck, own = self.world.luck, self.owner.given
        other = self.owner._given(self.ids, "other given")
        nick = GIRLS + BOYS + luck.below(self.ids, NICKNAMES, "nickname")
        alias = np.where(luck.hits(self.ids, 0.4, "alias given"), nick, own)
        return np.choose(self.kind, [own, alias, other])

    @cached_property
    def family(self) -> Ints:
        luck, own = self.world.luck, self.owner.family
        other = luck.common_first(self.ids, len(FAMILY), "other family")
        same_given = self.given == self.owner.given
        alias = np.where(luck.hits(self.ids, 0.5, "alias family") | same_given, other, own)
        return np.choose(self.kind, [own, alias, other])

    @cached_property
    def born(self) -> Ints:
        apart = self.world.luck.below(self.ids, 2400, "false birth") - 1200
        grown_up = TODAY_DAY - int(18 * YEAR) - 1
        false = np.minimum(self.owner.born + np.where(apart == 0, 90, apart), grown_up)
        return np.where(self.kind == FALSE, false, self.owner.born)


def identity_of(people: Ids, kind: int | Ints = OWN) -> Ids:
    """(n,) uint64, an identity of each of these people."""
    return (people << np.uint64(2)) | np.asarray(kind).astype(np.uint64)
