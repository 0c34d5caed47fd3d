"""How one hand writes down whom a report is about: names, birth dates, homes, numbers."""

from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lightkeeper.engine.synthetic.nation.luck import Ids, Ints
from lightkeeper.engine.synthetic.nation.offenders import has_offender_alias
from lightkeeper.engine.synthetic.nation.persons import ALIAS, BEFORE, OWN, Identities, identity_of
from lightkeeper.engine.synthetic.nation.reports import ROLES, Rows
from lightkeeper.engine.synthetic.nation.words import (
    FAMILY,
    GIVEN,
    INWARD,
    OUTWARD,
    STREETS,
    Texts,
    days,
    digits,
    either,
    joined,
    listed,
    names,
    only,
    pick,
)
from lightkeeper.engine.synthetic.nation.world import World

DOORS = 150  # of a street
DISTRICTS = 3  # of an area
HOMES = np.uint64(2**40)  # homes where people live have smaller numbers than other places
GROWN_ROLES = [ROLES.index("suspect"), ROLES.index("managed-offender")]
YEAR_DAYS = 365


class Pen:
    """Writes the columns of one feed. What one event is told of again shows the same slips."""

    def __init__(self, world: World, rows: Rows) -> None:
        self.world, self.luck = world, world.luck
        self.odds: dict[str, Any] = world.figures.assumed["slips"]
        self.event, self.text = rows["event"].astype(np.uint64), rows["text"].astype(np.uint64)
        self.who = Identities(world, rows["identity"].astype(np.uint64))
        self.rows = rows

    def given(self) -> Texts:
        return self._loud(names("given", self.who.given, self.luck, self.text, self.odds["name"]))

    def family(self) -> Texts:
        return self._loud(names("family", self.who.family, self.luck, self.text, self.odds["name"]))

    def aka(self) -> Texts:
        """The alias of somebody who is named as themselves, where it is known."""
        person = self.rows["person"].astype(np.uint64)
        grown = np.isin(self.rows["role"], GROWN_ROLES)
        has = self.who.owner.has_alias | (grown & has_offender_alias(self.world, person))
        shown = (
            has & (self.who.kind == OWN) & self.luck.hits(self.text, self.odds["alias_said"], "aka")
        )
        other = Identities(self.world, identity_of(person, ALIAS))
        return only(joined(_word(GIVEN, other.given), _word(FAMILY, other.family), by=" "), shown)

    def born(self, form: str) -> Texts:
        """A birth date, now and then left out, a year out, or with day and month changed about."""
        share = self.luck.share(self.text, "birth slip")
        blank, swapped = float(self.odds["day_blank"]), float(self.odds["day_swapped"])
        out = blank + swapped + float(self.odds["year_out"])
        born = np.where((share >= blank + swapped) & (share < out), self.who.born - YEAR_DAYS,
                        self.who.born)  # fmt: skip
        written = either(
            (share >= blank) & (share < blank + swapped), days(born, form, True), days(born, form)
        )
        return only(written, share >= blank)

    @cached_property
    def home(self) -> Ids:
        """Where they are said to live: now and then where they lived before."""
        home, luck = self.rows["home"].astype(np.uint64), self.luck
        moved = luck.hits(home, self.world.figures.assumed["households"]["moved"], "moved")
        old = moved & (home < HOMES) & luck.hits(self.text, self.odds["home_before"], "old home")
        return np.where(old, home | BEFORE, home)

    def address(self) -> Texts:
        told = ~self.luck.hits(self.event, self.odds["home_blank"], "no home")
        return only(addresses(self.world, self.home, self.rows["area"].astype(np.int64)), told)

    def postcode(self) -> Texts:
        told = ~self.luck.hits(self.event, self.odds["home_blank"], "no postcode")
        return only(postcodes(self.world, self.home, self.rows["area"].astype(np.int64)), told)

    def phone(self) -> Texts:
        told = ~self.luck.hits(self.event, self.odds["phone_blank"], "no phone")
        return only(numbers(self.rows["phone"].astype(np.int64)), told)

    def document(self) -> Texts:
        told = self.luck.hits(self.event, 0.9, "document")
        return only(documents(self.world, self.who.ids), told)

    def _loud(self, texts: Texts) -> Texts:
        loud = self.luck.hits(self.text, self.odds["capitals"], "capitals")
        return either(loud, pc.utf8_upper(texts), texts)


def addresses(world: World, homes: Ids, areas: Ints) -> Texts:
    """A door of a street of an area, none of which is on a map but the area."""
    door, street = _door_and_street(world, homes)
    at = joined(digits(door + 1, 1), listed("streets", street), by=" ")
    return joined(at, _word(world.figures.names, areas), by=", ")


def postcodes(world: World, homes: Ids, areas: Ints) -> Texts:
    """Fifteen doors of one street of one area, in postcode areas that the country does not have."""
    door, street = _door_and_street(world, homes)
    outward = (areas * DISTRICTS + street % DISTRICTS) % len(OUTWARD)
    inward = (street // DISTRICTS * (DOORS // 15) + door // 15) % len(INWARD)
    return joined(listed("outward", outward), listed("inward", inward), by=" ")


def numbers(at: Ints) -> Texts:
    """Telephone numbers of area code 01632, which no place has; nothing where it is negative."""
    return only(joined(pa.scalar("01632 "), digits(np.maximum(at, 0), 6)), at >= 0)


def documents(world: World, identities: Ids) -> Texts:
    """The number of the document that each identity shows."""
    number = world.luck.below(identities, 10**9, "document number")
    letters = pa.array(["QX", "ZN", "QK", "ZH", "QB", "ZT"], pa.string())
    return joined(pick(letters, number % 6), digits(number, 9))


def handles(world: World, identities: Ids) -> Texts:
    """What each identity is called online."""
    who = Identities(world, identities)
    number = world.luck.below(identities, 100_000, "handle")
    mark = pick(pa.array([".", "_", "", "-"], pa.string()), number % 4)
    return joined(listed("handles", who.given), mark, digits(number, 1))


def _door_and_street(world: World, homes: Ids) -> tuple[Ints, Ints]:
    return world.luck.below(homes, DOORS, "door"), world.luck.below(homes, len(STREETS), "street")


def _word(words: Any, at: Ints) -> Texts:
    return pick(pa.array(list(words), pa.string()), at)
