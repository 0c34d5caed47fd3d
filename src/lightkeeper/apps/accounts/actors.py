"""Whoever acts in a session or an errand, with what they may see."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from lightkeeper.apps.accounts.choices import Power, Role
from lightkeeper.apps.accounts.models import Agency, Bucket, Person, RoleGrant, RolePower
from lightkeeper.core import days
from lightkeeper.core.access.envelope import Envelope, Verb, Viewer
from lightkeeper.core.access.guard import buckets_for
from lightkeeper.core.errors import NotPermitted


@dataclass(frozen=True)
class Actor:
    """A person in a session. `readable`, `writable` and `disclosable` are numbers of labels."""

    person_id: int
    username: str
    name: str
    agency: Agency
    session: str
    kind: str
    purpose: str
    viewer: Viewer
    roles: tuple[str, ...] = ()
    powers: frozenset[str] = frozenset()
    readable: frozenset[int] = field(default_factory=frozenset, repr=False)
    writable: frozenset[int] = field(default_factory=frozenset, repr=False)
    disclosable: frozenset[int] = field(default_factory=frozenset, repr=False)
    proved_at: datetime | None = None  # when the password, and the code, were last given
    must_change: bool = False  # the password was given by somebody else
    must_enrol: bool = False  # a role demands a second factor, and there is none

    @property
    def agency_id(self) -> int:
        return int(self.agency.pk)

    @property
    def agency_name(self) -> str:
        return self.agency.name

    @property
    def role_names(self) -> list[str]:
        return [str(Role(role).label) for role in self.roles]

    def __str__(self) -> str:
        return self.name


def actor_now() -> Actor | None:
    """Who is acting in this transaction, or nobody: signed out, expired, closed, untrained.

    The database says who; what they may see is decided here a second time, by our own guard.
    """
    with connection.cursor() as cursor:
        cursor.execute("select who.*, sec.must_enrol() from sec.whoami() who")
        row = cursor.fetchone()
    if row is None:
        return None
    person_id, _agency, level, compartments, audiences, purpose, session, kind, *state = row
    person = Person.objects.select_related("agency").get(pk=person_id)
    roles = tuple(sorted(_today(person.roles.all()).values_list("role", flat=True)))
    viewer = Viewer(
        agency=person.agency_id,
        level=level,
        grants=frozenset(
            _today(RoleGrant.objects.filter(role__in=roles)).values_list("record_class", "verb")
        ),
        compartments=frozenset(compartments),
        audiences=frozenset(audiences),
    )
    viewer = replace(viewer, **_roots())
    buckets = _envelopes()
    return Actor(
        person_id=person.pk,
        username=person.username,
        name=person.name,
        agency=person.agency,
        session=session,
        kind=kind,
        purpose=purpose,
        viewer=viewer,
        roles=roles,
        powers=frozenset(RolePower.objects.filter(role__in=roles).values_list("power", flat=True)),
        readable=buckets_for(viewer, buckets, Verb.READ),
        writable=buckets_for(viewer, buckets, Verb.WRITE),
        disclosable=buckets_for(viewer, buckets, Verb.DISCLOSE),
        proved_at=state[0],
        must_change=state[1],
        must_enrol=state[2],
    )


def _today(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """What holds today: roles and grants end, and with them what only the application keeps."""
    today = days.today()
    return rows.filter(
        Q(active_from=None) | Q(active_from__lte=today),
        Q(active_to=None) | Q(active_to__gt=today),
    )


def _roots() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("select excluded, consents, consenting, glass from sec.my_roots()")
        excluded, consents, consenting, glass = cursor.fetchone()
        cursor.execute("select root_id, owner_id, put, lifted from sec.dated_conditions()")
        dated = {(root, owner): (put, lifted) for root, owner, put, lifted in cursor.fetchall()}
    return {
        "excluded": frozenset(excluded),
        "consents": frozenset(zip(consents, consenting, strict=True)),
        "glass": frozenset(glass),
        "dated": dated,
    }


def _envelopes() -> list[tuple[int, Envelope]]:
    rows = Bucket.objects.values_list(
        "id",
        "record_class",
        "owner_id",
        "level",
        "compartment_id",
        "audience_id",
        "conds",
        "root_id",
    )
    return [(row[0], Envelope(*row[1:])) for row in rows]


def check_may(by: Actor, power: Power) -> None:
    """Raises: NotPermitted, naming what is missing."""
    if power not in by.powers:
        raise NotPermitted(f"Your role does not allow this: {str(power.label).lower()}.")
