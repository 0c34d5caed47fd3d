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
def with_errand(errand_id: int) -> Iterator[None]:
    """Run the block for the person who asked for this errand; only the worker's role is
    believed.
    """
    with _set(Acting("app.errand", str(errand_id))):
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
