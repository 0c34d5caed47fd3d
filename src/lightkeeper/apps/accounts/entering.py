"""Signing in: a password, then a code if a second factor is on, then a session."""

import hashlib
import secrets
from contextlib import suppress
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import authenticate
from django.core import signing
from django.db import connections, transaction
from django.http import HttpRequest
from django.utils import timezone

from lightkeeper.apps.accounts import factors, guesses, lost_factors, passkeys
from lightkeeper.apps.accounts.choices import Purpose
from lightkeeper.apps.accounts.models import Credential, Person
from lightkeeper.apps.audit import services as audit
from lightkeeper.core.errors import DomainError, NotPermitted
from lightkeeper.core.references import new_reference

SESSION_HOURS = {"page": 10, "api": 12, "command": 2}
HALF_WAY_SECONDS = 5 * 60
HALF_WAY = "lightkeeper.accounts.half-way"
NOT_RIGHT = "The name or the password is not right."
# Where name, password and code come at once, one sentence for all, so that none is told apart.
NONE_RIGHT = "The name, the password or the code is not right."
CODE_NOT_RIGHT = "The code is not right. A code works once; wait for the next one."


class CodeNeeded(NotPermitted):
    """The password is right and a code is still to come; `half_way` is to be shown with it."""

    def __init__(self, half_way: str) -> None:
        super().__init__("A code is needed as well.")
        self.half_way = half_way


class TooLate(NotPermitted):
    """The password was given too long ago, or has changed since."""

    def __init__(self) -> None:
        super().__init__("Sign in again: the code came too late.")


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


class Entered(NamedTuple):
    """A session's secret token, whether the password is to be changed first, who it is, and whether
    they are to be told that their second factor was turned off.
    """

    token: str
    must_change: bool
    username: str
    lost_factor: bool


def sign_in(
    *,
    request: HttpRequest | None,
    username: str,
    password: str,
    purpose: Purpose,
    kind: str = "page",
    code: str | None = None,
) -> Entered:
    """Check a password, and the code if a second factor is on, and open a session.

    After too many failures a password alone opens nothing, and says nothing either: only password
    and code together do, so that whoever guesses keeps nobody out who has a second factor.

    Raises:
        CodeNeeded: the password is right, a second factor is on and `code` is None.
        NotPermitted: the same for an unknown name, a wrong password, a closed account and, where
            the code comes along, a wrong one.
        TooMany: the same for all of these, after too many failures.

    Source: OWASP ASVS 5.0 V6.3.1, V6.3.8.
    """
    request = request or _at_a_terminal()
    guess = guesses.guess_at_password(request, username)
    sentence = NOT_RIGHT if kind == "page" and code is None else NONE_RIGHT
    try:
        credential = check_password(request, username, password, sentence)
        if factors.is_on(credential.person_id):
            if code is None and not guess.too_many:
                guess.was_half_right()
                raise CodeNeeded(half_way_of(credential, purpose, kind))
            check_code(request, credential, code or "", sentence)
        elif guess.too_many:
            note_failure(username, rule="limit")
            raise guess.refusal()
    except CodeNeeded:
        raise
    except DomainError as wrong:
        # Where a name or an address is past its limit, nothing tells what was wrong.
        raise (guess.refusal() if guess.too_many else NotPermitted(sentence)) from wrong
    guess.was_right()
    return let_in(credential, purpose, kind)


def sign_in_with_code(*, request: HttpRequest | None, half_way: str, code: str) -> Entered:
    """The second half, for whoever has given a right password within five minutes.

    Raises:
        TooLate: sign in from the start.
        NotPermitted: the same for a wrong code and a used one.
        TooMany: too many wrong codes for this person, from browsers they have not used before.
    """
    credential, state = _whose_half(half_way)
    check_code(request or _at_a_terminal(), credential, code, CODE_NOT_RIGHT)
    return let_in(credential, Purpose(state["purpose"]), state["kind"])


def sign_in_with_key(
    *, request: HttpRequest, statement: str, answer: str, purpose: Purpose
) -> Entered:
    """A passkey alone, by whoever has shown it that they are its holder. Nothing here is guessed,
    so nothing is counted: it opens however many passwords others have tried.

    Raises: NotPermitted.
    """
    person_id = _holder(request, statement, answer, passkeys.SIGNING_IN)
    credential = Credential.objects.filter(person_id=person_id, is_active=True).first()
    if credential is None:
        note_failure("", rule="key")
        raise NotPermitted(passkeys.NOT_RIGHT)
    return let_in(credential, purpose, "page")


def half_way_key(request: HttpRequest, half_way: str) -> passkeys.Asked | None:
    """What to ask the key for that may be given in place of the code, if there is one."""
    with suppress(TooLate):
        whose = _whose_half(half_way)[0].person_id
        if passkeys.keys_of(whose):
            site = passkeys.site_of(request)
            return passkeys.ask_for_key(site=site, why=passkeys.SECOND_STEP, person_id=whose)
    return None


def sign_in_with_second_key(
    *, request: HttpRequest, half_way: str, statement: str, answer: str
) -> Entered:
    """The second half by a passkey, after a right password.

    Raises: TooLate; NotPermitted.
    """
    credential, state = _whose_half(half_way)
    _holder(request, statement, answer, passkeys.SECOND_STEP, credential.person_id)
    return let_in(credential, Purpose(state["purpose"]), state["kind"])


def _holder(
    request: HttpRequest, statement: str, answer: str, why: str, person_id: int | None = None
) -> int:
    """Raises: NotPermitted."""
    site = passkeys.site_of(request)
    try:
        return passkeys.whose(
            site=site, statement=statement, answer=answer, why=why, person_id=person_id
        )
    except NotPermitted:
        note_failure("", rule="key")
        raise


def _whose_half(half_way: str) -> tuple[Credential, dict[str, Any]]:
    """Raises: TooLate."""
    try:
        state = signing.loads(half_way, salt=HALF_WAY, max_age=HALF_WAY_SECONDS)
    except signing.BadSignature as late:
        raise TooLate from late
    credential = Credential.objects.filter(person_id=state["person"], is_active=True).first()
    if credential is None or credential.get_session_auth_hash() != state["stamp"]:
        raise TooLate
    return credential, state


def let_in(credential: Credential, purpose: Purpose, kind: str) -> Entered:
    token = open_session(credential.person_id, purpose=purpose, kind=kind)
    lost = kind == "page" and lost_factors.tell(credential.person_id, timezone.now())
    return Entered(token, credential.must_change, credential.username, lost)


def check_password(request: HttpRequest, username: str, password: str, sentence: str) -> Credential:
    """Raises: NotPermitted, with this sentence."""
    credential = authenticate(request, username=username, password=password)
    if not isinstance(credential, Credential):
        note_failure(username)
        raise NotPermitted(sentence)
    return credential


def check_code(request: HttpRequest, credential: Credential, code: str, sentence: str) -> None:
    """A recovery code is too long to be guessed: it opens after however many wrong ones.

    Raises: NotPermitted, with this sentence; TooMany.
    """
    guess = guesses.guess_at_code(request, credential.username)
    if factors.is_right(credential.person_id, code, only_recovery=guess.too_many):
        guess.was_right()
        return
    note_failure(credential.username, rule="limit" if guess.too_many else "code")
    raise guess.refusal() if guess.too_many else NotPermitted(sentence)


def note_failure(username: str, rule: str = "") -> None:
    audit.record(by=Nobody(username), did=audit.Did.SIGN_IN_FAILED, rule=rule, using="door")


def half_way_of(credential: Credential, purpose: Purpose, kind: str) -> str:
    return signing.dumps(
        {
            "person": credential.person_id,
            "purpose": str(purpose),
            "kind": kind,
            # Ends with the password: a changed one leaves nothing half open.
            "stamp": credential.get_session_auth_hash(),
        },
        salt=HALF_WAY,
    )


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
            cursor.execute("select sec.forget_drafts()")
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
