"""Made-up companies: groups at one address with one phone, namesakes in other towns."""

from collections.abc import Iterator

import pyarrow as pa

from lightkeeper.engine.synthetic.things import Clerk, Row, Thing, make_things


def make_organisations(count: int, seed: int) -> pa.Table:
    """Columns: company_name, company_number, address, postcode, phone, email, website, true_id.

    One in eight has a sister with its address, phone and website; one in twenty a namesake.
    """
    return make_things(_companies, _written, count, seed)


def _companies(clerk: Clerk, count: int) -> Iterator[Thing]:
    made = 0
    one: Thing = {}
    while made < count:
        luck = clerk.chance.random()
        if one and luck < 0.12:
            one = one | {"name": _name(clerk, one["family"]), "number": _number(clerk)}
        elif one and luck < 0.17:
            one = _new(clerk) | {"name": one["name"], "family": one["family"]}
        else:
            one = _new(clerk)
        made += 1
        yield one


def _new(clerk: Clerk) -> Thing:
    family = clerk.towns.name()[1]
    (address, postcode), (before, old_postcode) = clerk.towns.home(), clerk.towns.home()
    host = f"{family.lower().replace(' ', '')}{clerk.chance.choice(['', '-uk', '-group'])}.example"
    return {
        "family": family, "name": _name(clerk, family), "number": _number(clerk),
        "address": address, "postcode": postcode, "before": before, "old_postcode": old_postcode,
        "phone": clerk.towns.phone(), "host": host,
        "mail": clerk.chance.choice(["info", "sales", "office", "accounts"]),
    }  # fmt: skip


def _name(clerk: Clerk, family: str) -> str:
    words, chance = clerk.words, clerk.chance
    trade = chance.choice(words["trades"])
    kinds = (f"{family} {trade}", f"{family} {trade} {chance.choice(words['second_words'])}",
             f"{family} & Sons {trade}", f"The {family} {trade} Company")  # fmt: skip
    return str(chance.choice(kinds))


def _number(clerk: Clerk) -> str:
    return f"0{clerk.digits(7)}" if clerk.luck(0.8) else ""


def _written(clerk: Clerk, one: Thing) -> Row:
    name = clerk.short(clerk.slip(one["name"], 0.12), 0.3)
    if clerk.luck(0.4):
        name = name.replace("&", "and")
    if clerk.luck(0.06) and len(name.split()) > 2:
        name = " ".join(name.split()[:-1])
    name = f"{name} {clerk.chance.choice(clerk.words['forms'])}".strip()
    moved = clerk.luck(0.1)
    number = clerk.slip(one["number"], 0.04)
    address = one["before"] if moved else one["address"]
    phone = clerk.towns.phone() if clerk.luck(0.08) else one["phone"]
    mail = one["mail"] if clerk.luck(0.7) else clerk.towns.name()[0].lower()
    return {
        "company_name": name.upper() if clerk.luck(0.15) else name,
        "company_number": clerk.known(number.lstrip("0") if clerk.luck(0.3) else number, 0.55),
        "address": clerk.known(clerk.short(clerk.slip(address, 0.08), 0.4), 0.75),
        "postcode": clerk.known(one["old_postcode"] if moved else one["postcode"], 0.75),
        "phone": clerk.known(clerk.phone(phone), 0.6),
        "email": clerk.known(f"{mail}@{one['host']}", 0.4),
        "website": clerk.known(
            clerk.chance.choice(["", "www.", "https://www."]) + one["host"], 0.35
        ),
    }
