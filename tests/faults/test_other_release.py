"""Old code on a new schema and new code on an old one: neither starts, and each says what to do."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.faults.system import System

pytestmark = pytest.mark.slow

NEWER = "insert into django_migrations (app, name, applied) values ('intake', '9999_later', now())"
OLDER = "delete from django_migrations where app = 'intake' and name like '0008%'"


@pytest.fixture
def changed(stopped: System) -> Iterator[psycopg.Connection]:
    """A connection as superuser; what was made of the list of migrations is undone after."""
    stopped.cluster.start()
    with stopped.superuser() as connection:
        connection.execute("create temporary table before as select * from django_migrations")
        yield connection
        connection.execute("delete from django_migrations")
        connection.execute("insert into django_migrations select * from before")


@pytest.mark.parametrize("command", ["serve", "worker"])
@pytest.mark.parametrize(
    ("made", "said"),
    [
        (NEWER, ("of a newer release", "intake.9999_later", "Start the newer release")),
        (OLDER, ("of an older release", "intake.0008_", "Run `lightkeeper migrate`")),
        ("delete from django_migrations", ("no tables yet", "Run `lightkeeper migrate --rules`")),
    ],
)
def test_it_does_not_start_on_a_schema_of_another_release(stopped, changed, made, said, command):
    changed.execute(made)
    done = stopped.run(command, check=False)

    assert done.returncode == 1
    assert all(words in done.stderr for words in said), done.stderr
    assert "Traceback" not in done.stderr


def test_what_runs_already_goes_on_while_the_schema_is_renewed(stopped, changed):
    stopped.start("web")
    stopped.wait_for_site()
    changed.execute(NEWER)

    assert stopped.get("/sign-in/") == 200
