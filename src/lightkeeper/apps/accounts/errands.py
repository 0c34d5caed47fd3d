"""Jobs that somebody asks for: put in the queue in the transaction that asks, done by the worker
with that person's rights, found again after a kill.

A handler moves on in small transactions of its own and writes down how far it has come in the same
transaction as the work, so that doing an errand a second time goes on where the first stopped.

Of two workers that have the same errand in hand, because one was taken for dead, the database
believes the later alone. An errand that ends its worker several times without a step forward is set
aside, so that the others go on.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.db import DatabaseError, connections, transaction
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from lightkeeper.apps.accounts.actors import Actor, actor_now
from lightkeeper.apps.accounts.models import Errand
from lightkeeper.core import faults
from lightkeeper.core.access import acting
from lightkeeper.core.errors import DomainError, NotFound
from lightkeeper.engine.errors import EngineError

log = logging.getLogger("lightkeeper.errands")

MOST_ATTEMPTS = 5
MOST_IN_VAIN = 3
BROKE_OFF = "It broke off. The log of the worker says where."
SET_ASIDE = (
    f"It ended the worker {MOST_IN_VAIN} times without a step forward, and was set aside. The log "
    "of the worker says where."
)
Handler = Callable[[Errand], None]
_handlers: dict[str, Handler] = {}
_given_up: dict[str, Handler] = {}


def handles(kind: str, *, given_up: Handler | None = None) -> Callable[[Handler], Handler]:
    """Name what does errands of this kind, and what is to be done when one is given up. Modules of
    handlers are called `tasks.py`.
    """

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        if given_up:
            _given_up[kind] = given_up
        return handler

    return register


def handler_of(kind: str) -> Handler:
    return _handlers[kind]


def ask(*, by: Actor, kind: str, at: datetime, **arguments: Any) -> Errand:
    """Have the worker do this on behalf of `by`, once this transaction is committed."""
    errand = Errand(person_id=by.person_id, kind=kind, arguments=arguments, asked_at=at)
    errand.save(force_insert=True)
    run_errand.defer(errand_id=errand.pk)
    return errand


@app.task(
    name="run_errand",
    pass_context=True,
    retry=RetryStrategy(max_attempts=MOST_ATTEMPTS, exponential_wait=2),
)
def run_errand(context: JobContext, *, errand_id: int) -> None:
    last = context.job.attempts + 1 >= MOST_ATTEMPTS
    try:
        run_now(errand_id, last=last)
    finally:
        connections.close_all()  # each job runs in a thread of its own


def run_now(errand_id: int, *, last: bool = True) -> None:
    """Do an errand here and now. Errors meant for people end it; others are tried again."""
    with acting.with_errand(errand_id), transaction.atomic():
        errand = _started(errand_id)
    if errand is None:
        return
    with acting.with_errand(errand_id, errand.attempts):
        if errand.in_vain > MOST_IN_VAIN:
            log.error("errand %s (%s) is set aside", errand_id, errand.kind)
            _give_up(errand, SET_ASIDE)
            return
        faults.point("errand.started")
        try:
            handler_of(errand.kind)(errand)
        except (DomainError, EngineError) as refusal:
            finish(errand, failed=str(refusal))
        except Exception:
            log.exception("errand %s (%s) broke off", errand_id, errand.kind)
            if last:
                _give_up(errand, BROKE_OFF)
            else:
                _came_back(errand)
            raise
        else:
            faults.point("errand.done")
            finish(errand)
            faults.point("errand.finished")


def _give_up(errand: Errand, sentence: str) -> None:
    if told := _given_up.get(errand.kind):
        told(errand)
    finish(errand, failed=sentence)


def _came_back(errand: Errand) -> None:
    """It broke off and said so: such attempts the queue counts, with a pause between them."""
    with suppress(DatabaseError), transaction.atomic():
        Errand.objects.filter(pk=errand.pk).update(in_vain=0)


def _started(errand_id: int) -> Errand | None:
    # It may be done already, together with another; or the person may have left, or lost the right,
    # since asking. Then nothing is done, and the worker cannot tell which: it is believed for
    # nobody.
    if actor_now() is None:
        log.info("errand %s is done, or whoever asked may not act any more", errand_id)
        return None
    waiting = Errand.objects.select_for_update().filter(pk=errand_id, finished_at__isnull=True)
    errand = waiting.first()
    if errand is None:
        return None
    errand.started_at = errand.started_at or datetime.now(UTC)
    errand.attempts += 1
    errand.in_vain += 1
    errand.save(update_fields=["started_at", "attempts", "in_vain"])
    return errand


def progress(errand: Errand, *, done: int, total: int | None = None, doing: str = "") -> None:
    """Say how far it has come. Call it inside the transaction of the work it counts."""
    errand.in_vain = 0 if done > errand.done else errand.in_vain
    errand.done, errand.doing = done, doing[:160]
    errand.total = total if total is not None else errand.total
    errand.save(update_fields=["done", "total", "doing", "in_vain"])


def finish(errand: Errand, failed: str = "") -> None:
    with transaction.atomic():
        # Read while it is still unfinished: with the end of the errand its rights end too.
        Errand.objects.filter(pk=errand.pk).update(finished_at=datetime.now(UTC), failed=failed)


def get_errand(actor: Actor, errand_id: int) -> Errand:
    """One's own errand. Raises: NotFound."""
    try:
        return Errand.objects.get(pk=errand_id, person_id=actor.person_id)
    except Errand.DoesNotExist:
        raise NotFound("job") from None
