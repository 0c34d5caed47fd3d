"""What is learnt of few pairs never turns agreement into evidence against."""

import pyarrow as pa
import pytest

from lightkeeper.engine.linkage.plan import plan_by_name
from lightkeeper.engine.linkage.training import train

NAMES = [("victor", "brandt"), ("viktor", "brandt"), ("maya", "sorrell")] + [
    (given, family)
    for given in ("ida", "leif", "orla", "kofi", "nia", "hugo")
    for family in ("calder", "osei", "pryce", "thorne", "weir", "zaman", "rowe")
]


@pytest.mark.parametrize("shared", [2, 3, 20])
def test_the_best_level_of_each_field_speaks_for(shared):
    count = len(NAMES)
    table = pa.table(
        {
            "record_id": list(range(count)),
            "given_name": [given for given, _ in NAMES],
            "family_name": [family for _, family in NAMES],
            "phone": ["07700900142"] * shared + [None] * (count - shared),
        }
    )

    model = train(table, plan_by_name(["given_name", "family_name", "phone"]))

    assert [c.levels[0].weight >= 0 for c in model.comparisons] == [True] * len(model.comparisons)
