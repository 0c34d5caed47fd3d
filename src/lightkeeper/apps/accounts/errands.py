"""Jobs that somebody asks for: put in the queue in the transaction that asks, done by the worker
with that person's rights, found again after a kill.

A handler moves on in small transactions of its own and writes down how far it has come in the same
transaction as the work, so that doing an errand a second time goes on where the first stopped.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import connections, transaction
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from lightkeeper.apps.accounts.actors import Actor, actor_now
from lightkeeper.apps.accounts.models import Errand
from lightkeeper.core.access import acting
from lightkeeper.core.errors import DomainError, NotFound
from lightkeeper.engine.errors import EngineError

log = logging.getLogger("lightkeeper.errands")

MOST_ATTEMPTS = 5
Handler = Callable[[Errand], None]
_handlers: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Name what does errands of this kind. Modules of handlers are called `tasks.py`."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
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
    with acting.with_errand(errand_id):
        with transaction.atomic():
            errand = _started(errand_id)
        if errand is None:
            return
        try:
            handler_of(errand.kind)(errand)
        except (DomainError, EngineError) as refusal:
            finish(errand, failed=str(refusal))
        except Exception:
            log.exception("errand %s (%s) broke off", errand_id, errand.kind)
            if last:
                finish(errand, failed="It broke off. The log of the worker says where.")
            raise
        else:
            finish(errand)


def _started(errand_id: int) -> Errand | None:
    # It may be done already, together with another; or the person may have left, or lost the right,
    # since asking. Then nothing is done, and the worker cannot tell which: it is believed for
    # nobody.
    if actor_now() is None:
        log.info("errand %s is done, or whoever asked may not act any more", errand_id)
        return None
    errand = Errand.objects.filter(pk=errand_id, finished_at__isnull=True).first()
    if errand is None:
        return None
    errand.started_at = errand.started_at or datetime.now(UTC)
    errand.attempts += 1
    errand.save(update_fields=["started_at", "attempts"])
    return errand


def progress(errand: Errand, *, done: int, total: int | None = None, doing: str = "") -> None:
    """Say how far it has come. Call it inside the transaction of the work it counts."""
    errand.done, errand.doing = done, doing[:160]
    errand.total = total if total is not None else errand.total
    errand.save(update_fields=["done", "total", "doing"])


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
