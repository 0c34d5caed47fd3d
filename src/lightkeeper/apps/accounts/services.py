"""Sessions, passwords and labels. Types that the apps above need are named in `__all__`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction

from lightkeeper.apps.accounts.actors import Actor, actor_now, check_may
from lightkeeper.apps.accounts.choices import Law, Power, Purpose
from lightkeeper.apps.accounts.entering import (
    SESSION_HOURS,
    AtTheDoor,
    CodeNeeded,
    Entered,
    TooLate,
    half_way_key,
    open_session,
    sign_in,
    sign_in_with_code,
    sign_in_with_key,
    sign_in_with_second_key,
)
from lightkeeper.apps.accounts.laws import law_of
from lightkeeper.apps.accounts.models import (
    Agency,
    Area,
    Bucket,
    Code,
    Consent,
    Credential,
    DatedCondition,
    Exclusion,
    Glass,
    Person,
)
from lightkeeper.apps.accounts.proving import FRESH_MINUTES, check_fresh, prove_again
from lightkeeper.apps.audit import services as audit
from lightkeeper.core.access import guard
from lightkeeper.core.access.envelope import Cond, Envelope, RecordClass
from lightkeeper.core.access.models import Labelled
from lightkeeper.core.errors import NotFound, NotPermitted, Refused

__all__ = [
    "FRESH_MINUTES",
    "SESSION_HOURS",
    "Actor",
    "Agency",
    "Area",
    "AtTheDoor",
    "Bucket",
    "Code",
    "CodeNeeded",
    "Consent",
    "DatedCondition",
    "Entered",
    "Exclusion",
    "Glass",
    "Law",
    "Person",
    "Power",
    "Purpose",
    "TooLate",
    "actor_now",
    "change_password",
    "check_fresh",
    "check_may",
    "conditions_today",
    "end_own_session",
    "half_way_key",
    "law_of",
    "open_session",
    "own_sessions",
    "prove_again",
    "relabelled",
    "sign_in",
    "sign_in_with_code",
    "sign_in_with_key",
    "sign_in_with_second_key",
    "sign_out",
    "stricter", "the_label",
    "widen",
]  # fmt: skip


def sign_out(*, by: Actor) -> None:
    audit.record(by=by, did=audit.Did.SIGNED_OUT, to=by.session)
    with connection.cursor() as cursor:
        cursor.execute("select sec.close_session()")


def change_password(*, by: Actor, old: str, new: str) -> None:
    """Set a password of one's own, and end every other session of this person.

    Raises: Refused if the old one is wrong, or the new one is too short, too common or the same.
    """
    credential = Credential.objects.get(person_id=by.person_id)
    if not credential.check_password(old):
        raise Refused("password.old", "The present password is not right.")
    if old == new:
        raise Refused("password.same", "The new password must differ from the present one.")
    try:
        password_validation.validate_password(new, credential)
    except ValidationError as weak:
        raise Refused("password.weak", " ".join(weak.messages)) from weak
    credential.set_password(new)
    credential.must_change = False
    with transaction.atomic(using="door"):
        credential.save(update_fields=["password", "must_change"])
        # The event is the door's too, so that neither stands without the other.
        audit.record(by=by, did=audit.Did.PASSWORD_CHANGED, to=by.username, using="door")
        with connections["door"].cursor() as cursor:
            cursor.execute("select sec.close_sessions_of(%s, %s)", [by.person_id, by.session])
    with connection.cursor() as cursor:
        cursor.execute("select sec.close_session()")


@dataclass(frozen=True)
class OwnSession:
    """An open session of one's own; nothing in it opens anything."""

    reference: str
    kind: str
    opened_at: datetime
    seen_at: datetime
    current: bool

    @property
    def kind_name(self) -> str:
        return {"page": "Site", "api": "Program", "command": "Command line"}[self.kind]


def own_sessions() -> list[OwnSession]:
    """The open sessions of whoever acts, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute("select reference, kind, opened_at, seen_at, current from sec.my_sessions()")
        return [OwnSession(*row) for row in cursor.fetchall()]


def end_own_session(*, by: Actor, reference: str) -> None:
    """Raises: NotFound, the same for a session that does not exist and one of somebody else."""
    with connection.cursor() as cursor:
        # First, for a session that has ended can enter no event.
        audit.record(by=by, did=audit.Did.SESSION_ENDED, to=reference[:60])
        cursor.execute("select sec.close_my_session(%s)", [reference])
        if not cursor.fetchone()[0]:
            raise NotFound("session")


def the_label(
    *,
    owner: Agency,
    level: int,
    released_to: Iterable[Agency] = (),
    compartment: int | None = None,
    record_class: RecordClass = RecordClass.ORDINARY,
    conds: int = 0,
    hanging_as: Bucket | None = None,
) -> Bucket:
    """The label for this owner, level, compartment, audience and conditions; made on first use. It
    hangs from what the label `hanging_as` hangs from.

    Whether somebody may put it on a row is for the policies, when the row is written.
    """
    others = sorted({agency.pk for agency in released_to} - {owner.pk})
    with connection.cursor() as cursor:
        cursor.execute(
            "select sec.bucket_for(%s, %s, %s, %s, %s::bigint[], %s, %s)",
            [
                int(record_class),
                owner.pk,
                level,
                compartment,
                others or None,
                conds,
                hanging_as.pk if hanging_as else None,
            ],
        )
        found = cursor.fetchone()
    if not found or found[0] is None:
        raise NotPermitted("Nobody is signed in.")
    return Bucket.objects.get(pk=found[0])


def conditions_today(actor: Actor, bucket: Bucket) -> Cond:
    """The conditions of a label, with those that its owner put on and lifted for today."""
    of = Envelope(
        record_class=bucket.record_class, owner=bucket.owner_id, level=bucket.level,
        conds=bucket.conds, root=bucket.root_id,
    )  # fmt: skip
    return guard.conditions_today(actor.viewer, of)


def relabelled(bucket: Bucket, *, owner: Agency, released_to: Iterable[Agency]) -> Bucket:
    """A label with the same level, compartment, conditions and root for another owner and
    audience.
    """
    return the_label(
        conds=bucket.conds,
        hanging_as=bucket,
        owner=owner,
        level=bucket.level,
        compartment=bucket.compartment_id,
        released_to=released_to,
        record_class=RecordClass(bucket.record_class),
    )


def stricter(bucket: Bucket, *, conds: Cond, owner_alone: bool = False) -> Bucket:
    """The label with these conditions as well, and released to nobody if its owner alone has it."""
    to = [] if owner_alone or bucket.audience is None else bucket.audience.members.all()
    return the_label(
        conds=bucket.conds | conds,
        hanging_as=bucket,
        owner=bucket.owner,
        level=bucket.level,
        compartment=bucket.compartment_id,
        released_to=Agency.objects.filter(pk__in=[member.agency_id for member in to]),
        record_class=RecordClass(bucket.record_class),
    )


def widen(row: Labelled, *, owner: Agency, to: Iterable[Agency]) -> Bucket:
    """The row's label, released to these agencies as well. The row is not changed."""
    had = (
        row.bucket.audience.members.values_list("agency", flat=True) if row.bucket.audience else []
    )
    already = Agency.objects.filter(pk__in=list(had))
    return relabelled(row.bucket, owner=owner, released_to=[*already, *to])
