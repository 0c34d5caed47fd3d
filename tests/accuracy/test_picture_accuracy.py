"""The main job on real input: 24,932 records of 2,585 historical people, with errors, as two
agencies' files, through intake, grading, linkage, review, subject pages, ranking and a task.
"""

import csv
import io
import os
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.db import transaction
from django.utils import timezone

from lightkeeper.apps.accounts.services import Agency
from lightkeeper.apps.intake import services as intake
from lightkeeper.apps.intelligence import queries
from lightkeeper.apps.intelligence import services as picture
from lightkeeper.apps.intelligence.loading import load_factors
from lightkeeper.apps.tasking import services as tasking
from lightkeeper.apps.tasking.choices import Level, Theme
from lightkeeper.engine.records import Grading
from lightkeeper.testing.cast import HUB

FLOOR = 0.94
PROJECT = Path(__file__).resolve().parents[2]
FILE = Path("data/linkage/historical_dev.parquet")
MAPPING = """\
name: historical-people
version: 1
kind: Person
source_key: [unique_id]
date_order: ymd
properties:
  name: {column: full_name, optional: keep}
  firstName: {column: first_name, optional: keep}
  lastName: {column: surname, optional: keep}
  birthDate: {column: dob, optional: keep}
  birthPlace: {column: birth_place, optional: keep}
  postcode: {column: postcode_fake, optional: keep}
  gender: {column: gender, optional: keep}
  profession: {column: occupation, optional: keep}
"""
HARMS = MAPPING.replace("historical-people", "what-is-said") + "harms: {column: harm, split: ';'}\n"


def historical_people() -> list[dict[str, str]]:
    shared = Path(os.environ.get("LIGHTKEEPER_SHARED", PROJECT.parent / "shared"))
    if not (shared / FILE).exists():
        pytest.fail(
            f"The historical people are not there. Put {FILE} into a folder named shared beside "
            "the project, or name that folder in LIGHTKEEPER_SHARED."
        )
    return [
        {name: value or "" for name, value in row.items()}
        for row in pq.read_table(shared / FILE).to_pylist()
    ]


@pytest.fixture
def be(committed: None, as_: Any) -> Any:
    def become(name: str) -> Any:
        with transaction.atomic():
            return as_(name)

    return become


def send(by: Any, name: str, rows: list[dict[str, str]], mapping: str = MAPPING) -> Any:
    text = io.StringIO()
    writer = csv.DictWriter(text, [n for n in rows[0] if n != "cluster"], extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    with transaction.atomic():
        receipt = intake.receive(
            by=by,
            file=io.BytesIO(text.getvalue().encode()),
            file_name=name,
            grading=Grading("3x5x2", "1", "B", "P"),
            level=1,
            at=timezone.now(),
            mapping=intake.make_mapping(by=by, text=mapping, at=timezone.now()),
            released_to=Agency.objects.filter(code=HUB),
            source="Historical people",
        )
    assert receipt.report is not None, receipt.refusal
    return receipt.report


def judge_some(ada: Any, truth: dict[str, str], wanted: int) -> list[Any]:
    """Decide the first pairs of the queue as the truth has it."""
    made: list[Any] = []
    waiting, _ = queries.review_queue(ada)
    for one in waiting:
        left, right = truth.get(one.left.source_key), truth.get(one.right.source_key)
        if left and right and len(made) < wanted:
            verdict = "SAME" if left == right else "DIFFERENT"
            made.append(
                picture.judge(by=ada, left=one.left, right=one.right, verdict=verdict,
                              reason="as the truth has it", at=timezone.now())
            )  # fmt: skip
    return made


@pytest.mark.slow
def test_historical_people_go_from_two_agencies_files_to_a_task(
    be: Any, do_errands: Any, browse: Any
) -> None:
    load_factors()
    rows = historical_people()
    truth = {row["unique_id"]: row["cluster"] for row in rows}
    # What a third file says of the two people who have most records.
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["cluster"]] = counts.get(row["cluster"], 0) + 1
    most = sorted(counts, key=lambda cluster: -counts[cluster])[:2]
    said = [
        next(row for row in rows if row["cluster"] == cluster and row["dob"] and row["surname"])
        | {"unique_id": f"said-{number}", "harm": harm}
        for number, (cluster, harm) in enumerate(
            zip(most, ("violence;weapon", "weapon"), strict=True)
        )
    ]

    reports = [
        send(be("ben"), "northshire.csv", rows[0::2]),
        send(be("otto"), "eastmere.csv", rows[1::2]),
        send(be("otto"), "said.csv", said, HARMS),
    ]
    for report, name in zip(reports, ("ben", "otto", "otto"), strict=True):
        be(name)
        intake.read_now(report.pk)
    picture.link_now(by=be("ada"), at=timezone.now())
    do_errands()  # finds everything read and linked
    figures = _measured(be, reports, truth)
    assert figures["records"] == len(rows)
    assert figures["f1"] >= FLOOR

    ada = be("ada")
    with transaction.atomic():
        judged = judge_some(ada, truth, 5)
    assert len(judged) == 5
    do_errands()
    after = _measured(be, reports, truth)
    assert after["f1"] >= figures["f1"] - 0.002
    print(f"\nbefore review {figures}\nafter five judgements {after}")

    ada, client = be("ada"), browse("ada")
    with transaction.atomic():
        ranked, _ = queries.ranking(ada, timezone.localdate())
    assert [one.total for one in ranked] == [36.0, 20.0]
    found = _subject(ada, ranked[0])
    assert len(found.records) > 5
    assert {str(record.bucket.owner) for record in found.records} == {
        "Northshire Police", "Eastmere Police",
    }  # fmt: skip
    for url in ("subjects", "priorities"):
        page = client.get(f"/picture/{url}/{found.reference}/")
        assert page.status_code == 200
    with transaction.atomic():
        task = tasking.propose_task(
            by=ada,
            record=found.records[0],
            agency=Agency.objects.get(code="northshire-police"),
            threat="gangs",
            theme=Theme.PURSUE,
            level=Level.LOCAL,
            objective="Find out more.",
            reason="Heads the list.",
            at=timezone.now(),
        )
    page = client.get(f"/picture/subjects/{found.reference}/")
    assert task.reference in page.content.decode()


def _subject(ada: Any, ranked: Any) -> Any:
    with transaction.atomic():
        return queries.subject(ada, ranked.reference)


def _measured(be: Any, reports: list[Any], truth: dict[str, str]) -> dict[str, Any]:
    known = {(report.reference, key): entity for report in reports for key, entity in truth.items()}
    return picture.measure_against(known, by=be("sam"), at=timezone.now())
