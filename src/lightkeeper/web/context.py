"""What every page needs: the menu, who is signed in, the marking."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lightkeeper.apps.accounts.services import Power
from lightkeeper.apps.sharing import queries as sharing
from lightkeeper.web import drafts

MENU = (
    (_("Desk"), "web:home", None),
    (_("Reports"), "intake:reports", None),
    (_("Subjects"), "intelligence:search", None),
    (_("Review"), "intelligence:review", Power.JUDGE),
    (_("Priorities"), "intelligence:priorities", None),
    (_("Tasks"), "tasking:tasks", None),
    (_("Children"), "safeguarding:considerations", None),
    (_("Sharing"), "sharing:enquiries", None),
    (_("Results"), "performance:results", None),
    (_("Governance"), "governance:due", Power.REVIEW),
    (_("Accuracy"), "intelligence:accuracy", Power.HANDLE_RIGHTS),
    (_("Rights"), "rights:cases", Power.HANDLE_RIGHTS),
    (_("Breaches"), "breaches:register", Power.HANDLE_RIGHTS),
    (_("Audit"), "audit:events", Power.OVERSEE),
    (_("Compartments"), "accounts:compartments", Power.APPROVE_MEMBER),
    (_("System"), "intelligence:figures", Power.ADMINISTER),
)


@dataclass(frozen=True)
class MenuItem:
    label: str
    url: str
    current: bool
    count: int | None = None


def page(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", None)
    return {
        "actor": actor,
        "menu": _menu(request, actor) if actor else [],
        "glass_open": sharing.open_now(actor, timezone.now()) if actor else [],
        "draft": drafts.for_page(request),
        "marking": "OFFICIAL-SENSITIVE" if actor else "",
    }


def _menu(request: HttpRequest, actor: Any) -> list[MenuItem]:
    items = []
    for label, name, power in MENU:
        if power and power not in actor.powers:
            continue
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        current = request.path == url or (url != "/" and request.path.startswith(url))
        items.append(MenuItem(str(label), url, current))
    return items
