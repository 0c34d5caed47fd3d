"""Simple rows of made-up people for sets of any size, written as they are made.

About 1.3 records a person; later records have slips, swapped days and names, old homes and numbers;
any may lack a value. One count and seed give the same rows, in pieces that know nothing of each
other. Common names are oftener than rare ones.
"""

from collections.abc import Iterator
from functools import cache

import numpy as np

from lightkeeper.engine.synthetic.people import _names

PIECE = 100_000
SIZES, SHARES = (1, 2, 3, 4), (0.78, 0.16, 0.045, 0.015)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
KINDS = {
    "first_name": "given_name", "surname": "family_name", "dob": "birth_date",
    "address": "address", "town": "place", "postcode": "postcode", "phone": "phone",
    "email": "email",
}  # fmt: skip
# (column, odds of a slip of the pen in a later record, odds of being left out of any).
ERRORS = (
    ("first_name", 0.12, 0.02), ("surname", 0.12, 0.02), ("dob", 0.05, 0.15),
    ("address", 0.10, 0.20), ("town", 0.05, 0.15), ("postcode", 0.06, 0.20),
    ("phone", 0.04, 0.35), ("email", 0.05, 0.45),
)  # fmt: skip
Columns = dict[str, np.ndarray]


def pieces(rows: int, seed: int) -> Iterator[tuple[Columns, np.ndarray]]:
    """The columns of KINDS as text or None, and who each row is about; PIECE rows at a time."""
    for number, start in enumerate(range(0, rows, PIECE)):
        dice = np.random.default_rng([seed, number])
        columns, who = _piece(min(PIECE, rows - start), dice)
        yield columns, who + start


def _piece(rows: int, dice: np.random.Generator) -> tuple[Columns, np.ndarray]:
    who = np.repeat(np.arange(rows), dice.choice(SIZES, rows, p=SHARES))[:rows]
    columns = {name: values[who] for name, values in _people(int(who.max()) + 1, dice).items()}
    later = np.flatnonzero(np.append(False, who[1:] == who[:-1]))
    _change(columns, later, dice)
    for name, slips, left_out in ERRORS:
        at = _some(later, slips, dice)
        columns[name][at] = [_slip(text, dice) for text in columns[name][at]]
        columns[name][dice.random(rows) < left_out] = None
    order = dice.permutation(rows)
    return {name: values[order] for name, values in columns.items()}, who[order]


@cache
def _words() -> dict[str, np.ndarray]:
    words = _names()
    fronts = sorted({name[:4].rstrip() for name in words.family})
    family = {a + b for a in fronts for b in ("ley", "ham", "wick", "ford", "son", "shaw", "by")}
    lists = {
        "given": words.given, "family": [*words.family, *sorted(family)], "streets": words.streets,
        "towns": [a + b for a in words.towns for b in ("", " End", " Green", " Heath")],
        "outward": words.outward, "inward": words.inward,
    }  # fmt: skip
    return {name: np.array(values, object) for name, values in lists.items()}


def _people(count: int, dice: np.random.Generator) -> Columns:
    given, family = _skewed("given", count, 0.8, dice), _skewed("family", count, 0.75, dice)
    day = np.datetime64("1948-01-01") + dice.integers(0, 365 * 60, count)
    tag = dice.integers(0, 10**5, count).astype(str).astype(object)
    lowered = [np.array([name.casefold() for name in names], object) for names in (given, family)]
    return {
        "first_name": given, "surname": family, "dob": day.astype(str).astype(object),
        **_homes(count, dice), "phone": _phones(count, dice),
        "email": lowered[0] + "." + lowered[1] + tag + "@mail.example",
    }  # fmt: skip


def _skewed(which: str, count: int, power: float, dice: np.random.Generator) -> np.ndarray:
    among = _words()[which]
    share = 1 / np.arange(1, len(among) + 1) ** power
    return among[dice.choice(len(among), count, p=share / share.sum())]


def _homes(count: int, dice: np.random.Generator) -> Columns:
    street, outward, inward = (
        _words()[which][dice.integers(0, len(_words()[which]), count)]
        for which in ("streets", "outward", "inward")
    )
    door = dice.integers(1, 200, count).astype(str).astype(object)
    town = _skewed("towns", count, 0.7, dice)
    return {"address": door + " " + street, "town": town, "postcode": outward + " " + inward}


def _phones(count: int, dice: np.random.Generator) -> np.ndarray:
    digits = np.char.zfill(dice.integers(0, 10**9, count).astype(str), 9)
    return np.char.add("07", digits).astype(object)


def _some(rows: np.ndarray, odds: float, dice: np.random.Generator) -> np.ndarray:
    return rows[dice.random(len(rows)) < odds]


def _change(columns: Columns, later: np.ndarray, dice: np.random.Generator) -> None:
    """What changes in a life, and what clerks turn about."""
    at = _some(later, 0.10, dice)
    columns["first_name"][at] = [
        name[: max(3, len(name) - 2)] for name in columns["first_name"][at]
    ]
    at = _some(later, 0.05, dice)
    columns["surname"][at] = _skewed("family", len(at), 0.75, dice)
    at = _some(later, 0.35, dice)
    for name, values in _homes(len(at), dice).items():
        columns[name][at] = values
    at = _some(later, 0.40, dice)
    columns["phone"][at] = _phones(len(at), dice)
    at = _some(later, 0.03, dice)
    columns["dob"][at] = [f"{day[:4]}-{day[8:10]}-{day[5:7]}" for day in columns["dob"][at]]
    at = _some(later, 0.02, dice)
    first = columns["first_name"][at].copy()
    columns["first_name"][at], columns["surname"][at] = columns["surname"][at], first


def _slip(text: str, dice: np.random.Generator) -> str:
    """One letter too many, too few, wrong, or two changed about."""
    at, how = int(dice.integers(0, len(text))), int(dice.integers(0, 4))
    letter = LETTERS[int(dice.integers(0, 26))]
    changed = (
        text[:at] + letter + text[at + 1 :], text[:at] + text[at + 1 :],
        text[:at] + letter + text[at:],
        text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
    )  # fmt: skip
    return changed[how] or text
