"""Entering in the world what has days."""

import psycopg

from tests.access.cases import CHANGES, COND_NUMBERS
from tests.access.oracle import Days

# Compartments at the edge of the days in which they stand: to be looked at again, or closed.
EDGES = {
    "due today": ("review_on", Days(None, 0)),
    "due tomorrow": ("review_on", Days(None, 1)),
    "closed today": ("closed_on", Days(None, 0)),
    "closed tomorrow": ("closed_on", Days(None, 1)),
}

DATED_GRANTS = {
    "granted from today": ("current_date", "current_date + 1"),
    "granted until today": ("null", "current_date"),
    "granted from tomorrow": ("current_date + 1", "null"),
}


def day(from_today: int | None) -> str:
    return "null::date" if from_today is None else f"current_date + ({from_today})"


def enter_changes(c: psycopg.Connection, label: int, roots: dict[str, int]) -> None:
    """The other owner, whose label this is, changes theirs under each root, and nothing of ours."""
    for root, changes in CHANGES.items():
        for number, one in enumerate(sorted(changes, key=repr)):
            c.execute(
                "insert into accounts_datedcondition (reference, bucket_id, root_id, conds, puts, "
                "reason, set_by_id, set_at, active_from, active_to) values (%s, %s, %s, %s, %s, "
                f"'', 5000, now(), {day(one.days.first)}, {day(one.days.end)})",
                (f"CND-{roots[root]}{number}", label, roots[root], COND_NUMBERS[one.condition],
                 not one.lifts),
            )  # fmt: skip


def enter_edges(c: psycopg.Connection, numbers: dict[str, int]) -> None:
    """The day on which each of those compartments stands still."""
    for name, (column, days) in EDGES.items():
        c.execute(
            f"update accounts_compartment set {column} = {day(days.end)} where id = %s",
            (numbers[name],),
        )
