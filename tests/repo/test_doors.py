"""Every address is in the contract, every line of the contract has an address, and what is in
neither is shut.
"""

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver, path

from lightkeeper.core.access.contract import Ask, Door, load_contract
from lightkeeper.web.contract import contract
from lightkeeper.web.middleware import names_by_route


def planted(request: HttpRequest) -> HttpResponse:
    return HttpResponse("nobody listed this")


urlpatterns = [path("planted/", planted, name="planted"), path("nameless/", planted)]


def names() -> set[str]:
    return {name for at in names_by_route(get_resolver()).values() for name in at}


def test_the_addresses_and_the_contract_are_the_same():
    assert names() == set(contract()), names() ^ set(contract())


@pytest.mark.parametrize("address", ["/planted/", "/nameless/"])
@pytest.mark.parametrize("who", ["", "ada"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_view_that_no_contract_lists_is_shut(settings, browse, address, who, method):
    settings.ROOT_URLCONF = __name__
    client = browse(who)
    response = getattr(client, method)(address)

    assert response.status_code == 403
    assert b"nobody listed this" not in response.content


def test_the_public_doors_are_few_and_known():
    assert {name for name, door in contract().items() if door.ask is Ask.PUBLIC} == {
        "accounts:sign_in", "accounts:code", "accounts:sign_in_by_key", "web:health",
        "accounts:sign_in_outside", "accounts:back_from_outside",
        "api:openapi-json", "api:api-root", "api:open_session",
    }  # fmt: skip


def test_a_door_that_changes_or_discloses_is_never_opened_by_a_look():
    """But for a page that shows the form of what it changes."""
    forms_too = {"intelligence:undo", "tasking:propose"}
    for name, door in contract().items():
        if door.ask in (Ask.CHANGE, Ask.DISCLOSE) and name not in forms_too:
            assert "GET" not in door.methods, name


def test_a_door_that_is_listed_twice_stops_the_start(monkeypatch):
    import types

    module = types.ModuleType("twice.contract")
    module.DOORS = {"a:b": Door(Ask.READ)}
    monkeypatch.setattr("lightkeeper.core.access.contract.find_spec", lambda _: True)
    monkeypatch.setattr("lightkeeper.core.access.contract.import_module", lambda _: module)

    with pytest.raises(ValueError, match="listed twice"):
        load_contract(["one", "two"])
