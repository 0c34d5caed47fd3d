"""What the tests of intake begin with: a mapping, a small file, sending it in."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings

from lightkeeper.apps.intake import services
from lightkeeper.engine.records import Grading

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
GRADED = Grading("3x5x2", "2", "C", "P")
MAPPING = """\
name: northshire-persons
version: 1
kind: Person
source_key: [ref]
observed_on: seen
properties:
  name: {columns: [forename, surname], join: " "}
  birthDate: {column: dob}
  phone: {column: mobile}
"""
GRADED_MAPPING = MAPPING + (
    "grading: {scheme: 3x5x2, source_evaluation: src, information_assessment: info}\n"
)
HEADER = "ref,forename,surname,dob,mobile,seen"
ROWS = (
    "A1,Jo,Marsh,12/05/2011,07700 900123,01/11/2026",
    "A2,Kim,Field,03/02/1980,07700 900124,02/11/2026",
    "A3,Sol,Reed,30/02/1975,07700 900125,03/11/2026",
)


def table(*rows: str, header: str = HEADER) -> bytes:
    return ("\r\n".join([header, *rows]) + "\r\n").encode()


def many_rows(count: int) -> bytes:
    """Every hundredth row has an impossible birthday, every fiftieth is a repetition."""
    rows = []
    for n in range(count):
        key = n - 1 if n % 50 == 49 else n
        day = "31/02/1990" if n % 100 == 10 else f"{key % 28 + 1:02d}/06/1990"
        rows.append(f"K{key},Given{key},Family{key},{day},,01/11/2026")
    return table(*rows)


def mapping_of(by: Any, text: str = MAPPING) -> Any:
    return services.make_mapping(by=by, text=text, at=NOON)


def send(by: Any, data: bytes | None = None, **changed: Any) -> services.Receipt:
    """Send in a file of three rows, the last of them with an impossible birthday."""
    given: dict[str, Any] = {
        "by": by,
        "file": BytesIO(table(*ROWS) if data is None else data),
        "file_name": "persons.csv",
        "grading": GRADED,
        "level": 1,
        "at": NOON,
    }
    if "mapping" not in changed:
        given["mapping"] = mapping_of(by)
    return services.receive(**{**given, **changed})


def kept_files() -> list[Path]:
    """Every file in the store of bytes and in the waiting room."""
    places = (Path(settings.BLOBS), Path(settings.FILE_UPLOAD_TEMP_DIR))
    return sorted(path for place in places for path in place.rglob("*") if path.is_file())


def counts(report: Any) -> tuple[int, int, int, int]:
    """Rows read, accepted, repeated, quarantined."""
    return (
        report.rows_read,
        report.rows_accepted,
        report.rows_repeated,
        report.rows_quarantined,
    )
