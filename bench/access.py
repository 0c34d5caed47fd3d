"""What the second wall and the log cost. `python -m bench.access`, in a database of its own.

Row-level security: the same query as the web's role and without policies. The log: an event in a
transaction of its own, alone and with eight writers; sealing and verifying, in events a second.
"""

import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

MAPPINGS = 20_000
EVENTS = 50_000
TIMES = 400


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lightkeeper.web.settings")
    from lightkeeper.testing import plugin

    plugin.CLUSTER.start()
    import django

    django.setup()
    from django.conf import settings

    from tests.access.world import a_world

    _make_template(plugin)
    with a_world("bench") as world:
        figures = {**policies(world), **contexts(world), **appending(world)}
        with tempfile.TemporaryDirectory() as folder:
            settings.VAR, settings.KEYS = Path(folder), Path(folder) / "keys"
            figures |= sealing(world)
    json.dump(figures, sys.stdout, indent=1)
    print()


def _make_template(plugin: object) -> None:
    """The template of the tests, if they have not been run on this schema yet."""
    from contextlib import nullcontext
    from types import SimpleNamespace

    name = f"lk_template_{plugin.schema_digest()}"  # type: ignore[attr-defined]
    with plugin.superuser() as c:  # type: ignore[attr-defined]
        if not c.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
            blocker = SimpleNamespace(unblock=nullcontext)
            plugin._make_template(c, name, blocker)  # type: ignore[attr-defined]


def policies(world: object) -> dict[str, float]:
    """Medians in milliseconds of one row by its reference and of a page of fifty."""
    with world.as_superuser() as c:  # type: ignore[attr-defined]
        c.execute(
            "insert into intake_mapping (bucket_id, reference, name, version, text, made_by_id, "
            "made_at) select 3000 + n %% 216, 'MAP-B' || n, 'b' || n, 1, '', 5000, now() "
            "from generate_series(1, %s) n",
            (MAPPINGS,),
        )
        c.execute("analyze")
    reader = next(a for a in world.accounts if a.who.roles == {"analyst"})  # type: ignore[attr-defined]
    one = "select * from intake_mapping where reference = 'MAP-B4000'"
    page = "select * from intake_mapping order by id desc limit 50"
    figures = {}
    with world.as_role("lk_web") as web, world.as_role("lk_linker") as without:  # type: ignore[attr-defined]
        tell = ("select set_config('app.session', %s, true)", (reader.token,))
        for name, query in (("one", one), ("page", page)):
            figures[f"{name}_with_policy_ms"] = _median(web, query, tell)
            figures[f"{name}_without_ms"] = _median(without, query, tell)
            figures[f"{name}_ratio"] = round(
                figures[f"{name}_with_policy_ms"] / figures[f"{name}_without_ms"], 2
            )
    return figures


def _median(c: psycopg.Connection, query: str, tell: tuple[str, tuple[str]]) -> float:
    times = []
    for _ in range(TIMES):
        c.execute(*tell)
        started = time.perf_counter()
        c.execute(query).fetchall()
        times.append(time.perf_counter() - started)
        c.rollback()
    return round(statistics.median(times) * 1000, 3)


def contexts(world: object) -> dict[str, float]:
    """Seconds to work out everybody's rights again, as after a new label."""
    with world.as_superuser() as c:  # type: ignore[attr-defined]
        people, labels = len(world.accounts), len(world.labels)  # type: ignore[attr-defined]
        seconds = _seconds(lambda: c.execute("select sec.rebuild()"))
    return {f"rebuild_{people}_people_{labels}_labels_s": seconds}


def appending(world: object) -> dict[str, float]:
    """Events a second, each in a transaction of its own."""
    writer = next(a for a in world.accounts if a.who.roles == {"analyst"})  # type: ignore[attr-defined]
    insert = (
        "insert into audit_event (at, person_id, person, agency_id, session, verb, did, "
        "\"references\", purpose, reason, recipient, rule, request) values (now(), %s, 'p', 901, "
        "'SES', 'consult', 'record seen', '{REC-1}', 'analysis', 'a look', '', '', 'r')"
    )
    figures = {}
    for writers in (1, 8):
        each = 2000 // writers

        def write(count: int = each) -> None:
            with world.as_role("lk_web") as c:  # type: ignore[attr-defined]
                for _ in range(count):
                    c.execute("select set_config('app.session', %s, true)", (writer.token,))
                    c.execute(insert, (writer.number,))
                    c.commit()

        threads = [threading.Thread(target=write) for _ in range(writers)]
        seconds = _seconds(lambda all_=threads: _run(all_))
        figures[f"append_{writers}_writers_per_s"] = round(each * writers / seconds)
    return figures


def _run(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def sealing(world: object) -> dict[str, float]:
    """Events a second: sealed in batches, and read again and compared."""
    from django.db import connections

    from lightkeeper.apps.audit import sealing as sealer

    for alias in ("default", "sealer", "door"):
        connections[alias].settings_dict["NAME"] = world.name  # type: ignore[attr-defined]
    with world.as_superuser() as c:  # type: ignore[attr-defined]
        c.execute(
            "insert into audit_event (at, person_id, person, agency_id, session, verb, did, "
            "\"references\", purpose, reason, recipient, rule, request) select now(), n, 'p', 901, "
            "'SES-7K2QM9XD4-V', 'consult', 'record seen', array['REC-' || n], 'analysis', "
            "'a look at a record', '', '', 'r' || n from generate_series(1, %s) n",
            (EVENTS,),
        )
    sealed = 0

    def seal() -> None:
        nonlocal sealed
        sealed = sealer.seal()

    seconds = _seconds(seal)
    found: list[sealer.Verification] = []
    again = _seconds(lambda: found.append(sealer.verify()))
    assert found[0].ok, found[0].problems
    with world.as_superuser() as c:  # type: ignore[attr-defined]
        [(size,)] = c.execute("select pg_total_relation_size('audit_event')").fetchall()
        [(count,)] = c.execute("select count(*) from audit_event").fetchall()
    connections.close_all()
    return {
        "seal_events_per_s": round(sealed / seconds),
        "verify_events_per_s": round(sealed / again),
        "bytes_per_event_with_indexes": round(size / count),
    }


def _seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return round(time.perf_counter() - started, 3)


if __name__ == "__main__":
    main()
