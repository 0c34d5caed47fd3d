"""Sessions, passwords and labels. Types that the apps above need are named in `__all__`."""

import hashlib
import secrets
from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth import authenticate, password_validation
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction
from django.http import HttpRequest

from lightkeeper.apps.accounts.actors import Actor, actor_now, check_may
from lightkeeper.apps.accounts.choices import Power, Purpose
from lightkeeper.apps.accounts.models import (
    Agency,
    Area,
    Bucket,
    Code,
    Credential,
    Exclusion,
    Glass,
    Person,
)
from lightkeeper.apps.audit import services as audit
from lightkeeper.core.access.envelope import RecordClass
from lightkeeper.core.access.models import Labelled
from lightkeeper.core.errors import NotPermitted, Refused
from lightkeeper.core.references import new_reference

__all__ = [
    "Actor", "Agency", "Area", "Bucket", "Code", "Exclusion", "Glass", "Person", "Power", "Purpose",
    "actor_now", "change_password", "check_may", "must_change_password", "open_session",
    "relabelled", "sign_in",
    "sign_out", "the_label", "widen",
]  # fmt: skip

SESSION_HOURS = {"page": 10, "api": 12, "command": 2}


class Nobody:
    """Who acts before anybody has signed in."""

    person_id = None
    agency_id = None
    session = ""
    purpose = ""

    def __init__(self, username: str = "") -> None:
        self.username = username[:60]


class AtTheDoor:
    """Somebody the door knows, for the events that the door enters."""

    purpose = ""

    def __init__(self, person: Person, session: str = "") -> None:
        self.person_id = person.pk
        self.agency_id = person.agency_id
        self.username = person.username
        self.session = session


def sign_in(
    *,
    request: HttpRequest | None,
    username: str,
    password: str,
    purpose: Purpose,
    kind: str = "page",
) -> tuple[str, bool]:
    """Check a password and open a session. Returns its secret token, and whether to change the
    password.

    Raises: NotPermitted, the same for an unknown name, a wrong password and a closed account.
    Source: OWASP ASVS 5.0 V6.3.8.
    """
    credential = authenticate(request or _at_a_terminal(), username=username, password=password)
    if not isinstance(credential, Credential):
        audit.record(by=Nobody(username), did=audit.Did.SIGN_IN_FAILED, using="door")
        raise NotPermitted("The name or the password is not right.")
    token = open_session(credential.person_id, purpose=purpose, kind=kind)
    return token, credential.must_change


def _at_a_terminal() -> HttpRequest:
    """What stands for a request where somebody signs in by a command, whose tries count too."""
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = "127.0.0.1"
    return request


def open_session(person_id: int, *, purpose: Purpose, kind: str) -> str:
    """Open a session through the door. Only the hash of its token is kept."""
    token = secrets.token_urlsafe(32)
    reference = new_reference("SES")
    idle = f"{settings.IDLE_MINUTES} minutes" if kind == "page" else f"{SESSION_HOURS[kind]} hours"
    with transaction.atomic(using="door"):
        with connections["door"].cursor() as cursor:
            cursor.execute(
                "select sec.open_session(%s, %s, %s, %s, %s, %s::interval, %s::interval)",
                [
                    person_id,
                    hashlib.sha256(token.encode()).digest(),
                    reference,
                    kind,
                    purpose,
                    idle,
                    f"{SESSION_HOURS[kind]} hours",
                ],
            )
        who = AtTheDoor(Person.objects.using("door").get(pk=person_id), reference)
        audit.record(
            by=who, did=audit.Did.SIGNED_IN, to=reference, reason=str(purpose), using="door"
        )
    return token


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


def must_change_password() -> bool:
    """Whether whoever acts was given their password and has not chosen one yet."""
    with connection.cursor() as cursor:
        cursor.execute("select sec.must_change()")
        return bool(cursor.fetchone()[0])


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


def widen(row: Labelled, *, owner: Agency, to: Iterable[Agency]) -> Bucket:
    """The row's label, released to these agencies as well. The row is not changed."""
    had = (
        row.bucket.audience.members.values_list("agency", flat=True) if row.bucket.audience else []
    )
    already = Agency.objects.filter(pk__in=list(had))
    return relabelled(row.bucket, owner=owner, released_to=[*already, *to])
