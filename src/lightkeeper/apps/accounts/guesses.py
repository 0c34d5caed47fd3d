"""Guessing at passwords and codes: what each try counts against, and whether it is one too many.

Whoever guesses fills the count of a name, and of the address they come from. That must keep nobody
out of their own account who has more than a password: a browser in which they have signed in has a
count of its own, and past the limit password and code together still open (OWASP ASVS 5.0 V6.3.1).
"""

import secrets
from contextlib import suppress
from dataclasses import dataclass, field

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from lightkeeper.apps.accounts import limits
from lightkeeper.apps.accounts.limits import Count, Counted, Then
from lightkeeper.core.errors import TooMany

KNOWN_SALT = "lightkeeper.accounts.known-browser"
KNOWN_SECONDS = 90 * 24 * 3600
KNOWN_PEOPLE = 8


@dataclass
class Guess:
    """One try, counted before it is looked at, so that of many at once none goes uncounted."""

    counts: list[Count] = field(default_factory=list)

    @property
    def too_many(self) -> bool:
        return any(one.over and one.rule.then is Then.REFUSE for one in self.counts)

    def refusal(self) -> TooMany:
        return TooMany(max((one.seconds_left for one in self.counts if one.over), default=1))

    def was_right(self) -> None:
        """The failures of this name are forgotten; those of other names from there are not."""
        for one in self.counts:
            if one.rule.counted in (Counted.SOURCE, Counted.ALL):
                limits.take_back(one)
            else:
                limits.clear(one)

    def was_half_right(self) -> None:
        """The password was right, and a code is still to come: only this try is forgotten."""
        for one in self.counts:
            limits.take_back(one)


def guess_at_password(request: HttpRequest, username: str) -> Guess:
    if known := known_as(request, username):
        return _counted({"sign-in-browser": known})
    guess = _counted({
        "sign-in-account": username,
        "sign-in-source": limits.source_of(request),
        "sign-in-all": "all",
    })  # fmt: skip
    for one in guess.counts:
        if one.rule.then is Then.SLOW:
            limits.enforce(one)
    return guess


def guess_at_code(request: HttpRequest, username: str) -> Guess:
    known = known_as(request, username)
    return _counted({"code-browser": known} if known else {"code-account": username})


def guess_at_proof(person_id: int) -> Guess:
    return _counted({"proof-person": str(person_id)})


def _counted(whom: dict[str, str]) -> Guess:
    found = [(limits.rule_for(code), who) for code, who in whom.items()]
    return Guess([limits.count(rule, who) for rule, who in found if rule])


def known_as(request: HttpRequest, username: str) -> str:
    """What names this browser, if this person has signed in with it before."""
    return _known_in(request).get(_mark(username), "")


def remember_browser(request: HttpRequest, response: HttpResponse, username: str) -> None:
    """From now on this browser counts for itself when this person signs in."""
    known, mark = _known_in(request), _mark(username)
    name = known.pop(mark, secrets.token_urlsafe(18))
    kept = dict(list(known.items())[-KNOWN_PEOPLE + 1 :]) | {mark: name}
    response.set_cookie(
        settings.KNOWN_COOKIE_NAME,
        signing.dumps(kept, salt=KNOWN_SALT),
        max_age=KNOWN_SECONDS,
        secure=settings.SECURE,
        httponly=True,
        samesite="Strict",
    )


def _known_in(request: HttpRequest) -> dict[str, str]:
    with suppress(signing.BadSignature):
        cookie = request.COOKIES.get(settings.KNOWN_COOKIE_NAME, "")
        return dict(signing.loads(cookie, salt=KNOWN_SALT, max_age=KNOWN_SECONDS))
    return {}


def _mark(username: str) -> str:
    """Stands for a name in the cookie, so that the cookie tells nobody who works here."""
    return salted_hmac(KNOWN_SALT, username, algorithm="sha256").hexdigest()[:24]
