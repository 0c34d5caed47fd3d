"""Made-up cases with a truth, for what the feeds of the nation do not have: bodies, documents in
reports, two places on one day. Each case is one identity; what it is, is in its name.
"""

import random
from datetime import date, timedelta

from lightkeeper.engine.identities import Showing

START = date(2026, 1, 1)
INNOCENT = ("steady", "moved", "hostel", "two phones")
SHARED = ("turns", "bodies", "two places")


def make_cases(many, seed):
    """So many of each: showings, and the identities that several people use."""
    luck, showings, used = random.Random(seed), [], set()
    for what in (*INNOCENT, *SHARED):
        for number in range(many):
            identity = f"{what} {number}"
            showings += _case(luck, what, identity)
            if what in SHARED:
                used.add(identity)
    return showings, used


def show(record, identity, day, *things, name=None, born=date(1980, 5, 5), **given):
    return Showing(
        record, identity, name or identity, born, START + timedelta(days=day),
        things=frozenset(things), **given,
    )  # fmt: skip


def _case(luck, what, identity):
    phones = [("phone", f"{identity} {n}") for n in range(2)]
    homes = [("address", f"{identity} {n}") for n in range(2)]
    hostel, office = ("address", "the hostel"), ("phone", "the hostel")
    days = sorted(luck.sample(range(300), 6))
    for place, day in enumerate(days):
        record, turn = f"{identity} at {place}", place % 2
        if what == "steady":
            yield show(record, identity, day, phones[0], homes[0], place="North")
        elif what == "moved":
            which = int(place > 2)
            yield show(record, identity, day, phones[which], homes[which], place="North")
        elif what == "hostel":
            yield show(record, identity, day, *([hostel, office] if turn else [phones[0]]))
        elif what == "two phones":
            yield show(record, identity, day, phones[turn], homes[0])
        else:
            body = f"{identity} {turn}" if what == "bodies" else ""
            at = ("North", "South")[turn] if what == "two places" else ""
            on = days[place - turn] if what == "two places" else day
            yield show(record, identity, on, phones[turn], homes[turn], biometric=body, place=at)
            if what == "turns":  # whoever is behind it shows their own phone as themselves
                yield show(f"{record} self", f"own {turn} {identity}", day, phones[turn],
                           apart=frozenset({f"own {1 - turn} {identity}"}))  # fmt: skip
