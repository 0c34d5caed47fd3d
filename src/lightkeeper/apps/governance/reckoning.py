"""The group, the reason and the next review of each record: from its latest review, or until there
is one from the defaults that hold on the day. One statement, because the queue is in its order.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection

from lightkeeper.apps.accounts.services import Actor

# The innermost question is of age, so that young records are not looked at one by one: what nobody
# has reviewed is not due before the shortest period of any group has passed.
ENTRIES = """
with old as (
  select r.* from intake_record r
   where r.bucket_id = any(%(readable)s) and (%(only)s::bigint is not null and r.id = %(only)s
     or %(only)s::bigint is null and (
       r.recorded_at < ((%(on)s::date + 1 - make_interval(years => coalesce(
         (select min(clear_years) from governance_retentionrule), 0))) at time zone %(zone)s)
       or r.review_due <= %(on)s
       or r.id in (select w.record_id from governance_review w where w.next_review <= %(on)s)))
), entry as (
  select r.id, r.reference, r.caption, r.kind, r.review_due as determine_by,
         coalesce(v.number, d.number) as number,
         coalesce(v.number_reason, d.reason) as number_reason,
         coalesce(v.clear_from, (r.recorded_at at time zone %(zone)s)::date) as clear_from,
         v.next_review, v.id is not null as reviewed,
         (select min(b) from jsonb_array_elements_text(
            case when jsonb_typeof(r.properties -> 'birthDate') = 'array'
                 then r.properties -> 'birthDate' else '[]' end) b) as born
    from old r
    left join lateral (select w.* from governance_review w where w.record_id = r.id
                        order by w.id desc limit 1) v on true
    left join lateral (
      select t.number, t.reason from governance_retentiondefault t
       where t.active_from <= %(on)s and (t.active_to is null or t.active_to > %(on)s)
         and case t.test
               when 'child' then r.concerns_child
               when 'harm' then coalesce(r.properties -> 'harms', '[]') ? t.value
               when 'any harm' then jsonb_array_length(coalesce(r.properties -> 'harms', '[]')) > 0
               when 'kind' then r.kind = t.value
               else true end
       order by t.position limit 1) d on true
), reckoned as (
  select e.*, g.name as group_name, g.review_years, g.to_age, g.source,
         coalesce(e.next_review,
                  (e.clear_from + make_interval(years => g.clear_years))::date) as due
    from entry e join governance_retentionrule g on g.number = e.number
     and g.active_from <= %(on)s and (g.active_to is null or g.active_to > %(on)s)
), dated as (
  select k.*, least(k.due, k.determine_by) as asked from reckoned k
)
select id, reference, caption, kind, number, number_reason, group_name, clear_from, due,
       determine_by, asked, reviewed, review_years, to_age, source, born
  from dated
 where (%(only)s::bigint is not null or asked <= %(on)s)
   and (%(after)s::bigint is null
        or (asked, id) > (select x.asked, x.id from dated x where x.id = %(after)s))
 order by asked, id limit %(most)s
"""


@dataclass(frozen=True)
class Entry:
    """How one record is kept: the group with its reason, since when, and the next review.

    `asked` is the day on which somebody is first asked to look: to review it (`due`), or before
    that to say whom it is about (`determine_by`).
    """

    record_id: int
    reference: str
    caption: str
    kind: str
    number: int
    number_reason: str
    group_name: str
    clear_from: date
    due: date
    determine_by: date | None
    asked: date
    reviewed: bool
    review_years: int
    to_age: int | None
    source: str
    born: str | None

    @property
    def born_on(self) -> date | None:
        try:
            return date.fromisoformat(self.born or "")
        except ValueError:
            return None


def due_entries(actor: Actor, *, on: date, after: int | None, most: int) -> list[Entry]:
    """What is due for review on this day and may be read by this person, the longest due first."""
    return _entries(actor, on=on, only=None, after=after, most=most)


def entry_of(actor: Actor, record_id: int, *, on: date) -> Entry | None:
    found = _entries(actor, on=on, only=record_id, after=None, most=1)
    return found[0] if found else None


def stops_disposal(record_id: int) -> str:
    """What stands on the record, for whoever may dispose of it; a word, and nothing of what it is.

    What the person asking may not see counts too: the database holds the same rule, for all.
    """
    return str(_one("select sec.stops_disposal(%s)", [record_id])[0])


def dispose(disposal_id: int) -> tuple[str, str, str, int | None, int]:
    """Have the guard's function dispose. Returns the references that are gone, the digest of bytes
    no longer needed, the part of the picture to work out again, and how many agencies were told.
    """
    gone, report, digest, part, told = _one("select * from sec.dispose(%s)", [disposal_id])
    return gone, report, digest, part, told


def bytes_unused(digest: str) -> bool:
    return bool(_one("select sec.bytes_unused(%s)", [digest])[0])


def _entries(
    actor: Actor, *, on: date, only: int | None, after: int | None, most: int
) -> list[Entry]:
    given = {"readable": sorted(actor.readable), "on": on, "only": only, "after": after,
             "most": most, "zone": settings.TIME_ZONE}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, given)
        return [Entry(*row) for row in cursor.fetchall()]


def _one(statement: str, given: list[Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        found: tuple[Any, ...] = cursor.fetchone()
    return found
