"""Being the worker in a test: the database believes its role for an errand, and not the site's."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from lightkeeper.core.database.roles import WORKER


@contextmanager
def the_worker() -> Iterator[None]:
    """Inside the block the test enters the database as the worker. Not within a transaction."""
    assert not connection.in_atomic_block
    was = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = WORKER.name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["USER"] = was
