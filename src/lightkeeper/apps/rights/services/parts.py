"""Asking other agencies for their part of an answer; answering for one's own."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from lightkeeper.apps.accounts.services import Actor, Agency
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.rights import permissions, policies
from lightkeeper.apps.rights.models import Case, Part
from lightkeeper.apps.rights.services.cases import check_can_handle, note_step, own
from lightkeeper.core.errors import Refused
from lightkeeper.core.locking import lock
from lightkeeper.core.references import new_reference


@transaction.atomic
def ask_for_part(
    *, by: Actor, case: Case, agencies: Iterable[Agency], reason: str, at: datetime
) -> list[str]:
    """Ask the desks of other agencies to look for their part. Nothing of theirs is read.

    Whoever is asked learns who asks what is held on them; whether they hold anything they say
    themselves. Returns the references of the questions.

    Raises: NotPermitted; Refused without a reason, or if all were asked before.
    Source: Data Protection Act 2018 s.45, s.58.
    """
    case = own(by, case)
    check_can_handle(by, case)
    policies.check_reason(reason)
    asked = []
    for agency in agencies:
        reference = new_reference("RPT")
        if _ask(case, agency, reference):
            asked.append(reference)
            audit.record(
                by=by, did=audit.Did.PARTS_ASKED, to=[case.reference, reference],
                recipient=agency.code, at=at,
            )  # fmt: skip
    if not asked:
        raise Refused("rights.asked", "These were asked before.")
    note_step(by, case, f"Asked {len(asked)} other agencies for their part", reason, at)
    return asked


def _ask(case: Case, agency: Agency, reference: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select sec.ask_part(%s, %s, %s)", [case.pk, agency.pk, reference])
        return bool(cursor.fetchone()[0])


def check_can_answer_part(by: Actor, part: Part) -> None:
    permissions.check_may_handle(by, part.bucket_id)
    if part.answered_at is not None:
        raise Refused("rights.part_answered", f"{part} was answered before.")


@transaction.atomic
def answer_part(*, by: Actor, part: Part, answer: str, at: datetime) -> Part:
    """Answer for one's agency: it answers itself, releases something, or neither confirms it.

    Raises: NotPermitted for another agency; Refused without words, or if it was answered.
    """
    check_can_answer_part(by, part)
    policies.check_reason(answer)
    part = lock(part)
    check_can_answer_part(by, part)
    part.answer, part.answered_by_id, part.answered_at = answer.strip(), by.person_id, at
    part.save(update_fields=["answer", "answered_by", "answered_at"])
    audit.record(by=by, did=audit.Did.PART_ANSWERED, to=part, at=at)
    return part
