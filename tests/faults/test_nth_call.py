"""While a report is sent in, the n-th call to the database or to the disk fails, for each n.

Whoever was told that it has arrived finds it there once; whoever was not sends it again, and then
it is there once.
"""

import errno
import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from lightkeeper.testing.plugin import NAME, superuser
from tests.faults.system import GRADED, MAPPING, plates

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("committed")]

FILE_EVENTS = {"open", "os.rename", "os.remove", "os.mkdir"}
MOST_CALLS = 400
ONCE = """
select (select count(*) from intake_report where digest = %(digest)s),
       (select count(*) from intake_record c join intake_report r on r.id = c.report_id
         where r.digest = %(digest)s),
       (select count(*) from audit_event e join intake_report r
            on r.reference = any(e."references") and e.did = 'report received'
         where r.digest = %(digest)s)
"""


class Nth:
    """Counts calls and fails the n-th. `fired` once it did."""

    def __init__(self, number: int) -> None:
        self.left, self.fired = number, False

    def comes(self) -> bool:
        self.left -= 1
        self.fired = self.fired or self.left == 0
        return self.left == 0


@contextmanager
def statement_fails(nth: Nth) -> Iterator[None]:
    """Before it is carried out: the connection broke on the way there."""

    def wrap(execute: Callable[..., Any], *given: Any) -> Any:
        if nth.comes():
            raise OperationalError("the connection was lost")
        return execute(*given)

    with connection.execute_wrapper(wrap):
        yield


@contextmanager
def answer_is_lost(nth: Nth) -> Iterator[None]:
    """After it was carried out: the connection broke on the way back."""

    def wrap(execute: Callable[..., Any], *given: Any) -> Any:
        answer = execute(*given)
        if nth.comes():
            raise OperationalError("the connection was lost")
        return answer

    with connection.execute_wrapper(wrap):
        yield


@contextmanager
def commit_fails(nth: Nth) -> Iterator[None]:
    """Every second time before, every second time after the database has committed."""
    real, patch = BaseDatabaseWrapper._commit, pytest.MonkeyPatch()
    is_after = nth.left % 2 == 0
    nth.left = (nth.left + 1) // 2

    def commit(self: Any) -> None:
        comes = nth.comes()
        if is_after or not comes:
            real(self)
        if comes:
            raise OperationalError("the connection was lost")

    patch.setattr(BaseDatabaseWrapper, "_commit", commit)
    try:
        yield
    finally:
        patch.undo()


class _Files:
    """A hook of the interpreter cannot be taken off: it looks at what is armed."""

    nth: Nth | None = None
    is_hooked = False

    def __call__(self, event: str, given: tuple[Any, ...]) -> None:
        if self.nth is None or event not in FILE_EVENTS or not self._ours(given[0]):
            return
        if self.nth.comes():
            raise OSError(errno.EIO, os.strerror(errno.EIO), given[0])

    @staticmethod
    def _ours(path: object) -> bool:
        return isinstance(path, str | Path) and str(path).startswith(str(settings.VAR))


_files = _Files()


@contextmanager
def file_fails(nth: Nth) -> Iterator[None]:
    if not _files.is_hooked:
        sys.addaudithook(_files)
        _files.is_hooked = True
    real, patch = os.fsync, pytest.MonkeyPatch()

    def fsync(handle: int) -> None:
        if nth.comes():
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(handle)

    patch.setattr(os, "fsync", fsync)
    _files.nth = nth
    try:
        yield
    finally:
        _files.nth = None
        patch.undo()


FAULTS = [statement_fails, answer_is_lost, commit_fails, file_fails]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_whichever_call_fails_what_was_acknowledged_is_there_once(fault, call_api, do_errands):
    ada = call_api("ada")
    ada.raise_request_exception = False
    made = ada.post("/api/reports/mappings", {"text": MAPPING}, "application/json")
    query = urlencode({**GRADED, "file_name": "a.csv", "mapping": made.json()["reference"]})
    sent = []
    for number in range(1, MOST_CALLS):
        nth, data = Nth(number), plates(f"{fault.__name__[:4]}{number}", 3)
        with fault(nth):
            answer = ada.post(f"/api/reports?{query}", data, "application/octet-stream")
        if not nth.fired:
            assert answer.status_code == 201
            break
        assert answer.status_code in (201, 500, 503), (number, answer.content)
        if answer.status_code != 201:
            again = ada.post(f"/api/reports?{query}", data, "application/octet-stream")
            assert again.status_code in (200, 201), (number, again.content)
        sent.append(data)
    else:
        pytest.fail("it fails without end")
    assert len(sent) > 1, "no call was made to fail"
    do_errands()
    _each_is_there_once(sent)


def _each_is_there_once(sent: list[bytes]) -> None:
    with superuser(NAME) as asked:
        for data in sent:
            digest = hashlib.sha256(data).hexdigest()
            assert asked.execute(ONCE, {"digest": digest}).fetchone() == (1, 3, 1), data[:60]
            assert (Path(settings.BLOBS) / digest[:2] / digest).read_bytes() == data
