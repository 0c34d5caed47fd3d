"""Reading requests, what was found for them and what was decided, always for someone."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from lightkeeper.apps.accounts.services import Actor, Agency
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.governance import queries as governance
from lightkeeper.apps.intake.beside import Beside
from lightkeeper.apps.intake.corrected import Corrected
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.rights import proposing
from lightkeeper.apps.rights.choices import CaseStatus, Choice
from lightkeeper.apps.rights.clock import Clock
from lightkeeper.apps.rights.finding import wanted_of
from lightkeeper.apps.rights.letters import Disclosure, Entry, Said
from lightkeeper.apps.rights.models import Case, Correction, Decision, Item, Part, Restriction, Step
from lightkeeper.apps.rights.reckoning import clock_of, holidays
from lightkeeper.apps.rights.statements import Content, Statement, content_of, contents_of
from lightkeeper.core.errors import NotFound

ROWS_A_PAGE = 50
ENDED = (CaseStatus.ANSWERED, CaseStatus.WITHDRAWN)


@dataclass(frozen=True)
class Row:
    case: Case
    clock: Clock


@dataclass(frozen=True)
class Page:
    """Some rows, and the reference after which they go on."""

    rows: list[Any]
    after: str = ""


@dataclass(frozen=True)
class Found:
    """An item with what it says, what the machine would have looked at, and what was decided."""

    item: Item
    content: Content
    decision: Decision | None
    proposals: tuple[str, ...] = ()

    @property
    def disclosed(self) -> bool:
        return self.decision is not None and self.decision.choice != Choice.WITHHOLD


def cases(actor: Actor, *, on: date, ended: bool = False, after: str = "") -> Page:
    """Requests with their clocks: those still to be answered, the oldest first; or those ended."""
    rows = Case.objects.visible_to(actor).select_related("owner")
    rows = rows.filter(status__in=ENDED) if ended else rows.exclude(status__in=ENDED)
    last = rows.filter(reference=after).first() if after else None
    if last is not None:
        rows = rows.filter(pk__gt=last.pk)
    found = list(rows.order_by("pk")[: ROWS_A_PAGE + 1])
    shown, off = found[:ROWS_A_PAGE], holidays()
    audit.record(by=actor, did=audit.Did.RIGHTS_LISTED, to=[one.reference for one in shown])
    clocks = [Row(one, clock_of(one, on=on, off=off)) for one in shown]
    clocks.sort(key=lambda row: (row.clock.due or date.max, row.case.received_on))
    return Page(clocks, shown[-1].reference if len(found) > ROWS_A_PAGE else "")


def find_case(actor: Actor, reference: str) -> Case:
    """The case as the object of an act that leaves its own event. Raises: NotFound."""
    found: Case | None = (
        Case.objects.visible_to(actor)
        .select_related("owner", "submitted_by", "signed_by", "received_by")
        .filter(reference=reference)
        .first()
    )
    if found is None:
        raise NotFound("request")
    return found


def get_case(actor: Actor, reference: str) -> Case:
    """Raises: NotFound, the same for one that does not exist and one that is not shared."""
    found = find_case(actor, reference)
    audit.record(by=actor, did=audit.Did.RIGHTS_SEEN, to=found)
    return found


def steps(actor: Actor, case: Case) -> list[Step]:
    return list(Step.objects.visible_to(actor).filter(case=case).select_related("person__agency"))


def _items(actor: Actor, case: Case) -> list[Item]:
    rows = Item.objects.visible_to(actor).filter(case=case)
    found: list[Item] = list(rows.select_related("case", "bucket_right__owner").order_by("pk"))
    return found


def found(actor: Actor, case: Case) -> list[Found]:
    """What was found and is in sight of this person, each with what was decided last."""
    decided = {
        one.item_id: one
        for one in Decision.objects.visible_to(actor)
        .filter(item__case=case)
        .select_related("person")
        .order_by("pk")
    }
    own = proposing.words_of(wanted_of(case).names)
    items = _items(actor, case)
    contents = contents_of(actor, items)
    return [
        Found(item, said, decided.get(item.pk), _proposals(actor, said, own))
        for item in items
        if (said := contents.get(item.pk)) is not None
    ]


def _proposals(actor: Actor, content: Content, own: frozenset[str]) -> tuple[str, ...]:
    return tuple(proposing.of_item(content, own, actor.disclosable))


def seen_found(actor: Actor, case: Case) -> list[Found]:
    """As `found`, for somebody who reads it; its references go into the log."""
    rows = found(actor, case)
    to = [case.reference, *(str(getattr(one.content.row, "reference", "")) for one in rows)]
    audit.record(by=actor, did=audit.Did.RIGHTS_FOUND_SEEN, to=[one for one in to if one])
    return rows


def find_item(actor: Actor, reference: str) -> Item:
    """Raises: NotFound, the same for one that is gone, hidden, or about something hidden."""
    return _item(actor, reference)[0]


def _item(actor: Actor, reference: str) -> tuple[Item, Content]:
    item: Item | None = (
        Item.objects.visible_to(actor)
        .select_related("case__owner", "bucket_right__owner")
        .filter(reference=reference)
        .first()
    )
    content = None if item is None else content_of(actor, item)
    if item is None or content is None:
        raise NotFound("item")
    return item, content


def get_item(actor: Actor, reference: str) -> Found:
    """One item with all it says, for the page on which it is decided. Raises: NotFound."""
    item, content = _item(actor, reference)
    decision = Decision.objects.visible_to(actor).filter(item=item).select_related("person").last()
    own = proposing.words_of(wanted_of(item.case).names)
    thing = str(getattr(content.row, "reference", ""))
    to = [one for one in (item.case.reference, item.reference, thing) if one]
    audit.record(by=actor, did=audit.Did.RIGHTS_FOUND_SEEN, to=to)
    return Found(item, content, decision, _proposals(actor, content, own))


def flagged(item: Item, statements: Iterable[Statement]) -> dict[str, str]:
    """The statements that somebody should look at twice, each with why."""
    own = proposing.words_of(wanted_of(item.case).names)
    said = {one.key: proposing.of_statement(one, own) for one in statements}
    return {key: why for key, why in said.items() if why}


def disclosure(actor: Actor, case: Case) -> Disclosure:
    """What is disclosed, as far as this person may see it: only what was decided to be."""
    entries = [_entry(one, one.decision) for one in found(actor, case) if one.decision]
    return Disclosure(case.reference, case.owner.name, tuple(one for one in entries if one))


def _entry(one: Found, decision: Decision) -> Entry | None:
    if decision.choice == Choice.WITHHOLD:
        return None
    content = one.content
    recorded = getattr(content.row, "recorded_at", None)
    kept = [s for s in content.statements if s.key not in decision.left_out]
    said = tuple(Said(s.label, s.text, content.basis) for s in kept)
    return Entry(content.title, content.category, recorded.date() if recorded else None, said)


def seen_disclosure(actor: Actor, case: Case) -> Disclosure:
    audit.record(by=actor, did=audit.Did.RIGHTS_FOUND_SEEN, to=case)
    return disclosure(actor, case)


@dataclass(frozen=True)
class Reasons:
    """Why each thing was decided as it was, for the Commissioner."""

    case: Case
    steps: list[Step]
    decisions: list[Decision]


def reasons(actor: Actor, case: Case) -> Reasons:
    """The record of reasons, as far as this person may see what they are about.

    Source: Data Protection Act 2018 s.45(7), s.48(6).
    """
    decisions = list(
        Decision.objects.visible_to(actor)
        .filter(item__case=case)
        .select_related("item", "person__agency")
        .order_by("pk")
    )
    audit.record(by=actor, did=audit.Did.RIGHTS_REASONS_SEEN, to=case)
    return Reasons(case, steps(actor, case), decisions)


def parts(actor: Actor, *, after: str = "") -> Page:
    """What one's agency is asked for, and what it asked of others; the newest first."""
    rows = Part.objects.visible_to(actor).select_related("bucket__owner", "asked_by", "answered_by")
    last = rows.filter(reference=after).first() if after else None
    if last is not None:
        rows = rows.filter(pk__lt=last.pk)
    found = list(rows.order_by("-pk")[: ROWS_A_PAGE + 1])
    shown = found[:ROWS_A_PAGE]
    audit.record(by=actor, did=audit.Did.PARTS_LISTED, to=[one.reference for one in shown])
    return Page(shown, shown[-1].reference if len(found) > ROWS_A_PAGE else "")


def parts_of(actor: Actor, case: Case) -> list[Part]:
    rows = Part.objects.visible_to(actor).filter(case_reference=case.reference)
    return list(rows.select_related("bucket__owner", "answered_by").order_by("pk"))


def find_part(actor: Actor, reference: str) -> Part:
    """Raises: NotFound."""
    found: Part | None = (
        Part.objects.visible_to(actor)
        .select_related("bucket__owner", "asked_by")
        .filter(reference=reference)
        .first()
    )
    if found is None:
        raise NotFound("question")
    return found


def agencies_to_ask(actor: Actor, case: Case, on: date) -> list[Agency]:
    """Every other agency that works here, whether it holds something or not: only it may say."""
    asked = {one.bucket.owner_id for one in parts_of(actor, case)} | {actor.agency_id}
    others = Agency.objects.exclude(pk__in=asked).exclude(active_to__lte=on)
    return list(others.filter(people__is_active=True).distinct())


@dataclass(frozen=True)
class OnRecord:
    """What stands beside a record: that it is restricted, earlier restrictions, corrections."""

    record: Record
    restriction: Restriction | None
    lifted: list[Restriction]
    corrections: list[Correction]


def find_record(actor: Actor, reference: str) -> Record:
    return governance.get_record(actor, reference)


def on_record(actor: Actor, record: Record) -> OnRecord:
    placed = list(
        Restriction.objects.visible_to(actor)
        .filter(record=record)
        .select_related("placed_by__agency", "lifted_by")
        .order_by("pk")
    )
    corrections = (
        Correction.objects.visible_to(actor)
        .filter(record=record)
        .select_related("person__agency")
        .order_by("pk")
    )
    stands = next((one for one in placed if one.lifted_at is None), None)
    return OnRecord(record, stands, [o for o in placed if o.lifted_at], list(corrections))


def get_on_record(actor: Actor, reference: str) -> OnRecord:
    """Raises: NotFound."""
    record = find_record(actor, reference)
    audit.record(by=actor, did=audit.Did.CORRECTIONS_SEEN, to=record)
    return on_record(actor, record)


def standing_restriction(actor: Actor, record: Record) -> Restriction:
    """Raises: NotFound where none stands, or none that this person may see."""
    found = on_record(actor, record).restriction
    if found is None:
        raise NotFound("restriction")
    return found


def beside_record(actor: Actor, record: Record) -> Beside | None:
    """For the record's own page: whoever sees it sees that it is restricted, and what is right."""
    shown = on_record(actor, record)
    if shown.restriction is None and not shown.corrections:
        return None
    return Beside("rights/partials/_beside.html", {"shown": shown})


def corrections_of(actor: Actor, records: Collection[int]) -> dict[int, list[Corrected]]:
    """For every door that gives what records say: what is right, beside it."""
    found: dict[int, list[Corrected]] = {}
    rows = Correction.objects.visible_to(actor).filter(record__in=records).order_by("pk")
    for one in rows:
        said = Corrected(
            one.reference, one.kind, str(one.get_kind_display()), one.property, one.was,
            one.becomes, one.made_at,
        )  # fmt: skip
        found.setdefault(one.record_id, []).append(said)
    return found
