"""Writing many records at once: one statement a chunk, under the policies like any other."""

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import numpy as np
from django.db import connection

from lightkeeper.apps.accounts.services import Actor
from lightkeeper.apps.intake.categories import categories_of, review_due
from lightkeeper.apps.intake.choices import Basis
from lightkeeper.apps.intake.gradings import demand, label_for
from lightkeeper.apps.intake.models import Quarantined, Report
from lightkeeper.apps.intake.rows import Held, fault_data
from lightkeeper.core.days import day_of
from lightkeeper.core.references import ALPHABET, LENGTH
from lightkeeper.engine.records import MappedRecord, Scheme, concerns_child
from lightkeeper.engine.records.children import first_day

LONGEST_CAPTION = 300
LONGEST_KEY = 200
# What names a thing, in the order in which we look.
CAPTIONS = (
    "name", "alias", "title", "weakAlias", "registrationNumber", "number", "handle", "email",
    "phone", "full", "address", "summary", "description",
)  # fmt: skip
ENCODE = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
TOPICS = ("harms", "roles", "threats")

INSERT_RECORDS = """
insert into intake_record (reference, report_id, bucket_id, row_number, source_key, kind, caption,
                           properties, originals, notes, concerns_child, category, also, basis,
                           review_due, scheme,
                           source_evaluation, information_assessment, observed_on, recorded_at)
select r.reference, %s, %s, r.number, r.key, r.kind, r.caption, r.properties, r.originals, r.notes,
       r.child, r.category, r.also, r.basis, r.review, r.scheme, r.source, r.information,
       r.observed, %s
  from jsonb_to_recordset(%s::jsonb) as r(
       reference text, number bigint, key text, kind text, caption text, properties jsonb,
       originals jsonb, notes jsonb, child boolean, category text, also text[], basis text,
       review date, scheme text, source text, information text,
       observed date)
returning id
"""
EARLIER = """
select source_key, originals from intake_record where report_id = %s and source_key = any(%s)
"""


@dataclass(frozen=True)
class Ready:
    """A record with the JSON of the row that it becomes, made before the transaction begins."""

    record: MappedRecord
    text: str


@dataclass(frozen=True)
class Sorted:
    """The rows of a chunk by what becomes of them."""

    records: list[Ready]
    repeated: int
    held: list[Held]

    @property
    def read(self) -> int:
        return len(self.records) + self.repeated + len(self.held)


def prepare(report: Report, taken: Sequence[MappedRecord | Held]) -> list[Ready | Held]:
    """Everything about the rows that needs no database."""
    received = day_of(report.received_at)
    references = new_references("REC", len(taken))
    return [
        one if isinstance(one, Held) else Ready(one, _as_json(report, one, reference, received))
        for one, reference in zip(taken, references, strict=True)
    ]


def _as_json(report: Report, record: MappedRecord, reference: str, received: date) -> str:
    return ENCODE(_record_data(report, record, reference, received))


def sort_out(report: Report, taken: Iterable[Ready | Held]) -> Sorted:
    """Set aside what stood in this report before: the sender's key and every cell the same."""
    records: list[Ready] = []
    held: list[Held] = []
    for one in taken:
        if isinstance(one, Held):
            held.append(one)
        else:
            records.append(one)
    earlier = _earlier(report, [r.record.source_key for r in records if r.record.source_key])
    fresh: list[Ready] = []
    for ready in records:
        if key := ready.record.source_key[:LONGEST_KEY]:
            known = earlier.setdefault(key, [])
            if ready.record.originals in known:
                continue
            known.append(ready.record.originals)
        fresh.append(ready)
    return Sorted(fresh, len(records) - len(fresh), held)


def _earlier(report: Report, keys: Sequence[str]) -> dict[str, list[Mapping[str, str]]]:
    found: dict[str, list[Mapping[str, str]]] = {}
    if not keys:
        return found
    with connection.cursor() as cursor:
        cursor.execute(EARLIER, [report.pk, [key[:LONGEST_KEY] for key in keys]])
        for key, originals in cursor.fetchall():
            # The driver gives jsonb as text to whoever asks for it without a field.
            cells = json.loads(originals) if isinstance(originals, str) else originals
            found.setdefault(key, []).append(cells)
    return found


def insert_records(
    report: Report, records: Sequence[Ready], schemes: Mapping[str, Scheme], at: datetime
) -> list[int]:
    """Write the records, each under the label of their report with what its own handling code asks
    of it as well. Returns their numbers.
    """
    by_label: dict[int, list[str]] = defaultdict(list)
    label = cache(lambda graded: label_for(report.bucket, demand(schemes, graded)).pk)
    for ready in records:
        graded = ready.record.grading
        own = label(graded) if graded and graded.handling else report.bucket_id
        by_label[own].append(ready.text)
    numbers: list[int] = []
    with connection.cursor() as cursor:
        for bucket, texts in by_label.items():
            data = f"[{','.join(texts)}]"
            cursor.execute(INSERT_RECORDS, [report.pk, bucket, at, data])
            numbers += [row[0] for row in cursor.fetchall()]
    return numbers


def _record_data(
    report: Report, record: MappedRecord, reference: str, received: date
) -> dict[str, Any]:
    grading = record.grading
    child = concerns_child(record, received)
    roles = (*record.roles, *record.properties.get("role", ()))
    category, *also = categories_of(record.kind, roles, child=child) or [""]
    review = review_due(category, received)
    return {
        "reference": reference,
        "number": record.number,
        "key": record.source_key[:LONGEST_KEY],
        "kind": record.kind,
        "caption": caption_of(record),
        "properties": properties_of(record),
        "originals": record.originals,
        "notes": [{"column": n.column, "sentence": n.sentence} for n in record.notes],
        "child": child,
        "category": category,
        "also": also,
        "basis": record.basis or Basis.REPORTED,
        "review": review.isoformat() if review else None,
        "scheme": grading.scheme if grading else report.scheme,
        "source": grading.source if grading else report.source_evaluation,
        "information": grading.information if grading else report.information_assessment,
        "observed": first_day(record.observed_on).isoformat() if record.observed_on else None,
    }


def properties_of(record: MappedRecord) -> dict[str, list[str]]:
    """What the record says, with its topics beside its properties."""
    topics = {name: list(values) for name in TOPICS if (values := getattr(record, name))}
    return {**record.properties, **topics} if topics else record.properties


def caption_of(record: MappedRecord) -> str:
    """What to call the record in a list: its name, else what else names it, else its key."""
    for name in CAPTIONS:
        if found := record.properties.get(name):
            return found[0][:LONGEST_CAPTION]
    whole = " ".join(
        text
        for name in ("firstName", "middleName", "lastName")
        for text in record.properties.get(name, [])[:1]
    )
    if whole:
        return whole[:LONGEST_CAPTION]
    first = next((v[0] for v in record.properties.values() if v), "")
    return (first or record.source_key)[:LONGEST_CAPTION]


def insert_held(by: Actor, report: Report, held: Sequence[Held]) -> None:
    """Put rows in quarantine, each with everything that is wrong with it."""
    Quarantined.objects.visible_to(by).bulk_create(
        [
            Quarantined(
                reference=reference,
                report=report,
                bucket_id=report.bucket_id,
                row_number=one.number,
                column=(one.faults[0].column or "")[:120],
                code=one.faults[0].code[:40],
                sentence=fault_data(one)[0]["sentence"],
                faults=fault_data(one),
                row=one.row,
            )
            for one, reference in zip(held, new_references("QUA", len(held)), strict=True)
        ]
    )


def new_references(prefix: str, count: int) -> list[str]:
    """As `new_reference`, for many at once: one call to the system's source of randomness."""
    digits = np.frombuffer(os.urandom(count * LENGTH), np.uint8).reshape(count, LENGTH) & 31
    checks = (digits @ np.arange(1, LENGTH + 1)) % 31
    letters = np.frombuffer(ALPHABET.encode(), np.uint8)
    text = np.column_stack([letters[digits], letters[checks]]).tobytes().decode()
    width = LENGTH + 1
    return [
        f"{prefix}-{text[at : at + LENGTH]}-{text[at + LENGTH]}"
        for at in range(0, count * width, width)
    ]


def digest_of(data: object) -> str:
    """A short digest of plain data, the same whatever the order of its keys."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
