"""The breach that the demo tells of is there once, and the log says whom it concerns."""

from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from lightkeeper.apps.breaches import queries
from lightkeeper.apps.intake import queries as intake
from lightkeeper.cli.telling_breach import first_breach


def test_the_story_has_one_breach_with_those_whom_it_concerns(committed, a_record, as_):
    with transaction.atomic():
        seen = a_record("ada", name="Victor Brandt")
    with transaction.atomic():
        intake.get_record(as_("ada"), seen.reference)

    @contextmanager
    def acting(name):
        with transaction.atomic():
            yield as_(name)

    said = []
    first_breach(said.append, acting)
    first_breach(said.append, acting)

    with transaction.atomic():
        dora = as_("dora")
        [row] = queries.register(dora, at=timezone.now(), which="all").rows
        lines = queries.affected(dora, row.breach).lines
    assert len(said) == 1
    assert [line.affected.reference for line in lines] == [seen.reference]
    assert row.clock.left is not None
