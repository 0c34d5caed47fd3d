"""Breaches by pages and by the API."""

from datetime import datetime, timedelta

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from lightkeeper.apps.accounts.models import Person
from lightkeeper.apps.breaches import queries
from lightkeeper.apps.breaches.tests.conftest import WHY, assess, describe, work_out
from lightkeeper.apps.intake import queries as intake
from lightkeeper.testing.cast import HUB, NORTHSHIRE

pytestmark = pytest.mark.usefixtures("rolled_back")
ON_DAY = {"noticed_on_day": "22", "noticed_on_month": "11", "noticed_on_year": "2025",
          "noticed_time": "09:30"}  # fmt: skip


def at(door, breach):
    return reverse(f"breaches:{door}", args=[breach.reference])


def post(client, door, breach, **given):
    sent = {f"{door}-{name}": value for name, value in given.items()}
    return client.post(at(door, breach), sent)


def moment(name, when):
    when = timezone.localtime(when)
    return {f"{name}_on_day": when.day, f"{name}_on_month": when.month,
            f"{name}_on_year": when.year, f"{name}_time": f"{when:%H:%M}"}  # fmt: skip


def test_somebody_reports_by_the_form_and_is_told_the_reference_and_no_more(browse, as_):
    page = browse("cleo").get(reverse("breaches:report")).content.decode()
    assert "You need not be sure" in page
    given = {"what": "A letter went to a wrong house", "kinds": ["CONFIDENTIALITY"], **ON_DAY}
    assert browse("cleo").post(reverse("breaches:send_report"), {**given, "kinds": []}
                               ).status_code == 422  # fmt: skip

    answer = browse("cleo").post(reverse("breaches:send_report"), given, follow=True)

    said = answer.content.decode()
    assert "Reported as BRC-" in said
    assert "nobody at your agency handles breaches here. Tell your data protection officer" in said
    assert "Nobody at your agency handles breaches here" in page
    assert "wrong house" not in browse("cleo").get(reverse("breaches:register")).content.decode()


def test_whoever_has_an_officer_is_told_that_the_officer_has_it(browse, as_):
    page = browse("ben").get(reverse("breaches:report")).content.decode()
    given = {"what": "A letter went to a wrong house", "kinds": ["CONFIDENTIALITY"], **ON_DAY}
    answer = browse("ben").post(reverse("breaches:send_report"), given, follow=True)

    assert "It goes to those who handle breaches at your agency" in page
    assert "Nobody at your agency" not in page
    assert "Those who handle breaches at your agency have it now" in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "back"),
    [
        ("accounts_person set is_active = false", "accounts_person set is_active = true"),
        ("accounts_person set active_to = current_date", "accounts_person set active_to = null"),
        ("accounts_personrole set active_to = current_date",
         "accounts_personrole set active_to = null"),
        ("accounts_personrole set active_from = current_date + 1",
         "accounts_personrole set active_from = null"),
    ],
)  # fmt: skip
def test_an_officer_who_is_not_there_today_handles_nothing(as_, change, back):
    as_("ben")
    assert queries.somebody_handles()
    nell = Person.objects.using("owner").get(username="nell").pk
    column = {"accounts_person": "id", "accounts_personrole": "person_id"}[change.split()[0]]
    try:
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"update {change} where {column} = {nell}")
        assert not queries.somebody_handles()
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"update {back} where {column} = {nell}")


def test_a_breach_is_handled_from_page_to_page(browse, as_, a_record, reported):
    record = a_record("ada", [NORTHSHIRE], name="Nora Abel")
    intake.get_record(as_("ada"), record.reference)
    now = timezone.now()
    reference = reported(at=now - timedelta(hours=2))
    dora = browse("dora")
    breach = queries.find_breach(as_("dora"), reference)
    assert "left to notify" in dora.get(reverse("breaches:register")).content.decode()
    hour_ago = now - timedelta(hours=1)
    for door, given in (
        ("take_up", {**moment("aware", now - timedelta(hours=80)), "reason": WHY}),
        ("work_out", {"accounts": "ada", "acts": ["consult", "disclose"], "reason": WHY}),
        ("describe", {"nature": "Looked up", "consequences": "Distress", "measures": "Stopped",
                      "contact": "Dora Wick"}),
        ("assess", {"likelihood": "POSSIBLE", "likelihood_reason": WHY, "severity": "LIMITED",
                    "severity_reason": WHY, "risk": "HIGH", "reason": WHY}),
        ("commissioner", {"choice": "NOTIFY", "reason": WHY}),
        ("subjects", {"choice": "TELL", "reason": WHY}),
        ("notified", {**moment("sent", hour_ago), "how": "form", "late_reason": "Restoring"}),
        ("told", {**moment("sent", hour_ago), "how": "One letter"}),
        ("close", {"reason": WHY}),
    ):  # fmt: skip
        page = dora.get(at("breach", breach)).content.decode()
        assert f'action="{at(door, breach)}"' in page, door
        if door != "work_out":
            assert post(dora, door, breach).status_code == 422, door
        assert post(dora, door, breach, **given).status_code == 302, door

    page = dora.get(at("breach", breach)).content.decode()
    assert "Closed" in page
    assert "Notified 7 hours late" in page
    affected = dora.get(at("affected", breach)).content.decode()
    for said in (record.reference, "Nora Abel", "ada: record seen", "Digest"):
        assert said in affected
    paper = dora.get(at("paper", breach)).content.decode()
    for said in ("Likely consequences", "Distress", "Dora Wick", "1 records", "Stopped"):
        assert said in paper


@pytest.mark.parametrize(("what", "kind", "says"),
                         [("page", "text/html", "<h1>Notification"),
                          ("text", "text/plain", "section 67"),
                          ("letter", "text/plain", "We are writing to you")])  # fmt: skip
def test_what_leaves_is_a_file_with_all_that_the_law_asks_for(
    browse, as_, handled, what, kind, says
):
    breach = handled()
    assert browse("dora").post(at("give", breach), {"what": what}).status_code == 409
    officer = as_("dora")
    describe(officer, breach, numbers="About 3 people")
    assess(officer, breach)
    answer = browse("dora").post(at("give", breach), {"what": what})

    text = answer.content.decode()
    assert answer["Content-Type"].startswith(kind)
    assert "attachment" in answer["Content-Disposition"]
    for said in (says, "Distress.", "The account was stopped.", "Dora Wick, 555 0100"):
        assert said in text
    assert ("About 3 people" in text) == (what != "letter")


def test_the_owner_is_told_and_takes_its_share_up_from_page_to_page(browse, as_, a_record, handled):
    record = a_record("ben", [HUB], name="Nora Abel")
    intake.get_record(as_("ada"), record.reference)
    breach = handled()
    work_out(as_("dora"), breach, accounts=("ada",), at=timezone.now())
    [share] = queries.shown_listing(as_("dora"), breach).shares
    nothing = browse("dora").post(reverse("breaches:tell_owner", args=[share.reference]))
    assert nothing.status_code == 422
    browse("dora").post(
        reverse("breaches:tell_owner", args=[share.reference]),
        {f"{share.reference}-said": "An analyst looked."},
    )
    nell = browse("nell")
    assert share.reference in nell.get(reverse("breaches:shares")).content.decode()
    assert share.reference in nell.get(reverse("governance:notices")).content.decode()
    page = nell.get(reverse("breaches:share", args=[share.reference])).content.decode()
    assert record.reference in page
    assert "ada" not in page.split("What was told")[1].split("<footer")[0]
    nell.post(reverse("breaches:answer_share", args=[share.reference]), {"answer": "We call."})

    assert "We call." in browse("dora").get(at("affected", breach)).content.decode()
    hidden = browse("ben").get(reverse("breaches:share", args=[share.reference]))
    nothing = browse("ben").get(reverse("breaches:share", args=["BRS-000000000000"]))
    assert (hidden.status_code, nothing.status_code) == (404, 404)


def test_a_program_reports_lists_and_decides(call_api, as_, a_record):
    record = a_record("ada", name="Nora Abel")
    intake.get_record(as_("ada"), record.reference)

    def send(who, door, *words, **given):
        address = reverse(f"api:{door}", args=words)
        return call_api(who).post(address, given, content_type="application/json")

    noticed = (timezone.now() - timedelta(hours=1)).isoformat()
    made = send("ada", "report_breach", kinds=["INTEGRITY"], what="Changed", noticed_at=noticed)
    assert made.status_code == 201
    reference = made.json()["reference"]
    [row] = call_api("dora").get(reverse("api:breaches")).json()["breaches"]
    assert (row["reference"], row["status"]) == (reference, "REPORTED")
    assert not row["overdue"]
    assert datetime.fromisoformat(row["due"]) - timezone.now() < timedelta(hours=72)
    assert send("dora", "take_up_breach", reference, aware_at=noticed, reason=WHY
                ).json()["status"] == "OPEN"  # fmt: skip
    listed = send("dora", "list_breach", reference, accounts=["ada"], reason=WHY).json()
    assert [one["record"] for one in listed["affected"]] == [record.reference]
    assert (listed["holds"], listed["hidden"], listed["subjects"]) == (True, [], 1)
    refused = send("dora", "rule_breach", reference, about="COMMISSIONER", choice="NOT_NOTIFY",
                   reason=WHY)  # fmt: skip
    assert refused.status_code == 409
    assert "Assess" in refused.json()["detail"]
    assert call_api("ada").get(reverse("api:breach", args=[reference])).status_code == 404


def test_a_program_tells_an_owner_who_takes_it_up_and_a_case_is_ended_and_taken_up_again(
    call_api, as_, a_record
):
    record = a_record("ben", [HUB], name="Nora Abel")
    intake.get_record(as_("ada"), record.reference)

    def send(who, door, *words, **given):
        address = reverse(f"api:{door}", args=words)
        return call_api(who).post(address, given, content_type="application/json")

    def get(who, door, *words):
        return call_api(who).get(reverse(f"api:{door}", args=words))

    noticed = (timezone.now() - timedelta(hours=1)).isoformat()
    reference = send("ada", "report_breach", kinds=["INTEGRITY"], what="Changed",
                     noticed_at=noticed).json()["reference"]  # fmt: skip
    send("dora", "take_up_breach", reference, aware_at=noticed, reason=WHY)
    earlier = (timezone.now() - timedelta(hours=2)).isoformat()
    dated = send("dora", "date_breach", reference, aware_at=earlier, reason=WHY).json()
    apart = datetime.fromisoformat(dated["aware_at"]) - datetime.fromisoformat(earlier)
    assert abs(apart) < timedelta(seconds=1)
    listed = send("dora", "list_breach", reference, accounts=["ada"], reason=WHY).json()
    [share] = [one for one in listed["shares"] if one["whose"] != HUB]
    assert get("nell", "breach_share", share["reference"]).status_code == 404
    told = send("dora", "tell_breach_owner", share["reference"], said="One of yours.").json()
    assert told == {"reference": share["reference"]}

    [theirs] = get("nell", "breach_shares").json()["shares"]
    shown = get("nell", "breach_share", theirs["reference"]).json()
    assert [one["record"] for one in shown["affected"]] == [record.reference]
    assert "ada" not in str(shown)
    done = send("nell", "answer_breach_share", theirs["reference"], answer="We call.")
    assert (done.json()["answer"], done.json()["said"]) == ("We call.", "One of yours.")
    again = send("nell", "answer_breach_share", theirs["reference"], answer="We call.")
    assert again.status_code == 409

    assert send("dora", "note_told", reference, sent_at=noticed, how="by letter"
                ).status_code == 409  # fmt: skip
    ended = send("dora", "dismiss_breach", reference, reason=WHY).json()
    assert ended["status"] == "NO_BREACH"
    assert send("dora", "reopen_breach", reference, reason=WHY).json()["status"] == "OPEN"
    assert send("ben", "reopen_breach", reference, reason=WHY).status_code == 404
