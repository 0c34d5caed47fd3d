"""Made-up records in which every level of every kind of field is met, and models of them."""

import random

import pyarrow as pa

from lightkeeper.engine.linkage.comparisons import compare_fields
from lightkeeper.engine.linkage.model import LinkModel
from lightkeeper.engine.linkage.plan import Subject, plan_by_name
from lightkeeper.engine.linkage.prepare import prepare

GIVEN = [
    "Ana Lúcia",
    "Björn",
    "Мария",
    "李明",
    "Zoë",
    "Mary",
    "Marty",
    "Marianne",
    "Jo",
    "Oj",
    "Polly",
]
FAMILY = ["Ångström", "O’Neil", "de la Cruz", "Nuñez", "Hartley", "Hartly", "Heartley", "Mary"]
PLACES = ["North Weir", "Weir", "Kelm", "Kelmsworth", "Upper Kelm"]
JOBS = ["joiner", "joinery", "nurse", "night nurse"]
COLUMNS = (
    "given_name", "family_name", "middle_name", "full_name", "birth_date", "postcode", "place",
    "address", "occupation", "phone", "email", "identifier", "sex", "category",
)  # fmt: skip


def slip(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text))
    kinds = (text[:at] + text[at + 1 :], text[:at] + dice.choice("aeim71") + text[at:])
    return dice.choice([*kinds, text[:at] + text[at + 1 : at + 2] + text[at : at + 1]])


def one(dice: random.Random) -> dict[str, str | None]:
    """A record of somebody out of very few, so that many values are nearly the same."""
    year, month = dice.choice([1958, 1960, 1969, 1999]), dice.randint(1, 12)
    values = {
        "given_name": dice.choice(GIVEN),
        "family_name": dice.choice(FAMILY),
        "middle_name": " ".join(dice.sample(["Rose", "Rosa", "R", "L", "Kit"], 2)),
        "birth_date": f"{year}-{month:02d}-0{dice.choice('357')}",
        "postcode": dice.choice(["NW1 2AB", "NW1 2AC", "NW1 9ZZ", "NW3 9ZZ", "W1 2AB", "ab-1"]),
        "place": dice.choice(PLACES),
        "address": f"{dice.randint(1, 3)} {dice.choice(['Alder Row', 'Elder Row', 'Mill Lane'])}",
        "occupation": dice.choice(JOBS),
        "phone": dice.choice(["07700 900123", "0044 7700 900123", "07700 900132", "01632 960001"]),
        "email": dice.choice(["zoë.weir@mail.example", "zoe.weir@mail.example", "kit@b.example",
                              "kit@c.example", "someone.else@d.example"]),
        "identifier": dice.choice(["AB123456C", "AB123465C", "AB124356C", "ZZ999999Z", "B123456C"]),
        "sex": dice.choice(["f", "Male", "woman", "x"]),
        "category": dice.choice(["12", "13", "a12", "Weir"]),
    }  # fmt: skip
    values["full_name"] = f"{dice.choice(GIVEN)} {dice.choice(FAMILY)}"
    for name in values:
        if dice.random() < 0.1:
            values[name] = slip(values[name], dice)
    silent = 1.0 if dice.random() < 0.06 else 0.15
    return {name: None if dice.random() < silent else value for name, value in values.items()}


def records(count: int, seed: int = 1, lists: bool = False) -> pa.Table:
    dice = random.Random(seed)
    rows = []
    for number in range(count):
        row: dict[str, object] = dict(one(dice))
        if lists:
            again = one(dice)
            for name in COLUMNS:
                said = [v for v in (row[name], again[name] if dice.random() < 0.4 else None) if v]
                row[name] = said or None
        rows.append({"record_id": 100 + number} | row)
    kind = pa.list_(pa.string()) if lists else pa.string()
    schema = pa.schema([("record_id", pa.int64()), *((name, kind) for name in COLUMNS)])
    return pa.Table.from_pylist(rows, schema)


def usual_model(
    table: pa.Table, prior: float = 0.01, subject: Subject = Subject.PERSON
) -> LinkModel:
    """A model that nobody has trained: every level has its usual weight."""
    plan = plan_by_name(table.column_names, subject)
    _, fields = prepare(table, plan)
    return LinkModel(
        plan=plan,
        fields=fields,
        comparisons=compare_fields(fields),
        prior=prior,
        join_at=-1.0,
        review_at=-4.0,
        missing_weight=-6.0,
        pairs_per_record=60,
    )
