"""By which keys a record is found again: pieces of its values, alone where rare, else together.

A slip leaves some piece whole: a sound or the start of a name, two of day, month and year, one
half of a postcode, the head or the tail of a number. A key is 32 bits of a mixed hash; what two
keys share by chance is compared like any other candidate, and falls.
"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from lightkeeper.engine.linkage.clues import mixed
from lightkeeper.engine.linkage.columns import once
from lightkeeper.engine.linkage.plan import Kind
from lightkeeper.engine.linkage.prepare import Field, Values
from lightkeeper.engine.records.sound import sound_of

Words = NDArray[np.uint64]
Whole = NDArray[np.int64]
# So many values of a field make keys, by how many fields the key joins.
MOST_VALUES = {1: 12, 2: 6, 3: 3}
MOST_NAMES = 8
LONGEST = 48
BITS = 2**64 - 1
FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
RECIPE = 0xD6E8FEB86659FD93
_FACTORS = np.array(FACTORS, np.uint64)


def _sound(value: str) -> str:
    return sound_of(value[:LONGEST]) or value


def _first_sound(value: str) -> str:
    return _sound(value.split(" ", 1)[0])


def _turned(value: str) -> str:
    """The date with day and month changed about."""
    return value[:5] + value[8:] + value[4:7]


PIECES: dict[str, Callable[[str], str]] = {
    "whole": lambda v: v,
    "sound": _sound,
    "first_sound": _first_sound,
    "start_1": lambda v: v[:1],
    "start_2": lambda v: v[:2],
    "start_3": lambda v: v[:3],
    "start_4": lambda v: v[:4],
    "start_8": lambda v: v[:8],
    "end_4": lambda v: v[-4:],
    "year": lambda v: v[:4],
    "year_month": lambda v: v[:7],
    "month_day": lambda v: v[5:],
    "year_day": lambda v: v[:4] + v[8:],
    "turned": _turned,
    "all_but_3": lambda v: v[:-3],
    "end_3": lambda v: v[-3:],
    "all_but_4": lambda v: v[:-4],
    "end_6": lambda v: v[-6:] if len(v) > 6 else "",
    "head": lambda v: v[: len(v) // 2] if len(v) > 5 else "",
    "tail": lambda v: v[len(v) // 2 :] if len(v) > 5 else "",
    "before_at": lambda v: v.partition("@")[0],
}
# A piece of a kind of field, and of a field.
OfKind = tuple[Kind, str]
Part = tuple[str, str]
_G, _F, _B, _P = Kind.GIVEN_NAME, Kind.FAMILY_NAME, Kind.BIRTH_DATE, Kind.POSTCODE
_SOUNDS: tuple[OfKind, OfKind] = ((_F, "sound"), (_G, "first_sound"))
_ONE: dict[Kind, tuple[str, ...]] = {
    _B: ("whole",),
    _P: ("whole",),
    Kind.ADDRESS: ("whole",),
    Kind.PHONE: ("whole", "end_6", "all_but_4"),
    Kind.EMAIL: ("whole", "before_at"),
    Kind.IDENTIFIER: ("whole", "head", "tail"),
    Kind.ORGANISATION_NAME: ("whole", "sound"),
    Kind.REGISTRATION_NUMBER: ("whole", "head", "tail"),
    Kind.DOMAIN: ("whole",),
    Kind.VEHICLE_MARK: ("whole", "head", "tail"),
    Kind.VIN: ("whole", "head", "tail"),
    Kind.HANDLE: ("whole", "before_at", "head"),
    Kind.DISPLAY_NAME: ("whole",),
    Kind.UPRN: ("whole", "head", "tail"),
}
_TOGETHER: tuple[tuple[OfKind, ...], ...] = (
    ((_F, "start_4"), (_G, "start_2")),
    ((_F, "end_4"), (_G, "start_2")),
    ((_G, "start_4"), (_F, "start_2")),
    *(((_B, two), name) for two in ("year_month", "month_day", "year_day") for name in _SOUNDS),
    ((_B, "year"), (_F, "start_3"), (_G, "start_1")),
    ((_B, "year"), (_G, "start_3"), (_F, "start_1")),
    *(((_P, half), name) for half in ("all_but_3", "end_3") for name in _SOUNDS),
    *(((Kind.ADDRESS, "start_8"), name) for name in _SOUNDS),
    ((Kind.EMAIL, "start_4"), (_B, "year")),
    ((Kind.PLACE, "whole"), *_SOUNDS),
    ((Kind.PLACE, "whole"), (_B, "month_day")),
    ((Kind.PLACE, "whole"), (_B, "year"), (_F, "sound")),
    ((Kind.PLACE, "whole"), (_B, "year"), (_G, "first_sound")),
    ((Kind.OCCUPATION, "whole"), *_SOUNDS),
    ((Kind.OCCUPATION, "whole"), (_B, "year"), (_F, "sound")),
    ((Kind.DOOR, "whole"), (Kind.STREET, "sound")),
    ((Kind.DOOR, "whole"), (_P, "whole")),
    ((Kind.STREET, "start_8"), (_P, "whole")),
    ((Kind.NAME_WORDS, "sound"), (_P, "whole")),
    ((Kind.VEHICLE_MARK, "start_4"), (Kind.MODEL, "start_4"), (Kind.COLOUR, "whole")),
    ((Kind.VEHICLE_MARK, "end_4"), (Kind.MODEL, "start_4"), (Kind.COLOUR, "whole")),
    ((Kind.HANDLE, "start_4"), (Kind.PLATFORM, "whole")),
    ((Kind.EXPIRY_DATE, "whole"), (Kind.DOCUMENT_TYPE, "whole")),
    ((Kind.ISSUE_DATE, "whole"), (Kind.DOCUMENT_TYPE, "whole")),
)


@dataclass(frozen=True)
class Recipe:
    """The pieces that make one kind of key; `pairs`: each two of one piece, in either order."""

    number: int
    parts: tuple[Part, ...]
    pairs: bool = False

    @cached_property
    def most(self) -> int:
        return MOST_NAMES if self.pairs else MOST_VALUES[len(self.parts)]


class Recipes(tuple[Recipe, ...]):
    """All recipes, and as arrays what makes the keys of a record with one value in each field.

    parts: each part once. number (r,), place (r, 3): where among the parts those of a recipe are,
    the place behind the last for none; size (r,): how many; pairs (r,).
    """

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        return tuple(dict.fromkeys(part for recipe in self for part in recipe.parts))

    @cached_property
    def place(self) -> Whole:
        at = {part: number for number, part in enumerate(self.parts)}
        none = [len(at)] * len(FACTORS)
        found = [([at[part] for part in r.parts] + none)[: len(FACTORS)] for r in self]
        return np.array(found, np.int64).reshape(-1, len(FACTORS))

    @cached_property
    def number(self) -> Words:
        return np.array([recipe.number for recipe in self], np.uint64)

    @cached_property
    def size(self) -> Whole:
        return np.array([len(recipe.parts) for recipe in self], np.int64)

    @cached_property
    def pairs(self) -> NDArray[np.bool_]:
        return np.array([recipe.pairs for recipe in self], bool)


def recipes(fields: Sequence[Field]) -> Recipes:
    """Every kind of key that records with these fields can have."""
    of: dict[Kind, list[str]] = {}
    for field in fields:
        of.setdefault(field.kind, []).append(field.name)
    wanted: list[tuple[OfKind, ...]] = [
        ((kind, piece),) for kind, pieces in _ONE.items() for piece in pieces
    ]
    found = []
    for parts in (*wanted, *_TOGETHER):
        for names in product(*(of.get(kind, []) for kind, _ in parts)):
            pieces = tuple((name, piece) for name, (_, piece) in zip(names, parts, strict=True))
            found.append(Recipe(_number(pieces), pieces))
    for name in (*of.get(Kind.FULL_NAME, ()), *of.get(Kind.NAME_WORDS, ())):
        for piece in ("whole", "sound"):
            found.append(Recipe(_number(((name, piece),)), ((name, piece),), pairs=True))
    return Recipes(found)


def _number(pieces: tuple[tuple[str, str], ...]) -> int:
    return zlib.crc32(repr(pieces).encode()) * RECIPE & BITS


def piece_hash(value: str, piece: str) -> int:
    """A number for a piece of a value; 0 where it has none."""
    text = PIECES[piece](value)
    return zlib.crc32(text.encode("utf-8", "surrogatepass")) + 1 if text else 0


def finish(raw: Words) -> Words:
    """The upper 32 bits of each sum, mixed: the key, as it stands before a row number."""
    return np.asarray(mixed(raw) & np.uint64(0xFFFFFFFF00000000))


def keys_of_one(values: Mapping[str, Values], all_recipes: Recipes, salt: int) -> Words:
    """The keys under which one record would be found, each once."""
    known: dict[Part, list[int]] = {
        (name, piece): [piece_hash(v, piece) for v in values[name][: MOST_VALUES[1]]]
        for name, piece in all_recipes.parts
    }
    # Of parts with one value: all keys at once. A part without one is 0, and so are the places
    # behind the parts of a recipe.
    single = [each[0] if len(each) == 1 else 0 for each in known.values()]
    hashes = np.array([*single, 0], np.uint64)[all_recipes.place]
    whole = (np.count_nonzero(hashes, axis=1) == all_recipes.size) & ~all_recipes.pairs
    raw = all_recipes.number + (hashes * _FACTORS).sum(axis=1) + np.uint64(salt)
    raw = raw[whole]
    more = {
        total & BITS
        for recipe in all_recipes
        if recipe.pairs or any(len(known[part]) > 1 for part in recipe.parts)
        for total in _sums(recipe, [known[part] for part in recipe.parts], salt)
    }
    return finish(once(np.concatenate([raw, np.array([*more], np.uint64)])))


def _sums(recipe: Recipe, sides: list[list[int]], salt: int) -> list[int]:
    """The sums of one recipe, of every choice of a value for each of its parts."""
    sides = [[one for one in side[: recipe.most] if one] for side in sides]
    totals = [recipe.number + salt]
    if recipe.pairs:
        return [
            totals[0] + FACTORS[0] * min(two) + FACTORS[1] * max(two)
            for two in combinations(sides[0], 2)
            if two[0] != two[1]
        ]
    for factor, side in zip(FACTORS, sides, strict=False):
        totals = [total + factor * one for total in totals for one in side]
    return totals


@dataclass(frozen=True)
class Held:
    """The values of a field in many records: codes (t,) of row after row, from `start` (n + 1,)."""

    values: Sequence[str]
    code: Whole
    start: Whole


def keys_of_many(
    held: Mapping[str, Held], rows: int, all_recipes: Sequence[Recipe], salt: int
) -> Words:
    """The keys of all records with the number of the row in the lower half, in their order."""
    known: dict[tuple[str, str], Words] = {}
    found = [np.empty(0, np.uint64)]
    for recipe in all_recipes:
        of_row, total = np.arange(rows), np.full(rows, (recipe.number + salt) & BITS, np.uint64)
        if recipe.pairs:
            of_row, total = _pairs(known, held, recipe, rows, total)
        else:
            for factor, part in zip(FACTORS, recipe.parts, strict=False):
                of_row, total = _join(known, held, part, recipe.most, of_row, total, factor)
        found.append(finish(total) | of_row.astype(np.uint64))
    return once(np.concatenate(found))


def _hashes(
    known: dict[tuple[str, str], Words], held: Mapping[str, Held], part: tuple[str, str]
) -> Words:
    if part not in known:
        name, piece = part
        known[part] = np.array([piece_hash(v, piece) for v in held[name].values], np.uint64)
    return known[part]


def _expand(held: Held, most: int, of_row: Whole) -> tuple[Whole, Whole]:
    """For each entry of `of_row` each value of that row: the entry, and the place of the value."""
    first = held.start[of_row]
    count = np.minimum(held.start[of_row + 1] - first, most)
    entry = np.repeat(np.arange(len(of_row)), count)
    within = np.arange(len(entry)) - np.repeat(np.cumsum(count) - count, count)
    return entry, first[entry] + within


def _join(
    known: dict[tuple[str, str], Words],
    held: Mapping[str, Held],
    part: tuple[str, str],
    most: int,
    of_row: Whole,
    total: Words,
    factor: int,
) -> tuple[Whole, Words]:
    column = held[part[0]]
    entry, place = _expand(column, most, of_row)
    hashes = _hashes(known, held, part)[column.code[place]]
    keep = hashes != 0
    entry, hashes = entry[keep], hashes[keep]
    return of_row[entry], total[entry] + hashes * np.uint64(factor)


def _pairs(
    known: dict[tuple[str, str], Words],
    held: Mapping[str, Held],
    recipe: Recipe,
    rows: int,
    total: Words,
) -> tuple[Whole, Words]:
    part = recipe.parts[0]
    column, hashes = held[part[0]], _hashes(known, held, part)
    entry, place = _expand(column, recipe.most, np.arange(rows))
    again, other = _expand(column, recipe.most, entry)
    one, two = hashes[column.code[place[again]]], hashes[column.code[other]]
    keep = (place[again] < other) & (one != 0) & (two != 0) & (one != two)
    of_row, one, two = entry[again][keep], one[keep], two[keep]
    low, high = np.minimum(one, two), np.maximum(one, two)
    return of_row, total[of_row] + low * np.uint64(FACTORS[0]) + high * np.uint64(FACTORS[1])
