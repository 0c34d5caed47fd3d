"""Records of made-up organisations, vehicles, accounts, addresses, documents and phones, with the
truth: of each thing a few, as several clerks would write them, and others that are nearly it.

The rates are guesses: they say what linkage does with each case, not how often a country has it.
"""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pyarrow as pa

from lightkeeper.engine.errors import ShapeError
from lightkeeper.engine.synthetic.hard_cases import RECORDS, Towns
from lightkeeper.engine.synthetic.persons import read_words
from lightkeeper.engine.synthetic.slips import Slips

FEWEST = 50
Row = dict[str, str]
# Of a thing made by the first function, the second writes one record.
Thing = dict[str, Any]


class Clerk:
    """Writes things down, with the slips and habits of many hands."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.words: dict[str, Any] = read_words("things.yaml")
        self.towns = Towns(chance)
        self.slips = Slips(chance)

    def luck(self, odds: float) -> bool:
        return self.chance.random() < odds

    def known(self, value: str, odds: float) -> str:
        """The value, or nothing where it was not asked for."""
        return value if self.luck(odds) else ""

    def slip(self, text: str, odds: float) -> str:
        """At these odds a letter dropped, doubled, changed or two changed about."""
        if len(text) < 4 or not self.luck(odds):
            return text
        at = self.chance.randint(1, len(text) - 2)
        other = self.chance.choice("0123456789" if text[at].isdigit() else "aeinorst")
        return self.chance.choice(
            [
                text[:at] + text[at + 1 :],
                text[:at] + text[at] + text[at:],
                text[:at] + other + text[at + 1 :],
                text[:at] + text[at + 1] + text[at] + text[at + 2 :],
            ]
        )

    def short(self, text: str, odds: float) -> str:
        """Words written as they are shortened, each at these odds."""
        shortened = self.words["shortened"]
        return " ".join(
            shortened.get(word, word) if self.luck(odds) else word for word in text.split()
        )

    def spelt(self, value: str, spellings: dict[str, list[str]], odds: float) -> str:
        """Another word for the same, where there is one."""
        others = spellings.get(value, [])
        return self.chance.choice(others) if others and self.luck(odds) else value

    def phone(self, number: str) -> str:
        """A British number as people write it."""
        bare = number.replace(" ", "")
        forms = (number, bare, f"+44{bare[1:]}", f"0044 {bare[1:]}", bare[1:], f"+44 (0){bare[1:]}")
        return self.chance.choice(forms)

    def digits(self, count: int) -> str:
        return "".join(self.chance.choices("0123456789", k=count))


def make_things(
    make: Callable[[Clerk, int], Iterator[Thing]],
    write: Callable[[Clerk, Thing], Row],
    count: int,
    seed: int,
) -> pa.Table:
    """The records of so many things in no order, one row each, and `true_id`.

    Raises: ShapeError for fewer than 50.
    """
    if count < FEWEST:
        raise ShapeError(f"expected at least {FEWEST}, got {count}")
    clerk = Clerk(Random(seed))  # noqa: S311 (nothing here is real)
    rows = []
    for number, thing in enumerate(make(clerk, count)):
        for _ in range(clerk.chance.choices(*RECORDS)[0]):
            rows.append(write(clerk, thing) | {"true_id": f"T{number:06}"})
    clerk.chance.shuffle(rows)
    return pa.Table.from_pylist(rows)
