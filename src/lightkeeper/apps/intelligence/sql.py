"""Statements where one does the work of many; row-level security holds for them as for others."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connections


def rows(statement: str, given: Any = None, *, using: str = "default") -> list[tuple[Any, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())


def run(statement: str, given: Any = None, *, using: str = "default") -> int:
    """Carry it out. Returns how many rows it touched."""
    with connections[using].cursor() as cursor:
        cursor.execute(statement, given)
        return int(cursor.rowcount)


def copy_in(statement: str, lines: Iterator[Sequence[Any]], *, using: str) -> None:
    """COPY rows in, one by one as they come."""
    with (
        connections[using].cursor() as cursor,
        cursor.cursor.copy(statement) as copy,
    ):
        for line in lines:
            copy.write_row(line)
