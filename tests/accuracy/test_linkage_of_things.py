"""How well made-up organisations, vehicles, accounts, addresses, documents and phones are linked:
better than a floor that no exact key comes near.
"""

from collections.abc import Callable

import pyarrow as pa
import pytest

from lightkeeper.engine.accuracy.clusters import score_pairs
from lightkeeper.engine.linkage.batch import train_and_link
from lightkeeper.engine.linkage.clusters import components, resolve
from lightkeeper.engine.linkage.plan import Subject
from lightkeeper.engine.linkage.propose import propose
from lightkeeper.engine.synthetic.documents import make_documents
from lightkeeper.engine.synthetic.online_accounts import make_accounts
from lightkeeper.engine.synthetic.organisations import make_organisations
from lightkeeper.engine.synthetic.phones import make_phones
from lightkeeper.engine.synthetic.places import make_addresses
from lightkeeper.engine.synthetic.vehicles import make_vehicles

THINGS = 200
MAKERS: dict[Subject, tuple[Callable[[int, int], pa.Table], float]] = {
    Subject.ORGANISATION: (make_organisations, 0.88),
    Subject.VEHICLE: (make_vehicles, 0.8),
    Subject.ACCOUNT: (make_accounts, 0.82),
    Subject.ADDRESS: (make_addresses, 0.94),
    Subject.DOCUMENT: (make_documents, 0.78),
    Subject.PHONE: (make_phones, 0.88),
}


def linked_f1(table: pa.Table, subject: Subject) -> float:
    plan = propose(table, truth="true_id", subject=subject)
    links = train_and_link(table, plan)
    model, apart = links.model, links.one_home
    labels = resolve(
        table.num_rows, links.left, links.right, links.weight,
        held=zip(links.left[apart].tolist(), links.right[apart].tolist(), strict=True),
        join_at=model.join_at, reach_at=model.join_at, missing_weight=model.missing_weight,
    )  # fmt: skip
    return score_pairs(table["true_id"].to_pylist(), labels).f1


def exact_f1(table: pa.Table, keys: list[str]) -> float:
    """Rows are one where any of these columns is the same but for case, blanks and marks."""
    left, right = [], []
    for key in keys:
        first: dict[str, int] = {}
        for row, value in enumerate(table[key].to_pylist()):
            if bare := "".join(c for c in value.casefold() if c.isalnum()):
                left.append(first.setdefault(bare, row))
                right.append(row)
    labels = components(table.num_rows, left, right, [])
    return score_pairs(table["true_id"].to_pylist(), labels).f1


@pytest.mark.parametrize("subject", MAKERS)
def test_things_are_linked_above_a_floor_that_no_exact_key_comes_near(subject):
    make, floor = MAKERS[subject]
    table = make(THINGS, 11)
    keys = [name for name in table.column_names if name != "true_id"]

    exact = max(exact_f1(table, of) for of in [keys, *([key] for key in keys)])

    assert exact < floor - 0.03
    assert linked_f1(table, subject) >= floor
