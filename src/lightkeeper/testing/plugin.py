"""What the tests stand on: a database of their own, entered as the application's own role, and
the cast.

Loaded before Django's settings are (`-p lightkeeper.testing.plugin`), because it says where the
database is. The suite never connects as the owner or a superuser; a test fails if it does.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest

PROJECT = Path(__file__).resolve().parents[3]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
HOME = Path(os.environ.get("LIGHTKEEPER_TEST_VAR", PROJECT / "var" / "test"))
# What asks the same of many alike asks it of some, but for `make test-long`.
IS_LONG = "LIGHTKEEPER_LONG" in os.environ
NAME = f"lk_test_{WORKER}_{os.getpid()}"

os.environ["LIGHTKEEPER_VAR"] = str(HOME / WORKER)
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser's driver runs a loop

from lightkeeper.core.database.launcher import SUPERUSER, Cluster  # noqa: E402
from lightkeeper.testing.records import a_record  # noqa: E402, F401

hypothesis.settings.register_profile(  # a busy machine is slow, and not at fault
    "tests", suppress_health_check=[hypothesis.HealthCheck.too_slow], deadline=None
)
hypothesis.settings.load_profile("tests")

CLUSTER = Cluster(HOME / "postgres", waits_for_disk=False)
os.environ["LIGHTKEEPER_DATABASE_URL"] = CLUSTER.url("{role}", NAME)
os.environ["LIGHTKEEPER_TLS"] = "no"
# Their own tests set them.
os.environ["LIGHTKEEPER_POINTER_TICK_MS"] = "0"
os.environ["LIGHTKEEPER_NOT_FOUND_TICK_MS"] = "0"


# Of some hundred tables a test fills a few; to empty them all takes longer than most tests.
CLEARED = """
do $$
declare t text; filled boolean;
begin
  set local session_replication_role = replica;  -- no trigger keeps what is to go
  for t in
    select tablename from pg_tables where schemaname = 'public' and tablename like any (array[
      'breaches_%', 'rights_%', 'intake_%', 'intelligence_%', 'safeguarding_%', 'tasking_%',
      'governance_%', 'sharing_%', 'audit_%', 'procrastinate_%', 'accounts_errand',
      'accounts_glass', 'accounts_exclusion', 'accounts_consent', 'accounts_draft',
      'accounts_ratecount', 'accounts_datedcondition', 'accounts_secondfactor',
      'accounts_recoverycode', 'accounts_passkey', 'accounts_factorremoval',
      'accounts_outsideidentity', 'accounts_renewal'])
    and tablename not in ('intelligence_factor', 'audit_lookrule', 'governance_retentionrule',
      'governance_retentiondefault', 'rights_clockrule', 'breaches_breachrule')
  loop
    execute format('select exists (select 1 from %I)', t) into filled;
    if filled then execute format('delete from %I', t); end if;
  end loop;
  -- The cast's own, which nobody proposed, stay.
  delete from accounts_compartmentmember where proposed_by_id is not null;
  delete from accounts_compartmentmove;
  delete from accounts_compartment where opened_by_id is not null;
end $$
"""


def schema_digest() -> str:
    """Changes with anything that the template database is made from."""
    sources = [
        *sorted((PROJECT / "src").glob("lightkeeper/apps/*/migrations/**/*.*")),
        *sorted((PROJECT / "src").glob("lightkeeper/apps/*/models*.py")),
        *sorted((PROJECT / "src").glob("lightkeeper/core/access/*.py")),
        *sorted((PROJECT / "src").glob("lightkeeper/refdata/*.*")),
        *sorted((PROJECT / "src").glob("lightkeeper/apps/accounts/loading*.py")),
        PROJECT / "src/lightkeeper/testing/cast.py",
    ]
    digest = hashlib.sha256()
    for source in sources:
        if source.suffix != ".pyc":
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def superuser(database: str = "postgres") -> Iterator[psycopg.Connection]:
    """For making and clearing databases, never for what a test is about."""
    with psycopg.connect(CLUSTER.url(SUPERUSER, database), autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def database(django_db_blocker: Any) -> Iterator[str]:
    """A fresh database for this run, copied from a template that holds the schema and the cast. It
    does not wait for the disk: what a cut of power would lose is tried in clusters of their own.
    """
    template = template_name()
    with one_at_a_time():
        _start()
        with superuser() as connection:
            known = connection.execute(
                "select 1 from pg_database where datname = %s and datistemplate", (template,)
            ).fetchone()
            if not known:
                _make_template(connection, template, django_db_blocker)
            connection.execute(f"create database {NAME} template {template} owner lk_owner")
    with django_db_blocker.unblock():
        yield NAME
        _close_connections()
    with superuser() as connection:
        connection.execute(f"drop database if exists {NAME} with (force)")


def _start() -> None:
    """A cluster that was cut off may be damaged, template and all: it is made anew."""
    if (CLUSTER.data / "postmaster.pid").exists() and not CLUSTER.running():
        shutil.rmtree(CLUSTER.data)
    CLUSTER.start()


def template_name() -> str:
    """The database with the schema and the cast, in which no test has ever run. To read it, be
    `one_at_a_time`: PostgreSQL copies no database to which somebody is connected.
    """
    return f"lk_template_{schema_digest()}"


@contextmanager
def one_at_a_time() -> Iterator[None]:
    import fcntl

    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_template(connection: psycopg.Connection, template: str, blocker: Any) -> None:
    from lightkeeper.core.database.upkeep import migrate
    from lightkeeper.testing.cast import enter_the_cast

    connection.execute(f"drop database if exists {NAME} with (force)")
    CLUSTER.prepare(NAME)
    with blocker.unblock():
        migrate()
        enter_the_cast()
        _close_connections()
    connection.execute(f"drop database if exists {template}")
    connection.execute(f"alter database {NAME} rename to {template}")
    connection.execute(f"alter database {template} with is_template true")


def _clear_files() -> None:
    """What earlier tests sent in is not left for this one to find."""
    from django.conf import settings

    for folder in (Path(settings.BLOBS), Path(settings.VAR) / "arriving"):
        for path in folder.rglob("*"):
            if path.is_file():
                path.unlink(missing_ok=True)


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()


@pytest.fixture(scope="session")
def tokens(database: str) -> dict[str, str]:
    """A session for each of the cast, by first name."""
    from lightkeeper.testing.cast import open_sessions

    return open_sessions()


@pytest.fixture
def rolled_back(database: str) -> Iterator[None]:
    """The database, as the web role; whatever the test does is rolled back."""
    from django.db import transaction

    _clear_files()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def committed(database: str, tokens: dict[str, str]) -> Iterator[None]:
    """The database for tests in which several connections or processes must see each other's work.

    Everything but the cast is cleared afterwards.
    """
    _clear_files()
    yield
    _close_connections()
    with superuser(NAME) as connection:
        connection.execute(CLEARED)


@pytest.fixture
def as_(tokens: dict[str, str]) -> Iterator[Callable[[str], Any]]:
    """`actor = as_("ada")`: from now on the test acts for Ada. The last one named is who acts."""
    from lightkeeper.apps.accounts.services import actor_now
    from lightkeeper.core.access import acting

    with ExitStack() as stack:

        def become(name: str) -> Any:
            stack.close()
            stack.enter_context(acting.with_session(tokens[name]))
            return actor_now()

        yield become


@pytest.fixture
def heard() -> Iterator[list[object]]:
    from lightkeeper.core.announcements import listening

    with listening() as announced:
        yield announced


@pytest.fixture
def browse(tokens: dict[str, str]) -> Callable[[str], Any]:
    """`browse("ada").get("/tasks/")`: a browser in which Ada is signed in; `browse("")`, in which
    nobody is.
    """
    from django.conf import settings
    from django.contrib.sessions.backends.signed_cookies import SessionStore
    from django.test import Client

    def signed_in(name: str) -> Client:
        client = Client(headers={"host": "localhost"})
        if name:
            session = SessionStore()
            session["token"] = tokens[name]
            session.save()
            client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        return client

    return signed_in


@pytest.fixture
def call_api(tokens: dict[str, str]) -> Callable[[str], Any]:
    """`call_api("ada").get("/api/tasks")`: a program with Ada's session token."""
    from django.test import Client

    def with_token(name: str) -> Client:
        headers = {"host": "localhost"}
        if name:
            headers["authorization"] = f"Bearer {tokens[name]}"
        return Client(headers=headers)

    return with_token


@pytest.fixture
def do_errands(tokens: dict[str, str]) -> Callable[[], int]:
    """Do what waits in the queue, here and now, for whoever asked; returns how many were done.

    The worker's role is believed by the database where the web role is not, so the test acts for
    the person who asked through their own session.
    """
    from django.utils import timezone

    from lightkeeper.apps.accounts import errands
    from lightkeeper.apps.accounts.models import Errand, Person
    from lightkeeper.core.access import acting

    def do() -> int:
        count = 0
        for person in Person.objects.all():
            with acting.with_session(tokens[person.username]):
                count += _do_all_of(person.pk, errands, Errand, timezone.now)
        return count

    return do


def _do_all_of(person_id: int, errands: Any, errand_model: Any, clock: Callable[[], Any]) -> int:
    from django.db import transaction

    count = 0
    while True:
        with transaction.atomic():
            waiting = (
                errand_model.objects.filter(person_id=person_id, finished_at__isnull=True)
                .order_by("pk")
                .first()
            )
        if waiting is None:
            return count
        errands.handler_of(waiting.kind)(waiting)
        with transaction.atomic():
            errand_model.objects.filter(pk=waiting.pk).update(finished_at=clock())
        count += 1
