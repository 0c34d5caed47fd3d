"""That nothing is found takes as long for what is hidden as for what is not there."""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from lightkeeper.core.ticks import wait_for_tick

NOT_FOUND = 404


class NotFoundOnTheTick:
    """Every 404 leaves on a tick: PostgreSQL works out who asks only once it has found a row, so
    that a hidden one takes some tenths of a millisecond longer than none.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.monotonic()
        response = self.get_response(request)
        if response.status_code == NOT_FOUND:
            wait_for_tick(started, settings.NOT_FOUND_TICK_SECONDS)
        return response
