"""Signing in: a password, then a code if a second factor is on, then a session."""

import hashlib
import secrets

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_login_failed
from django.core import signing
from django.db import connections, transaction
from django.http import HttpRequest

from lightkeeper.apps.accounts import factors
from lightkeeper.apps.accounts.choices import Purpose
from lightkeeper.apps.accounts.models import Credential, Person
from lightkeeper.apps.audit import services as audit
from lightkeeper.core.errors import NotPermitted
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


def sign_in(
    *,
    request: HttpRequest | None,
    username: str,
    password: str,
    purpose: Purpose,
    kind: str = "page",
    code: str | None = None,
) -> tuple[str, bool]:
    """Check a password, and the code if a second factor is on, and open a session. Returns its
    secret token, and whether to change the password.

    Raises:
        CodeNeeded: the password is right, a second factor is on and `code` is None.
        NotPermitted: the same for an unknown name, a wrong password, a closed account and, where
            the code comes along, a wrong one.

    Source: OWASP ASVS 5.0 V6.3.8.
    """
    request = request or _at_a_terminal()
    sentence = NOT_RIGHT if kind == "page" else NONE_RIGHT
    credential = check_password(request, username, password, sentence)
    if factors.is_on(credential.person_id):
        if code is None:
            raise CodeNeeded(_half_way(credential, purpose, kind))
        check_code(request, credential, code, sentence)
    return open_session(credential.person_id, purpose=purpose, kind=kind), credential.must_change


def sign_in_with_code(*, request: HttpRequest | None, half_way: str, code: str) -> tuple[str, bool]:
    """The second half, for whoever has given a right password within five minutes.

    Raises:
        TooLate: sign in from the start.
        NotPermitted: the same for a wrong code, a used one and a locked account.
    """
    try:
        state = signing.loads(half_way, salt=HALF_WAY, max_age=HALF_WAY_SECONDS)
    except signing.BadSignature as late:
        raise TooLate from late
    credential = Credential.objects.filter(person_id=state["person"], is_active=True).first()
    if credential is None or credential.get_session_auth_hash() != state["stamp"]:
        raise TooLate
    check_code(request or _at_a_terminal(), credential, code, CODE_NOT_RIGHT)
    token = open_session(
        credential.person_id, purpose=Purpose(state["purpose"]), kind=state["kind"]
    )
    return token, credential.must_change


def check_password(request: HttpRequest, username: str, password: str, sentence: str) -> Credential:
    """Raises: NotPermitted, with this sentence."""
    credential = authenticate(request, username=username, password=password)
    if not isinstance(credential, Credential):
        audit.record(by=Nobody(username), did=audit.Did.SIGN_IN_FAILED, using="door")
        raise NotPermitted(sentence)
    return credential


def check_code(request: HttpRequest, credential: Credential, code: str, sentence: str) -> None:
    """A wrong code counts like a wrong password, and the same lock stands before both.

    Raises: NotPermitted, with this sentence.
    """
    whose = {"username": credential.username}
    if not AxesProxyHandler.is_allowed(request, whose):
        request.axes_locked_out = True  # type: ignore[attr-defined]
    elif factors.is_right(credential.person_id, code):
        return
    else:
        user_login_failed.send(sender=__name__, credentials=whose, request=request)
    audit.record(
        by=Nobody(credential.username), did=audit.Did.SIGN_IN_FAILED, rule="code", using="door"
    )
    raise NotPermitted(sentence)


def _half_way(credential: Credential, purpose: Purpose, kind: str) -> str:
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
