"""What writing the audit event costs a page. `python -m bench.audit_cost`, in its own database.

Most of it is the disk: a page that only reads has nothing to commit. So the pages are timed again
without waiting for the disk, which no site should do, to tell the two apart.

The same two pages, of one subject and of a list of fifty, in one process, by turns with the event
and without it, each in its own committed transaction; then events alone, one after another.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

TURNS = 300
WARM = 30
EVENTS_THERE = 100_000
EVENTS_ALONE = 2_000
REPORTS = 60


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lightkeeper.web.settings")
    from lightkeeper.testing import plugin

    plugin.CLUSTER.start()
    import django

    django.setup()
    with _database(plugin):
        from lightkeeper.testing.cast import open_sessions

        token = open_sessions()["ada"]
        pages = _story(plugin, token)
        figures: dict[str, float] = {}
        for name, address in pages.items():
            figures |= compare(name, address, token)
        figures |= events_alone(token)
        _do_not_wait_for_the_disk(plugin)
        for name, address in pages.items():
            figures |= compare(f"{name}_without_waiting_for_the_disk", address, token)
    json.dump(figures, sys.stdout, indent=1)
    print()


def compare(name: str, address: str, token: str) -> dict[str, float]:
    """Medians in milliseconds with and without the event, and what it adds in per cent."""
    from lightkeeper.apps.audit import services as audit

    browse = _browser(token)
    enter, times = audit._enter, {"with": [], "without": []}
    for turn in range(WARM + TURNS):
        for kind in ("with", "without") if turn % 2 else ("without", "with"):
            audit._enter = enter if kind == "with" else _enter_nothing
            begun = time.perf_counter()
            answer = browse.get(address)
            took = time.perf_counter() - begun
            assert answer.status_code == 200, answer.status_code
            if turn >= WARM:
                times[kind].append(1000 * took)
    audit._enter = enter
    there, not_there = (statistics.median(times[kind]) for kind in ("with", "without"))
    return {
        f"{name}_with_ms": round(there, 2),
        f"{name}_without_ms": round(not_there, 2),
        f"{name}_adds_percent": round(100 * (there / not_there - 1), 1),
    }


def events_alone(token: str) -> dict[str, float]:
    """Events a second: each in a transaction of its own, and many in one."""
    from django.db import transaction

    from lightkeeper.apps.accounts.services import actor_now
    from lightkeeper.apps.audit.services import Did, record
    from lightkeeper.core.access import acting

    with acting.with_session(token):
        with transaction.atomic():
            ada = actor_now()
        begun = time.perf_counter()
        for number in range(EVENTS_ALONE):
            with transaction.atomic():
                record(by=ada, did=Did.RECORD_SEEN, to=f"REC-{number}")
        apart = EVENTS_ALONE / (time.perf_counter() - begun)
        begun = time.perf_counter()
        with transaction.atomic():
            for number in range(EVENTS_ALONE):
                record(by=ada, did=Did.RECORD_SEEN, to=f"REC-{number}")
        together = EVENTS_ALONE / (time.perf_counter() - begun)
    return {"events_a_second_apart": round(apart), "events_a_second_together": round(together)}


def _do_not_wait_for_the_disk(plugin: Any) -> None:
    with plugin.superuser() as c:
        c.execute(f"alter database {plugin.NAME} set synchronous_commit = off")
    plugin._close_connections()


def _enter_nothing(*_: object) -> None:
    """In place of the write: the request still counts an event, so that the door opens."""


@contextmanager
def _database(plugin: Any) -> Iterator[None]:
    from bench.access import _make_template

    _make_template(plugin)
    template = f"lk_template_{plugin.schema_digest()}"
    with plugin.superuser() as c:
        c.execute(f"create database {plugin.NAME} template {template} owner lk_owner")
    try:
        yield
    finally:
        plugin._close_connections()
        with plugin.superuser() as c:
            c.execute(f"drop database {plugin.NAME} with (force)")


def _story(plugin: Any, token: str) -> dict[str, str]:
    """A subject, a list that fills a page, and a log that is not empty. Returns the addresses."""
    from django.apps import apps
    from django.db import transaction

    from lightkeeper.apps.accounts.services import the_label
    from lightkeeper.core.references import new_reference
    from tests.access.objects import _behind
    from tests.access.rows import add

    with _become(token) as become, transaction.atomic():
        behind = _behind("own", become)
        ada = become("ada")
        label = the_label(owner=ada.agency, level=0, released_to=[], compartment=None)
        for number in range(REPORTS):
            add(
                apps.get_model("intake", "Report"), ada, label, reference=new_reference("REP"),
                file_name=f"{number}.csv", digest=f"{number:064}", status="PARSED", warnings=[],
                source_evaluation="2", information_assessment="B", handling_code="P", rows_read=0,
                rows_accepted=0, rows_repeated=0, rows_quarantined=0,
            )  # fmt: skip
    with plugin.superuser(plugin.NAME) as c:
        c.execute(
            'insert into audit_event (at, verb, did, person, session, "references", purpose, '
            "reason, recipient, rule, request) select now(), 'consult', 'record seen', '', '', "
            "array['REC-' || n], '', '', '', '', '' from generate_series(1, %s) n",
            (EVENTS_THERE,),
        )
        c.execute("analyze")
    return {
        "subject": f"/picture/subjects/{behind.parameters['subject'][0]}/",
        "list": "/reports/",
    }


@contextmanager
def _become(token: str) -> Iterator[Callable[[str], Any]]:
    from lightkeeper.apps.accounts.services import actor_now
    from lightkeeper.core.access import acting

    with ExitStack() as stack:

        def become(_: str) -> Any:
            stack.close()
            stack.enter_context(acting.with_session(token))
            return actor_now()

        yield become


def _browser(token: str) -> Any:
    from django.conf import settings
    from django.contrib.sessions.backends.signed_cookies import SessionStore
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    session = SessionStore()
    session["token"] = token
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


if __name__ == "__main__":
    main()
