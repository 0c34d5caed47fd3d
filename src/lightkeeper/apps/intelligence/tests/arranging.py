"""What the tests of the picture begin with: records of a few people, sent in by an agency."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from lightkeeper.apps.accounts.services import Actor, Agency, actor_now, the_label
from lightkeeper.apps.intake.happenings import RecordsAccepted
from lightkeeper.apps.intake.models import Record, Report
from lightkeeper.apps.intelligence import services
from lightkeeper.apps.intelligence.services import deriving
from lightkeeper.core.announcements import announce
from lightkeeper.core.references import new_reference

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TODAY = NOON.date()

VICTOR = {
    "name": ["Victor Brandt"],
    "firstName": ["Victor"],
    "lastName": ["Brandt"],
    "birthDate": ["1979-04-03"],
    "phone": ["+447700900123"],
}


def person(first: str, last: str, born: str = "", **more: Any) -> dict[str, list[str]]:
    """What a record says of somebody."""
    said: dict[str, list[str]] = {
        "name": [f"{first} {last}"], "firstName": [first], "lastName": [last],
    }  # fmt: skip
    if born:
        said["birthDate"] = [born]
    return said | {
        name: [value] if isinstance(value, str) else list(value) for name, value in more.items()
    }


def enter(
    by: Actor,
    people: Iterable[dict[str, list[str]]],
    *,
    released_to: Iterable[str] = (),
    level: int = 1,
    compartment: int | None = None,
    kind: str = "Person",
    grading: tuple[str, str, str] = ("3x5x2", "1", "A"),
    observed_on: date | None = TODAY,
    child: bool = False,
    tell: bool = True,
) -> list[Record]:
    """A report of these people, read in by the agency of `by`; the picture hears of it."""
    bucket = the_label(
        owner=by.agency,
        level=level,
        released_to=Agency.objects.filter(code__in=list(released_to)),
        compartment=compartment,
    )
    scheme, source, information = grading
    report = Report(
        reference=new_reference("REP"), bucket=bucket, owner=by.agency, digest=new_reference("D"),
        size_bytes=1, file_name="people.csv", format="csv", channel="UPLOAD", scheme=scheme,
        source_evaluation=source, information_assessment=information, handling_code="P",
        status="PARSED", received_at=NOON, received_by_id=by.person_id,
    )  # fmt: skip
    report.save(force_insert=True)
    records = []
    for number, said in enumerate(people, 1):
        record = Record(
            reference=new_reference("REC"), report=report, bucket=bucket, row_number=number,
            kind=kind, caption=(said.get("name") or ["?"])[0], properties=said, scheme=scheme,
            concerns_child=child, source_evaluation=source, information_assessment=information,
            observed_on=observed_on, recorded_at=NOON,
        )  # fmt: skip
        record.save(force_insert=True)
        records.append(record)
    if tell:
        announce(RecordsAccepted(report.pk, tuple(record.pk for record in records), NOON))
    else:
        deriving.derive([record.pk for record in records], NOON)
    return records


def link(by: Actor) -> Any:
    return services.link_now(by=by, at=NOON)


def judge(by: Actor, left: Record, right: Record, verdict: str, reason: str = "said so") -> Any:
    return services.judge(by=by, left=left, right=right, verdict=verdict, reason=reason, at=NOON)


def as_now(by: Actor) -> Actor:
    """The same person with the labels that exist by now."""
    with transaction.atomic():
        return actor_now() or by
