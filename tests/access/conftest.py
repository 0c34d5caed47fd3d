from collections.abc import Iterator

import pytest

from tests.access.world import World, a_world


@pytest.fixture(scope="session")
def world(database: str) -> Iterator[World]:
    """Every case of the rule, in a database of its own."""
    with a_world("cases") as entered:
        yield entered


@pytest.fixture
def django_in_the_world(world: World) -> Iterator[World]:
    """The application's own connection, turned to the world of every case."""
    from django.db import connection, transaction

    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = world.name
    with transaction.atomic():
        yield world
        transaction.set_rollback(True)
    connection.close()
    connection.settings_dict["NAME"] = usual
