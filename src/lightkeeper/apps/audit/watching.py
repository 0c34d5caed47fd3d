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
# Pairs of today only: what everybody opened within a month is more than is worth carrying over.
DAYS_BEFORE = """
with day as (
  select distinct person_id, 'REC-' || substr("references"[1], 5) as opened from audit_event
   where at >= %(since)s and at < %(until)s and did = any(%(opened)s) and person_id is not null)
select day.person_id, day.opened, count(distinct (e.at at time zone %(zone)s)::date)
  from audit_event e join day on day.person_id = e.person_id
   and day.opened = 'REC-' || substr(e."references"[1], 5)
 where e.at >= %(begin)s and e.at < %(since)s and e.did = any(%(opened)s)
 group by 1, 2
"""
USUAL = """
select person_id, count(distinct "references"[1]) filter (where did = any(%(opened)s)), count(*),
       count(*) filter (where case when %(from)s > %(to)s then hour >= %(from)s or hour < %(to)s
                              else hour >= %(from)s and hour < %(to)s end)
  from (select e.*, extract(hour from at at time zone %(zone)s) as hour,
               (at at time zone %(zone)s)::date as day from audit_event e
         where at >= %(begin)s and at < %(since)s and verb = 'consult'
           and person_id is not null) e
 group by person_id, day
"""
PARTS = """
with day as (
  select distinct person_id, 'REC-' || substr(named, 5) as named
    from audit_event cross join unnest("references") named
   where at >= %(since)s and at < %(until)s and did = any(%(opened)s) and person_id is not null)
select distinct day.person_id, day.named
  from audit_event e cross join unnest(e."references") one
  join day on day.person_id = e.person_id and day.named = 'REC-' || substr(one, 5)
 where e.at >= %(begin)s and e.at < %(until)s and e.verb = any(%(worked)s)
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
        made = []
        for flag in found:
            made.append(new_reference("FLG"))
            username, agency_id = who[flag.person]
            Flag(
                reference=made[-1], rule=rules[flag.rule], day=day, made_at=now,
                person_id=flag.person, person=username, agency_id=agency_id, about=flag.about,
                sentence=flag.sentence, events=list(flag.events),
            ).save(using=LINKER, force_insert=True)  # fmt: skip
        WatchedDay(day=day, at=now).save(using=LINKER, force_insert=True)
        record(
            by=_Watcher(), did=Did.LOOKS_WATCHED, to=[day.isoformat(), *made], at=now, using=LINKER
        )
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
    asked = _asked(day)
    night = thresholds.get("hours", {"from_hour": 0, "to_hour": 0})
    begin = asked["since"] - timedelta(days=HABIT_DAYS)
    cursor.execute(
        USUAL, {**asked, "begin": begin, "from": night["from_hour"], "to": night["to_hour"]}
    )
    usual = cursor.fetchall()
    numbers = {look.person for look in looks}
    announce(PeopleAskedFor(frozenset(numbers | {row[0] for row in usual}), sheet))
    opened = {one for look in looks if look.opened for one in look.about}
    announce(RecordsAskedFor(frozenset(opened), sheet))
    cursor.execute(PARTS, {**asked, "begin": asked["since"] - timedelta(days=PART_DAYS)})
    parts = sheet.parts | set(cursor.fetchall())
    return Known(
        people=sheet.people, names=sheet.names, per_thousand=sheet.per_thousand,
        parts=frozenset(parts), days_before=_days_before(cursor, asked, thresholds),
        habits=_habits(usual, sheet),
    )  # fmt: skip


def _asked(day: date) -> dict[str, Any]:
    since, until = _bounds(day)
    return {
        "since": since,
        "until": until,
        "zone": settings.TIME_ZONE,
        "opened": list(OPENED),
        "worked": [verb.value for verb in WORKED],
    }


def _days_before(
    cursor: Any, asked: dict[str, Any], thresholds: Thresholds
) -> dict[tuple[int, str], int]:
    """On how many days each of them opened each thing before, as far back as the rule asks."""
    if "no_part" not in thresholds:
        return {}
    begin = asked["since"] - timedelta(days=thresholds["no_part"]["within_days"] - 1)
    cursor.execute(DAYS_BEFORE, {**asked, "begin": begin})
    return {(person, opened): days for person, opened, days in cursor}


def _habits(usual: list[tuple[int, int, int, int]], sheet: Sheet) -> dict[str, Habit]:
    """What each role does on a day, and how much of it outside hours."""
    of_role: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for person, *day in usual:
        if person in sheet.people:
            of_role[sheet.people[person].role].append(tuple(day))
    return {role: _habit(days) for role, days in of_role.items()}


def _habit(days: list[tuple[int, int, int]]) -> Habit:
    opened = sorted(opened for opened, _, _ in days)
    looks, outside = (sum(day[place] for day in days) for place in (1, 2))
    return Habit(len(days), opened[math.ceil(0.95 * len(days)) - 1], 100 * outside / looks)


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
