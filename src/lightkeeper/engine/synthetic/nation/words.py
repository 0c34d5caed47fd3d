"""The lists that the nation's texts are made of, and how they are picked, many at a time."""

from datetime import date, timedelta
from functools import cache
from itertools import product
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lightkeeper.engine.synthetic.nation.figures import read_words as nation_words
from lightkeeper.engine.synthetic.nation.luck import Flags, Ids, Ints, Luck
from lightkeeper.engine.synthetic.people import _in_turn as in_turn
from lightkeeper.engine.synthetic.persons import all_names, read_words
from lightkeeper.engine.synthetic.slips import Slips

Texts = Any  # a pyarrow Array of strings
_SAID = nation_words("words.yaml")
_PLACES = read_words("population.yaml")
_THINGS = read_words("things.yaml")
GIRLS, BOYS, NICKNAMES = (len(_SAID[name]) for name in ("girls", "boys", "also_called"))
GIVEN: list[str] = [*_SAID["girls"], *_SAID["boys"], *_SAID["also_called"]]
_MADE = tuple(a + b for a, b in product(_PLACES["family_front"], _PLACES["family_back"]))
FAMILY: list[str] = in_turn([*all_names()[1], _MADE])
STREETS = [f"{a} {b}" for a, b in product(_PLACES["street_front"], _PLACES["street_back"])]
OUTWARD = [f"{area}{n}" for area, n in product(_PLACES["areas"], range(1, 30))]
INWARD = [f"{n}{a}{b}" for n, a, b in product(range(10), *[_PLACES["unit_letters"]] * 2)]
NOTES: list[str] = _SAID["notes"]
WAYS = 8  # in which a name is written when it is not written as it is
FIRST_DAY, DAYS = date(1925, 1, 1), 37_300  # to February 2027
_MARK = "ABCDEFGHJKLMNPRSTUVWXYZ"
_MARK_FRONT = [f"{a}{b}{n:02}" for a, b, n in product("QZ", _MARK, range(2, 76))]
_MARK_BACK = ["".join(three) for three in product(_MARK, repeat=3)]
MARKS = len(_MARK_FRONT) * len(_MARK_BACK)


def pick(values: Texts, at: Ints) -> Texts:
    """The values at these places, nothing where the place is negative."""
    if len(at) and at.min() < 0:
        return values.take(pa.array(at, mask=at < 0))
    return values.take(pa.array(at))


def joined(*parts: Any, by: str = "") -> Texts:
    """Texts put together, one row each; nothing where any part is nothing."""
    return pc.binary_join_element_wise(*parts, by)


def only(texts: Texts, where: Flags) -> Texts:
    """The texts where it is true, nothing elsewhere."""
    return pc.if_else(pa.array(where), texts, pa.scalar(None, pa.string()))


def either(where: Flags, texts: Texts, others: Texts) -> Texts:
    return pc.if_else(pa.array(where), texts, others)


def digits(numbers: NDArray[Any], width: int) -> Texts:
    """Whole numbers as texts, with zeros before them."""
    return pc.utf8_lpad(pa.array(numbers.astype(np.int64)).cast(pa.string()), width, "0")


@cache
def _list(name: str) -> Texts:
    makes = [f"{make} {one}" for make, models in _THINGS["makes"].items() for one in models]
    lists = {
        "family": FAMILY, "given": GIVEN, "streets": STREETS, "outward": OUTWARD,
        "inward": INWARD, "notes": NOTES, "makes": makes, "colours": _THINGS["colours"],
        "networks": _THINGS["networks"], "mark_front": _MARK_FRONT, "mark_back": _MARK_BACK,
        "handles": [name.lower() if name.isascii() else "someone" for name in GIVEN],
        "school_front": _PLACES["street_front"],
    }  # fmt: skip
    return pa.array([str(word) for word in lists.get(name) or _SAID[name]], pa.string())


def listed(name: str, at: Ints) -> Texts:
    """Words of a list, by their places."""
    return pick(_list(name), at)


def one_of(name: str, luck: Luck, ids: Ids) -> Texts:
    """A word of a list for each id."""
    return listed(name, luck.below(ids, len(_list(name)), f"which of {name}"))


@cache
def _slipped(name: str) -> Texts:
    """Each name of a list, then the ways in which it is mistaken."""
    found: list[str] = []
    for word in {"given": GIVEN, "family": FAMILY}[name]:
        slips = Slips(Random(f"{name} {word}"), odds=1)  # noqa: S311 (a slip, not a secret)
        found += [word, *(slips.name(word) for _ in range(WAYS))]
    return pa.array(found, pa.string())


def names(which: str, at: Ints, luck: Luck, ids: Ids, odds: float) -> Texts:
    """Names of a list as somebody wrote them down: now and then with a slip."""
    way = np.where(
        luck.hits(ids, odds, f"slip {which}"), 1 + luck.below(ids, WAYS, f"way {which}"), 0
    )
    return pick(_slipped(which), at * (WAYS + 1) + way)


@cache
def _days(form: str, swapped: bool) -> Texts:
    days = [FIRST_DAY + timedelta(days=number) for number in range(DAYS)]
    if swapped:
        days = [one.replace(day=one.month, month=one.day) if one.day <= 12 else one for one in days]
    return pa.array([day.strftime(form) for day in days], pa.string())


def days(at: Ints, form: str = "%Y-%m-%d", swapped: bool = False) -> Texts:
    """Days since 1970 as texts, nothing where the day is before 1925."""
    place = at + (date(1970, 1, 1) - FIRST_DAY).days
    return pick(_days(form, swapped), np.where(place < 0, -1, place))


def marks(of: Ids) -> Texts:
    """Registration marks that no vehicle has, another for each number below `MARKS`."""
    place = ((of * np.uint64(16_777_259) + np.uint64(12_345)) % np.uint64(MARKS)).astype(np.int64)
    front, back = np.divmod(place, len(_MARK_BACK))
    return joined(listed("mark_front", front), listed("mark_back", back), by=" ")
