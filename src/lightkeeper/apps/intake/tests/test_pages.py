"""The pages, through the one door: sending in by four steps, looking, correcting, taking out."""

import re
from io import BytesIO

import pytest
from django.db import transaction

from lightkeeper.apps.intake.models import Quarantined, Record, Report
from lightkeeper.apps.intake.tests.arranging import MAPPING, ROWS, kept_files, send, table

pytestmark = pytest.mark.usefixtures("committed")

ANSWERS = {
    "source": "Northshire custody system",
    "encoding": "utf-8",
    "source_evaluation": "3x5x2/2",
    "information_assessment": "3x5x2/C",
    "handling_code": "3x5x2/P",
    "level": "1",
}


def named(data, name):
    file = BytesIO(data)
    file.name = name
    return file


def upload(browser, data=None, name="persons.csv", **changed):
    file = named(table(*ROWS) if data is None else data, name)
    return browser.post("/reports/upload/", {**ANSWERS, "file": file, **changed})


def write_mapping(browser, url, text=MAPPING):
    return browser.post(url, {"how": "text", "yaml-text": text})


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def report_of(see, who="ada"):
    [report] = see(who, Report)
    return report


def test_a_file_becomes_a_report_in_four_steps_and_not_before_the_last(browse, see, do_errands):
    browser = browse("ada")
    assert "Send in a report" in text_of(browser.get("/reports/upload/"))
    to_columns = upload(browser)["Location"]
    page = text_of(browser.get(to_columns))
    assert "the heading" in page  # the reason of a guess
    to_preview = write_mapping(browser, to_columns)["Location"]
    page = text_of(browser.get(to_preview))
    assert "2011-05-12" in page
    assert "12/05/2011" in page
    assert "Row 4, column &#x27;dob&#x27;" in page
    assert see("ada", Report) == []

    answer = browser.post(f"{to_preview}confirm/")
    report = report_of(see)
    assert answer["Location"] == f"/reports/{report.reference}/"
    assert 'role="progressbar"' in browser.get(answer["Location"]).content.decode()
    do_errands()
    assert len(see("ada", Record)) == 2
    page = text_of(browser.get(answer["Location"]))
    assert "Jo Marsh" in page
    assert "Northshire custody system" in page
    assert len(kept_files()) == 1


def test_columns_can_be_chosen_one_by_one(browse, see, do_errands):
    browser = browse("ada")
    url = upload(browser)["Location"]
    chosen = {
        "how": "columns", "name": "by-hand", "kind": "Person", "date_order": "dmy",
        "column_0": "source_key", "column_1": "firstName", "column_2": "lastName",
        "column_3": "birthDate", "column_4": "phone", "column_5": "observed_on",
    }  # fmt: skip
    to_preview = browser.post(url, chosen)["Location"]
    browser.post(f"{to_preview}confirm/")
    do_errands()

    [jo, kim] = see("ada", Record)
    assert (jo.caption, kim.caption) == ("Jo Marsh", "Kim Field")
    assert (jo.source_key, jo.properties["firstName"]) == ("A1", ["Jo"])


def test_a_mapping_that_is_there_is_offered_and_used(browse, see):
    with_mapping(browse, see)
    browser = browse("ada")
    url = upload(browser, table(ROWS[0]))["Location"]
    page = browser.get(url).content.decode()
    [reference] = set(re.findall(r"MAP-[0-9A-Z]{9}-[0-9A-Z]", page))
    to_preview = browser.post(url, {"how": "existing", "use-mapping": reference})["Location"]
    browser.post(f"{to_preview}confirm/")

    newer = see("ada", Report)[-1]
    assert newer.mapping_id == see("ada", Report)[0].mapping_id


def with_mapping(browse, see):
    browser = browse("ada")
    to_preview = write_mapping(browser, upload(browser)["Location"])["Location"]
    browser.post(f"{to_preview}confirm/")
    return report_of(see)


def test_the_same_file_again_leads_to_the_report_that_has_it(browse, see):
    report = with_mapping(browse, see)
    browser = browse("ada")
    to_preview = write_mapping(browser, upload(browser)["Location"])["Location"]
    assert "was received before" in text_of(browser.get(to_preview))
    answer = browser.post(f"{to_preview}confirm/", follow=True)

    assert f"received before, as {report.reference}" in text_of(answer)
    assert len(see("ada", Report)) == 1


def test_followthemoney_goes_straight_to_the_first_rows(browse):
    browser = browse("ada")
    line = b'{"id":"1","schema":"Person","properties":{"name":["Jo Marsh"]}}\n'
    url = upload(browser, line, "x.jsonl")["Location"]

    assert "columns" not in url
    assert "Jo Marsh" in text_of(browser.get(url))


def test_a_picture_under_another_name_is_refused_with_words_and_no_byte(browse, events):
    answer = upload(browse("ada"), b"\x89PNG\r\n\x1a\n" + bytes(200_000))

    assert answer.status_code == 422
    assert "The file is a PNG picture" in text_of(answer)
    assert "lawful channel" in text_of(answer)
    assert (kept_files(), events()) == ([], ["report refused"])


def test_answers_that_do_not_go_together_are_told_beside_their_fields(browse):
    answer = upload(browse("ada"), source_evaluation="5x5x5/A")

    assert answer.status_code == 422
    assert "all codes from one scheme" in text_of(answer)
    assert kept_files() == []


def test_a_mapping_that_is_wrong_is_told_by_its_key(browse):
    browser = browse("ada")
    url = upload(browser)["Location"]
    answer = write_mapping(browser, url, MAPPING.replace("birthDate", "birthday"))

    assert answer.status_code == 422
    assert "properties.birthday: Person has no such property" in text_of(answer)


def test_what_waits_is_its_senders_alone_and_goes_after_a_day(browse, settings):
    from time import time

    from lightkeeper.apps.intake.arriving import purge

    url = upload(browse("ada"))["Location"]
    assert browse("lou").get(url).status_code == 404
    assert browse("otto").get(url).status_code == 404
    assert purge(time() + 23 * 3600) == 0
    assert browse("ada").get(url).status_code == 200
    assert purge(time() + 25 * 3600) == 2
    assert browse("ada").get(url).status_code == 404


@pytest.fixture
def a_read_report(browse, see, do_errands):
    report = with_mapping(browse, see)
    do_errands()
    return report


def test_progress_is_a_part_of_its_own_and_asks_for_the_page_when_done(browse, a_read_report):
    url = f"/reports/{a_read_report.reference}/progress/"
    answer = browse("ada").get(url, headers={"hx-request": "true"})

    assert answer["HX-Refresh"] == "true"
    assert 'role="progressbar"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_row_is_corrected_on_its_page_and_leads_to_its_record(browse, see, a_read_report):
    browser = browse("ada")
    [row] = see("ada", Quarantined)
    page = browser.get(f"/reports/quarantine/{row.reference}/")
    assert "Row 4" in text_of(page)
    form = page.context["form"]
    cells = {name: form[name].initial for name in form.columns} | {"seen": form["seen"].initial}
    [dob] = [name for name, heading in form.columns.items() if heading == "dob"]

    wrong = browser.post(f"/reports/quarantine/{row.reference}/replay/", {**cells, dob: "x"})
    assert wrong.status_code == 422
    assert "It is not clean yet" in text_of(wrong)
    stale = browser.post(f"/reports/quarantine/{row.reference}/replay/", {**cells, dob: "y"})
    assert stale.status_code == 409

    seen = wrong.context["form"]["seen"].initial
    right = {**cells, dob: "28/02/1975", "seen": seen}
    answer = browser.post(f"/reports/quarantine/{row.reference}/replay/", right)
    assert answer["Location"] == see("ada", Record)[-1].get_absolute_url()
    assert "Sol Reed" in text_of(browser.get(answer["Location"]))


def test_a_row_is_set_aside_on_its_page(browse, see, a_read_report):
    browser = browse("ada")
    [row] = see("ada", Quarantined)
    url = f"/reports/quarantine/{row.reference}/discard/"
    assert browser.post(url, {"reason": ""}).status_code == 422
    answer = browser.post(url, {"reason": "a totals row"}, follow=True)

    assert "Set aside, with a reason" in text_of(answer)
    assert "a totals row" in text_of(answer)


def test_what_hides_in_a_row_is_named_where_it_stands(browse, see, do_errands):
    browser = browse("ada")
    nasty = "=cmd|' /C calc'!A0,J\u202eo,<script>alert(1)</script>,31/02/2000,,01/11/2026"
    to_preview = write_mapping(browser, upload(browser, table(nasty))["Location"])["Location"]
    browser.post(f"{to_preview}confirm/")
    do_errands()
    [row] = see("ada", Quarantined)
    page = browser.get(f"/reports/quarantine/{row.reference}/").content.decode()

    assert "U+202E right-to-left override" in page
    assert "a spreadsheet would run this as a formula" in page
    assert "<script>alert(1)" not in page
    assert row.row["forename"] == "J\u202eo"


def test_taking_out_is_marked_safe_to_open_and_named_record_by_record(
    browse, see, do_errands, events
):
    browser = browse("ada")
    rows = table("=1+1,Jo,Marsh,,,01/11/2026", ROWS[1])
    to_preview = write_mapping(browser, upload(browser, rows)["Location"])["Location"]
    browser.post(f"{to_preview}confirm/")
    do_errands()
    report = report_of(see)
    answer = browser.post(f"/reports/{report.reference}/export/")
    lines = b"".join(answer.streaming_content).decode().splitlines()

    assert lines[0].startswith("# OFFICIAL-SENSITIVE | owner centre-hub | REP-")
    assert lines[1].startswith("reference,report,row,source_key,kind")
    assert ",'=1+1," in lines[2]
    assert len(lines) == 4
    assert events()[-1] == "records exported"


def test_who_may_not_export_is_refused_and_sees_no_button(browse, see, do_errands):
    browser = browse("otto")
    to_preview = write_mapping(browser, upload(browser)["Location"])["Location"]
    browser.post(f"{to_preview}confirm/")
    do_errands()
    report = report_of(see, "otto")

    assert "Export" in browse("otto").get(report.get_absolute_url()).content.decode()
    assert browse("ben").post(f"/reports/{report.reference}/export/").status_code == 404


def test_a_new_version_of_a_mapping_stands_beside_the_old(browse, see):
    report = with_mapping(browse, see)
    browser = browse("ada")
    page = browser.get("/reports/mappings/").content.decode()
    [reference] = set(re.findall(r"MAP-[0-9A-Z]{9}-[0-9A-Z]", page))
    url = f"/reports/mappings/{reference}/"
    assert browser.post(url, {"text": "kind: Cat"}).status_code == 422
    assert browser.post(url, {"text": MAPPING.replace("northshire", "x")}).status_code == 409
    answer = browser.post(url, {"text": MAPPING + "date_order: dmy\n"}, follow=True)

    assert "version 2" in text_of(answer)
    assert report_of(see).mapping_id == report.mapping_id


def test_lists_cost_the_same_number_of_questions_however_long(
    browse, django_assert_max_num_queries, as_
):
    def queries_for(url):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            assert browse("ada").get(url).status_code == 200
        return len(captured)

    with transaction.atomic():
        send(as_("ada"))
    few = [queries_for(url) for url in ("/reports/", "/reports/quarantine/", "/reports/mappings/")]
    with transaction.atomic():
        ada = as_("ada")
        for n in range(12):
            send(ada, table(f"Z{n},Jo,Marsh,,,"))
    many = [queries_for(url) for url in ("/reports/", "/reports/quarantine/", "/reports/mappings/")]

    assert many == few
    assert max(many) <= 20
