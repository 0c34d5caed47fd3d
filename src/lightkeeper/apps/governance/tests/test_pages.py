"""The pages and the API of governance, and what the worker does after a disposal."""

import pytest
from django.apps import apps
from django.db import transaction

from lightkeeper.apps.governance import queries, tasks
from lightkeeper.apps.governance.tests.conftest import LATER, WHY, hold
from lightkeeper.apps.intake import blobs
from lightkeeper.testing.cast import NORTHSHIRE

pytestmark = pytest.mark.usefixtures("rolled_back")

KEEP = {
    "retain-number": "2", "retain-number_reason": "It says so.", "retain-answers": ["HARM"],
    "retain-reason": WHY, "retain-next_review_day": "1", "retain-next_review_month": "1",
    "retain-next_review_year": "2030",
}  # fmt: skip


def text(answer):
    return answer.content.decode()


def test_the_page_of_a_record_says_how_it_is_kept_and_by_what_rule(kept, browse):
    record = kept(name="Zoe Sample", concerns_child=True)

    page = text(browse("ada").get(f"/governance/records/{record.reference}/"))

    assert "1: Public protection" in page
    assert "It concerns a child." in page
    assert "nobody has reviewed it yet" in page
    assert "23 November 2036" in page


def test_keeping_it_by_the_page(as_, kept, browse):
    record = kept()
    url = f"/governance/records/{record.reference}/"

    answer = browse("ada").post(f"{url}retain/", KEEP)

    assert (answer.status_code, answer["Location"]) == (302, url)
    page = text(browse("ada").get(url))
    assert "Kept in group 2 until 1 January 2030" in page
    assert WHY in page


@pytest.mark.parametrize("act", ["retain", "hold", "propose"])
def test_a_form_without_a_reason_comes_back_and_changes_nothing(as_, kept, browse, act):
    record = kept()

    answer = browse("ada").post(f"/governance/records/{record.reference}/{act}/", {})

    assert answer.status_code == 422
    assert "This field is required" in text(answer)
    shown = queries.show(as_("ada"), record.reference, on=LATER.date())
    assert (shown.reviews, shown.holds, shown.proposal) == ([], [], None)


def test_two_people_dispose_by_the_pages_and_the_first_alone_cannot(kept, browse):
    record = kept(name="Zoe Sample", released_to=[NORTHSHIRE])
    url = f"/governance/records/{record.reference}/"
    given = {"propose-ground": "UNLAWFUL", "propose-reason": WHY}
    assert browse("dev").post(f"{url}propose/", given).status_code == 302

    assert browse("dev").post(f"{url}confirm/", {"confirm-reason": WHY}).status_code == 409
    assert browse("ada").post(f"{url}confirm/", {"confirm-reason": WHY}).status_code == 403
    assert "Another person than the one who proposed it" in text(browse("dev").get(url))
    assert browse("ada").post(f"{url}withdraw/", {"withdraw-reason": WHY}).status_code == 302
    given = {"propose-ground": "UNLAWFUL", "propose-reason": WHY}
    assert browse("ada").post(f"{url}propose/", given).status_code == 302
    answer = browse("dev").post(f"{url}confirm/", {"confirm-reason": WHY})
    assert (answer.status_code, answer["Location"]) == (302, "/governance/erasures/")

    assert browse("ada").get(url).status_code == 404
    assert browse("ada").get(record.get_absolute_url()).status_code == 404
    erased = text(browse("ada").get("/governance/erasures/"))
    assert record.reference in erased
    assert "retention.unlawful" in erased
    assert "Zoe" not in erased
    told = text(browse("ben").get("/governance/notices/"))
    assert record.reference in told
    assert "Acknowledge</button>" in told
    assert "Acknowledge</button>" not in text(browse("ada").get("/governance/notices/"))


def test_a_hold_is_placed_and_released_by_the_page(as_, kept, browse):
    record = kept()
    url = f"/governance/records/{record.reference}/"
    browse("ada").post(f"{url}hold/", {"hold-kind": "CPIA", "hold-reason": "the trial"})
    [placed] = queries.holds_on(as_("ada"), record)
    assert "Relevant to a criminal case" in text(browse("ada").get(url))

    release = f"/governance/holds/{placed.reference}/release/"
    given = {f"release-{placed.reference}-reason": "acquitted"}
    assert browse("ada").post(release, given).status_code == 403
    assert browse("dev").post(release, {}).status_code == 422
    assert browse("dev").post(release, given).status_code == 302
    page = text(browse("ada").get(url))
    assert "acquitted" in page
    assert "Release</button>" not in page


def test_the_same_over_the_api(kept, call_api):
    record = kept(released_to=[NORTHSHIRE])
    url = f"/api/governance/records/{record.reference}"

    def post(who, path, **given):
        return call_api(who).post(f"{url}{path}", given, content_type="application/json")

    kept_so_far = call_api("ada").get(url).json()
    assert (kept_so_far["entry"]["number"], kept_so_far["entry"]["due"]) == (3, "2032-11-23")
    answer = post("ada", "/review", number=1, number_reason="x", reason=WHY,
                  next_review="2030-01-01")  # fmt: skip
    assert (answer.status_code, answer.json()["due"]) == (200, "2030-01-01")
    held = post("ada", "/hold", kind="INQUIRY", reason=WHY).json()["reference"]
    assert post("ada", "/disposal", ground="UNLAWFUL", reason=WHY).status_code == 409
    release = f"/api/governance/holds/{held}/release"
    call_api("dev").post(release, {"reason": WHY}, content_type="application/json")
    assert post("ada", "/disposal", ground="UNLAWFUL", reason=WHY).status_code == 200
    assert post("ben", "/disposal/confirmation", reason=WHY).status_code in (403, 404)
    gone = post("dev", "/disposal/confirmation", reason=WHY)
    assert gone.json() == {"erased": record.reference}
    erased = call_api("ada").get("/api/governance/erasures").json()["erasures"]
    assert record.reference in {one["reference"] for one in erased}
    [told] = call_api("ben").get("/api/governance/notices").json()["notices"]
    seen = call_api("ben").post(f"/api/governance/notices/{told['reference']}/acknowledgement")
    assert seen.json()["acknowledged_at"]
    assert call_api("ada").get("/api/governance/due").json()["records"] == []


def test_an_outsider_finds_the_same_as_for_nothing(as_, kept, browse):
    record = kept()
    placed = hold(as_("ada"), record)
    for name in (record.reference, "REC-000000000-0"):
        assert browse("otto").get(f"/governance/records/{name}/").status_code == 404
    for name in (placed.reference, "HLD-000000000-0"):
        assert browse("otto").post(f"/governance/holds/{name}/release/").status_code == 404


def errands(actor):
    rows = apps.get_model("accounts", "Errand").objects.filter(person_id=actor.person_id)
    return {one.kind: one for one in rows}


@pytest.mark.parametrize("elsewhere", [False, True])
def test_the_bytes_go_when_no_report_has_them_any_more(as_, kept, dispose, monkeypatch, elsewhere):
    """Whether another agency has the same bytes is looked up by the worker and told to nobody."""
    record = kept()
    place = blobs.place_of(record.report.digest)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"name\nJo Bloggs\n")
    dispose(record)
    errand = errands(as_("dev"))["governance.sweep"]
    assert errand.arguments == {"digest": record.report.digest}
    assert place.exists()
    # The web role may not ask; the worker's answer is put in its place here.
    monkeypatch.setattr(tasks.reckoning, "bytes_unused", lambda digest: not elsewhere)

    with transaction.atomic():
        tasks.sweep(errand)

    assert place.exists() == elsewhere


def test_the_picture_is_worked_out_again_around_what_went(as_, kept, dispose, monkeypatch):
    from lightkeeper.apps.governance import services

    asked = []
    monkeypatch.setattr(
        services.picture, "ask_to_resolve_part", lambda **how: asked.append(how["part"])
    )
    monkeypatch.setattr(services.reckoning, "dispose", lambda number: ("REC-1", "", "", 77, 0))
    dispose(kept())

    assert asked == [77]
