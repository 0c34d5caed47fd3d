"""Made-up vehicles: fleets with marks one after the other, marks misread, cars with a new mark."""

from collections.abc import Iterator

import pyarrow as pa

from lightkeeper.engine.synthetic.things import Clerk, Row, Thing, make_things

# No mark begins with these, and none has an I or Q elsewhere.
FIRST, LETTERS = "QZ", "ABCDEFGHJKLMNOPRSTUVWXYZ"
MISREAD = {"0": "O", "O": "0", "B": "8", "8": "B", "S": "5", "5": "S", "1": "I", "M": "N", "V": "Y",
           "2": "Z", "Z": "2", "D": "O", "E": "F", "6": "G"}  # fmt: skip


def make_vehicles(count: int, seed: int) -> pa.Table:
    """Columns: vrm, make, model, colour, vin, year, true_id.

    One in seven is the next of a fleet: the same but for one letter of the mark, and the chassis.
    """
    return make_things(_vehicles, _written, count, seed)


def _vehicles(clerk: Clerk, count: int) -> Iterator[Thing]:
    chance, words = clerk.chance, clerk.words
    one: Thing = {}
    for _ in range(count):
        if one and clerk.luck(0.14):
            last = LETTERS[(LETTERS.index(one["mark"][-1]) + 1) % len(LETTERS)]
            one = one | {"mark": one["mark"][:-1] + last, "vin": _vin(clerk)}
        else:
            make = chance.choice(list(words["makes"]))
            one = {
                "mark": _mark(clerk), "mark_before": _mark(clerk) if clerk.luck(0.05) else "",
                "make": make, "model": str(chance.choice(words["makes"][make])),
                "colour": chance.choice(words["colours"]), "vin": _vin(clerk),
                "year": str(chance.randint(2002, 2025)),
            }  # fmt: skip
        yield one


def _mark(clerk: Clerk) -> str:
    letters = "".join(clerk.chance.choices(LETTERS, k=4))
    return f"{clerk.chance.choice(FIRST)}{letters[0]}{clerk.chance.randint(2, 75):02}{letters[1:]}"


def _vin(clerk: Clerk) -> str:
    return "".join(clerk.chance.choices("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", k=17))


def _written(clerk: Clerk, one: Thing) -> Row:
    chance, words = clerk.chance, clerk.words
    mark = one["mark_before"] if one["mark_before"] and clerk.luck(0.4) else one["mark"]
    if clerk.luck(0.12):
        at = chance.randrange(len(mark))
        mark = mark[:at] + MISREAD.get(mark[at], chance.choice(LETTERS)) + mark[at + 1 :]
    mark = mark[:4] if clerk.luck(0.04) else mark
    spaced = f"{mark[:4]} {mark[4:]}".strip()
    return {
        "vrm": clerk.known(chance.choice([mark, spaced, spaced, mark.lower()]), 0.93),
        "make": clerk.known(clerk.spelt(one["make"], words["make_words"], 0.4), 0.85),
        "model": clerk.known(clerk.slip(one["model"], 0.05), 0.6),
        "colour": clerk.known(clerk.spelt(one["colour"], words["colour_words"], 0.15), 0.8),
        "vin": clerk.known(clerk.slip(one["vin"], 0.05), 0.3),
        "year": clerk.known(one["year"], 0.4),
    }
