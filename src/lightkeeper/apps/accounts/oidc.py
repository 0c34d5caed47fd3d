"""Signing in at an identity provider outside: OpenID Connect, a code with PKCE, state and nonce.

Every address here comes from the settings or from the provider they name, on the provider's own
origin; none from a person. What comes back is believed only as far as its signature, its audience,
its times and its nonce go, and opens only the account that was entered beforehand for exactly that
issuer and subject: nobody is made an account by signing in.
"""

import hashlib
import secrets
import ssl
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from lightkeeper.core.errors import NotPermitted

SIGNED_WITH = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
WAIT_SECONDS = 5.0
KNOWN_FOR_SECONDS = 600
LEEWAY_SECONDS = 60
LARGEST_ANSWER = 1_000_000
NOT_BELIEVED = "The other sign-in did not say who you are in a way that can be checked. Try again."


class NoAnswer(NotPermitted):
    """The provider is down, slow, or answers what it should not. Sessions here live on."""

    def __init__(self) -> None:
        super().__init__("The other sign-in does not answer. Sign in with your password instead.")


@dataclass(frozen=True)
class Provider:
    issuer: str
    authorize: str
    token: str
    keys: str


@dataclass(frozen=True)
class Asked:
    """What is kept until the provider answers, in a cookie that is signed."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Said:
    """Who the provider says has signed in, and whether by more than a password, just now."""

    issuer: str
    subject: str
    strong: bool


def is_on() -> bool:
    return bool(settings.OIDC_ISSUER)


def provider() -> Provider:
    """Raises: NoAnswer."""
    return _provider(settings.OIDC_ISSUER, int(time.monotonic() / KNOWN_FOR_SECONDS))


def forget() -> None:
    _provider.cache_clear()
    _keys.cache_clear()


@lru_cache(maxsize=1)
def _provider(issuer: str, _moment: int) -> Provider:
    found = _get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        raise NoAnswer
    places = [
        str(found.get(name, ""))
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    ]
    if any(_origin(place) != _origin(issuer) for place in places):
        raise NoAnswer
    return Provider(issuer, *places)


@lru_cache(maxsize=1)
def _keys(address: str, _moment: int) -> KeySet:
    try:
        return KeySet.import_key_set(_get(address))  # type: ignore[arg-type]
    except (JoseError, ValueError, KeyError, TypeError) as wrong:
        raise NoAnswer from wrong


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


def begin(*, back: str) -> tuple[str, Asked]:
    """Where to send the browser, and what to keep until it comes back.

    Raises: NoAnswer.
    """
    asked = Asked(*(secrets.token_urlsafe(32) for _ in range(3)))
    challenge = urlsafe_b64encode(hashlib.sha256(asked.verifier.encode()).digest()).rstrip(b"=")
    question = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": back,
        "scope": "openid",
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": challenge.decode(),
        "code_challenge_method": "S256",
        "max_age": str(settings.OIDC_MAX_AGE_MINUTES * 60),
        **({"acr_values": " ".join(settings.OIDC_ACR)} if settings.OIDC_ACR else {}),
    }
    return f"{provider().authorize}?{urlencode(question)}", asked


def finish(*, asked: Asked, given: dict[str, str], back: str) -> Said:
    """Exchange the code and check what comes for it.

    Raises: NoAnswer; NotPermitted, the same for everything that does not fit.
    Source: OpenID Connect Core 1.0, 3.1.3.7; RFC 9207; OWASP ASVS 5.0 V6.8.4.
    """
    if not secrets.compare_digest(given.get("state", ""), asked.state):
        raise NotPermitted(NOT_BELIEVED)
    if given.get("iss", settings.OIDC_ISSUER) != settings.OIDC_ISSUER or not given.get("code"):
        raise NotPermitted(NOT_BELIEVED)
    known = provider()
    answer = _post(
        known.token,
        {
            "grant_type": "authorization_code",
            "code": given["code"],
            "redirect_uri": back,
            "code_verifier": asked.verifier,
        },
    )
    claims = _checked(str(answer.get("id_token", "")), known, asked.nonce)
    return Said(known.issuer, claims["sub"], _is_strong(claims))


def _checked(token: str, known: Provider, nonce: str) -> dict[str, Any]:
    try:
        claims = _signed(token, known)
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": known.issuer},
            aud={"essential": True, "value": settings.OIDC_CLIENT_ID},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
    except (JoseError, ValueError, KeyError, TypeError) as wrong:
        raise NotPermitted(NOT_BELIEVED) from wrong
    if claims["aud"] not in (settings.OIDC_CLIENT_ID, [settings.OIDC_CLIENT_ID]):
        raise NotPermitted(NOT_BELIEVED)  # also meant for somebody else, who could show it here
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise NotPermitted(NOT_BELIEVED)
    return claims


def _signed(token: str, known: Provider) -> dict[str, Any]:
    """What stands in it, if the provider signed it; its keys are fetched again if they do not fit.

    Raises: JoseError, ValueError.
    """
    moment = int(time.monotonic() / KNOWN_FOR_SECONDS)
    try:
        keys = _keys(known.keys, moment)
        return jwt.decode(token, keys, algorithms=SIGNED_WITH).claims
    except (JoseError, ValueError):
        _keys.cache_clear()
        keys = _keys(known.keys, moment)
        return jwt.decode(token, keys, algorithms=SIGNED_WITH).claims


def _is_strong(claims: dict[str, Any]) -> bool:
    """By a class or a means of the settings, and lately; what is not said is not so."""
    means = claims.get("amr")
    known = claims.get("acr") in settings.OIDC_ACR or bool(
        set(means if isinstance(means, list) else ()) & set(settings.OIDC_AMR)
    )
    when = claims.get("auth_time")
    longest = settings.OIDC_MAX_AGE_MINUTES * 60 + LEEWAY_SECONDS
    lately = isinstance(when, int) and -LEEWAY_SECONDS <= time.time() - when <= longest
    return known and lately


def _get(address: str) -> dict[str, Any]:
    return _ask("GET", address)


def _post(address: str, form: dict[str, str]) -> dict[str, Any]:
    us = (settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET)
    return _ask("POST", address, data=form, auth=us, refused=NotPermitted(NOT_BELIEVED))


def _ask(
    method: str, address: str, *, refused: NotPermitted | None = None, **more: Any
) -> dict[str, Any]:
    """Raises: NoAnswer; `refused` where the provider says no."""
    try:
        # No redirects, no proxy from the environment, nothing large.
        with (
            httpx.Client(
                timeout=WAIT_SECONDS,
                follow_redirects=False,
                trust_env=False,
                verify=ssl.create_default_context(cafile=settings.OIDC_CA or None),
            ) as client,
            client.stream(method, address, **more) as response,
        ):
            body = b""
            for part in response.iter_bytes():
                body += part
                if len(body) > LARGEST_ANSWER:
                    raise NoAnswer
        if refused and response.status_code in (400, 401, 403):
            raise refused
        found = httpx.Response(response.status_code, content=body).json()
    except (httpx.HTTPError, ValueError) as wrong:
        raise NoAnswer from wrong
    if response.status_code != 200 or not isinstance(found, dict):
        raise NoAnswer
    return found
