"""The register of breaches and one case, as somebody may see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from lightkeeper.apps.accounts.services import Actor, Person
from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.breaches.choices import BreachKind, BreachStatus
from lightkeeper.apps.breaches.clock import Clock
from lightkeeper.apps.breaches.models import (
    Assessment,
    Breach,
    BreachStep,
    Description,
    Listing,
    Notification,
    Ruling,
)
from lightkeeper.apps.breaches.papers import Paper
from lightkeeper.apps.breaches.queries import lists
from lightkeeper.apps.breaches.reckoning import clock_of, words_of
from lightkeeper.core.errors import NotFound, Refused

ROWS_A_PAGE = 50
ENDED = (BreachStatus.CLOSED, BreachStatus.NO_BREACH)


@dataclass(frozen=True)
class Row:
    breach: Breach
    clock: Clock


@dataclass(frozen=True)
class Page:
    """Some rows, and the reference after which they go on."""

    rows: list[Any]
    after: str = ""


def register(
    actor: Actor, *, at: datetime, which: str = "open", kind: str = "", after: str = ""
) -> Page:
    """Breaches with their clocks: those being handled, those that ended, or all; those whose time
    ends first come first on a page.

    Source: Data Protection Act 2018 s.67(6), (7).
    """
    rows = Breach.objects.visible_to(actor).select_related("owner")
    if which == "open":
        rows = rows.exclude(status__in=ENDED)
    elif which == "ended":
        rows = rows.filter(status__in=ENDED)
    if kind in BreachKind.values:
        rows = rows.filter(kinds__contains=[kind])
    last = rows.filter(reference=after).first() if after else None
    if last is not None:
        rows = rows.filter(pk__lt=last.pk)
    found = list(rows.order_by("-pk")[: ROWS_A_PAGE + 1])
    shown = found[:ROWS_A_PAGE]
    audit.record(by=actor, did=audit.Did.BREACHES_LISTED, to=[one.reference for one in shown])
    clocks = [Row(one, clock_of(one, at=at)) for one in shown]
    if which == "open":
        clocks.sort(key=lambda row: row.clock.due)
    return Page(clocks, shown[-1].reference if len(found) > ROWS_A_PAGE else "")


def find_breach(actor: Actor, reference: str) -> Breach:
    """The case as the object of an act that leaves its own event. Raises: NotFound."""
    found: Breach | None = (
        Breach.objects.visible_to(actor)
        .select_related("owner", "reported_by__agency")
        .filter(reference=reference)
        .first()
    )
    if found is None:
        raise NotFound("breach")
    return found


def get_breach(actor: Actor, reference: str) -> Breach:
    """Raises: NotFound, the same for one that does not exist and one that is not shared."""
    found = find_breach(actor, reference)
    audit.record(by=actor, did=audit.Did.BREACH_SEEN, to=found)
    return found


def _of(actor: Actor, model: Any, breach: Breach) -> Any:
    return model.objects.visible_to(actor).filter(breach=breach).select_related("person__agency")


def steps(actor: Actor, breach: Breach) -> list[BreachStep]:
    return list(_of(actor, BreachStep, breach))


def latest_description(actor: Actor, breach: Breach) -> Description | None:
    found: Description | None = _of(actor, Description, breach).order_by("-pk").first()
    return found


def assessments(actor: Actor, breach: Breach) -> list[Assessment]:
    """The newest first."""
    return list(_of(actor, Assessment, breach).order_by("-pk"))


def rulings(actor: Actor, breach: Breach) -> list[Ruling]:
    """The newest first."""
    return list(_of(actor, Ruling, breach).order_by("-pk"))


def notifications(actor: Actor, breach: Breach) -> list[Notification]:
    return list(_of(actor, Notification, breach).order_by("phase"))


def accounts_in_scope(actor: Actor, breach: Breach) -> frozenset[str]:
    """The accounts that any list of this breach was made of."""
    rows = Listing.objects.visible_to(actor).filter(breach=breach)
    return frozenset(name for one in rows.values_list("accounts", flat=True) for name in one)


def check_accounts(actor: Actor, usernames: Iterable[str]) -> None:
    """Raises: Refused for an account that is not one of this agency's people."""
    wanted = set(usernames)
    known = Person.objects.filter(username__in=wanted, agency=actor.agency_id)
    unknown = sorted(wanted - set(known.values_list("username", flat=True)))
    if unknown:
        raise Refused("breach.account", f"Nobody at your agency is called {', '.join(unknown)}.")


def paper_of(actor: Actor, breach: Breach, *, late_reason: str = "") -> Paper:
    """What the notification says now: of the case, and of the last list as far as one sees it."""
    found = lists.listings(actor, breach)
    return Paper(
        breach=breach,
        clock=clock_of(breach, at=timezone.now()),
        phase=len(notifications(actor, breach)) + 1,
        description=latest_description(actor, breach),
        numbers=lists.numbers_of(actor, found[0]) if found else None,
        late_reason=late_reason,
        law=words_of(breach),
    )


def seen_paper(actor: Actor, reference: str) -> Paper:
    """The notification for somebody who reads it. Raises: NotFound."""
    return paper_of(actor, get_breach(actor, reference))
