"""Records of agencies that do not share them, with words that find them exactly."""

from collections.abc import Callable
from typing import Any

import pytest

from lightkeeper.apps.accounts.services import Agency, the_label
from lightkeeper.apps.intake.happenings import RecordsAccepted
from lightkeeper.core.announcements import announce
from lightkeeper.testing.records import NOON
from tests.access.rows import add

KIT = "Kit Sample 09/04/2012"
PHONE = "+447700900321"


@pytest.fixture
def held(as_: Any, rolled_back: None) -> Callable[..., Any]:
    """`held("otto", Cond.POINTER, compartment=True)`: a record of Kit at Otto's agency."""
    from lightkeeper.apps.intake.models import Record

    def make(
        by: str, conds: int = 0, *, compartment: bool = False, level: int = 1,
        released_to: tuple[str, ...] = (), record_class: int = 1, **said: list[str],
    ) -> Any:  # fmt: skip
        owner = as_(by)
        label = the_label(
            owner=owner.agency,
            level=level,
            released_to=Agency.objects.filter(code__in=released_to),
            compartment=min(owner.viewer.compartments) if compartment else None,
            conds=int(conds),
            record_class=record_class,  # type: ignore[arg-type]
        )
        properties = {
            "name": ["Kit Sample"], "firstName": ["Kit"], "lastName": ["Sample"],
            "birthDate": ["2012-04-09"], "phone": [PHONE],
        }  # fmt: skip
        record = add(
            Record, as_(by), label, kind="Person", caption="Kit Sample", source_key="",
            scheme="3x5x2", source_evaluation="2", information_assessment="B",
            concerns_child=True, properties=properties | said,
        )  # fmt: skip
        announce(RecordsAccepted(record.report_id, (record.pk,), NOON))
        return record

    return make


@pytest.fixture
def recorded_events(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What is entered in the log from now on: what was done, and why."""
    from lightkeeper.apps.audit import services as audit

    events: list[tuple[str, str]] = []
    enter = audit._enter

    def note(by: Any, did: Any, references: Any, reason: str, *rest: Any) -> None:
        events.append((did.words, reason))
        enter(by, did, references, reason, *rest)

    monkeypatch.setattr(audit, "_enter", note)
    return events
