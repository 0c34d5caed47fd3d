"""Step-up: a few acts need the password, and the code, given a few minutes ago."""

from datetime import datetime, timedelta

from django.db import connections, transaction
from django.http import HttpRequest

from lightkeeper.apps.accounts import factors, guesses, passkeys
from lightkeeper.apps.accounts.actors import Actor
from lightkeeper.apps.accounts.entering import check_password, note_failure
from lightkeeper.apps.audit import services as audit
from lightkeeper.core.errors import NotFresh, NotPermitted

FRESH_MINUTES = 5
NOT_PROVED = "That is not right. A code works once; wait for the next one."


def check_fresh(by: Actor, *, at: datetime, minutes: int = FRESH_MINUTES) -> None:
    """Raises: NotFresh if it was too long ago that whoever holds this session proved who it is."""
    if by.proved_at is None or by.proved_at <= at - timedelta(minutes=minutes):
        raise NotFresh


def prove_who(*, request: HttpRequest, by: Actor, password: str, code: str) -> None:
    """That it is still the person who signed in.

    Wrong ones are counted for whoever is signed in, apart from those of signing in: nobody without
    a session keeps somebody from proving who they are.

    Raises: NotPermitted, the same for a wrong password and a wrong code; TooMany.
    """
    guess = guesses.guess_at_proof(by.person_id)
    if guess.too_many:
        raise guess.refusal()
    credential = check_password(request, by.username, password, NOT_PROVED)
    if credential.person_id != by.person_id:
        raise NotPermitted(NOT_PROVED)
    if factors.is_on(by.person_id) and not factors.is_right(by.person_id, code):
        note_failure(by.username, rule="code")
        raise NotPermitted(NOT_PROVED)
    guess.was_right()


def prove_again(*, request: HttpRequest, by: Actor, password: str, code: str) -> None:
    """Prove it, and have the session remember when.

    Raises: NotPermitted, TooMany, as `prove_who`.
    """
    prove_who(request=request, by=by, password=password, code=code)
    # The page's own transaction holds the session's row, so the door writes there after it.
    transaction.on_commit(lambda: _remember(by))


def prove_with_key(*, request: HttpRequest, by: Actor, statement: str, answer: str) -> None:
    """Prove it by a passkey that knows its holder, in place of password and code.

    Raises: NotPermitted.
    """
    passkeys.whose(
        site=passkeys.site_of(request),
        statement=statement,
        answer=answer,
        why=passkeys.PROVING,
        person_id=by.person_id,
    )
    transaction.on_commit(lambda: _remember(by))


def _remember(by: Actor) -> None:
    with transaction.atomic(using="door"):
        with connections["door"].cursor() as cursor:
            cursor.execute("select sec.prove(%s, %s)", [by.person_id, by.session])
        audit.record(by=by, did=audit.Did.PROVED, to=by.session, using="door")
