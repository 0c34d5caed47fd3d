"""One subject, as one viewer may see it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F
from django.urls import reverse

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import queries as audit_queries
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.intake.choices import Category
from lightkeeper.apps.intake.services import Record, Report
from lightkeeper.apps.intelligence import mentions, sql
from lightkeeper.apps.intelligence.models import Judgement, Link
from lightkeeper.apps.intelligence.queries import parts
from lightkeeper.core.errors import NotFound
from lightkeeper.engine.priority import Explanation, Factor, Part, explain
from lightkeeper.engine.records.children import age_on, last_day

# More records than this are not walked through for one page.
MOST_RECORDS = 2000
PREFIX, RECORD_PREFIX = "SUB-", "REC-"

CONTRIBUTIONS = """
select c.record_id, c.factor, c.points, c.reliability, c.observed_on,
       f.name, f.points, f.cap, f.half_life_days
  from intelligence_contribution c join intelligence_factor f
    on f.code = c.factor
   and f.active_from <= %(on)s and (f.active_to is null or f.active_to > %(on)s)
 where c.record_id = any(%(records)s) and c.bucket_id = any(%(readable)s::int[])
"""


@dataclass(frozen=True)
class Subject:
    """The records that one viewer sees of one person or thing, earliest first."""

    reference: str
    caption: str
    records: tuple[Record, ...]
    links: tuple[Link, ...] = field(default=(), repr=False)
    judgements: tuple[Judgement, ...] = field(default=(), repr=False)

    @property
    def kind(self) -> str:
        return str(self.records[0].kind)

    @property
    def record_ids(self) -> list[int]:
        return [record.pk for record in self.records]

    def get_absolute_url(self) -> str:
        return reverse("intelligence:subject", args=[self.reference])

    def __str__(self) -> str:
        return self.reference


def reference_of(record: Record) -> str:
    """The reference of the subject whose earliest visible record this is."""
    return PREFIX + str(record.reference).removeprefix(RECORD_PREFIX)


def subject(actor: Actor, reference: str) -> Subject:
    """The subject that the reference of any of its records leads to; records that it was seen.

    Raises: NotFound, the same for what does not exist and what is not shared.
    """
    found = look_up(actor, reference)
    audit.record(
        by=actor,
        did=audit.Did.SUBJECT_SEEN,
        to=[found.reference, *(record.reference for record in found.records)],
    )
    return found


def looks_at_subject(
    actor: Actor, reference: str, *, before: str = ""
) -> tuple[Subject, audit_queries.Looks]:
    """Who has looked at those of its records that this person's agency owns.

    Raises: NotFound. NotPermitted if other agencies own all of them.

    Source: mission A3.
    """
    found = look_up(actor, reference)
    references = [record.reference for record in found.records]
    return found, audit_queries.looks(actor, references, before=before)


def look_up(actor: Actor, reference: str) -> Subject:
    """As `subject`, for a caller that records what it shows itself."""
    if not reference.startswith((PREFIX, RECORD_PREFIX)):
        raise NotFound("subject")
    name = RECORD_PREFIX + reference[len(PREFIX) :]
    visible = Record.objects.visible_to(actor)
    start = visible.filter(reference=name).values_list("pk", flat=True).first()
    if start is None:
        raise NotFound("subject")
    subjects = parts.subjects_of(actor, [start])
    mine = [record for record, earliest in subjects.items() if earliest == subjects[start]]
    records = list(
        visible.filter(pk__in=mine)
        .select_related("bucket__owner", "bucket__compartment")
        .order_by("pk")[:MOST_RECORDS]
    )
    return Subject(
        reference=reference_of(records[0]),
        caption=caption_of(records),
        records=tuple(records),
        links=tuple(_links_among(actor, mine)),
        judgements=tuple(_judgements_about(actor, mine)),
    )


def _links_among(actor: Actor, ids: list[int]) -> list[Link]:
    """What joins these records, strongest first."""
    inside = Link.objects.visible_to(actor).filter(left_id__in=ids, right_id__in=ids)
    return list(
        inside.filter(weight_bits__gte=F("model__link_bits")).order_by("-weight_bits", "pk")
    )


def _judgements_about(actor: Actor, ids: list[int]) -> list[Judgement]:
    """What was decided of them, with each other and with others, undone or not."""
    touching = Judgement.objects.visible_to(actor).filter(left_id__in=ids)
    touching |= Judgement.objects.visible_to(actor).filter(right_id__in=ids)
    related = touching.select_related("person", "undoing__person", "left", "right")
    return list(related.order_by("-made_at", "-pk"))


def caption_of(records: list[Record]) -> str:
    """The name most records give; of equally many the longest, then the first by alphabet."""
    counts: dict[str, int] = {}
    for record in records:
        if record.caption:
            counts[record.caption] = counts.get(record.caption, 0) + 1
    if not counts:
        return "Without a name"
    return min(counts, key=lambda text: (-counts[text], -len(text), text))


def reports_of(actor: Actor, found: Subject) -> dict[int, Report]:
    """The reports of its records that the viewer may see, by number."""
    return dict(
        Report.objects.visible_to(actor).in_bulk({record.report_id for record in found.records})
    )


def explain_subject(actor: Actor, found: Subject, on: date) -> Explanation:
    """Why it would stand where it stands on the list of priorities, from what the viewer sees."""
    names = {record.pk: record.reference for record in found.records}
    parts_: list[Part] = []
    factors: dict[str, Factor] = {}
    given = {"records": list(names), "readable": sorted(actor.readable), "on": on}
    for record, code, points, reliability, day, *factor in sql.rows(CONTRIBUTIONS, given):
        parts_.append(Part(code, points, reliability, day, names[record]))
        factors[code] = Factor(code, *factor)
    return explain(parts_, factors.values(), on)


def is_child_or_harmed(records: list[Record] | tuple[Record, ...], on: date) -> bool:
    """Whether what is seen says that this is a child now, or somebody who is harmed.

    Such a subject is not ranked. A record of somebody's childhood does not make an adult a child,
    if it gives a birth date; in doubt it does.
    """
    return any(
        mentions.says_harmed(record.properties)
        or not {Category.VICTIM, Category.WITNESS}.isdisjoint(record.categories)
        or (
            (record.concerns_child or Category.CHILD in record.categories)
            and not _is_grown_up(record.properties, on)
        )
        for record in records
    )


def _is_grown_up(properties: dict[str, Any], on: date) -> bool:
    births = properties.get("birthDate", [])
    return bool(births) and all(age_on(last_day(born), on) >= 18 for born in births)
