"""The headers that every answer carries, refusals and unknown addresses too."""

import pytest
from django.urls import reverse

from lightkeeper.web.contract import contract
from tests.access.test_http_matrix import WITHOUT_WORDS

pytestmark = pytest.mark.usefixtures("committed")

HEADERS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store, private",
}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
}
DOORS = [name for name in WITHOUT_WORDS if name in contract()]


def lacking(response):
    wrong = {name for name, value in HEADERS.items() if response.get(name) != value}
    said = {part.strip() for part in response.get("Content-Security-Policy", "").split(";")}
    return wrong | (POLICY - said)


@pytest.fixture
def behind_tls(settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize("who", ["", "ada"])
def test_each_address_answers_with_every_header(browse, behind_tls, who, name):
    assert not lacking(browse(who).get(reverse(name), secure=True))


@pytest.mark.parametrize("path", ["/no-such-page/", "/api/no-such-page", "/tasks/TSK-NONE/"])
def test_an_address_that_is_not_there_answers_with_every_header(browse, behind_tls, path):
    response = browse("ada").get(path, secure=True)

    assert response.status_code in (401, 404)
    assert not lacking(response)


def test_a_form_of_another_site_is_refused_with_every_header(behind_tls):
    from django.test import Client

    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    response = client.post("/sign-in/", {"username": "ada"}, secure=True)

    assert response.status_code == 403
    assert not lacking(response)
