"""Made-up documents: several of one person, renewed ones, numbers written down badly."""

from collections.abc import Iterator
from datetime import date, timedelta

import pyarrow as pa

from lightkeeper.engine.synthetic.persons import TODAY
from lightkeeper.engine.synthetic.things import Clerk, Row, Thing, make_things


def make_documents(count: int, seed: int) -> pa.Table:
    """Columns: document_type, number, country, holder, date_of_birth, issued, expires, true_id.

    Most people have more than one; one in four is the one before of the same type.
    """
    return make_things(_documents, _written, count, seed)


def _documents(clerk: Clerk, count: int) -> Iterator[Thing]:
    chance, words = clerk.chance, clerk.words
    made = 0
    while made < count:
        given, family = clerk.towns.name()
        person = {
            "given": given, "family": family, "country": chance.choice(list(words["countries"])),
            "born": TODAY - timedelta(days=chance.randint(18 * 365, 70 * 365)),
        }  # fmt: skip
        types = chance.sample(list(words["document_types"]), chance.choice((1, 2, 2, 3)))
        for kind in types:
            one = person | {"type": kind, "number": _number(clerk), "issued": _issued(clerk)}
            again = [one]
            if clerk.luck(0.25):
                before = one["issued"] - timedelta(days=3652)
                again.append(one | {"number": _number(clerk), "issued": before})
            for each in again[: count - made]:
                yield each
                made += 1


def _issued(clerk: Clerk) -> date:
    return TODAY - timedelta(days=clerk.chance.randint(10, 3600))


def _number(clerk: Clerk) -> str:
    letters = "".join(clerk.chance.choices("ABCDEFGHKLMNPRSTVWXYZ", k=2))
    return f"{letters}{clerk.digits(7)}"


def _written(clerk: Clerk, one: Thing) -> Row:
    words, slips = clerk.words, clerk.slips
    given, family = slips.name(one["given"]), slips.name(one["family"])
    number = clerk.slip(one["number"], 0.08)
    if clerk.luck(0.15):
        number = f"{number[:2]} {number[2:5]} {number[5:]}"
    expires = one["issued"] + timedelta(days=3652)
    return {
        "document_type": clerk.known(
            clerk.spelt(one["type"], words["document_types"], 0.3), 0.9
        ),
        "number": clerk.known(number.lower() if clerk.luck(0.1) else number, 0.8),
        "country": clerk.known(clerk.spelt(one["country"], words["countries"], 0.4), 0.7),
        "holder": clerk.known(
            f"{family.upper()} {given}" if clerk.luck(0.2) else f"{given} {family}", 0.9
        ),
        "date_of_birth": slips.day(one["born"], "%d/%m/%Y"),
        "issued": clerk.known(slips.day(one["issued"], "%d/%m/%Y"), 0.4),
        "expires": clerk.known(slips.day(expires, "%d %b %Y"), 0.6),
    }  # fmt: skip
