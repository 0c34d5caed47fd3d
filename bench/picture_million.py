"""How long people wait for the picture when it holds a million records.

    python bench/picture_million.py [records]

Makes a database of its own, fills it with made-up people of four agencies (names as unevenly spread
as in life, about two records a person), and measures through Django's test client what the analyst
waits for: search, the page of a subject, the ranked list. Prints how fast search keys are written
under row-level security, p50 and p95 of each page, and memory.
"""

import json
import os
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT / "src"), str(PROJECT / "bench")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lightkeeper.web.settings")


def words(text: str) -> list[str]:
    return text.split()


FIRST = words(
    """
    oliver george arthur noah muhammad leo oscar harry archie jack henry charlie freddie theodore
    alfie thomas william james joshua jacob john david michael paul andrew peter mark stephen
    richard robert daniel christopher matthew olivia amelia isla ava ivy freya lily florence mia
    willow rosie sophia isabella grace daisy sienna poppy elsie emily ella susan margaret sarah
    karen linda patricia elizabeth mary jennifer joanne julie mohammed ahmed ali fatima aisha
    zainab precious blessing andrei elena ion maria piotr anna agnieszka sanjay priya harpreet
    gurpreet thi van nguyen wei
    """
)
LAST = words(
    """
    smith jones taylor brown williams wilson johnson davies patel robinson wright thompson evans
    walker white roberts green hall thomas clarke jackson wood harris edwards turner martin cooper
    hill ward hughes moore clark king harrison lewis baker lee allen morris khan scott watson
    davis parker bennett young phillips richardson griffiths morgan cook shaw singh hussain ahmed
    begum ali kaur
    """
)
SOUNDS = [
    c + v
    for c in words("b br c ch d f g gr h k l m n p pr r s sh st t tr v w")
    for v in words("a e i o u ai ea oo")
]
HARMS = ("exploits_child", "violence", "weapon", "trafficks_children", "false_identity",
         "online_contact")  # fmt: skip
RELEASED = "centre-hub"
SEARCHES, SUBJECTS, LISTS = 300, 300, 20


class Unblocked:
    """In place of the guard that the test runner keeps before the database."""

    @contextmanager
    def unblock(self) -> Iterator[None]:
        yield


@contextmanager
def a_database() -> Iterator[str]:
    import django

    from lightkeeper.testing import plugin

    django.setup()
    fixture = plugin.database.__wrapped__(Unblocked())
    name = next(fixture)
    try:
        yield name
    finally:
        next(fixture, None)


class Crowd:
    """Made-up people, as uneven as real ones: few names are common, most are rare."""

    def __init__(self, seed: int = 7) -> None:
        self.random = random.Random(seed)
        rare = ["".join(self.random.choices(SOUNDS, k=self.random.randint(2, 3)))
                for _ in range(30_000)]  # fmt: skip
        self.last = LAST + rare
        self.first = FIRST + rare[:2000]
        self.last_weights = list(_running(1 / (n + 8) for n in range(len(self.last))))
        self.first_weights = list(_running(1 / (n + 4) for n in range(len(self.first))))

    def people(self, records: int) -> Iterator[tuple[int, dict[str, list[str]]]]:
        """The number of the person and what one record says, the records of one together."""
        made, person = 0, 0
        while made < records:
            base = self.one()
            for _ in range(min(self.random.choice((1, 1, 2, 3, 4)), records - made)):
                yield person, self.slip(base)
                made += 1
            person += 1

    def one(self) -> dict[str, list[str]]:
        pick = self.random
        [first] = pick.choices(self.first, cum_weights=self.first_weights)
        [last] = pick.choices(self.last, cum_weights=self.last_weights)
        born = date(1935, 1, 1) + timedelta(days=pick.randrange(29_000))
        said = {
            "name": [f"{first} {last}".title()], "firstName": [first.title()],
            "lastName": [last.title()], "birthDate": [born.isoformat()],
        }  # fmt: skip
        if pick.random() < 0.6:
            said["phone"] = [f"+447{pick.randrange(10**9):09d}"]
        if pick.random() < 0.7:
            said["postcode"] = [f"LS{pick.randrange(1, 29)} {pick.randrange(1, 9)}"
                                f"{pick.choice('ABDEFGH')}{pick.choice('JLNPQRS')}"]  # fmt: skip
        if pick.random() < 0.05:
            said["harms"] = pick.sample(HARMS, pick.randint(1, 2))
        return said

    def slip(self, base: dict[str, list[str]]) -> dict[str, list[str]]:
        said = dict(base)
        if self.random.random() < 0.2:
            [name] = base["lastName"]
            at = self.random.randrange(len(name))
            said["lastName"] = [name[:at] + self.random.choice("aeiou") + name[at + 1 :]]
            said["name"] = [f"{base['firstName'][0]} {said['lastName'][0]}"]
        return said


def _running(numbers: Iterable[float]) -> Iterator[float]:
    total = 0.0
    for number in numbers:
        total += number
        yield total


def labels() -> list[int]:
    """Labels of four agencies, each sharing half of what it has with the hub."""
    from django.db import transaction

    from lightkeeper.apps.accounts.services import Agency, actor_now, the_label
    from lightkeeper.core.access import acting
    from lightkeeper.testing.cast import open_sessions

    with acting.with_session(open_sessions()["ada"]), transaction.atomic():
        assert actor_now()
        hub = Agency.objects.get(code=RELEASED)
        found = {
            the_label(owner=agency, level=1, released_to=to).pk
            for agency in Agency.objects.order_by("pk")
            for to in ([hub], [])
        }
        return sorted(found)


def fill(name: str, records: int) -> None:
    """Records, memberships, links and what is derived, copied in beside the policies."""
    from lightkeeper.apps.intelligence.loading import load_factors
    from lightkeeper.testing.plugin import superuser

    load_factors()
    began = time.perf_counter()
    buckets = labels()
    with superuser(name) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(
            "insert into intake_report (reference, bucket_id, owner_id, digest, size_bytes, "
            "file_name, format, encoding, channel, source, scheme, source_evaluation, "
            "information_assessment, handling_code, handling_conditions, status, failure, "
            "warnings, received_at, received_by_id, rows_read, rows_accepted, rows_repeated, "
            "rows_quarantined) select 'REP-' || b, b, o.owner_id, b, 1, 'people.csv', 'csv', "
            "'utf-8', 'COMMAND', '', '3x5x2', '1', 'B', 'P', '{}', 'PARSED', '', '[]', now(), 1, "
            "0, 0, 0, 0 from unnest(%s::int[]) b join accounts_bucket o on o.id = b",
            (buckets,),
        )
        reports = dict(connection.execute("select bucket_id, id from intake_report").fetchall())
        persons = _copy_records(connection, records, buckets, reports)
        _copy_derived(connection)
        print(f"{persons:,} people in {records:,} records, put in by hand in "
              f"{time.perf_counter() - began:.0f} s")  # fmt: skip
        connection.execute("set session_replication_role = origin")
        connection.execute("vacuum analyze")


def _copy_records(connection: Any, records: int, buckets: list[int], reports: Any) -> int:
    from lightkeeper.apps.intake.storing import new_references

    crowd, persons, first_of = Crowd(), set(), {}
    references = iter(new_references("REC", records))
    places = random.Random(3)
    with connection.cursor() as cursor:
        with cursor.copy(
            "copy intake_record (id, reference, report_id, bucket_id, row_number, source_key, "
            "kind, caption, properties, originals, notes, concerns_child, scheme, "
            "source_evaluation, information_assessment, observed_on, recorded_at, basis, "
            "category) from stdin"
        ) as copy:
            members: list[tuple[int, int, int]] = []
            for number, (person, said) in enumerate(crowd.people(records), 1):
                bucket = places.choice(buckets)
                persons.add(person)
                members.append((number, bucket, first_of.setdefault(person, number)))
                copy.write_row((
                    number, next(references), reports[bucket], bucket, number, "", "Person",
                    said["name"][0], json.dumps(said), "{}", "[]", False, "3x5x2", "1", "B",
                    date(2020, 1, 1) + timedelta(days=number % 2200), "2026-01-01",
                    "REPORTED", "",
                ))  # fmt: skip
        with cursor.copy(
            "copy intelligence_membership (record_id, bucket_id, cluster, component) from stdin"
        ) as copy:
            for row in members:
                copy.write_row((*row, row[2]))
        connection.execute(
            "insert into intelligence_linkagemodel (id, version, kind, body, training, "
            "review_bits, link_bits, trained_at, in_use) "
            "values (1, 'bench', 'Person', '{\"missing_weight\": -6}', '{}', -4, -1, now(), true)"
        )
        connection.execute(
            "insert into intelligence_link (left_id, right_id, bucket_left_id, bucket_right_id, "
            "model_id, may_wait, weight_bits, evidence, made_at, judged, held) "
            "select l.record_id, r.record_id, l.bucket_id, r.bucket_id, 1, false, 9, "
            '\'[{"field": "name", "level": 0, "weight_bits": 9, "sentence": "same name"}]\', '
            "now(), false, false from intelligence_membership l join intelligence_membership r "
            "on r.cluster = l.cluster and r.record_id > l.record_id"
        )
    return len(persons)


def _copy_derived(connection: Any) -> None:
    """Search keys and contributions, worked out as for real and copied in."""
    from lightkeeper.apps.intelligence.factors import factors_on, trust
    from lightkeeper.apps.intelligence.mentions import as_mapped
    from lightkeeper.apps.intelligence.services.deriving import as_code, hash_of
    from lightkeeper.engine.records import search_keys

    factors = factors_on(date.today())
    trusted = trust("3x5x2", "1", "B")
    harms: list[tuple[Any, ...]] = []
    with connection.transaction(), connection.cursor(name="all") as reading:
        reading.execute("select id, bucket_id, properties, observed_on from intake_record")
        with _spool() as spool:
            for record, bucket, said, day in reading:
                for key in {hash_of(*k) for k in search_keys(as_mapped("Person", said))}:
                    spool.write(f"{bucket}\t{key}\t{record}\n".encode())
                for harm in said.get("harms", ()):
                    factor = factors[as_code(harm)]
                    harms.append((bucket, record, factor.code, factor.points, trusted, day))
    with connection.cursor() as cursor:
        with (
            cursor.copy(
                "copy intelligence_searchkey (bucket_id, key, record_id) from stdin"
            ) as copy,
            open(spool.name, "rb") as lines,
        ):
            while block := lines.read(1 << 20):
                copy.write(block)
        with cursor.copy(
            "copy intelligence_contribution (bucket_id, record_id, factor, points, reliability, "
            "observed_on, threats) from stdin"
        ) as copy:
            for row in harms:
                copy.write_row((*row, "{}"))
    os.unlink(spool.name)


def _spool() -> Any:
    import tempfile

    return tempfile.NamedTemporaryFile(delete=False)


def key_speed(records: int = 20_000) -> None:
    """Writing keys and contributions as intake has it done: under the policies, in chunks."""
    from datetime import UTC, datetime

    from django.db import connection, transaction

    from lightkeeper.apps.accounts.services import actor_now
    from lightkeeper.apps.intelligence.services.deriving import derive
    from lightkeeper.core.access import acting
    from lightkeeper.testing.cast import open_sessions
    from lightkeeper.testing.plugin import NAME, superuser

    token = open_sessions()["ada"]
    with acting.with_session(token), transaction.atomic():
        ada = actor_now()
        assert ada
        with superuser(NAME) as database:
            ids = [r[0] for r in database.execute(
                "select id from intake_record where bucket_id = any(%s) limit %s",
                (sorted(ada.writable), records)).fetchall()]  # fmt: skip
            database.execute("delete from intelligence_searchkey where record_id = any(%s)", (ids,))
            database.execute("delete from intelligence_contribution where record_id = any(%s)",
                             (ids,))  # fmt: skip
    began = time.perf_counter()
    with acting.with_session(token):
        for start in range(0, len(ids), 2000):
            with transaction.atomic():
                derive(ids[start : start + 2000], datetime.now(UTC))
    seconds = time.perf_counter() - began
    print(f"keys and contributions of {len(ids):,} records: {len(ids) / seconds:,.0f} records/s")
    connection.close()


def waits(name: str, ask: Callable[[int], None], times: int) -> None:
    ask(0)
    taken = []
    for number in range(times):
        began = time.perf_counter()
        ask(number)
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    print(f"{name:28} p50 {statistics.median(taken):6.0f} ms   "
          f"p95 {taken[int(len(taken) * 0.95)]:6.0f} ms   worst {taken[-1]:6.0f} ms")  # fmt: skip


def measure(name: str, records: int) -> None:
    from django.conf import settings
    from django.contrib.sessions.backends.signed_cookies import SessionStore
    from django.test import Client

    from lightkeeper.testing.cast import open_sessions
    from lightkeeper.testing.plugin import superuser

    client = Client(headers={"host": "localhost"})
    session = SessionStore()
    session["token"] = open_sessions()["ada"]
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    with superuser(name) as connection:
        shared = connection.execute(
            "select r.reference, r.properties from intake_record r join accounts_bucket b "
            "on b.id = r.bucket_id join accounts_agency a on a.id = b.owner_id "
            "where b.audience_id is not null and r.id %% %s = 0 order by md5(r.reference) limit %s",
            (1 + records // 20_000, max(SEARCHES, SUBJECTS)),
        ).fetchall()
        size = connection.execute("select pg_size_pretty(pg_database_size(%s))", (name,)).fetchone()

    def get(url: str, **query: str) -> str:
        answer = client.get(url, query)
        if answer.status_code == 302:
            answer = client.get(answer["Location"])
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    def typed(said: dict[str, list[str]], number: int) -> str:
        [whole], [born] = said["name"], said["birthDate"]
        first, _, last = whole.partition(" ")
        slipped = last[:2] + last[3:] if len(last) > 4 else last
        return (whole, f"{last} {first}", f"{slipped} {born}", f"{first} {slipped}",
                said.get("phone", [whole])[0], f"{whole} {said.get('postcode', [''])[0]}",
                "John Smith", born)[number % 8]  # fmt: skip

    hits = [0, 0]

    def search(number: int) -> None:
        _, said = shared[number]
        page = get("/picture/search/", q=typed(said, number))
        if number % 8 in (0, 1, 2, 4, 5):
            hits[0] += said["name"][0] in page
            hits[1] += 1

    waits("search", search, SEARCHES)
    print(f"{'  of those asked exactly':28} {hits[0]} of {hits[1]} show the name")
    waits("page of a subject", lambda n: void(get(f"/picture/subjects/SUB-{shared[n][0][4:]}/")),
          SUBJECTS)  # fmt: skip
    waits("ranked list, first page", lambda n: void(get("/picture/priorities/")), LISTS)
    waits("ranked list, tenth page", lambda n: void(get("/picture/priorities/", page="10")), LISTS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory of this process at most {peak:.0f} MB; the database holds {size[0]}")


def void(page: str) -> None:
    assert page


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with a_database() as database_name:
        fill(database_name, wanted)
        measure(database_name, wanted)
        key_speed(min(20_000, wanted // 10))
