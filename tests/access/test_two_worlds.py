"""Two worlds, one with a secret and one without: whoever may not know of it gets the same answer at
every door, to the last byte, count, header and event.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from lightkeeper.core.access import acting
from lightkeeper.web.contract import contract
from tests.access.answers import Answer, differs
from tests.access.objects import Behind, flags_there, make_all, make_one
from tests.access.test_http_matrix import ADDRESSES, ASKED, KINDS, ask, may_open

__all__ = ["ask"]

DOORS = contract()
# Otto, who is in the compartment, may know of it. Nobody else may: Lena of his agency least of all.
# Of the rest one of each role is asked, those who keep the system and the law too (every role and
# object is in the matrix).
STRANGERS = ("lena", "ada", "ben", "audrey", "sam", "dora")
# What the words of a search or of a question could hit in the secret.
PROBES = ("Zqlanternx", "Zqsecretx", "Zqsecret", "Zq", "+447700900123")

# What is asked of other agencies is told, or not, by the answer to a form.
TELLING = ("sharing:ask", "api:ask_who_holds")

World = dict[tuple[Any, ...], Answer]
Asker = Callable[..., Answer]


@pytest.fixture(scope="module")
def flags(database: str) -> Iterator[dict[str, str]]:
    with flags_there() as entered:
        yield entered


@pytest.fixture(scope="module")
def become(tokens: dict[str, str]) -> Iterator[Callable[[str], Any]]:
    """Be somebody, in a transaction that is undone at the end."""
    from lightkeeper.apps.accounts.services import actor_now

    with transaction.atomic(), ExitStack() as stack:

        def one(name: str) -> Any:
            stack.close()
            stack.enter_context(acting.with_session(tokens[name]))
            return actor_now()

        yield one
        stack.close()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def there(flags: dict[str, str], become: Callable[[str], Any]) -> dict[str, Behind]:
    made = make_all(become)
    for label, reference in flags.items():
        made[label].parameters["flag"] = (reference,)
    return made


def everything(ask: Asker, there: dict[str, Behind], people: tuple[str, ...]) -> World:
    """What each of these people gets at each door, on each thing, and for each question."""
    found: World = {}
    for who in people:
        for name, door in DOORS.items():
            if "GET" in door.methods:
                for label, words in _words(who, name, there):
                    found[who, name, label] = ask(who, name, "GET", words)
        for name, method, kind, question in ASKED:
            if ADDRESSES[name] or (method != "GET" and not name.endswith(TELLING)):
                continue
            for label in ("released", "lantern"):
                one = there[label]
                given = {k: str(v).format(*one.parameters[kind]) for k, v in question.items()}
                found[who, name, method, kind, label] = ask(who, name, method, (), given)
        for text in PROBES:
            for name in ("intelligence:search", "api:search_picture"):
                found[who, name, text] = ask(who, name, "GET", (), {"q": text})
    return found


def unlike(one: Answer, other: Answer) -> list[tuple[str, Any, Any]]:
    """The parts that differ; the length is that of the body, which is compared without the time of
    day.
    """
    parts = differs(_timeless(one), _timeless(other))
    return [part for part in parts if not str(part[1]).startswith("('Content-Length'")]


def _timeless(answer: Answer) -> Answer:
    plain = re.sub(r"<time>[^<]*</time>", "<time></time>", answer.body)
    # What a passkey is asked is new each time.
    return replace(answer, body=re.sub(r'data-options="[^"]*"', "", plain))


def _words(who: str, name: str, there: dict[str, Behind]) -> list[tuple[str, tuple[str, ...]]]:
    """What this person may open there; what they may not is as if it were not, which is shown
    elsewhere.
    """
    if not ADDRESSES[name]:
        return [("", ())]
    return [
        (label, one.parameters[KINDS[name]])
        for label, one in there.items()
        if may_open(name, who, one, KINDS[name])
    ]


def test_who_may_not_know_of_a_secret_is_answered_alike_with_and_without_it(ask, become, there):
    without = everything(ask, there, STRANGERS)
    again = everything(ask, there, STRANGERS[:1])
    for key, answer in again.items():
        assert unlike(answer, without[key]) == [], ("not the same twice", key)
    knows = everything(ask, there, ("otto",))
    secret = make_one("secret", become, like="lantern")
    withit = everything(ask, there, STRANGERS)
    assert set(withit) == set(without)
    told = [(key, unlike(withit[key], without[key])) for key in without]
    told = [(key, parts) for key, parts in told if parts]
    assert told == [], told[:5]
    changed = [
        key
        for key, answer in everything(ask, there, ("otto",)).items()
        if unlike(answer, knows[key])
    ]
    assert len(changed) > 10, "the secret matters to nobody: this shows nothing"
    assert any(secret.canary in answer.body for key, answer in _of(ask, secret).items())


def _of(ask: Asker, secret: Behind) -> World:
    return {("otto",): ask("otto", "intelligence:search", "GET", (), {"q": secret.canary})}


def test_the_probes_do_hit_what_is_not_secret(ask, become, there):
    hits = [
        text
        for text in PROBES
        if there["own"].parameters["subject"][0]
        in ask("ada", "intelligence:search", "GET", (), {"q": text}).body
    ]
    assert hits, "no probe finds anything that is open to whoever asks"
