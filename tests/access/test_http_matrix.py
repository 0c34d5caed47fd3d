"""Every door of the contract, opened by everybody on everything: what is hidden answers exactly
like what is not there, to the last byte and header, and leaves the same events.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from math import ceil
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.urls import reverse

from lightkeeper.apps.audit import services as audit
from lightkeeper.core.access.contract import MUST_LEAVE_AN_EVENT, Ask
from lightkeeper.core.references import new_reference
from lightkeeper.testing.cast import PEOPLE
from lightkeeper.testing.plugin import IS_LONG
from lightkeeper.web.contract import contract
from tests.access import learnt
from tests.access.answers import Answer, addresses, differs, plain_answer
from tests.access.cases import GRANTS_TABLE
from tests.access.doors import ASKED, KINDS, SENT
from tests.access.objects import (
    LABELS,
    Behind,
    absent,
    flags_there,
    labelled,
    make_all,
    somebody,
)
from tests.access.oracle import against, grants_in

DOORS = contract()
COMPARTMENTS = ("compartment", "member", "move")
# Of these kinds there is but one; behind the other labels are words for what is not there.
ONLY = {
    "glass": "opened", "condition": "released", "consent": "released",
    **dict.fromkeys(COMPARTMENTS, "lantern"),
}  # fmt: skip
LOG = ("audit:", "api:audit_", "api:decide_flag")
NAMES = tuple(person[0] for person in PEOPLE)
GRANTS = grants_in(GRANTS_TABLE)
HIDDEN_ONES = 100 if IS_LONG else 2

ADDRESSES = dict(addresses())
WITH_WORDS = sorted(name for name, words in ADDRESSES.items() if words)
WITHOUT_WORDS = sorted(name for name, words in ADDRESSES.items() if not words)


@pytest.fixture(scope="module")
def behind(tokens: dict[str, str]) -> Iterator[dict[str, Behind]]:
    """The objects, in a transaction that is undone at the end; so is each request within it."""
    from lightkeeper.apps.accounts.services import actor_now
    from lightkeeper.core.access import acting

    with flags_there() as flags, learnt.model_there() as version, transaction.atomic():
        with ExitStack() as stack:

            def become(name: str) -> Any:
                stack.close()
                stack.enter_context(acting.with_session(tokens[name]))
                return actor_now()

            made = make_all(become)
        for label, reference in flags.items():
            made[label].parameters |= {"flag": (reference,), "model": (version,)}
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def ask(browse, call_api, monkeypatch) -> Callable[..., Answer]:
    events: list[tuple[str, tuple[str, ...]]] = []
    enter = audit._enter

    def noted(by, did, references, *rest):
        events.append((did.value, tuple(references)))
        return enter(by, did, references, *rest)

    monkeypatch.setattr(audit, "_enter", noted)

    def one(who: str, name: str, method: str, words: tuple[str, ...] = (), given: Any = None,
            **headers: str) -> Answer:  # fmt: skip
        api = name.startswith("api:")
        client = (call_api if api else browse)(who)
        url = reverse(name, args=words)
        if api and method in ("POST", "PUT", "DELETE"):
            send = {"data": given or {}, "content_type": "application/json"}
        else:
            send = {"data": given or {}}
        events.clear()
        with transaction.atomic():
            response = (
                client.generic(method, url)
                if method == "OPTIONS"
                else getattr(client, method.lower())(url, headers=headers, **send)
            )
            transaction.set_rollback(True)
        return plain_answer(response, list(events), words, given)

    return one


def may_see(name: str, there: Behind, kind: str) -> bool:
    if kind == "upload":
        return name == there.maker
    if there.name != ONLY.get(kind, there.name):
        return False  # there is but one
    if kind == "share" and there.name == "lantern":
        return False  # its agency has no officer who would have listed one
    if kind == "model":  # which has no label
        return not learnt.ROLES.isdisjoint(somebody(name).roles)
    if kind in COMPARTMENTS:  # for who has a part in it, and that is not a matter of labels
        return name == "otto"
    return not against(somebody(name), "read", there.thing, GRANTS)


def may_open(door: str, name: str, there: Behind, kind: str) -> bool:
    """An overseer is told, by reference and only so, what people of their own agency did and what
    was done to what it owns; an unusual look is theirs alone.
    """
    if name == "audrey" and door.startswith(LOG):
        return there.thing.owner == somebody(name).agency
    return kind != "flag" and may_see(name, there, kind)


def requests_for(name: str) -> Iterator[tuple[str, dict[str, str], tuple[str, ...]]]:
    """Each method for everybody; asked by a script, or for the headers alone, for two of them."""
    for method in DOORS[name].methods:
        yield method, {}, NAMES
        if not name.startswith("api:"):
            yield method, {"hx-request": "true"}, ("ada", "lena")
        if method == "GET":
            yield "HEAD", {}, ("ada", "lena")


class Time(NamedTuple):
    """Somebody at a door, and the labels behind which they may open what is of a kind."""

    place: str | int
    kind: str
    who: str
    method: str
    headers: dict[str, str]
    shown: frozenset[str]


THERE = [labelled(name) for name in LABELS]


def by_address() -> Iterator[Time]:
    for name in WITH_WORDS:
        kind = KINDS[name]
        for method, headers, people in requests_for(name):
            for who in people:
                yield Time(name, kind, who, method, headers, shown_at(name, who, kind))


def by_question() -> Iterator[Time]:
    """Where the address takes words as well, by those who may see something there."""
    for number, (name, method, kind, _) in enumerate(ASKED):
        for who in NAMES:
            if not ADDRESSES[name] or shown_at(name, who, KINDS[name]):
                yield Time(number, kind, who, method, {}, shown_at(name, who, kind))


def shown_at(door: str, who: str, kind: str) -> frozenset[str]:
    return frozenset(there.name for there in THERE if may_open(door, who, there, kind))


def in_turn(times: list[Time]) -> Iterator[tuple[Time, list[str]]]:
    """What is asked for each time: all that is shown, what is there alone of its kind, and of what
    is hidden `HIDDEN_ONES`, others each time that somebody asks for the kind; more, if they ask too
    seldom to come to the end. What hides them is the same rule behind every door, and the matrix in
    the database asks it of every label.
    """
    all_times = Counter((one.kind, one.who, one.shown) for one in times)
    before: Counter[tuple[str, str, frozenset[str]]] = Counter()
    for one in times:
        key = one.kind, one.who, one.shown
        only = ONLY.get(one.kind)
        hidden = [label for label in LABELS if label not in one.shown and label != only]
        many = HIDDEN_ONES - 1 if only else max(HIDDEN_ONES, ceil(len(hidden) / all_times[key]))
        first = before[key] * many
        chosen = {hidden[n % len(hidden)] for n in range(first, first + many) if hidden}
        before[key] += 1
        yield one, [label for label in LABELS if label in {*one.shown, *chosen, only}]


BY_ADDRESS = list(in_turn(list(by_address())))
BY_QUESTION = list(in_turn(list(by_question())))


@pytest.mark.parametrize("asked", [BY_ADDRESS, BY_QUESTION], ids=["by address", "by question"])
def test_in_turn_everything_that_is_hidden_is_asked_for(asked):
    """Of each kind, by everybody; what is there alone of its kind, every time."""
    by: dict[tuple[str, str], set[str]] = {}
    for one, labels in asked:
        hidden = by.setdefault((one.kind, one.who), set())
        hidden |= set(labels) - one.shown
        assert one.shown <= set(labels)
        assert ONLY.get(one.kind, labels[0]) in labels, one
    for (kind, who), labels in by.items():
        every = [set(LABELS) - one.shown for one, _ in asked if (one.kind, one.who) == (kind, who)]
        assert kind in ONLY or labels == set().union(*every), (kind, who)
    assert {one.place for one, _ in asked} in (set(WITH_WORDS), set(range(len(ASKED))))


def test_every_address_with_words_has_its_kind_of_object():
    assert set(WITH_WORDS) == set(KINDS), set(WITH_WORDS) ^ set(KINDS)
    assert set(KINDS.values()) <= set(absent())


def test_everybody_may_see_some_of_it_and_nobody_all(behind):
    for name in NAMES:
        seen = {label for label, there in behind.items() if may_see(name, there, "record")}
        assert seen == {
            "ada": {"own", "sensitive", "released"}, "dev": {"own", "sensitive", "released"},
            "lou": {"own", "released"}, "dora": {"own", "sensitive", "released"},
            "piet": {"own", "sensitive", "released"}, "nell": {"released", "elsewhere", "opened"},
            "ben": {"released", "elsewhere", "opened"},
            "otto": {"lantern", "opened"}, "lena": {"opened"},
        }.get(name, set())  # fmt: skip


@pytest.mark.parametrize("name", WITH_WORDS)
def test_what_is_hidden_answers_exactly_like_what_is_not_there(behind, ask, name):
    kind, shown = KINDS[name], 0
    for (_, _, who, method, headers, opens), labels in asked_at(name, BY_ADDRESS):
        nothing = ask(who, name, method, absent()[kind], SENT.get(name), **headers)
        told = who == "audrey" and name in ("audit:looks", "api:audit_looks")
        assert told or 300 <= nothing.status < 500, (who, method, nothing)
        for label in labels:
            words = behind[label].parameters[kind]
            found = ask(who, name, method, words, SENT.get(name), **headers)
            if label not in opens:
                assert differs(found, nothing) == [], (who, method, label)
                continue
            assert found.status < 500
            if method == "GET" and DOORS[name].ask is Ask.READ and nothing.status == 404:
                assert found.status in (200, 302, 403), (who, label, found)
                shown += found.status in (200, 302)
            if found.status < 400 and DOORS[name].ask in MUST_LEAVE_AN_EVENT:
                assert found.events, (who, method, label)
            _shows_nothing_hidden(who, found, behind, own_of(name, who))
    if "GET" in DOORS[name].methods and DOORS[name].ask is Ask.READ:
        assert shown, "nobody was shown anything"


@pytest.mark.parametrize("number", range(len(ASKED)),
                         ids=[f"{a[0]} {a[1]} {a[2]}" for a in ASKED])  # fmt: skip
def test_asking_for_what_is_hidden_answers_like_asking_for_nothing(behind, ask, number):
    name, method, kind, question = ASKED[number]

    def put(words: tuple[str, ...]) -> dict[str, Any]:
        return {key: str(value).format(*words) for key, value in question.items()}

    for (_, _, who, _, _, opens), labels in asked_at(number, BY_QUESTION):
        words = ()
        if ADDRESSES[name]:  # an address that takes words as well: on something that one may see
            own = [b for b in behind.values() if may_open(name, who, b, KINDS[name])]
            words = own[0].parameters[KINDS[name]]
        nothing = ask(who, name, method, words, put(absent()[kind]))
        for label in labels:
            found = ask(who, name, method, words, put(behind[label].parameters[kind]))
            if label in opens:
                _shows_nothing_hidden(who, found, behind, own_of(name, who))
            else:
                assert differs(found, nothing) == [], (who, label)


def asked_at(
    place: str | int, asked: list[tuple[Time, list[str]]]
) -> Iterator[tuple[Time, list[str]]]:
    return ((one, labels) for one, labels in asked if one.place == place)


@pytest.mark.parametrize("name", ["intelligence:search", "api:search_picture"])
def test_searching_for_the_name_of_what_is_hidden_is_like_searching_for_nobody(behind, ask, name):
    for who in NAMES:
        nobody = _searched(ask(who, name, "GET", (), {"q": "Zqnobodyx"}), "Zqnobodyx")
        for there in behind.values():
            found = _searched(ask(who, name, "GET", (), {"q": there.canary}), there.canary)
            if may_see(who, there, "record"):
                assert who in ("audrey", "sam") or found != nobody
            else:
                assert differs(found, nobody) == [], (who, there.name)


def _searched(answer: Answer, asked: str) -> Answer:
    def plain(text: str) -> str:
        return text.replace(asked, "ASKED").replace(asked.lower(), "ASKED")

    return Answer(
        answer.status, plain(answer.body),
        tuple((k, v) for k, v in answer.headers if k != "Content-Length"),
        tuple((did, tuple(plain(r) for r in refs)) for did, refs in answer.events),
    )  # fmt: skip


@pytest.mark.parametrize("name", WITHOUT_WORDS)
def test_no_list_shows_to_anybody_what_they_may_not_see(behind, ask, name):
    for method, headers, people in requests_for(name):
        for who in people:
            found = ask(who, name, method, (), SENT.get(name), **headers)
            assert found.status < 500
            _shows_nothing_hidden(who, found, behind, own_of(name, who))
            if found.status < 400 and DOORS[name].ask in MUST_LEAVE_AN_EVENT:
                assert found.events, (who, method)


def own_of(door: str, who: str) -> str:
    """The log names by reference, and only so, what people of one's own agency did."""
    return somebody(who).agency if door.startswith(LOG) else ""


def _shows_nothing_hidden(
    who: str, answer: Answer, behind: dict[str, Behind], but_references_of: str = ""
) -> None:
    for there in behind.values():
        if not may_see(who, there, "record") and there.maker != who:
            assert there.canary not in answer.body, (who, there.name)
            if there.thing.owner == but_references_of:
                continue
            for reference in (word for words in there.parameters.values() for word in words):
                assert reference not in answer.body, (who, there.name, reference)


@pytest.mark.parametrize("name", sorted(DOORS))
def test_nobody_gets_in_without_a_session(behind, ask, name):
    words = next(iter(behind.values())).parameters[KINDS[name]] if name in KINDS else ()
    for method, headers, _ in requests_for(name):
        found = ask("", name, method, words, SENT.get(name), **headers)
        if DOORS[name].ask is Ask.PUBLIC:
            assert found.status < 500
        elif name.startswith("api:"):
            assert found.status == 401
        else:
            assert found.status == (204 if headers else 302)
            assert "/sign-in/" in dict(found.headers)["HX-Redirect" if headers else "Location"]
        assert DOORS[name].ask is Ask.PUBLIC or found.events == ()


@pytest.mark.parametrize("name", sorted(DOORS))
def test_a_method_that_is_not_listed_is_not_answered(behind, ask, name):
    words = next(iter(behind.values())).parameters[KINDS[name]] if name in KINDS else ()
    shared = [n for n in DOORS if (n in KINDS) == (name in KINDS) and _route(n) == _route(name)]
    listed = {method for other in shared for method in DOORS[other].methods}
    for method in ("PUT", "PATCH", "DELETE"):
        if method not in listed:
            assert ask("ada", name, method, words).status == 405, method


def _route(name: str) -> str:
    return reverse(name, args=["X"] * len(ADDRESSES[name]))


def test_the_words_for_what_is_not_there_are_new_each_time():
    assert absent()["report"] != absent()["report"]
    assert new_reference("REP").startswith("REP-")
