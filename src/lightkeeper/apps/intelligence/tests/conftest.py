from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from lightkeeper.apps.intelligence import reactions
from lightkeeper.apps.intelligence.loading import load_factors
from lightkeeper.apps.intelligence.models import Link
from lightkeeper.apps.intelligence.tests.arranging import enter, judge, link
from lightkeeper.apps.intelligence.tests.arranging_thresholds import PEOPLE
from lightkeeper.core import announcements
from lightkeeper.testing.cast import HUB
from lightkeeper.testing.plugin import NAME, superuser


@pytest.fixture(scope="session")
def factors(database: str) -> None:
    load_factors()


@pytest.fixture(autouse=True)
def picture_alone(monkeypatch: pytest.MonkeyPatch, factors: None) -> None:
    """Only the picture hears the news; what the apps above do is for the journeys."""
    mine: dict[type, list[Callable[[Any], None]]] = defaultdict(list)
    mine[reactions.RecordsAccepted] = [reactions.make_findable]
    mine[reactions.ReportRead] = [reactions.link_what_came]
    monkeypatch.setattr(announcements, "_reactions", mine)


@pytest.fixture
def given(committed: None, as_: Any) -> Callable[..., list[Any]]:
    """`given("ben", [VICTOR], released_to=[HUB])`: records that Ben sent in, committed."""

    def send(name: str, people: Any, **how: Any) -> list[Any]:
        by = _in(as_, name)
        with transaction.atomic():
            return enter(by, people, **how)

    return send


def _in(as_: Any, name: str) -> Any:
    with transaction.atomic():
        return as_(name)


@pytest.fixture
def be(committed: None, as_: Any) -> Callable[[str], Any]:
    """`be("ada")`: act for Ada from now on, with the labels that exist now."""
    return lambda name: _in(as_, name)


@pytest.fixture
def ask() -> Callable[..., Any]:
    """`ask(query, ...)`: in a transaction of its own, as every request has one."""

    def in_transaction(query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            return query(*args, **kwargs)

    return in_transaction


@pytest.fixture
def linked(given: Any, be: Any) -> Any:
    records = given("ben", PEOPLE, released_to=[HUB])
    link(be("ada"))
    with superuser(NAME) as connection:
        connection.execute("update intelligence_link set held = false")
    return records


@pytest.fixture
def all_judged_same(linked: Any, be: Any) -> Any:
    """Every link is judged the same, so that each precision is known for certain."""
    ada = be("ada")
    with transaction.atomic():
        pairs = [
            (one.left, one.right)
            for one in Link.objects.visible_to(ada).select_related("left", "right")
        ]
        for left, right in pairs:
            judge(ada, left, right, "SAME")
    return linked
