"""Every operation of the API's own description, asked with whatever fits it and whatever does not,
by people of several roles: no error of ours, answers as described, nothing unknown taken.

LIGHTKEEPER_FUZZ_EXAMPLES says how many questions for each; `make test-fuzz` asks 300.
"""

import os
import random
import re
from collections.abc import Iterator
from contextlib import ExitStack
from importlib import import_module
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.urls import resolve
from ninja import Schema
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lightkeeper.web.api import ROUTERS, api, module_of
from lightkeeper.web.wsgi import application
from tests.access.objects import absent, make_all
from tests.access.test_http_matrix import KINDS

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("LIGHTKEEPER_FUZZ_EXAMPLES", "8"))
WHO = ("ada", "ben", "cleo", "dev", "audrey", "sam")
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance,
]  # fmt: skip


def described() -> Any:
    loaded = schemathesis.openapi.from_dict(api.get_openapi_schema())
    loaded.app = application
    loaded.config.base_url = None
    return loaded


SCHEMA = described()
OPERATIONS = {
    f"{found.ok().method.upper()} {found.ok().path}": found.ok()
    for found in SCHEMA.get_all_operations()
}


@pytest.fixture(scope="module")
def world(tokens: dict[str, str]) -> Iterator[list[dict[str, tuple[str, ...]]]]:
    """Words that stand for something in addresses, by kind: one's own, another's, and nothing."""
    from lightkeeper.apps.accounts.services import actor_now
    from lightkeeper.core.access import acting

    # As Django's own test client does: what is to be undone must not be closed.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with transaction.atomic():
        with ExitStack() as stack:

            def become(name: str) -> Any:
                stack.close()
                stack.enter_context(acting.with_session(tokens[name]))
                return actor_now()

            made = make_all(become)
        yield [*(behind.parameters for behind in made.values()), absent()]
        transaction.set_rollback(True)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def ask(case: Any, token: str) -> Any:
    """The answer; whatever it changed is undone, so that each question meets the same world."""
    with transaction.atomic():
        response = case.call(headers={"Authorization": f"Bearer {token}"} if token else None)
        transaction.set_rollback(True)
    return response


def settings(examples: int) -> Any:
    return hypothesis.settings(
        max_examples=examples, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )  # fmt: skip


def name_of(operation: Any) -> str:
    path = re.sub(r"\{\w+\}", "X", operation.path)
    return str(resolve(path).view_name)


def takes_something(operation: Any) -> bool:
    """Any text may stand in an address; a question or a body can be put wrongly."""
    return bool([*operation.query, *operation.body])


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_answers_whatever_it_is_asked_as_it_says(world, tokens, operation, mode):
    found = OPERATIONS[operation]

    @hypothesis.given(
        case=found.as_strategy(generation_mode=mode),
        number=hypothesis.strategies.integers(0, 10**6),
    )
    @settings(EXAMPLES)
    def asked(case: Any, number: int) -> None:
        rng = random.Random(number)
        kind = KINDS.get(name_of(found), "")
        words = rng.choice(world).get(kind)
        if words and rng.random() < 0.8:
            case.path_parameters = dict(zip(case.path_parameters, words, strict=False))
        response = ask(case, tokens[rng.choice(WHO)])
        case.validate_response(response, checks=CHECKS)

    if mode is GenerationMode.POSITIVE or takes_something(found):
        asked()
    else:  # there is no way to ask it wrongly
        assert not found.body


def test_no_two_apps_describe_different_things_under_one_name():
    """The description has one place for each name, and the last one written would win."""
    found: dict[str, Any] = {}
    for place in ("lightkeeper.web.api", *sorted({module_of(where) for _, where in ROUTERS})):
        module = import_module(place)
        for name, one in vars(module).items():
            if (
                isinstance(one, type)
                and issubclass(one, Schema)
                and one.__module__ == module.__name__
            ):
                assert found.setdefault(name, one).model_json_schema() == one.model_json_schema()


@pytest.mark.parametrize("operation", [name for name, one in OPERATIONS.items() if one.body])
def test_a_field_that_nobody_knows_is_refused(world, tokens, operation):
    """Whatever else stands in the body: a misspelt field is not left out in silence."""
    found = OPERATIONS[operation]
    if operation == "POST /api/reports":  # a file; its unknown parameters are refused as such
        return

    @hypothesis.given(case=found.as_strategy(generation_mode=GenerationMode.POSITIVE))
    @settings(2)
    def asked(case: Any) -> None:
        case.body = {**case.body, "nobody_knows": 1}
        response = ask(case, tokens["ada"])
        assert (response.status_code, "nobody_knows" in response.json()["detail"]) == (422, True)

    asked()


def test_what_no_text_may_hold_is_refused_and_no_error_of_ours(world, call_api, browse):
    for path in ("/api/picture/search?q=%00", "/api/reports?after=%00", "/api/tasks?after=%00"):
        with transaction.atomic():
            assert call_api("ada").get(path).status_code in (200, 422), path
            transaction.set_rollback(True)
    with transaction.atomic():
        page = browse("ada").get("/picture/search/?q=%00")
        transaction.set_rollback(True)
    assert page.status_code in (200, 422)
