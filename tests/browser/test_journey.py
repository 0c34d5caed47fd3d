"""The whole way, by people at browsers: a report is sent in, joined, judged, tasked, answered,
considered, closed and counted; each page they come to is checked."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

FILE = """ref,seen,surname,forename,dob,mobile,role,harm
A1,01/11/2026,Brandt,Victor,23/09/1981,07700 900142,suspect,exploits_child
A2,03/11/2026,Brandt,Viktor,23/09/1981,07700 900142,suspect,violence
A3,05/11/2026,Brant,Victor,,07700 900142,suspect,weapon
A4,05/11/2026,Sorrell,Maya,09/04/2012,,missing-child,
A5,06/11/2026,Bloggs,Jo,31/02/1990,,witness,
"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    others = "".join(
        f"B{n},07/11/2026,{family},{given},{n % 27 + 1:02}/0{n % 9 + 1}/19{60 + n % 35},,witness,\n"
        for n, (given, family) in enumerate(
            (given, family)
            for given in ("Ida", "Leif", "Orla", "Kofi", "Nia", "Hugo", "Tess", "Arlo")
            for family in ("Calder", "Osei", "Pryce", "Thorne", "Weir", "Zaman")
        )
    )
    path = tmp_path / "northshire.csv"
    path.write_text(FILE + others, encoding="utf-8")
    return path


def send_in(ben, report):
    """Ben uploads the file, reads what each column is taken for, looks at the first rows."""
    ben.go("/reports/upload/")
    ben.look("upload")
    ben.page.get_by_label("File", exact=True).set_input_files(report)
    ben.page.get_by_label("Source evaluation").select_option(label="2 – Untested")
    ben.page.get_by_label("Information assessment").select_option(index=1)
    ben.page.get_by_label("Handling code").select_option(index=1)
    ben.page.get_by_label("Released to").select_option(
        label=["The Centre's intelligence hub", "Westmark Council children's services"]
    )
    ben.page.get_by_role("button", name="Continue").click()
    ben.look("columns")
    ben.page.locator("main form button:not(.plain):not(.secondary)").first.click()
    ben.page.wait_for_url("**/upload/*/")
    ben.look("first rows")
    ben.page.locator("main form[method=post] button:not(.secondary):not(.plain)").first.click()
    ben.page.wait_for_url("**/reports/REP-*/")
    # The page counts up by itself: of 53 rows one is held.
    ben.page.locator("main").get_by_text("52", exact=True).first.wait_for()


def test_a_report_becomes_a_task_and_a_task_an_outcome(visitor, report):
    ben = visitor("ben")
    send_in(ben, report)
    ben.look("report")
    ben.go("/reports/quarantine/")
    ben.look("quarantine")
    ben.page.get_by_role("link", name="QUA-").first.click()
    ben.look("quarantined row")

    ada = visitor("ada")
    wait_until_found(ada, "viktor brant")
    ada.look("search")
    ada.page.locator("main table a").first.click()
    ada.look("subject")
    subject = ada.page.url
    open_a_waiting_pair(ada)
    ada.look("pair")
    ada.page.get_by_label("The same person").check()
    ada.page.get_by_label("Reason").fill("One phone, one birth date.")
    with ada.page.expect_navigation():
        ada.page.get_by_role("button", name="Decide").click()
    ada.go("/picture/judgements/")
    ada.page.get_by_text("One phone, one birth date.").first.wait_for()
    ada.look("judgements")
    ada.go("/picture/review/")
    ada.look("review")
    ada.go("/picture/priorities/")
    ada.look("priorities")
    ada.page.locator("main table td a").first.click()
    ada.look("priority")

    ada.page.goto(subject)
    ada.page.get_by_role("link", name="Propose a task").click()
    ada.look("propose")
    ada.page.get_by_label("Agency to lead").select_option(label="Northshire Police")
    ada.page.get_by_label("What is to be achieved").fill("Visit the address.")
    ada.page.get_by_label("Why", exact=False).last.fill("He heads the list.")
    ada.page.get_by_role("button", name="Propose").click()
    ada.page.wait_for_url("**/tasks/TSK-*/")
    ada.look("task proposed")
    task = ada.page.url

    dev = visitor("dev")
    dev.page.goto(task)
    dev.look("task to decide")
    dev.page.get_by_label("Day").first.fill("31")
    dev.page.get_by_label("Month").first.fill("12")
    dev.page.get_by_label("Year").first.fill("2027")
    dev.page.get_by_label("Why it is sent").fill("A child may be at risk.")
    dev.page.get_by_role("button", name="Send to agency").click()
    dev.page.get_by_text("is sent to").wait_for()

    ben.go("/tasks/inbox/")
    ben.look("inbox")
    ben.page.locator("main table a").first.click()
    ben.page.locator("form[action$='/accept/'] textarea").fill("Ours.")
    ben.page.get_by_role("button", name="Accept").click()
    ben.page.get_by_text("is accepted").wait_for()
    ben.look("task accepted")
    ben.page.get_by_label("What came of it").first.select_option(label="Suspect arrested")
    ben.page.get_by_label("Day").first.fill("20")
    ben.page.get_by_label("Month").first.fill("11")
    ben.page.get_by_label("Year").first.fill("2026")
    ben.page.get_by_label("How it is known").first.fill("Record 12.")
    ben.page.get_by_label("Closing words").fill("Done.")
    ben.page.get_by_role("button", name="Close").click()
    ben.page.get_by_text("is closed").wait_for()
    ben.look("task closed")

    ada.go("/results/?year=2026")
    assert "Suspects arrested" in ada.page.locator("main").inner_text()
    ada.look("results")
    ada.page.goto(subject)
    assert "Suspect arrested" in ada.page.locator("main").inner_text()


def test_somebody_considers_a_child_and_an_auditor_sees_who_looked(visitor, report):
    ben = visitor("ben")
    send_in(ben, report)

    cleo = visitor("cleo")
    cleo.go("/children/")
    cleo.look("children")
    cleo.page.get_by_role("link", name="CON-").first.click()
    cleo.look("consideration")
    cleo.page.get_by_label("Referred to children's services").check()
    cleo.page.get_by_label("Why", exact=False).last.fill("Spoke with her; she is with her aunt.")
    with cleo.page.expect_navigation():
        cleo.page.get_by_role("button", name="Decide").click()
    cleo.look("consideration decided")

    audrey = visitor("audrey")
    audrey.go("/audit/")
    audrey.look("audit")
    sam = visitor("sam")
    sam.go("/picture/figures/")
    sam.look("figures")


def open_a_waiting_pair(one, seconds=90):
    """The first pair of the review queue, once linking has run."""
    for _ in range(seconds):
        one.go("/picture/review/")
        waiting = one.page.locator("main a[href*='/picture/review/REC-']")
        if waiting.count():
            waiting.first.click()
            one.page.wait_for_url("**/picture/review/REC-*/**")
            return
        one.page.wait_for_timeout(1000)
    pytest.fail("no pair came to wait")


def wait_until_found(one, text, seconds=60):
    """Linking runs behind the upload: look again until the subject has all its records."""
    for _ in range(seconds // 2):
        one.go(f"/picture/search/?q={text.replace(' ', '+')}")
        if one.page.locator("main table a").count():
            one.page.wait_for_timeout(2000)
            one.page.reload()
            return
        one.page.wait_for_timeout(2000)
    pytest.fail(f"{text} was not found")
