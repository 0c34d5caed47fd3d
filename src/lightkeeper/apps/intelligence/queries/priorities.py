"""The ranked list: who is said to cause most harm, as far as the viewer may see.

The database adds up what is in sight of whole parts of the picture, in each of which the viewer may
see several subjects: its sum is the most that any of them can have. Parts are taken by that sum and
split, until none that is left could still come before the last one wanted. So the order is exact,
and the parts themselves, which what is hidden has a share in, leave no trace in it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any

from lightkeeper.apps.accounts.services import Actor, Agency, Code
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake import corrected
from lightkeeper.apps.intake.corrected import Corrected
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.intelligence import sql
from lightkeeper.apps.intelligence.factors import factors_on
from lightkeeper.apps.intelligence.models import Contribution
from lightkeeper.apps.intelligence.queries.parts import subjects_of
from lightkeeper.apps.intelligence.queries.subjects import (
    Subject,
    caption_of,
    explain_subject,
    is_child_or_harmed,
    look_up,
    reference_of,
)
from lightkeeper.engine.priority import Explanation, Factor, Part, explain

PAGE = 25
MOST_PAGES = 40
BATCH = 60
ROUNDING = 0.11  # of a factor's share, between the database's sum and ours

BOUNDS = """
select records, most from sec.priority_bounds(
  %(codes)s::text[], %(caps)s::float8[], %(halves)s::float8[], %(on)s::date,
  %(buckets)s::int[], %(threat)s, %(limit)s, %(offset)s)
"""


@dataclass(frozen=True)
class Filters:
    """Whose records and which threat must be among what counts. The score stays the whole one."""

    agency: str = ""
    region: str = ""
    threat: str = ""


@dataclass(frozen=True)
class Ranked:
    """A subject of the list with its explanation."""

    reference: str
    caption: str
    records: int
    agencies: tuple[str, ...]
    explanation: Explanation
    first_record: int
    record_ids: tuple[int, ...] = ()
    corrections: tuple[Corrected, ...] = ()

    @property
    def total(self) -> float:
        return self.explanation.total


def ranking(
    actor: Actor, on: date, filters: Filters = Filters(), page: int = 1
) -> tuple[list[Ranked], bool]:
    """One page of the list as of this day, and whether there is a next; records what it shows."""
    page = min(max(page, 1), MOST_PAGES)
    start = (page - 1) * PAGE
    end = start + PAGE + 1
    found = list(islice(rank(actor, on, filters, expected=end), start, end))
    shown = found[:PAGE]
    audit.record(by=actor, did=audit.Did.PRIORITIES_LISTED, to=[one.reference for one in shown])
    return _corrected(actor, shown), len(found) > PAGE and page < MOST_PAGES


def _corrected(actor: Actor, shown: list[Ranked]) -> list[Ranked]:
    """Each with what stands beside what its records say."""
    right = corrected.of_records(actor, [pk for one in shown for pk in one.record_ids])
    return [
        replace(one, corrections=tuple(said for pk in one.record_ids for said in right.get(pk, [])))
        for one in shown
    ]


def rank(
    actor: Actor, on: date, filters: Filters = Filters(), *, expected: int = 0
) -> Iterator[Ranked]:
    """Everybody on the list, first first, worked out as far as it is asked for.

    `expected` is how many are likely to be asked for, so that they come in one batch.
    """
    factors = factors_on(on)
    margin = ROUNDING * max(len(factors), 1)
    waiting: list[Ranked] = []
    offset, size = 0, max(BATCH, expected + expected // 4)
    while True:
        sums = _bounds(actor, on, filters, factors, size + 1, offset)
        among = [record for records, _ in sums[:size] for record in records]
        waiting += _subjects(actor, among, factors, on, filters)
        waiting.sort(key=lambda one: (-one.total, one.first_record))
        bar = sums[size][1] + margin if len(sums) > size else -1.0
        while waiting and waiting[0].total > bar:
            yield waiting.pop(0)
        if len(sums) <= size:
            yield from waiting
            return
        offset, size = offset + size, size * 2


def _bounds(
    actor: Actor, on: date, filters: Filters, factors: dict[str, Factor], limit: int, offset: int
) -> list[tuple[list[int], float]]:
    """Records in sight that count toward a factor, part by part, with the most a subject among them
    can have; the largest first.
    """
    given = {
        "codes": list(factors),
        "caps": [factor.cap for factor in factors.values()],
        "halves": [float(factor.half_life_days) for factor in factors.values()],
        "on": on,
        "buckets": _buckets_of(actor, filters),
        "threat": filters.threat,
        "limit": limit,
        "offset": offset,
    }
    return [(records, float(most)) for records, most in sql.rows(BOUNDS, given)]


def _buckets_of(actor: Actor, filters: Filters) -> list[int]:
    """The labels that the viewer may read, of the agencies asked for."""
    if not filters.agency and not filters.region:
        return sorted(actor.readable)
    agencies = Agency.objects.all()
    if filters.agency:
        agencies = agencies.filter(code=filters.agency)
    if filters.region:
        agencies = agencies.filter(region=filters.region)
    owned = sql.rows(
        "select id from accounts_bucket where id = any(%s::int[]) and owner_id = any(%s::bigint[])",
        [sorted(actor.readable), list(agencies.values_list("pk", flat=True))],
    )
    return sorted(row[0] for row in owned)


def _subjects(
    actor: Actor, among: list[int], factors: dict[str, Factor], on: date, filters: Filters
) -> list[Ranked]:
    """The subjects that the viewer sees around these records and that belong on the list."""
    earliest = subjects_of(actor, among)
    wanted = {earliest[record] for record in among}
    members = [record for record, first in earliest.items() if first in wanted]
    records = list(
        Record.objects.visible_to(actor)
        .filter(pk__in=members)
        .select_related("bucket__owner")
        .order_by("pk")
    )
    counted: dict[int, list[Contribution]] = {}
    for row in Contribution.objects.visible_to(actor).filter(record_id__in=members):
        counted.setdefault(earliest[row.record_id], []).append(row)
    groups: dict[int, list[Record]] = {}
    for record in records:
        groups.setdefault(earliest[record.pk], []).append(record)
    labels = set(_buckets_of(actor, filters))
    return [
        _ranked(groups[first], rows, factors, on)
        for first, rows in counted.items()
        if first in groups
        and any(row.bucket_id in labels for row in rows)
        and (not filters.threat or any(filters.threat in row.threats for row in rows))
        and not is_child_or_harmed(groups[first], on)
    ]


def _ranked(
    records: list[Record], rows: Iterable[Contribution], factors: dict[str, Factor], on: date
) -> Ranked:
    names = {record.pk: record.reference for record in records}
    parts = [
        Part(row.factor, row.points, row.reliability, row.observed_on, names[row.record_id])
        for row in rows
    ]
    return Ranked(
        reference=reference_of(records[0]),
        caption=caption_of(records),
        records=len(records),
        agencies=tuple(sorted({str(record.bucket.owner) for record in records})),
        explanation=explain(parts, factors.values(), on),
        first_record=records[0].pk,
        record_ids=tuple(record.pk for record in records),
    )


def explained(actor: Actor, reference: str, on: date) -> tuple[Subject, Explanation | None]:
    """A subject with the explanation of its place; none for a child or somebody harmed.

    Raises: NotFound.
    """
    found = look_up(actor, reference)
    audit.record(by=actor, did=audit.Did.PRIORITY_SEEN, to=found.reference)
    if is_child_or_harmed(found.records, on):
        return found, None
    return found, explain_subject(actor, found, on)


def choices_of(actor: Actor) -> dict[str, list[tuple[str, str]]]:
    """What the list can be narrowed by: agencies whose records the viewer may read, their regions,
    and the threats that visible records name.
    """
    owners = sql.rows(
        "select distinct owner_id from accounts_bucket where id = any(%s::int[])",
        [sorted(actor.readable)],
    )
    agencies = list(Agency.objects.filter(pk__in=[row[0] for row in owners]))
    named: Iterable[tuple[Any, ...]] = sql.rows(
        "select distinct unnest(threats) from intelligence_contribution "
        "where bucket_id = any(%s::int[]) order by 1 limit 200",
        [sorted(actor.readable)],
    )
    labels = dict(Code.objects.filter(list="threat").values_list("code", "label"))
    return {
        "agency": [(a.code, a.name) for a in agencies],
        "region": [(r, r) for r in sorted({a.region for a in agencies if a.region})],
        "threat": [(t, labels.get(t, t.replace("_", " ").capitalize())) for (t,) in named],
    }
