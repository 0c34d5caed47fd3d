"""Finding all that is held on a person, deciding on each, and answering, by two people."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.rights import finding, letters, permissions, policies, queries, stores
from lightkeeper.apps.rights.choices import AnswerKind, CaseStatus, Choice, RequestKind
from lightkeeper.apps.rights.models import Case, Decision, Item
from lightkeeper.apps.rights.services.cases import check_can_handle, move, note_step, own
from lightkeeper.apps.rights.statements import content_of
from lightkeeper.apps.rights.stores import Hit
from lightkeeper.core.days import day_of
from lightkeeper.core.errors import NotFound, NotPermitted, Refused
from lightkeeper.core.references import new_reference


@dataclass(frozen=True)
class Given:
    """What leaves: the bytes, their type, and a name to keep them under."""

    data: bytes
    content_type: str
    file_name: str


def check_can_find(by: Actor, case: Case) -> None:
    check_can_handle(by, case)


@transaction.atomic
def find_all(*, by: Actor, case: Case, at: datetime) -> int:
    """Search every store for whoever asks, as far as `by` may see. Returns how many are new.

    What stands there already keeps its decision; a search may be repeated until the answer.

    Raises: NotPermitted; Refused where so many answer that nobody could go through them.
    Source: Data Protection Act 2018 s.45.
    """
    case = own(by, case)
    check_can_find(by, case)
    hits = finding.all_on(by, case)
    known = {(one.store, one.row) for one in Item.objects.visible_to(by).filter(case=case)}
    fresh = [one for one in hits if (one.store.name, one.row.pk) not in known]
    for hit in fresh:
        _keep(by, case, hit, at)
    case.searched_at = at
    case.save(update_fields=["searched_at"])
    note_step(by, case, f"Searched all stores: {len(hits)} found", "", at)
    to = [case.reference, *(str(one.row) for one in fresh)]
    audit.record(by=by, did=audit.Did.RIGHTS_SEARCHED, to=[one[:60] for one in to], at=at)
    return len(fresh)


def _keep(by: Actor, case: Case, hit: Hit, at: datetime) -> None:
    Item(
        reference=new_reference("RIT"), case=case, store=hit.store.name, row=hit.row.pk,
        record_id=finding.record_of(by, hit), why="; ".join(dict.fromkeys(hit.why))[:200],
        bucket_left_id=case.bucket_id, bucket_right_id=stores.labels_of(hit.row)[0],
        person_id=by.person_id, found_at=at,
    ).save(force_insert=True)  # fmt: skip


def check_can_decide(by: Actor, item: Item) -> None:
    check_can_handle(by, item.case)


@transaction.atomic
def decide(
    *,
    by: Actor,
    item: Item,
    choice: Choice,
    reason: str,
    at: datetime,
    left_out: Mapping[str, str] | None = None,
    ground: str = "",
) -> Decision:
    """Disclose an item, disclose it with parts left out, or withhold it: always with a reason.

    Raises:
        NotFound: it is gone, or no longer shared with `by`.
        NotPermitted: its label does not let `by` disclose it.
        Refused: nothing is left out, or all of it, or without a ground or a reason.

    Source: Data Protection Act 2018 s.45(4).
    """
    own(by, item.case)
    check_can_decide(by, item)
    policies.check_reason(reason)
    content = content_of(by, item)
    if content is None:
        raise NotFound("item")
    parts = dict(left_out or {})
    policies.check_decision(choice, parts, ground, {one.key for one in content.statements})
    if choice != Choice.WITHHOLD and not set(content.bucket_ids) <= by.disclosable:
        raise NotPermitted("Its label does not let you disclose it: ask whoever owns it.")
    decision = Decision(
        item=item, bucket_left_id=item.bucket_left_id, bucket_right_id=item.bucket_right_id,
        choice=choice, left_out=parts, ground=ground if choice == Choice.WITHHOLD else "",
        reason=reason.strip(), person_id=by.person_id, made_at=at,
    )  # fmt: skip
    decision.save(force_insert=True)
    to = [item.case.reference, item.reference]
    audit.record(by=by, did=audit.Did.RIGHTS_DECIDED, to=to, rule=f"rights.{choice.lower()}", at=at)
    return decision


def check_can_submit(by: Actor, case: Case) -> None:
    permissions.check_may_handle(by, case.bucket_id)
    policies.check_move(case, CaseStatus.TO_SIGN)


@transaction.atomic
def submit(
    *, by: Actor, case: Case, reason: str, at: datetime, answer: AnswerKind | None = None
) -> Case:
    """Put the answer forward for a second person. For access it follows from the decisions.

    Raises: NotPermitted; Refused if nothing was searched, something is still to be decided, or the
        answer does not fit.
    """
    case = own(by, case)
    check_can_submit(by, case)
    policies.check_reason(reason)
    found = queries.found(by, case)
    disclosed = sum(one.disclosed for one in found)
    if case.kind == RequestKind.ACCESS:
        answer = AnswerKind.DISCLOSED if disclosed else AnswerKind.NEITHER
    undecided = sum(one.decision is None for one in found if case.kind == RequestKind.ACCESS)
    counted = disclosed if case.kind == RequestKind.ACCESS else 0
    policies.check_answer(case, answer or AnswerKind.NEITHER, counted, undecided)
    case.answer, case.submitted_by_id = answer or AnswerKind.NEITHER, by.person_id
    case.digest = _digest(by, case) if case.answer == AnswerKind.DISCLOSED else ""
    move(by, case, CaseStatus.TO_SIGN, reason, at)
    case.save(update_fields=["answer", "submitted_by", "digest", "status"])
    audit.record(by=by, did=audit.Did.RIGHTS_MOVED, to=case, rule="rights.to_sign", at=at)
    return case


def check_can_submit_again(by: Actor, case: Case) -> None:
    permissions.check_may_handle(by, case.bucket_id)
    policies.check_move(case, CaseStatus.OPEN)


@transaction.atomic
def send_back(*, by: Actor, case: Case, reason: str, at: datetime) -> Case:
    """Take up the case again before it is signed. Raises: NotPermitted; Refused."""
    case = own(by, case)
    check_can_submit_again(by, case)
    policies.check_reason(reason)
    case.answer, case.submitted_by_id, case.digest = "", None, ""
    move(by, case, CaseStatus.OPEN, reason, at)
    case.save(update_fields=["answer", "submitted_by", "digest", "status"])
    audit.record(by=by, did=audit.Did.RIGHTS_MOVED, to=case, rule="rights.sent_back", at=at)
    return case


def check_can_sign(by: Actor, case: Case) -> None:
    permissions.check_may_handle(by, case.bucket_id)
    policies.check_move(case, CaseStatus.ANSWERED)
    policies.check_two(case.submitted_by_id, by.person_id)


@transaction.atomic
def sign_off(*, by: Actor, case: Case, reason: str, at: datetime) -> Case:
    """Sign the answer off as a second person. Nothing leaves before.

    Raises: NotPermitted; Refused for whoever put it forward, and where what would be disclosed is
        not what they saw.
    """
    case = own(by, case)
    check_can_sign(by, case)
    policies.check_reason(reason)
    if case.answer == AnswerKind.DISCLOSED:
        _check_same(by, case)
    case.signed_by_id, case.answered_on = by.person_id, day_of(at)
    move(by, case, CaseStatus.ANSWERED, reason, at)
    case.save(update_fields=["signed_by", "answered_on", "status"])
    audit.record(by=by, did=audit.Did.RIGHTS_SIGNED, to=case, at=at)
    return case


def _digest(by: Actor, case: Case) -> str:
    return hashlib.sha256(letters.disclosure_json(queries.disclosure(by, case))).hexdigest()


def _check_same(by: Actor, case: Case) -> None:
    if _digest(by, case) != case.digest:
        raise Refused(
            "rights.changed",
            "What would be disclosed is not what was put forward. Take it up again.",
        )


@transaction.atomic
def give(*, by: Actor, case: Case, what: str, at: datetime) -> Given:
    """Hand out the letter or the disclosure of a case that is answered.

    Raises: NotPermitted; Refused before it is signed off, where nothing is disclosed, and where
        what was signed off is no longer all there for `by` to see.
    Source: Data Protection Act 2018 s.45, s.62.
    """
    permissions.check_may_handle(by, case.bucket_id)
    if case.status != CaseStatus.ANSWERED:
        raise Refused("rights.unsigned", "Nothing leaves before a second person has signed it off.")
    if what == "letter":
        data, kind = letters.letter_of(case), "text/plain; charset=utf-8"
    else:
        if case.answer != AnswerKind.DISCLOSED:
            raise Refused("rights.nothing", "Nothing is disclosed: the answer is the letter.")
        _check_same(by, case)
        data, kind = letters.written(what, queries.disclosure(by, case))
    ending = {"page": "html", "json": "json"}.get(what, "txt")
    name = f"{case.reference}-{'letter' if what == 'letter' else 'disclosure'}.{ending}"
    audit.record(
        by=by, did=audit.Did.RIGHTS_GIVEN, to=case, recipient=f"whoever made {case.reference}",
        rule=f"rights.{what}", at=at,
    )  # fmt: skip
    return Given(data, kind, name)
