"""Made-up addresses: neighbours on one street, flats of one house, the same street in two towns."""

from collections.abc import Iterator

import pyarrow as pa

from lightkeeper.engine.synthetic.things import Clerk, Row, Thing, make_things


def make_addresses(count: int, seed: int) -> pa.Table:
    """Columns: address, town, postcode, uprn, true_id.

    Two in five are a door away from the one before, and one in eight another flat of its house.
    """
    return make_things(_homes, _written, count, seed)


def _homes(clerk: Clerk, count: int) -> Iterator[Thing]:
    chance, words = clerk.chance, clerk.towns.words
    one: Thing = {}
    for _ in range(count):
        luck = chance.random()
        if one and luck < 0.12 and one["flat"]:
            one = one | {"flat": str(int(one["flat"]) + 1), "uprn": _uprn(clerk)}
        elif one and luck < 0.5:
            one = one | {"door": one["door"] + 2, "flat": _flat(clerk), "uprn": _uprn(clerk)}
        else:
            _, postcode = clerk.towns.home()
            street = f"{chance.choice(words['street_front'])} {chance.choice(words['street_back'])}"
            one = {
                "door": chance.randint(1, 120), "flat": _flat(clerk), "street": street,
                "town": chance.choice(words["towns"]), "postcode": postcode, "uprn": _uprn(clerk),
            }  # fmt: skip
        yield one


def _flat(clerk: Clerk) -> str:
    return str(clerk.chance.randint(1, 9)) if clerk.luck(0.25) else ""


def _uprn(clerk: Clerk) -> str:
    return f"{clerk.chance.choice('19')}{clerk.digits(10)}"


def _written(clerk: Clerk, one: Thing) -> Row:
    chance = clerk.chance
    street = clerk.short(clerk.slip(one["street"], 0.1), 0.4)
    line = f"{one['door']}{chance.choice(['', '', ','])} {street}"
    if one["flat"] and clerk.luck(0.9):
        word = chance.choice(["Flat", "Flat", "Apt", "flat"])
        before = clerk.luck(0.7)
        line = f"{word} {one['flat']}, {line}" if before else f"{line}, {word} {one['flat']}"
    apart = clerk.luck(0.5)
    if not apart:
        line = f"{line}, {one['town']}"
        line += f", {one['postcode']}" if clerk.luck(0.6) else ""
    return {
        "address": line.upper() if clerk.luck(0.15) else line,
        "town": clerk.known(clerk.slip(one["town"], 0.05), 0.85) if apart else "",
        "postcode": clerk.known(clerk.slip(one["postcode"], 0.03), 0.8) if apart else "",
        "uprn": clerk.known(clerk.slip(one["uprn"], 0.03), 0.3),
    }
