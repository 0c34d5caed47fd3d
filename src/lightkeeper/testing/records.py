"""A report and a record of it, without a file: for tests that begin where intake ends."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def a_record(as_: Callable[[str], Any]) -> Callable[..., Any]:
    """`a_record(by="ben", released_to=["centre-hub"], concerns_child=True)`: a record of Ben's
    agency.

    The test acts for whoever owns it afterwards; say `as_` again to become somebody else.
    """
    from lightkeeper.apps.accounts.models import Agency, Compartment
    from lightkeeper.apps.accounts.services import the_label
    from lightkeeper.apps.intake.models import Record, Report
    from lightkeeper.core.references import new_reference

    def make(
        by: str = "ben",
        released_to: list[str] | None = None,
        *,
        name: str = "Jo Bloggs",
        concerns_child: bool = False,
        level: int = 0,
        compartment: str | None = None,
        **properties: list[str],
    ) -> Any:
        owner = as_(by)
        bucket = the_label(
            owner=owner.agency,
            level=level,
            released_to=list(Agency.objects.filter(code__in=released_to or [])),
            compartment=_compartment_id(Compartment, owner, compartment),
        )
        as_(by)
        reference = new_reference("REP")
        report = Report(
            reference=reference,
            bucket=bucket,
            owner=owner.agency,
            digest=hashlib.sha256(reference.encode()).hexdigest(),
            size_bytes=1,
            file_name="told.csv",
            format="csv",
            channel="COMMAND",
            source_evaluation="2",
            information_assessment="B",
            handling_code="P",
            status="PARSED",
            received_at=NOON,
            received_by_id=owner.person_id,
        )
        report.save(force_insert=True)
        record = Record(
            reference=new_reference("REC"),
            bucket=bucket,
            report=report,
            row_number=1,
            kind="Person",
            caption=name,
            properties={"name": [name], **properties},
            concerns_child=concerns_child,
            scheme="3x5x2",
            source_evaluation="2",
            information_assessment="B",
            observed_on=date(2026, 11, 1),
            recorded_at=NOON,
        )
        record.save(force_insert=True)
        return record

    return make


def _compartment_id(model: Any, owner: Any, code: str | None) -> int | None:
    if code is None:
        return None
    return int(
        model._base_manager.filter(pk__in=owner.viewer.compartments, code=code)
        .values_list("pk", flat=True)
        .get()
    )
