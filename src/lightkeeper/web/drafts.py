"""What was being written when a session ended, or a proof was too old: kept, and given back once
into the form where it stood. The act itself is never done again: people send the form themselves.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme

from lightkeeper.apps.accounts import drafts as kept
from lightkeeper.web.answers import wants_json

MOST_CHARACTERS = 64 * 1024
# Passwords and codes are given to the doors of accounts: of those, only these are kept.
OF_ACCOUNTS = frozenset(
    f"accounts:{act}"
    for act in (
        "open_compartment", "propose_member", "decide_member", "withdraw_member", "end_member",
        "review_compartment", "propose_move", "decide_move", "withdraw_move", "renew",
    )
)  # fmt: skip
NOT_WRITTEN = frozenset({"csrfmiddlewaretoken", "next"})


@dataclass(frozen=True)
class Field:
    """One field of a form: its name, the words shown for it, and what was in it."""

    name: str
    values: tuple[str, ...]

    @property
    def label(self) -> str:
        return self.name.rpartition("-")[2].replace("_", " ").capitalize()


@dataclass(frozen=True)
class GivenBack:
    """What was written, and the address to which its form leads."""

    action: str
    fields: tuple[Field, ...]
    had_file: bool


def keep(request: HttpRequest, name: str) -> dict[str, str] | None:
    """Keep what was sent to the door `name`, for whoever's session it is. Returns what the cookie
    is to remember: the key, and by which address it is given back, which cannot be read there.
    """
    if request.method != "POST" or wants_json(request):
        return None
    if name.startswith("accounts:") and name not in OF_ACCOUNTS:
        return None
    fields = {
        field: values
        for field, values in request.POST.lists()
        if field not in NOT_WRITTEN and any(values)
    }
    if (
        not fields
        or sum(len(one) for values in fields.values() for one in values) > MOST_CHARACTERS
    ):
        return None
    written = {"action": request.get_full_path(), "fields": fields, "file": bool(request.FILES)}
    key = kept.keep(written)
    return {"key": key, "at": _place(key, came_from(request))} if key else None


def waiting(request: HttpRequest) -> dict[str, str] | None:
    """What the cookie remembers of an earlier one that has not been given back yet."""
    draft: dict[str, str] | None = request.session.get(kept.IN_COOKIE)
    return draft


def remember(request: HttpRequest, draft: dict[str, str] | None) -> None:
    if draft:
        request.session[kept.IN_COOKIE] = draft


def came_from(request: HttpRequest) -> str:
    """The address of the page on which the form stood, of this site; else the desk."""
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}):
        return urlsplit(page).path or "/"
    return "/"


def _place(key: str, path: str) -> str:
    """The address as the cookie has it. It outlasts whoever wrote: the next one at that browser, or
    whoever takes the cookie, is not told on whose record they were.
    """
    return salted_hmac("lightkeeper draft " + key, path, algorithm="sha256").hexdigest()


def for_page(request: HttpRequest) -> "partial[GivenBack | None]":
    """For a template, which asks only where it shows it: giving back happens once."""
    return partial(give_back, request)


def give_back(request: HttpRequest) -> GivenBack | None:
    actor: Any = getattr(request, "actor", None)
    if actor is None or request.method != "GET":  # what broke early has no session either
        return None
    draft = waiting(request)
    if not draft or draft["at"] != _place(draft["key"], request.path):
        return None
    written = kept.given_back(by=actor, key=draft["key"])
    if written is None:
        return None
    del request.session[kept.IN_COOKIE]
    fields = tuple(Field(name, tuple(values)) for name, values in written["fields"].items())
    return GivenBack(written["action"], fields, written["file"])
