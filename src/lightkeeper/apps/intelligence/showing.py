"""What pages show, put together from queries: lists that templates only repeat."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import queries as audit
from lightkeeper.apps.intake import corrected
from lightkeeper.apps.intake.corrected import Corrected
from lightkeeper.apps.intake.services import Record, Report
from lightkeeper.apps.intelligence import mentions, queries, services, slots
from lightkeeper.apps.intelligence.models import Judgement, Link
from lightkeeper.core.access.envelope import Level
from lightkeeper.core.rules import allowed
from lightkeeper.engine.priority import Explanation

MOST_ROWS, MOST_LINKS, MOST_FACTS = 100, 50, 12


@dataclass(frozen=True)
class RecordRow:
    """A contributing record as the page of a subject shows it."""

    record: Record
    report: Report | None
    marking: str
    compartment: str
    age: str
    says: tuple[str, ...]
    corrections: tuple[Corrected, ...] = ()

    @property
    def handling_code(self) -> str:
        return self.report.handling_code if self.report else ""

    @property
    def graded(self) -> dict[str, Any]:
        record = self.record
        return {
            "scheme": record.scheme,
            "source_evaluation": record.source_evaluation,
            "information_assessment": record.information_assessment,
            "handling_code": self.handling_code,
            "handling_conditions": self.report.handling_conditions if self.report else [],
        }


@dataclass(frozen=True)
class LinkRow:
    left: Record
    right: Record
    link: Link
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]


def subject_page(
    actor: Actor, found: queries.Subject, on: date, request: HttpRequest | None = None
) -> dict[str, Any]:
    """Everything the page of a subject shows; as many queries however many records."""
    facts = queries.facts_of(found.records)
    agreed = [
        {"label": fact.label, "value": fact.text, "note": fact.note}
        for fact in facts
        if not fact.conflicting
    ]
    reports = queries.reports_of(actor, found)
    right = corrected.of_records(actor, found.record_ids)
    harmed = queries.is_child_or_harmed(found.records, on)
    explanation = None if harmed else queries.explain_subject(actor, found, on)
    return {
        "subject": found,
        "told_of_looks": any(
            audit.is_told_of_looks(actor, record.bucket.owner_id) for record in found.records
        ),
        "headline": agreed[:MOST_FACTS],
        "more_facts": agreed[MOST_FACTS:],
        "conflicts": [fact for fact in facts if fact.conflicting],
        "corrections": [one for record in found.records for one in right.get(record.pk, [])],
        "rows": [_row(record, reports, on, right) for record in found.records[:MOST_ROWS]],
        "all_rows": len(found.records) <= MOST_ROWS,
        "most_rows": MOST_ROWS,
        "links": link_rows(found)[:MOST_LINKS],
        "all_links": len(found.links) <= MOST_LINKS,
        "most_links": MOST_LINKS,
        "judgements": [judgement_row(actor, judgement) for judgement in found.judgements],
        "explanation": explanation,
        "factors": factor_parts(explanation) if explanation else [],
        "is_child_or_harmed": harmed,
        "concerns_child": any(record.concerns_child for record in found.records),
        "slots": [
            {
                "title": slot.title,
                "content": render_to_string(
                    slot.template, {"subject": found, "slot": slot.context} | slot.context, request
                ),
            }
            for slot in slots.slots_for(actor, found.record_ids)
        ],
    }


def _row(
    record: Record, reports: dict[int, Report], on: date, right: dict[int, list[Corrected]]
) -> RecordRow:
    bucket = record.bucket
    topics = sorted(
        {
            topic.replace("-", " ").replace("_", " ")
            for name in mentions.TOPICS
            for topic in record.properties.get(name, ())
        }
        | {role.replace("-", " ") for role in mentions.roles_of(record.properties)}
    )
    return RecordRow(
        record=record,
        report=reports.get(record.report_id),
        marking=Level(bucket.level).words,
        compartment=str(bucket.compartment) if bucket.compartment else "",
        age=_("%(time)s old") % {"time": timesince(record.observed_on, on, depth=1)}
        if record.observed_on
        else "",
        says=tuple(topics),
        corrections=tuple(right.get(record.pk, ())),
    )


def link_rows(found: queries.Subject) -> list[LinkRow]:
    records = {record.pk: record for record in found.records}
    rows = []
    for link in found.links:
        speaks = [(piece["weight_bits"], piece["sentence"]) for piece in link.evidence]
        rows.append(
            LinkRow(
                records[link.left_id],
                records[link.right_id],
                link,
                tuple(sentence for bits, sentence in speaks if bits >= 0)[:3],
                tuple(sentence for bits, sentence in speaks if bits < 0)[:2],
            )
        )
    return rows


def judgement_row(actor: Actor, judgement: Judgement) -> dict[str, Any]:
    undone = getattr(judgement, "undoing", None)
    return {
        "judgement": judgement,
        "left": judgement.left,
        "right": judgement.right,
        "undone": undone,
        "may_undo": None if undone else allowed(services.check_can_judge, actor),
    }


def factor_parts(explanation: Explanation) -> list[dict[str, Any]]:
    return [
        {
            "name": share.factor.name,
            "points": share.points,
            "cap": share.factor.cap,
            "sentence": share.sentence,
            "url": f"#factor-{share.factor.code}",
        }
        for share in explanation.shares
    ]


def confidence_words(explanation: Explanation) -> str:
    return _("%(share)d of 100") % {"share": round(explanation.confidence * 100)}


def side(record: Record) -> dict[str, str]:
    """A record as the head of a column, with who sent it."""
    return {
        "label": record.caption or record.reference,
        "url": record.get_absolute_url(),
        "note": f"{record.bucket.owner}, {record.reference}",
    }


def pair_url(left: str, right: str) -> str:
    return reverse("intelligence:pair", args=[left, right])


def pages(page: int, more: bool, words: dict[str, str]) -> dict[str, str]:
    """Addresses of the pages before and after, keeping the filters."""

    def to(number: int) -> str:
        kept = "".join(f"{name}={value}&" for name, value in words.items() if value)
        return f"?{kept}page={number}"

    return {
        "previous_url": to(page - 1) if page > 1 else "",
        "next_url": to(page + 1) if more else "",
    }


def references(records: Iterable[Record] | Sequence[Record]) -> list[str]:
    return [record.reference for record in records]
