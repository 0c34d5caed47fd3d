"""Looking changes nothing but the log: PostgreSQL itself counts which tables each GET wrote to."""

from collections import Counter
from typing import Any

import pytest
from django.db import connections, transaction
from django.urls import reverse

from tests.access import test_http_matrix as matrix
from tests.access.objects import absent

behind = matrix.behind
READ = sorted(name for name, door in matrix.DOORS.items() if "GET" in door.methods)
# Each of these writes for itself, and says nothing of anybody: that a session was awake just now,
# and how often a door was used.
WRITES = {
    ("audit_event", "inserted"),
    ("session", "updated"),
    ("accounts_ratecount", "inserted"),
    ("accounts_ratecount", "updated"),
    ("accounts_ratecount", "deleted"),
}
# Half of a sign-in, a provider outside that tests do not have, an address that only leads on.
SHOWN_OTHERWISE = {
    "accounts:back_from_outside", "accounts:code", "accounts:sign_in_outside", "api:api-root",
}  # fmt: skip
PEOPLE = ("", "ada", "ben", "dora", "otto", "audrey", "sam")
GIVEN = {
    "api:results": {"since": "2026-01-01", "until": "2026-12-01"},
    "api:search_picture": {"q": "Zqownx"},
    "intelligence:search": {"q": "Zqownx"},
}
WRITTEN = """
select relname, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_xact_all_tables
 where schemaname in ('public', 'sec') and n_tup_ins + n_tup_upd + n_tup_del > 0
"""


def written() -> Counter[tuple[str, str]]:
    """Rows written so far in the transactions that are open, by table and how."""
    found: Counter[tuple[str, str]] = Counter()
    for alias in ("default", "door"):
        with connections[alias].cursor() as cursor:
            cursor.execute(WRITTEN)
            for table, *counts in cursor.fetchall():
                for how, count in zip(("inserted", "updated", "deleted"), counts, strict=True):
                    found[table, how] += count
    return found


@pytest.fixture
def changed_by(browse, call_api):
    """`changed_by(who, door, words)`: which tables the request wrote to, and how."""

    def ask(
        who: str, name: str, words: tuple[str, ...] = (), method: str = "get", given: Any = None
    ):
        client = (call_api if name.startswith("api:") else browse)(who)
        with transaction.atomic(), transaction.atomic(using="door"):
            before = written()
            answer = getattr(client, method)(reverse(name, args=words), given or {})
            change = {one for one, count in (written() - before).items() if count}
            transaction.set_rollback(True)
            transaction.set_rollback(True, using="door")
        return answer.status_code, change

    return ask


@pytest.mark.parametrize("name", READ)
def test_a_get_changes_nothing_but_the_log(behind, changed_by, name):
    kind = matrix.KINDS.get(name)
    shown, seen = set(), set()
    for who in PEOPLE:
        # The first two whom a door shows something are enough; who is shown what is in the matrix.
        if len(shown) == 2:
            break
        words: list[tuple[str, ...]] = [()]
        if kind:
            there = [
                one for one in behind.values() if who and matrix.may_open(name, who, one, kind)
            ]
            words = [absent()[kind], *(one.parameters[kind] for one in there[:2])]
        for one in words:
            given = GIVEN.get(name, {"record": behind["own"].parameters["record"][0]})
            status, change = changed_by(who, name, one, given=given)
            seen.add((who, status))
            if who and status in (200, 302):
                shown.add(who)
            assert change <= WRITES, (who, one, status)
    assert shown or name in SHOWN_OTHERWISE, f"nobody was shown anything: {seen}"


def test_the_same_count_sees_what_a_form_changes(behind, changed_by):
    given = {"what": "A screen", "kinds": ["INTEGRITY"], "noticed_on_day": 1,
             "noticed_on_month": 1, "noticed_on_year": 2026, "noticed_time": "09:30"}  # fmt: skip
    status, change = changed_by("ada", "breaches:send_report", (), "post", given)

    assert status == 302
    assert ("breaches_breach", "inserted") in change - WRITES
