"""Whether the clock tells the hidden from the absent: `python -m bench.timing [turns]`.

In one process and without a network, which would only add noise. Asked by turns, for somebody who
may not know: a record that is hidden and one that is not there, without the tick and with it; a
search for a name that one hidden record has, that 20,000 hidden records have, and that nobody has.
Prints medians in milliseconds and Welch's t of the means, the slowest tenth left out; below 4.5
nothing is told.
"""

import json
import os
import sys
import time
from collections.abc import Callable

TURNS = 1500
WARM = 30
CROWD = 20_000
MASS = """
with new as (
  insert into intake_record (reference, report_id, bucket_id, row_number, source_key, kind,
    caption, properties, originals, notes, concerns_child, scheme, source_evaluation,
    information_assessment, observed_on, recorded_at, basis, category)
  select 'REC-' || n, report_id, bucket_id, 100 + n, '', kind, caption, properties, originals,
    notes, concerns_child, scheme, source_evaluation, information_assessment, observed_on,
    recorded_at, basis, category
    from intake_record, generate_series(1, %s) n where id = %s returning id)
insert into intelligence_searchkey (bucket_id, key, record_id)
select k.bucket_id, k.key, new.id from intelligence_searchkey k, new where k.record_id = %s
"""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lightkeeper.web.settings")
    os.environ["LIGHTKEEPER_SECRET_KEY"] = os.environ.get("LIGHTKEEPER_SECRET_KEY", "x" * 60)
    from lightkeeper.testing import plugin

    plugin.CLUSTER.start()
    import django

    django.setup()
    from bench.audit_cost import _browser, _database

    turns = int(sys.argv[1]) if len(sys.argv) > 1 else TURNS
    with _database(plugin):
        from django.conf import settings

        from lightkeeper.testing.cast import open_sessions

        tokens = open_sessions()
        hidden = _hide(plugin, tokens["otto"])
        get = _browser(tokens["ada"]).get
        figures: dict[str, dict[str, float]] = {}
        there, not_there = (f"/reports/records/{r}/" for r in (hidden, "REC-7N3KQ2M9T-4"))
        for name, tick in (("record", 0.0), ("record, on the tick", 0.1)):
            settings.NOT_FOUND_TICK_SECONDS = tick
            rounds = turns if not tick else max(turns // 5, 100)
            figures[name] = compare(get, there, not_there, rounds, 404)
        search = "/picture/search/?q="
        for name, said in (("search, one hidden", "Anselm+Quarry"),
                           ("search, 20,000 hidden", "Osric+Thorne")):  # fmt: skip
            figures[name] = compare(get, search + said, search + "Edwin+Fallow", turns, 200)
        figures["search, the same twice"] = compare(
            get, search + "Edwin+Marlow", search + "Edwin+Fallow", turns, 200
        )
    json.dump(figures, sys.stdout, indent=1)
    print()


def compare(
    get: Callable[[str], object], one: str, other: str, turns: int, status: int
) -> dict[str, float]:
    times: dict[str, list[float]] = {one: [], other: []}
    for turn in range(WARM + turns):
        for address in (one, other) if turn % 2 else (other, one):
            begun = time.perf_counter()
            answer = get(address)
            took = time.perf_counter() - begun
            assert answer.status_code == status, answer.status_code  # type: ignore[attr-defined]
            if turn >= WARM:
                times[address].append(1000 * took)
    return welch(times[one], times[other])


def welch(one: list[float], other: list[float]) -> dict[str, float]:
    import numpy as np

    a, b = (np.sort(np.array(x))[: int(len(x) * 0.9)] for x in (one, other))
    t = (a.mean() - b.mean()) / np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    return {
        "hidden_ms": round(float(np.median(a)), 3),
        "absent_ms": round(float(np.median(b)), 3),
        "t": round(float(t), 2),
        "turns": len(one),
    }


def _hide(plugin: object, token: str) -> str:
    """A record of Otto's compartment, and a crowd of one name; returns the reference of the one."""
    from django.db import transaction

    from lightkeeper.apps.accounts.services import actor_now, the_label
    from lightkeeper.apps.intelligence.tests.arranging import enter, person
    from lightkeeper.core.access import acting

    with acting.with_session(token), transaction.atomic():
        otto = actor_now()
        assert otto is not None
        secret = min(otto.viewer.compartments)
        people = [person("Anselm", "Quarry", "1966-11-30"), person("Osric", "Thorne")]
        records = enter(otto, people, compartment=secret, level=1)
        bucket = records[0].bucket_id
        assert the_label(owner=otto.agency, level=1, compartment=secret).pk == bucket
    with plugin.superuser(plugin.NAME) as c:  # type: ignore[attr-defined]
        c.execute(MASS, (CROWD, records[1].pk, records[1].pk))
        c.execute("analyze")
    return str(records[0].reference)


if __name__ == "__main__":
    main()
