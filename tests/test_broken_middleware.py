"""Whatever breaks on the way in or out: a plain page, nothing of what broke on it or in the log."""

import logging

import pytest
from django.conf import settings
from django.test import Client, override_settings

CANARY = "Zqbrokenx Marlow"
PLACES = range(len(settings.MIDDLEWARE) + 1)
NAMES = [one.rpartition(".")[2] for one in [*settings.MIDDLEWARE, "the view"]]


class OnTheWayIn:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        raise RuntimeError(CANARY)


class OnTheWayOut(OnTheWayIn):
    def __call__(self, request):
        self.get_response(request)
        raise RuntimeError(CANARY)


def broken_at(place: int, way: type) -> list[str]:
    before, after = settings.MIDDLEWARE[:place], settings.MIDDLEWARE[place:]
    return [*before, f"{__name__}.{way.__name__}", *after]


@pytest.mark.parametrize("path", ["/help/", "/api/whoami"])
@pytest.mark.parametrize("way", [OnTheWayIn, OnTheWayOut])
@pytest.mark.parametrize("place", PLACES, ids=[f"before {name}" for name in NAMES])
def test_a_fault_before_any_middleware_is_a_plain_answer(
    committed, browse, call_api, caplog, place, way, path
):
    browser = (call_api if path.startswith("/api/") else browse)("ada")
    browser.raise_request_exception = False
    with override_settings(MIDDLEWARE=broken_at(place, way)), caplog.at_level(logging.DEBUG):
        browser.handler = Client(raise_request_exception=False).handler
        answer = browser.get(path)

    assert answer.status_code == 500
    body = answer.content.decode()
    for word in (CANARY, "Traceback", "RuntimeError", "middleware"):
        assert word not in body, word
    assert "went wrong" in body
    from lightkeeper.web.logs import OneLine

    lines = [OneLine().format(one) for one in caplog.records if one.levelno >= logging.ERROR]
    assert lines
    assert not any(CANARY in line for line in lines)


def test_without_a_fault_the_same_page_opens(committed, browse):
    assert browse("ada").get("/help/").status_code == 200
