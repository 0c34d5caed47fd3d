"""A model of linkage that is there while the matrix is asked. Only the linker's role trains one."""

from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex

from lightkeeper.engine.linkage.comparisons import compare_fields
from lightkeeper.engine.linkage.model import LinkModel
from lightkeeper.engine.linkage.plan import ComparisonPlan, Kind
from lightkeeper.engine.linkage.prepare import Field
from lightkeeper.testing.plugin import NAME, superuser

# What a model learnt is for who runs the system and for the governance desk, whatever its labels:
# it has none, and shows no record.
ROLES = frozenset({"administrator", "data_protection"})


def a_model() -> LinkModel:
    fields = (Field("given", Kind.GIVEN_NAME), Field("born", Kind.BIRTH_DATE))
    training = {"records": 2, "pairs": 1, "notes": [token_hex(8)]}
    return LinkModel(ComparisonPlan(()), fields, compare_fields(fields), 0.001, -1.0, -4.0, -6.0,
                     60, training)  # fmt: skip


@contextmanager
def model_there() -> Iterator[str]:
    """Its version. Entered apart from what the tests undo."""
    model = a_model()
    with superuser(NAME) as c:
        c.execute(
            "insert into intelligence_linkagemodel (version, kind, body, training, review_bits, "
            "link_bits, trained_at, in_use) values (%s, 'Person', %s, '{}', -4, -1, now(), false)",
            (model.version, model.to_json()),
        )
    yield model.version
    with superuser(NAME) as c:
        c.execute("delete from intelligence_linkagemodel where version = %s", (model.version,))
