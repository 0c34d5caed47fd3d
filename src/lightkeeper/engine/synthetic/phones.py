"""Made-up telephone numbers: a digit wrong, a zero lost, a handset with another number in it."""

from collections.abc import Iterator

import pyarrow as pa

from lightkeeper.engine.synthetic.things import Clerk, Row, Thing, make_things


def make_phones(count: int, seed: int) -> pa.Table:
    """Columns: number, imei, network, subscriber, true_id.

    One in five is another number of the same subscriber, half of them in the same handset.
    """
    return make_things(_numbers, _written, count, seed)


def _numbers(clerk: Clerk, count: int) -> Iterator[Thing]:
    one: Thing = {}
    for _ in range(count):
        number = clerk.towns.phone()[:12]
        if one and clerk.luck(0.2):
            one = one | {"number": number}
            if clerk.luck(0.5):
                one = one | {"imei": _imei(clerk), "network": _network(clerk)}
        else:
            given, family = clerk.towns.name()
            one = {"number": number, "imei": _imei(clerk), "network": _network(clerk),
                   "given": given, "family": family}  # fmt: skip
        yield one


def _imei(clerk: Clerk) -> str:
    return f"35{clerk.digits(13)}"


def _network(clerk: Clerk) -> str:
    return str(clerk.chance.choice(clerk.words["networks"]))


def _written(clerk: Clerk, one: Thing) -> Row:
    number = clerk.phone(clerk.slip(one["number"], 0.08))
    given, family = clerk.slips.name(one["given"]), clerk.slips.name(one["family"])
    return {
        "number": clerk.known(number, 0.92),
        "imei": clerk.known(clerk.slip(one["imei"], 0.04), 0.35),
        "network": clerk.known(one["network"], 0.5),
        "subscriber": clerk.known(f"{given} {family}", 0.6),
    }
