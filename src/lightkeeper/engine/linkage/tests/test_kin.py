import numpy as np
import pyarrow as pa
import pytest

from lightkeeper.engine.linkage.batch import train_and_link
from lightkeeper.engine.linkage.clusters import resolve
from lightkeeper.engine.linkage.kin import held, kin
from lightkeeper.engine.linkage.plan import plan_by_name

HOME = {"family_name": "Quill", "address": "1 Low Road", "postcode": "AB1 2CD"}
TWIN = {"given_name": "Ada", "birth_date": "2010-03-04"} | HOME
CASES = {
    "twins": TWIN | {"given_name": "Cleo"},
    "parent and child of one name": TWIN | {"birth_date": "1979-11-20"},
    "others of the household": TWIN | {"given_name": "Otto", "birth_date": "1981-05-06"},
}


def linked(other):
    rows = [TWIN, other]
    for at in range(60):
        person = {
            "given_name": f"given{at % 13}{'abc'[at % 3]}",
            "family_name": f"{'kmprstvw'[at % 8]}amily{at}",
            "birth_date": f"{1950 + at}-0{1 + at % 9}-1{at % 10}",
            "address": f"{at} High Street",
            "postcode": f"M{at % 20} {at % 9}XY",
        }
        rows += [person, person]
    table = pa.Table.from_pylist(rows)
    return table.num_rows, train_and_link(table, plan_by_name(table.column_names))


def clusters(records, links, children):
    found = held(links, np.isin(np.arange(records), children))
    pairs = zip(links.left[found].tolist(), links.right[found].tolist(), strict=True)
    return resolve(records, links.left, links.right, links.weight, held=pairs)


@pytest.mark.parametrize("name", CASES)
def test_relatives_are_held_for_a_person(name):
    records, links = linked(CASES[name])

    labels = clusters(records, links, children=[0])

    assert labels[0] != labels[1]
    assert labels[2] == labels[3]


def test_one_person_with_a_slip_is_no_relative():
    records, links = linked(TWIN | {"family_name": "Quil"})

    labels = clusters(records, links, children=[0])

    assert not kin(links).any()
    assert labels[0] == labels[1]


def test_among_adults_the_weights_decide():
    records, links = linked(CASES["parent and child of one name"])

    assert kin(links).any()
    assert not held(links, np.zeros(records, bool)).any()
    assert held(links, np.arange(records) == 1).any()
