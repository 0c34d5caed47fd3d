"""What the matcher says of things that are no people is what the batch scorer says."""

import numpy as np
import pyarrow as pa
import pytest

from lightkeeper.engine.linkage.batch import train_and_link
from lightkeeper.engine.linkage.comparisons import compare_fields
from lightkeeper.engine.linkage.model import LinkModel
from lightkeeper.engine.linkage.plan import Subject
from lightkeeper.engine.linkage.prepare import prepare
from lightkeeper.engine.linkage.propose import propose
from lightkeeper.engine.matcher.matcher import Matcher
from lightkeeper.engine.matcher.tests.test_equality import MILLIONTH, batch, online
from lightkeeper.engine.synthetic.documents import make_documents
from lightkeeper.engine.synthetic.online_accounts import make_accounts
from lightkeeper.engine.synthetic.organisations import make_organisations
from lightkeeper.engine.synthetic.phones import make_phones
from lightkeeper.engine.synthetic.places import make_addresses
from lightkeeper.engine.synthetic.vehicles import make_vehicles

MAKERS = {
    Subject.ORGANISATION: make_organisations,
    Subject.VEHICLE: make_vehicles,
    Subject.ACCOUNT: make_accounts,
    Subject.ADDRESS: make_addresses,
    Subject.DOCUMENT: make_documents,
    Subject.PHONE: make_phones,
}


def numbered(table: pa.Table) -> pa.Table:
    said = table.drop_columns(["true_id"])
    return said.append_column("record_id", pa.array(range(100, 100 + table.num_rows)))


def in_lists(table: pa.Table) -> pa.Table:
    """Each record with what the next one says as a second value, every third time."""
    columns = {}
    for name in table.column_names:
        values = table[name].to_pylist()
        after = [*values[1:], values[0]]
        columns[name] = [
            [v for v in ((one, two) if at % 3 == 0 else (one,)) if v] or None
            for at, (one, two) in enumerate(zip(values, after, strict=True))
        ]
    return pa.table(columns)


@pytest.mark.parametrize("lists", [False, True])
@pytest.mark.parametrize("subject", MAKERS)
def test_every_pair_of_things_has_the_bits_of_the_batch_scorer(tmp_path, subject, lists):
    made = MAKERS[subject](50, 4)
    ids = made["true_id"]
    if lists:
        made = in_lists(made.drop_columns(["true_id"])).append_column("true_id", ids)
    table = numbered(made)
    plan = propose(table, subject=subject)
    _, fields = prepare(table, plan)
    model = LinkModel(plan, fields, compare_fields(fields), 0.01, -1.0, -4.0, -6.0, 60)
    matcher = Matcher.build(tmp_path / "index", model, [table])

    left, right, level, bits = batch(table, model)
    found_level, found_bits = online(matcher, table, left, right)

    assert (level == found_level).all(), np.argwhere(level != found_level)[:3]
    assert np.abs(bits - found_bits).max() < MILLIONTH


def test_a_company_is_found_again_with_the_weight_of_the_batch(tmp_path):
    table = numbered(make_organisations(120, 5))
    links = train_and_link(table, propose(table, subject=Subject.ORGANISATION))
    assert links.model.homes is not None
    matcher = Matcher.build(tmp_path / "index", links.model, [table])
    rows = table.to_pylist()

    for number in np.argsort(-links.weight)[:40].tolist():
        record, other = rows[links.left[number]], int(links.record_ids[links.right[number]])
        hits = {hit.record_id: hit.weight for hit in matcher.find(record, 10)}
        assert hits[other] == pytest.approx(links.weight[number], abs=MILLIONTH)
