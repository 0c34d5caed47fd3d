"""Holding a row while it is changed, or answered."""

from typing import TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)

# Advisory locks have two numbers: what kind of thing, and which one.
SPACES = {"safeguarding_consideration": 7301, "tasking_task": 7302}
LARGEST = 2**31


def lock(row: M) -> M:
    """The row as it stands now, held until the transaction ends. For its owner."""
    return type(row)._base_manager.select_for_update(of=("self",)).get(pk=row.pk)


def hold(row: M) -> M:
    """The row as it stands now, held against all others who answer it until the transaction ends.

    For those who may see it and not change it: row-level security lets them lock no row of
    another agency, so they wait for one another at a number instead.
    """
    with connection.cursor() as cursor:
        space = SPACES[row._meta.db_table]
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [space, row.pk % LARGEST])
    row.refresh_from_db(from_queryset=type(row)._base_manager.all())
    return row
