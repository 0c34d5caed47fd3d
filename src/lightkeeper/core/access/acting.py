"""On whose behalf the code is running now. The database backend tells PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Acting:
    """A session's secret token, or the errand of the worker that runs it; never a person's id."""

    setting: str
    value: str


_now: ContextVar[Acting | None] = ContextVar("acting", default=None)


def current() -> Acting | None:
    return _now.get()


@contextmanager
def with_session(token: str) -> Iterator[None]:
    """Run the block for the holder of this session token."""
    with _set(Acting("app.session", token)):
        yield


@contextmanager
def with_errand(errand_id: int, attempt: int | None = None) -> Iterator[None]:
    """Run the block for the person who asked for this errand; only the worker's role is
    believed, and with an attempt only while it is the latest.
    """
    number = str(errand_id) if attempt is None else f"{errand_id}:{attempt}"
    with _set(Acting("app.errand", number)):
        yield


@contextmanager
def with_nobody() -> Iterator[None]:
    with _set(None):
        yield


@contextmanager
def _set(acting: Acting | None) -> Iterator[None]:
    before = _now.set(acting)
    try:
        yield
    finally:
        _now.reset(before)
