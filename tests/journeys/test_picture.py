"""A record from two agencies' files into one picture, as people see it page by page."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from lightkeeper.apps.accounts.services import Agency
from lightkeeper.apps.intake import services as intake
from lightkeeper.apps.intelligence import queries
from lightkeeper.apps.intelligence.loading import load_factors
from lightkeeper.apps.tasking import services as tasking
from lightkeeper.apps.tasking.choices import Level, Theme
from lightkeeper.engine.records import Grading
from lightkeeper.testing.cast import EASTMERE as EASTMERE_POLICE
from lightkeeper.testing.cast import HUB

MAPPING = """\
name: people
version: 1
kind: Person
source_key: [ref]
observed_on: seen
properties:
  firstName: {column: forename}
  lastName: {column: surname}
  name: {columns: [forename, surname], join: " "}
  birthDate: {column: dob}
  phone: {column: mobile}
harms: {column: harm, split: ";"}
"""
HEADER = "ref,forename,surname,dob,mobile,seen,harm"
NORTHSHIRE = (
    "N1,Victor,Brandt,03/04/1979,07700 900123,01/02/2026,exploits_child",
    "N2,Mary,Stone,02/01/1990,,01/02/2026,",
    "N3,Sol,Reed,30/02/1975,07700 900125,03/02/2026,violence",
)
EASTMERE = (
    "E1,Viktor,Brandt,03/04/1979,+44 7700 900123,20/02/2026,violence;weapon",
    "E2,Walter,Finch,09/09/1960,07700 900777,20/02/2026,false_identity",
)


@pytest.fixture
def send(committed: None, as_: Any) -> Any:
    def file(name: str, rows: tuple[str, ...], released_to: tuple[str, ...] = (HUB,)) -> Any:
        load_factors()
        with transaction.atomic():
            by = as_(name)
        with transaction.atomic():
            return intake.receive(
                by=by,
                file=BytesIO(("\n".join([HEADER, *rows]) + "\n").encode()),
                file_name="people.csv",
                grading=Grading("3x5x2", "1", "B", "P"),
                level=1,
                at=timezone.now(),
                mapping=intake.make_mapping(by=by, text=MAPPING, at=timezone.now()),
                released_to=Agency.objects.filter(code__in=released_to),
            ).report

    return file


def references_in(page: str) -> set[str]:
    return set(re.findall(r"SUB-[0-9A-Z]{9}-[0-9A-Z]", page))


def test_two_files_become_one_subject_that_is_found_explained_and_judged(
    send: Any, do_errands: Any, browse: Any
) -> None:
    send("ben", NORTHSHIRE)
    send("otto", EASTMERE)
    do_errands()
    ada = browse("ada")

    # The analyst finds him by half a name and a swapped birthday.
    found = ada.get("/picture/search/", {"q": "viktor 1979-03-04"}).content.decode()
    [reference] = references_in(found)
    subject = ada.get(f"/picture/subjects/{reference}/").content.decode()
    assert subject.count('data-label="Grading"') == 2
    assert "Northshire Police" in subject
    assert "Eastmere Police" in subject

    # He heads the list, and each point is explained from the records behind it.
    ranked = ada.get("/picture/priorities/").content.decode()
    assert ranked.index("Brandt") < ranked.index("Walter Finch")
    explained = ada.get(f"/picture/priorities/{reference}/").content.decode()
    for words in ("Said to exploit a child", "Said to hold a weapon"):
        assert words in explained

    # She parts the two records, and then takes it back: the page is as it was.
    records = sorted(set(re.findall(r"REC-[0-9A-Z]{9}-[0-9A-Z]", subject)))
    judge = f"/picture/review/{records[0]}/{records[1]}/judge/"
    assert ada.post(judge, {"verdict": "DIFFERENT", "reason": "brothers"}).status_code == 302
    do_errands()
    parted = [ada.get(f"/picture/subjects/SUB-{r[4:]}/").content.decode() for r in records]
    assert [page.count('data-label="Grading"') for page in parted] == [1, 1]
    judgement = re.search(r"JDG-[0-9A-Z]{9}-[0-9A-Z]", parted[0])[0]  # type: ignore[index]
    undo = f"/picture/judgements/{judgement}/undo/"
    assert ada.post(undo, {"reason": "one man, two files"}).status_code == 302
    do_errands()
    again = ada.get(f"/picture/subjects/{reference}/").content.decode()
    assert again.count('data-label="Grading"') == 2
    assert ada.get("/picture/priorities/").content.decode().count(reference) == ranked.count(
        reference
    )


def test_each_agency_goes_on_seeing_its_own_part_alone(
    send: Any, do_errands: Any, browse: Any
) -> None:
    send("ben", NORTHSHIRE)
    send("otto", EASTMERE)
    do_errands()
    own = {}
    for name in ("ben", "otto"):
        page = browse(name).get("/picture/search/", {"q": "Victor Brandt"}).content.decode()
        [own[name]] = references_in(page)
        assert page.count("Why it was found") == 2  # the head of the table, and its only row
    assert own["ben"] != own["otto"]
    assert browse("ben").get(f"/picture/subjects/{own['otto']}/").status_code == 404
    assert browse("lou").get(f"/picture/subjects/{own['ben']}/").status_code == 404


def test_a_task_about_somebody_shows_on_their_page(
    send: Any, do_errands: Any, browse: Any, as_: Any
) -> None:
    send("ben", NORTHSHIRE)
    do_errands()
    with transaction.atomic():
        ada = as_("ada")
        [found] = queries.find(ada, "Victor Brandt")
        task = tasking.propose_task(
            by=ada,
            record=queries.subject(ada, found.reference).records[0],
            agency=Agency.objects.get(code=EASTMERE_POLICE),
            threat="gangs",
            theme=Theme.PURSUE,
            level=Level.LOCAL,
            objective="Find out where he goes.",
            reason="He heads the list.",
            at=timezone.now(),
        )
    page = browse("ada").get(f"/picture/subjects/{found.reference}/").content.decode()
    assert task.reference in page
