"""Reading reports, quarantine, mappings and records, always for someone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Max, QuerySet

from lightkeeper.apps.accounts.services import Actor, Agency, Bucket, conditions_today
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.audit.services import Did
from lightkeeper.apps.intake import corrected
from lightkeeper.apps.intake.choices import QuarantineStatus
from lightkeeper.apps.intake.corrected import Corrected
from lightkeeper.apps.intake.models import Mapping, Quarantined, Record, Report
from lightkeeper.core.access.envelope import Level, RecordClass
from lightkeeper.core.access.models import Labelled
from lightkeeper.core.errors import NotFound
from lightkeeper.engine.records import load_mapping

ROWS_A_PAGE = 50
L = TypeVar("L", bound=Labelled)


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and the reference after which the next page begins."""

    rows: list[Any]
    after: str = ""


@dataclass(frozen=True)
class Choice:
    """A compartment one is a member of."""

    id: int
    code: str
    name: str


def _get(actor: Actor, model: type[L], reference: str, what: str, *related: str) -> L:
    found = (
        model.objects.visible_to(actor).select_related(*related).filter(reference=reference).first()
    )
    if found is None:
        raise NotFound(what)
    return found  # type: ignore[no-any-return]


def _page(actor: Actor, rows: "QuerySet[Any]", after: str) -> Page:
    """The newest first, from the one after `after`; an unknown or hidden one starts at the top."""
    if after:
        last = rows.model.objects.visible_to(actor).filter(reference=after).first()
        rows = rows.filter(pk__lt=last.pk) if last else rows
    found = list(rows.order_by("-pk")[: ROWS_A_PAGE + 1])
    more = len(found) > ROWS_A_PAGE
    shown = found[:ROWS_A_PAGE]
    return Page(shown, shown[-1].reference if more else "")


def reports(actor: Actor, *, status: str = "", after: str = "") -> Page:
    rows = Report.objects.visible_to(actor).select_related("owner", "bucket", "mapping")
    if status:
        rows = rows.filter(status=status)
    page = _page(actor, rows.defer("mapping__text"), after)
    audit.record(by=actor, did=Did.REPORTS_LISTED, to=[r.reference for r in page.rows])
    return page


def get_report(actor: Actor, reference: str) -> Report:
    """The report, if it is shared with this person. Raises: NotFound."""
    report = find_report(actor, reference)
    audit.record(by=actor, did=Did.REPORT_SEEN, to=report)
    return report


def find_report(actor: Actor, reference: str) -> Report:
    """The report as the object of an act that leaves its own event, or for its counts alone."""
    return _get(actor, Report, reference, "report", "owner", "bucket", "received_by")


def mapping_of(actor: Actor, report: Report) -> Mapping | None:
    """The mapping, where it is shared: a report may be released without it."""
    return Mapping.objects.visible_to(actor).filter(pk=report.mapping_id).first()  # type: ignore[no-any-return]


def first_records(actor: Actor, report: Report, after: str = "") -> Page:
    """Records of a report in the order of its rows; records which were shown."""
    rows = Record.objects.visible_to(actor).filter(report=report)
    if after:
        last = rows.filter(reference=after).first()
        rows = rows.filter(row_number__gt=last.row_number) if last else rows
    found = list(
        rows.defer("properties", "originals", "notes").order_by("row_number")[: ROWS_A_PAGE + 1]
    )
    more, shown = len(found) > ROWS_A_PAGE, found[:ROWS_A_PAGE]
    if shown:
        to = [report.reference, *(one.reference for one in shown)]
        audit.record(by=actor, did=Did.RECORDS_LISTED, to=to)
    return Page(shown, shown[-1].reference if more else "")


def with_corrections(actor: Actor, records: list[Record]) -> list[tuple[Record, list[Corrected]]]:
    """Each with what stands beside it."""
    right = corrected.of_records(actor, [one.pk for one in records])
    return [(one, right.get(one.pk, [])) for one in records]


def quarantine(actor: Actor, *, report: str = "", status: str = "", after: str = "") -> Page:
    """Rows that wait, or were decided; of one report or of all. Raises: NotFound for the report."""
    rows = Quarantined.objects.visible_to(actor).select_related("bucket__owner")
    if report:
        rows = rows.filter(report=find_report(actor, report))
    rows = rows.filter(status=status or QuarantineStatus.OPEN)
    page = _page(actor, rows, after)
    audit.record(by=actor, did=Did.QUARANTINE_LISTED, to=[r.reference for r in page.rows])
    return page


def get_quarantined(actor: Actor, reference: str) -> Quarantined:
    """The row with its report. Raises: NotFound."""
    row = find_quarantined(actor, reference)
    audit.record(by=actor, did=Did.QUARANTINED_SEEN, to=row)
    return row


def find_quarantined(actor: Actor, reference: str) -> Quarantined:
    """The row as the object of an act that leaves its own event. Raises: NotFound."""
    return _get(actor, Quarantined, reference, "row", "report", "bucket__owner", "decided_by")


def waiting_count(actor: Actor, report: Report | None = None) -> int:
    rows = Quarantined.objects.visible_to(actor).filter(status=QuarantineStatus.OPEN)
    return int((rows.filter(report=report) if report else rows).count())


def mappings(actor: Actor) -> list[Mapping]:
    """The latest version of each mapping."""
    found = latest_mappings(actor)
    audit.record(by=actor, did=Did.MAPPING_SEEN, to=[m.reference for m in found])
    return found


def latest_mappings(actor: Actor) -> list[Mapping]:
    """The same, to choose from in a form."""
    visible = Mapping.objects.visible_to(actor)
    newest = visible.values("bucket", "name").annotate(newest=Max("pk")).values("newest")
    return list(
        visible.filter(pk__in=newest).select_related("made_by", "bucket__owner").order_by("name")
    )


def get_mapping(actor: Actor, reference: str) -> Mapping:
    """Raises: NotFound."""
    mapping = find_mapping(actor, reference)
    audit.record(by=actor, did=Did.MAPPING_SEEN, to=mapping.reference)
    return mapping


def find_mapping(actor: Actor, reference: str) -> Mapping:
    return _get(actor, Mapping, reference, "mapping", "made_by", "bucket__owner")


def versions_of(actor: Actor, mapping: Mapping) -> list[Mapping]:
    same = Mapping.objects.visible_to(actor).filter(bucket=mapping.bucket_id, name=mapping.name)
    return list(same.select_related("made_by").order_by("-version"))


def get_record(actor: Actor, reference: str) -> Record:
    """One record, if it is shared with this person. Raises: NotFound."""
    record = _get(actor, Record, reference, "record", "bucket__owner")
    audit.record(by=actor, did=Did.RECORD_SEEN, to=record)
    return record


def report_of(actor: Actor, record: Record) -> Report | None:
    """The report a record came in, where the report itself is shared."""
    found = Report.objects.visible_to(actor).filter(pk=record.report_id)
    return found.select_related("owner").first()  # type: ignore[no-any-return]


def agencies_for_release(actor: Actor, on: date) -> "QuerySet[Agency]":
    """To whom a report may be released: every agency but one's own."""
    return Agency.objects.exclude(pk=actor.agency_id).exclude(active_to__lte=on)


def compartments_of(actor: Actor) -> list[Choice]:
    """The compartments one is a member of; the policies show no others."""
    mine = actor.viewer.compartments
    if not mine:
        return []
    compartment = Bucket._meta.get_field("compartment").related_model
    rows = compartment.objects.filter(pk__in=mine).order_by("name")  # type: ignore[union-attr]
    return [Choice(row.pk, row.code, row.name) for row in rows]


def levels_of(actor: Actor) -> list[Level]:
    return [level for level in Level if level <= actor.viewer.level]


def label_words(actor: Actor, bucket: Bucket) -> list[str]:
    """Level, owner, audience and compartment of a label, in words, for somebody who may read it."""
    words = [Level(bucket.level).words, str(bucket.owner)]
    if bucket.audience_id:
        members = Agency.objects.filter(pk__in=audience_ids(bucket)).order_by("name")
        words.append("released to " + ", ".join(str(agency) for agency in members))
    if bucket.compartment_id:
        names = [c.name for c in compartments_of(actor) if c.id == bucket.compartment_id]
        words.append("in " + ", ".join(names))
    if bucket.record_class == RecordClass.RESTRICTED:
        words.insert(0, "restricted: hidden from use")
    return words + conditions_today(actor, bucket).words


def audience_ids(bucket: Bucket) -> Iterable[int]:
    return (
        list(bucket.audience.members.values_list("agency_id", flat=True)) if bucket.audience else []
    )


def estimated_rows(report: Report) -> int | None:
    """How many rows a file seems to have, by the bytes that those read so far took."""
    offset = str(report.resume or "").partition(":")[0]
    if report.format not in ("csv", "ftm_jsonl") or not offset.isdigit() or int(offset) == 0:
        return None
    return max(report.rows_read, round(report.rows_read * report.size_bytes / int(offset)))


def note_preview(actor: Actor, digest: str) -> None:
    """A person looks at the first rows of a file that is not yet a report."""
    audit.record(by=actor, did=Did.PREVIEW_SEEN, to=f"sha256:{digest[:50]}")


def same_report(actor: Actor, digest: str) -> Report | None:
    """The report that holds these bytes already, where this person can see it."""
    mine = Report.objects.visible_to(actor).filter(owner_id=actor.agency_id, digest=digest)
    return mine.order_by("pk").first()  # type: ignore[no-any-return]


def mappings_that_fit(actor: Actor, header: Iterable[str]) -> list[tuple[str, str]]:
    """Mappings whose every column the file has, to choose from."""
    columns = list(header)
    return [
        (mapping.reference, str(mapping))
        for mapping in latest_mappings(actor)
        if not load_mapping(mapping.text).missing(columns)
    ]
