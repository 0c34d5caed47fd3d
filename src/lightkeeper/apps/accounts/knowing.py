"""Reading compartments and who is in them, always for someone who has a part in them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts.actors import Actor
from lightkeeper.apps.accounts.choices import Power, Standing
from lightkeeper.apps.accounts.models import Person
from lightkeeper.apps.accounts.models_compartments import (
    Compartment,
    CompartmentMember,
    CompartmentMove,
)
from lightkeeper.apps.audit import services as audit
from lightkeeper.core.errors import NotFound

ROWS_A_PAGE = 200


@dataclass(frozen=True)
class Known:
    """A compartment in which the viewer has a part, and what of it waits."""

    compartment: Compartment
    members: int
    waiting: int
    is_member: bool


@dataclass(frozen=True)
class Membership:
    member: CompartmentMember
    runs: bool  # approved, and its end has not come

    @property
    def words(self) -> str:
        over = self.member.standing == Standing.APPROVED and not self.runs
        return _("Over") if over else str(Standing(self.member.standing).label)


def known_to(actor: Actor) -> "QuerySet[Compartment]":
    """The rule of the database once more: its members, who runs it, who approves."""
    part = Q(pk__in=actor.viewer.compartments)
    if Power.APPROVE_MEMBER in actor.powers:
        part |= Q(owner=actor.agency_id)
    elif Power.RUN_COMPARTMENT in actor.powers:
        part |= Q(owner=actor.agency_id, opened_by=actor.person_id)
    return Compartment.objects.filter(part).select_related("owner", "opened_by").order_by("name")


def compartments(actor: Actor, *, today: date) -> list[Known]:
    """Those in which the viewer has a part. No others, by name or by number."""
    found = list(known_to(actor)[:ROWS_A_PAGE])
    rows = CompartmentMember.objects.filter(compartment__in=found)
    members: dict[int, set[int]] = {one.pk: set() for one in found}
    waiting: dict[int, int] = dict.fromkeys(members, 0)
    for row in rows.filter(standing__in=[Standing.PROPOSED, Standing.APPROVED]):
        if row.standing == Standing.PROPOSED:
            waiting[row.compartment_id] += 1
        elif counts(row, today):
            members[row.compartment_id].add(row.person_id)
    audit.record(by=actor, did=audit.Did.COMPARTMENTS_LISTED, to=[one.reference for one in found])
    mine = actor.viewer.compartments
    return [Known(one, len(members[one.pk]), waiting[one.pk], one.pk in mine) for one in found]


def waiting_for(actor: Actor) -> list[CompartmentMember]:
    """What waits for the viewer's own approval: proposed by another, about another."""
    if Power.APPROVE_MEMBER not in actor.powers:
        return []
    rows = CompartmentMember.objects.filter(
        compartment__in=known_to(actor), compartment__owner=actor.agency_id, standing="PROPOSED"
    ).exclude(Q(proposed_by=actor.person_id) | Q(person=actor.person_id))
    people = ("person__agency", "compartment", "proposed_by")
    return list(rows.select_related(*people).order_by("proposed_at"))


def get_compartment(actor: Actor, reference: str) -> Compartment:
    """Raises: NotFound, the same for what does not exist and what the viewer has no part in."""
    found = known_to(actor).filter(reference=reference).first()
    if found is None:
        raise NotFound("compartment")
    return found


def show_compartment(
    actor: Actor, reference: str, *, today: date
) -> tuple[Compartment, list[Membership]]:
    """One, with its members, what waits, and all that has been."""
    compartment = get_compartment(actor, reference)
    people = ("person__agency", "proposed_by", "decided_by", "ended_by", "compartment")
    rows = CompartmentMember.objects.filter(compartment=compartment).select_related(*people)
    shown = list(rows.order_by("-pk")[:ROWS_A_PAGE])
    audit.record(by=actor, did=audit.Did.COMPARTMENT_SEEN, to=compartment.reference)
    return compartment, [Membership(row, counts(row, today)) for row in shown]


def moves_of(compartment: Compartment) -> list[CompartmentMove]:
    """That it was looked at, closed and taken up again, and what of that waits; newest first."""
    rows = CompartmentMove.objects.filter(compartment=compartment)
    people = ("proposed_by", "decided_by", "compartment")
    return list(rows.select_related(*people).order_by("-pk")[:ROWS_A_PAGE])


def get_move(actor: Actor, reference: str) -> CompartmentMove:
    """Raises: NotFound, the same for what does not exist and what the viewer has no part in."""
    rows = CompartmentMove.objects.filter(compartment__in=known_to(actor))
    found = rows.select_related("compartment").filter(reference=reference).first()
    if found is None:
        raise NotFound("decision")
    return found


def get_member(actor: Actor, reference: str) -> CompartmentMember:
    """Raises: NotFound, the same for what does not exist and what the viewer has no part in."""
    rows = CompartmentMember.objects.filter(compartment__in=known_to(actor))
    found = rows.select_related("person", "compartment").filter(reference=reference).first()
    if found is None:
        raise NotFound("membership")
    return found


def get_person(username: str) -> Person:
    """Raises: NotFound."""
    found = Person.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise NotFound("person")
    return found


def counts(row: CompartmentMember, today: date) -> bool:
    """Whether it makes somebody a member, or will."""
    ahead = row.active_to is None or row.active_to > today
    return row.standing == Standing.APPROVED and ahead
