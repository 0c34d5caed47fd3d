"""A private DuckDB in memory, with a limit to what it may take and room on disk beyond it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from lightkeeper.engine.linkage.comparisons import MACROS


@dataclass(frozen=True)
class Resources:
    """How much of the machine a link may use."""

    memory_mb: int = 1024
    threads: int = 2


USUAL = Resources()


@contextmanager
def open_database(resources: Resources) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that is closed, and whose spill on disk is removed, at the end."""
    with tempfile.TemporaryDirectory(prefix="lightkeeper-link-") as spill:
        connection = duckdb.connect(
            config={
                "memory_limit": f"{resources.memory_mb}MB",
                "threads": resources.threads,
                "temp_directory": spill,
            }
        )
        try:
            connection.execute("SET enable_progress_bar = false")
            connection.execute(MACROS)
            yield connection
        finally:
            connection.close()
