"""By what records are brought together: parts of their values, each a clue.

Every field gives clues (a word of the name, a birth year, a district). Records that share a clue,
or a pair of clues from different groups, form a block.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lightkeeper.engine.linkage.columns import NONE, Coded, Codes, Column, Places, once, spread
from lightkeeper.engine.linkage.conditions import part_of
from lightkeeper.engine.linkage.plan import Kind
from lightkeeper.engine.linkage.prepare import Field

# Clues of one group say the same thing twice and are not paired with each other.
Clue = tuple[str, str]


def clues(field: Field) -> list[Clue]:
    """(group, part of the value `v`) of each clue that a field gives; see `part_of`."""
    name = field.name
    spellings = {
        Kind.FULL_NAME: [("word", "v"), ("start", "left(v, 4)")],
        Kind.GIVEN_NAME: [("given", "v")],
        Kind.FAMILY_NAME: [("family", "v"), ("family", "left(v, 3)")],
        Kind.MIDDLE_NAME: [],
        Kind.BIRTH_DATE: [
            ("born", "v"),
            ("born", "left(v, 4)"),
            ("born", "left(v, 7)"),
            ("born", "right(v, 5)"),
        ],
        Kind.POSTCODE: [(name, "v"), (name, "left(v, 3)")],
        Kind.PHONE: [(name, "v"), (name, "right(v, 6)")],
        Kind.IDENTIFIER: [(name, "v"), (name, "left(v, 4)"), (name, "right(v, 4)")],
        Kind.EMAIL: [(name, "v"), (name, "split_part(v, '@', 1)"), (name, "left(v, 5)")],
        Kind.PLACE: [(name, "v"), (name, "left(v, 4)")],
        Kind.ADDRESS: [(name, "v"), (name, "left(v, 6)")],
        Kind.OCCUPATION: [(name, "v")],
        Kind.CATEGORY: [(name, "v")],
    } | _clues_of_things(name)
    return spellings.get(field.kind, [])


def _clues_of_things(name: str) -> dict[Kind, list[Clue]]:
    return {
        Kind.NAME_WORDS: [("word", "v"), ("start", "left(v, 4)")],
        Kind.ORGANISATION_NAME: [(name, "v"), (name, "left(v, 6)")],
        Kind.REGISTRATION_NUMBER: [(name, "v"), (name, "left(v, 4)"), (name, "right(v, 4)")],
        Kind.DOMAIN: [(name, "v"), (name, "left(v, 6)")],
        Kind.VEHICLE_MARK: [(name, "v"), (name, "left(v, 4)"), (name, "right(v, 3)")],
        Kind.VIN: [(name, "v"), (name, "right(v, 6)")],
        Kind.MODEL: [(name, "v"), (name, "left(v, 4)")],
        Kind.COLOUR: [(name, "v")],
        Kind.PLATFORM: [(name, "v")],
        Kind.HANDLE: [(name, "v"), (name, "split_part(v, '@', 1)"), (name, "left(v, 4)")],
        Kind.DISPLAY_NAME: [(name, "v")],
        Kind.DOOR: [(name, "v"), (name, "left(v, 2)")],
        Kind.STREET: [(name, "v"), (name, "left(v, 5)")],
        Kind.UPRN: [(name, "v"), (name, "left(v, 6)"), (name, "right(v, 6)")],
        Kind.DOCUMENT_TYPE: [(name, "v")],
        Kind.COUNTRY: [(name, "v")],
        Kind.ISSUE_DATE: [(name, "v"), (name, "left(v, 7)")],
        Kind.EXPIRY_DATE: [(name, "v"), (name, "left(v, 7)")],
    }


# A whole value of these says much: two of them bring few strangers together in a table of any size.
TELLING = (Kind.FULL_NAME, Kind.NAME_WORDS, Kind.BIRTH_DATE, Kind.PHONE, Kind.EMAIL,
           Kind.IDENTIFIER, Kind.REGISTRATION_NUMBER, Kind.DOMAIN, Kind.VEHICLE_MARK, Kind.VIN,
           Kind.HANDLE, Kind.UPRN)  # fmt: skip
# Words of a name are the one group whose clues are paired among themselves.
PAIRED = ("word", "start")


@dataclass(frozen=True)
class Given:
    """One clue as n records give it: rows (t,) ascending and the code of what each says, each once.

    `said` (v,): what the codes stand for. `group`, `number`: which clue it is; `telling` whether it
    is a whole value that says much.
    """

    group: str
    number: int
    rows: Codes
    code: Codes
    said: pa.StringArray
    telling: bool

    @cached_property
    def several(self) -> bool:
        """Whether any record gives it more than once."""
        return bool((self.rows[1:] == self.rows[:-1]).any())


def clues_of(coded: Coded) -> list[Given]:
    """Every clue that the records give, those of names first."""
    found: dict[tuple[str, int], list[tuple[Column, pa.StringArray]]] = {}
    for column in coded.columns.values():
        for number, (group, part) in enumerate(clues(column.of)):
            found.setdefault((group, number), []).append((column, parts_of(column.values, part)))
    order = sorted(found, key=lambda clue: clue[0] not in PAIRED)
    return [_given(*clue, found[clue]) for clue in order]


def parts_of(values: pa.StringArray, part: str) -> pa.StringArray:
    """A part of each value, the quick way where there is one."""
    if part == "v":
        return values
    name, _, rest = part.partition("(v, ")
    if name == "left":
        return pc.utf8_slice_codeunits(values, 0, int(rest[:-1]))
    if name == "right":
        return pc.utf8_slice_codeunits(values, -int(rest[:-1]))
    take = part_of(part)
    return pa.array([take(value) for value in values.to_pylist()], pa.string())


def _given(group: str, number: int, columns: list[tuple[Column, pa.StringArray]]) -> Given:
    coded = pa.concat_arrays([said for _, said in columns]).dictionary_encode()
    indices = coded.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    rows, codes, first = [], [], 0
    for column, said in columns:
        row, place = _said(column)
        rows.append(row)
        codes.append(indices[first + place])
        first += len(said)
    row, code = np.concatenate(rows), np.concatenate(codes)
    if len(columns) > 1 or columns[0][0].start is not None:
        both = once(row.astype(np.int64) << 32 | code)
        row, code = (both >> 32).astype(np.int32), (both & 0xFFFFFFFF).astype(np.int32)
    telling = number == 0 and all(column.of.kind in TELLING for column, _ in columns)
    return Given(group, number, row, code, coded.dictionary, telling)


def _said(column: Column) -> tuple[Codes, Codes]:
    """Each value of each record: its row, and its code."""
    if column.start is None:
        rows = np.flatnonzero(column.code != NONE).astype(np.int32)
        return rows, column.code[rows]
    rows = np.repeat(np.arange(len(column.start) - 1, dtype=np.int32), np.diff(column.start))
    return rows, column.code


def paired(given: list[Given]) -> Iterator[tuple[Given, Given]]:
    """Each two clues that together make blocks; a clue of words also with itself."""
    for n, one in enumerate(given):
        if one.group in PAIRED:
            yield one, one
        for two in given[n + 1 :]:
            if one.group != two.group or one.group in PAIRED:
                yield one, two


def meet(one: Given, two: Given, rows: int) -> tuple[Codes, Codes, Codes]:
    """Each record that gives both clues: its row, what it says in one, and in the other."""
    if two.several and not one.several:
        row, b, a = meet(two, one, rows)
        return row, a, b
    if not two.several:
        said = np.full(rows, NONE, np.int32)
        said[two.rows] = two.code
        other = said[one.rows]
        at = np.flatnonzero(other != NONE) if one is not two else np.empty(0, np.int64)
        return one.rows[at], one.code[at], other[at]
    count = np.bincount(two.rows, minlength=rows)
    start = np.cumsum(count) - count
    begin = start[one.rows]
    entry, after = spread(begin, begin + count[one.rows])
    if one is two:
        keep = one.code[entry] < one.code[after]
        entry, after = entry[keep], after[keep]
    return one.rows[entry], one.code[entry], two.code[after]


@dataclass(frozen=True)
class Keys:
    """Every block of every record as a number that is the same wherever it is worked out: row and
    key (t,), whether it is of two telling clues, and whether it tells enough (see `Sizes`). Two
    blocks have one key by chance once in 2^64 pairs of them.
    """

    row: Places
    key: NDArray[np.uint64]
    telling: NDArray[np.bool_]
    enough: NDArray[np.bool_]


def block_keys(coded: Coded) -> Keys:
    """The blocks of these records."""
    given = clues_of(coded)
    of = {id(clue): _numbers(clue) for clue in given}
    rows, keys = [np.empty(0, np.int64)], [np.empty(0, np.uint64)]
    telling, alone = [np.empty(0, bool)], 0
    for clue in given:
        rows.append(clue.rows.astype(np.int64))
        keys.append(of[id(clue)][clue.code])
        telling.append(np.zeros(len(clue.rows), bool))
        alone += len(clue.rows)
    for one, two in paired(given):
        row, a, b = meet(one, two, coded.rows)
        x, y = of[id(one)][a], of[id(two)][b]
        if one is two:
            x, y = np.minimum(x, y), np.maximum(x, y)
        rows.append(row.astype(np.int64))
        keys.append(mixed(x * np.uint64(0x9E3779B97F4A7C15) + y))
        telling.append(np.full(len(row), one.telling and two.telling))
    both = np.concatenate(telling)
    return Keys(
        np.concatenate(rows), np.concatenate(keys), both, both | (np.arange(len(both)) < alone)
    )


def mixed(raw: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Source: the finalizer of SplitMix64 (Steele, Lea, Flood 2014)."""
    once = (raw ^ (raw >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    again = (once ^ (once >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(again ^ (again >> np.uint64(31)))


def _numbers(clue: Given) -> NDArray[np.uint64]:
    return digests(f"{clue.group}\0{clue.number}\0", clue.said.to_pylist())


def digests(beginning: str, said: list[str], key: bytes = b"") -> NDArray[np.uint64]:
    """A number for each of these texts with something before it, (v,): the same anywhere, or
    wherever the key is known.
    """
    whole = ((beginning + text).encode("utf-8", "surrogatepass") for text in said)
    found = b"".join(hashlib.blake2b(one, digest_size=8, key=key).digest() for one in whole)
    return np.frombuffer(found, "<u8").astype(np.uint64)
