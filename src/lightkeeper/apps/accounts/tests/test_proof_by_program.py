"""A program that would do a sensitive act is told to prove again who it is, and where."""

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from lightkeeper.apps.accounts.tests.conftest import did, proved_long_ago
from lightkeeper.testing.cast import PASSWORD
from lightkeeper.web.contract import SENSITIVE

DOORS = sorted(name for name in SENSITIVE if name.startswith("api:"))


@pytest.fixture
def program(lou):
    """Lou's program, with a session of its own."""
    given = {"username": "lou", "password": PASSWORD, "purpose": "analysis"}
    plain = Client(headers={"host": "localhost"})
    answer = plain.post("/api/sessions", given, content_type="application/json")
    token = answer.json()["token"]
    return Client(headers={"host": "localhost", "authorization": f"Bearer {token}"})


def post(program, name, given=None):
    try:
        address = reverse(name)
    except NoReverseMatch:
        address = reverse(name, args=["REC-NONE"])
    return program.post(address, given or {}, content_type="application/json")


def is_refused_for_want_of_proof(answer) -> bool:
    return answer.status_code == 403 and answer.json().get("type", "").endswith(":proof-needed")


@pytest.mark.parametrize("name", DOORS)
def test_each_sensitive_door_asks_for_a_proof_and_opens_after_it(program, name):
    assert not is_refused_for_want_of_proof(post(program, name))
    proved_long_ago(minutes=SENSITIVE[name] + 0.1)

    answer = post(program, name)
    assert is_refused_for_want_of_proof(answer)
    assert answer["Content-Type"] == "application/problem+json"
    assert "POST /api/proof" in answer.json()["detail"]
    assert did()[-1] == "not allowed"

    assert post(program, "api:prove", {"password": PASSWORD}).status_code == 200
    assert not is_refused_for_want_of_proof(post(program, name))
    assert "proved again who it is" in did()


def test_a_wrong_password_proves_nothing_and_is_counted(program):
    proved_long_ago(minutes=6)
    tries = [post(program, "api:prove", {"password": "x"}).status_code for _ in range(6)]

    assert tries == [403, 403, 403, 403, 403, 429]
    assert post(program, "api:prove", {"password": PASSWORD}).status_code == 429
    assert is_refused_for_want_of_proof(post(program, DOORS[0]))


def test_with_a_second_factor_a_password_proves_nothing_to_a_program(factor):
    given = {"username": "lou", "password": PASSWORD, "purpose": "analysis"}
    plain = Client(headers={"host": "localhost"})
    answer = plain.post(
        "/api/sessions", {**given, "code": factor.code()}, content_type="application/json"
    )
    token = answer.json()["token"]
    program = Client(headers={"host": "localhost", "authorization": f"Bearer {token}"})
    proved_long_ago(minutes=6)

    assert post(program, "api:prove", {"password": PASSWORD}).status_code == 403
    right = {"password": PASSWORD, "code": factor.recovery[0]}
    assert post(program, "api:prove", right).status_code == 200
    assert not is_refused_for_want_of_proof(post(program, DOORS[0]))


@pytest.mark.parametrize("door", ["/api/whoami", "/api/tasks", "/api/openapi.json"])
@pytest.mark.parametrize("shown_as", ["document", "iframe", "script", "image", "object"])
def test_a_browser_is_not_shown_an_answer_of_the_api(call_api, committed, door, shown_as):
    answer = call_api("ada").get(door, headers={"sec-fetch-dest": shown_as})

    assert answer.status_code == 403
    assert set(answer.json()) == {"detail"}
    assert call_api("ada").get(door, headers={"sec-fetch-dest": "empty"}).status_code == 200


@pytest.mark.parametrize("asked_by", ["cross-site", "same-site"])
def test_a_form_that_another_site_sent_changes_nothing(browse, committed, asked_by):
    answer = browse("ada").post("/sharing/exclude/", headers={"sec-fetch-site": asked_by})

    assert answer.status_code == 403
    assert "another site" in answer.content.decode()
    own = browse("ada").post("/sharing/exclude/", headers={"sec-fetch-site": "same-origin"})
    assert "another site" not in own.content.decode()
