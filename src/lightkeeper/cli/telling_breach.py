"""A breach in the story, so that its pages have something to show."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from django.utils import timezone

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.breaches import queries, services

WHAT = (
    "I left my screen open on a train for some minutes, signed in, with a search and two people's "
    "pages on it. Somebody sat beside me. I do not know what they read."
)
WHY_NOW = "She told her desk when she got off the train."
WHY_SCOPE = "All that was on her screen that day, until somebody knows better."


def first_breach(
    say: Callable[[str], None], as_: Callable[[str], AbstractContextManager[Actor]]
) -> None:
    """The analyst reports that her screen stood open; the officer takes it up, and asks the log
    whom it concerns. What is to be decided waits for whoever looks.
    """
    now = timezone.now()
    with as_("dora") as dora:
        if queries.register(dora, at=now, which="all").rows:
            return
    with as_("ada") as ada:
        reference = services.report_breach(
            by=ada,
            kinds=["CONFIDENTIALITY"],
            what=WHAT,
            noticed_at=now - timedelta(hours=2),
            at=now,
        )
    with as_("dora") as dora:
        found = queries.find_breach(dora, reference)
        services.take_up(
            by=dora, breach=found, aware_at=now - timedelta(hours=1), reason=WHY_NOW, at=now
        )
    with as_("dora") as dora:
        found = queries.find_breach(dora, reference)
        scope = services.Scope(accounts=("ada",), since=now - timedelta(days=1))
        services.work_out(by=dora, breach=found, scope=scope, reason=WHY_SCOPE, at=now)
    say(f"{reference} waits for the data protection officer; its 72 hours run")
