"""Going through each day's looks by the rules that held on it, and flagging what is unusual.

A day is gone through once, when it has ended, in one transaction: a kill leaves it for the next
time, and what was flagged stays. It reads as the linker, the role that sees every record already.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.db.models import Max, Q
from django.utils import timezone

from lightkeeper.apps.audit.choices import Did, Verb
from lightkeeper.apps.audit.happenings import PeopleAskedFor, RecordsAskedFor, Sheet
from lightkeeper.apps.audit.models import Flag, LookRule, WatchedDay
from lightkeeper.apps.audit.services import record
from lightkeeper.core.access import acting
from lightkeeper.core.announcements import announce
from lightkeeper.core.references import new_reference
from lightkeeper.engine.oversight import unusual
from lightkeeper.engine.oversight.unusual import Habit, Known, Look

Thresholds = dict[str, dict[str, float]]
LINKER = "linker"
LOCK = 7203
HABIT_DAYS, PART_DAYS = 28, 90
# A transaction that was entered before midnight and ended after it has long ended by then.
AFTER_MIDNIGHT = timedelta(hours=1)
# One thing asked for by itself. Lists show much that nobody asked for; a task shows its record to
# those who work on it.
OPENED = tuple(d.words for d in (
    Did.RECORD_SEEN, Did.SUBJECT_SEEN, Did.PAIR_SEEN, Did.PRIORITY_SEEN))  # fmt: skip
WORKED = (Verb.COLLECT, Verb.ALTER, Verb.COMBINE)

LOOKS = """
select e.id, e.person_id, extract(hour from e.at at time zone %s)::int, e.did, e."references",
       case when e.did = %s then e.reason else '' end, e.person, e.agency_id
  from audit_event e
 where e.at >= %s and e.at < %s and e.verb = 'consult' and e.person_id is not null order by e.id
"""
DAYS_BEFORE = """
select e.person_id, e.first, count(distinct e.day) from (
  select person_id, 'REC-' || substr("references"[1], 5) as first,
         (at at time zone %s)::date as day
    from audit_event where at >= %s and at < %s and did = any(%s) and person_id = any(%s)) e
 group by 1, 2
"""
USUAL = """
select person_id, (at at time zone %s)::date as day,
       count(distinct "references"[1]) filter (where did = any(%s)),
       array_agg(extract(hour from at at time zone %s)::int)
  from audit_event where at >= %s and at < %s and verb = 'consult' and person_id is not null
 group by 1, 2
"""
PARTS = """
select distinct e.person_id, 'REC-' || substr(named, 5)
  from audit_event e cross join unnest(e."references") named
 where e.at >= %s and e.at < %s and e.verb = any(%s) and e.person_id = any(%s)
   and (named like 'REC-%%' or named like 'SUB-%%')
"""


class _Watcher:
    """Nobody in particular: the going through, as it stands in the log."""

    person_id = None
    username = "the look-back"
    agency_id = None
    session = ""
    purpose = "oversight"


def watch(now: datetime | None = None) -> int:
    """Go through each day that has ended and was not gone through yet. Returns how many flags.

    Source: mission A3; ACCESS 6.6.
    """
    now = now or timezone.now()
    with acting.with_nobody():
        return sum(_watch_day(day, now) for day in _days_due(now))


def _days_due(now: datetime) -> Iterator[date]:
    until = timezone.localdate(now - AFTER_MIDNIGHT) - timedelta(days=1)
    with transaction.atomic(using=LINKER):
        last = WatchedDay.objects.using(LINKER).aggregate(last=Max("day"))["last"]
        if last is None:
            with connections[LINKER].cursor() as cursor:
                cursor.execute("select min(at) from audit_event")
                (first,) = cursor.fetchone()
            if first is None:
                return
            last = timezone.localdate(first) - timedelta(days=1)
    for number in range(1, (until - last).days + 1):
        yield last + timedelta(days=number)


def _watch_day(day: date, now: datetime) -> int:
    with transaction.atomic(using=LINKER):
        with connections[LINKER].cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
            if WatchedDay.objects.using(LINKER).filter(day=day).exists():
                return 0  # another worker was here first
            rules = {rule.code: rule for rule in _rules_on(day)}
            looks, who = _looks_on(cursor, day)
            thresholds = {code: rule.settings for code, rule in rules.items()}
            known = _known(cursor, day, looks, thresholds)
        found = unusual.flag_day(looks, known, thresholds)
        for flag in found:
            username, agency_id = who[flag.person]
            Flag(
                reference=new_reference("FLG"), rule=rules[flag.rule], day=day, made_at=now,
                person_id=flag.person, person=username, agency_id=agency_id, about=flag.about,
                sentence=flag.sentence, events=list(flag.events),
            ).save(using=LINKER, force_insert=True)  # fmt: skip
        WatchedDay(day=day, at=now).save(using=LINKER, force_insert=True)
    record(by=_Watcher(), did=Did.LOOKS_WATCHED, to=day.isoformat(), at=now, using="door")
    return len(found)


def _rules_on(day: date) -> Iterable[LookRule]:
    held = LookRule.objects.using(LINKER).filter(active_from__lte=day).order_by("active_from")
    return held.filter(Q(active_to=None) | Q(active_to__gt=day))


def _looks_on(cursor: Any, day: date) -> tuple[list[Look], dict[int, tuple[str, int]]]:
    """The looks of the day, and the username and agency of each who looked."""
    since, until = _bounds(day)
    cursor.execute(LOOKS, [settings.TIME_ZONE, Did.SEARCHED.words, since, until])
    looks, who = [], {}
    for event, person, hour, did, references, text, username, agency_id in cursor:
        about = tuple(dict.fromkeys(_record_of(one) for one in references if _names_one(one)))
        looks.append(Look(event, person, hour, about, text, did in OPENED))
        who[person] = (username, agency_id)
    return looks, who


def _known(cursor: Any, day: date, looks: list[Look], thresholds: Thresholds) -> Known:
    sheet = Sheet()
    since, until = _bounds(day)
    numbers = {look.person for look in looks}
    cursor.execute(
        USUAL,
        [settings.TIME_ZONE, list(OPENED), settings.TIME_ZONE,
         since - timedelta(days=HABIT_DAYS), since],
    )  # fmt: skip
    usual = cursor.fetchall()
    announce(PeopleAskedFor(frozenset(numbers | {row[0] for row in usual}), sheet))
    opened = {one for look in looks if look.opened for one in look.about}
    announce(RecordsAskedFor(frozenset(opened), sheet))
    cursor.execute(PARTS, [since - timedelta(days=PART_DAYS), until, list(WORKED), list(numbers)])
    parts = sheet.parts | set(cursor.fetchall())
    return Known(
        people=sheet.people, names=sheet.names, per_thousand=sheet.per_thousand,
        parts=frozenset(parts), days_before=_days_before(cursor, since, numbers, thresholds),
        habits=_habits(usual, sheet, thresholds),
    )  # fmt: skip


def _days_before(
    cursor: Any, since: datetime, numbers: set[int], thresholds: Thresholds
) -> dict[tuple[int, str], int]:
    """On how many days each of them opened each thing before, as far back as the rule asks."""
    if "no_part" not in thresholds:
        return {}
    begin = since - timedelta(days=thresholds["no_part"]["within_days"] - 1)
    cursor.execute(DAYS_BEFORE, [settings.TIME_ZONE, begin, since, list(OPENED), list(numbers)])
    return {(person, first): days for person, first, days in cursor}


def _habits(usual: list[tuple[Any, ...]], sheet: Sheet, thresholds: Thresholds) -> dict[str, Habit]:
    """What each role does on a day, and how much of it outside hours."""
    night = thresholds.get("hours", {"from_hour": 0, "to_hour": 0})
    counts: dict[str, list[int]] = defaultdict(list)
    hours: dict[str, list[int]] = defaultdict(list)
    for person, _, opened, at in usual:
        if person in sheet.people:
            role = sheet.people[person].role
            counts[role].append(opened)
            hours[role] += at
    return {role: _habit(counts[role], hours[role], night) for role in counts}


def _habit(counts: list[int], hours: list[int], night: dict[str, float]) -> Habit:
    high = sorted(counts)[math.ceil(0.95 * len(counts)) - 1]
    since, until = night["from_hour"], night["to_hour"]
    outside = sum(unusual.is_outside(hour, since, until) for hour in hours)
    return Habit(len(counts), high, 100 * outside / len(hours))


def _bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of the day and of the next, by the clock on the wall."""
    first, after = (
        timezone.make_aware(datetime.combine(one, time())) for one in (day, day + timedelta(days=1))
    )
    return first.astimezone(UTC), after.astimezone(UTC)


def _names_one(reference: str) -> bool:
    return reference.startswith(("REC-", "SUB-"))


def _record_of(reference: str) -> str:
    """A subject goes by the name of a record of it."""
    return "REC-" + reference[4:]
