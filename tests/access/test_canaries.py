"""No name, word or number of a record leaves the tables by a log, a job or a failure."""

import io
import logging
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, transaction

from lightkeeper.testing.plugin import CLUSTER, NAME, superuser
from lightkeeper.web.contract import contract
from lightkeeper.web.logs import OneLine
from tests.access.test_http_matrix import ADDRESSES, KINDS, SENT, ask, behind

__all__ = ["ask", "behind"]

CANARY = "Zqcanarywordx"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that any logger says, written as the product writes it."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(OneLine())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield out
    root.removeHandler(handler)
    root.setLevel(level)


def test_no_door_logs_a_word_of_what_it_shows(behind, ask, log):
    """Every page and form, opened by those who see what stands there."""
    seen = 0
    for name, door in contract().items():
        for who in ("ada", "otto"):
            for label in ("own", "lantern"):
                words = behind[label].parameters[KINDS[name]] if ADDRESSES[name] else ()
                for method in door.methods:
                    answer = ask(who, name, method, words, SENT.get(name))
                    seen += any(there.canary in answer.body for there in behind.values())
    assert seen > 20, "no page shows a canary"
    said = log.getvalue()
    for there in behind.values():
        assert there.canary not in said
    assert "+447700900" not in said


def test_a_failure_is_logged_by_place_and_kind_and_not_by_what_it_says(browse, log, monkeypatch):
    def stumble(*_, **__):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("select %s::int", [CANARY])
        except Exception as error:
            raise ValueError(f"{CANARY} is no number") from error

    monkeypatch.setattr("lightkeeper.apps.intelligence.queries.search", stumble)
    client = browse("ada")
    client.raise_request_exception = False
    answer = client.get("/picture/search/", {"q": CANARY})
    assert answer.status_code == 500
    assert CANARY not in answer.content.decode()
    said = log.getvalue()
    assert CANARY not in said
    assert "builtins.ValueError" in said
    assert "22P02" in said
    assert "test_canaries.py" in said


def test_a_row_that_the_database_refuses_is_in_no_log(database, tokens, log):
    where = CLUSTER.root / "log"
    before = where.stat().st_size
    with superuser(NAME) as c, pytest.raises(psycopg.Error):
        c.execute("insert into accounts_agency (code, name) values (%s, %s)", (CANARY, CANARY))
    with superuser(NAME) as c, pytest.raises(psycopg.Error):
        c.execute("select %s::int", (CANARY,))
    assert CANARY not in where.read_text()[before:]
    assert CANARY not in log.getvalue()


def test_jobs_and_the_log_of_acts_hold_references_and_no_words(behind):
    """But for a search: what was looked for is what an overseer has to judge."""
    with connection.cursor() as cursor:
        for table in ("procrastinate_jobs", "accounts_errand", "audit_event"):
            cursor.execute(f"select t::text from {table} t")
            rows = [row[0] for row in cursor.fetchall()]
            for there in behind.values():
                assert not any(there.canary in row for row in rows), table
