"""How what was asked and opened is put on a page."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lightkeeper.apps.accounts.services import Agency, Glass
from lightkeeper.apps.sharing.models import Ask


def tabs(current: str) -> list[dict[str, Any]]:
    named = (
        ("sharing:enquiries", _("Who asked about ours")),
        ("sharing:ask", _("Ask who holds something")),
        ("sharing:glass_list", _("Broken glass")),
    )
    return [{"label": w, "url": reverse(name), "current": name == current} for name, w in named]


def asks(asked: list[Ask], agencies: dict[str, Agency]) -> list[dict[str, Any]]:
    """Each question with the desks to ring for it."""
    return [
        {
            "ask": one,
            "desks": [
                {"reference": line["reference"], "agency": agencies.get(line["agency"])}
                for line in one.answer
            ],
        }
        for one in asked
    ]


def is_open(glass: Glass, now: datetime) -> bool:
    return glass.ended_at is None and glass.until > now
