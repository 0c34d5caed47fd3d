"""What leaves: the letter that says nothing, and the disclosure without what was left out."""

import json

import pytest

from lightkeeper.apps.audit import services as audit
from lightkeeper.apps.rights import queries, services
from lightkeeper.apps.rights.choices import AnswerKind, CaseStatus, Choice, Ground, RequestKind
from lightkeeper.apps.rights.tests.conftest import WHY, decide_all, find_all, sign, submit
from lightkeeper.core.errors import NotFound, NotPermitted, Refused
from lightkeeper.testing.cast import HUB, NORTHSHIRE
from lightkeeper.testing.records import NOON

pytestmark = pytest.mark.usefixtures("rolled_back")


@pytest.fixture
def recorded(monkeypatch):
    events = []
    enter = audit._enter

    def noted(by, did, references, reason, at, recipient, rule, using):
        events.append((did.name, references, reason, recipient, rule))
        return enter(by, did, references, reason, at, recipient, rule, using)

    monkeypatch.setattr(audit, "_enter", noted)
    return events


def given(browse, case, what="letter"):
    return browse("dora").post(f"/rights/cases/{case.reference}/give/", {"what": what})


def plain(response, case):
    """The answer with the reference of its case put out, in the body and in every header."""

    def without(text):
        return str(text).replace(case.reference, "R" * len(case.reference))

    body = response.content.replace(case.reference.encode(), b"R" * len(case.reference))
    # `Expires` is the second of the answer.
    kept = (one for one in response.items() if one[0] not in ("Set-Cookie", "Expires"))
    headers = sorted((k, without(v)) for k, v in kept)
    return response.status_code, body, len(response.content), headers


def test_nothing_held_and_all_withheld_get_the_same_letter_to_the_last_byte(
    held, answered, browse, recorded
):
    held(name="Willa Held", phone=["+447700900111"], concerns_child=True)
    withheld = answered("Willa Held", Choice.WITHHOLD, ground=Ground.NATIONAL)
    absent = answered("Nora Absent")
    assert len(withheld.reference) == len(absent.reference)
    assert withheld.reference[:4] == absent.reference[:4]

    for what in ("letter", "page", "text", "json"):
        recorded.clear()
        one = given(browse, withheld, what)
        events = [e for e in recorded if e[0] == "RIGHTS_GIVEN"]
        other = given(browse, absent, what)
        others = [e for e in recorded if e[0] == "RIGHTS_GIVEN"][len(events) :]
        shape = str(events).replace(withheld.reference, "R")
        assert shape == str(others).replace(absent.reference, "R")
        assert one.status_code == (200 if what == "letter" else 409)
        if what == "letter":
            assert plain(one, withheld) == plain(other, absent)
            assert one["Content-Length"] == other["Content-Length"]
            assert b"Information Commissioner" in one.content
            assert b"neither confirm nor deny" in one.content
            assert b"Willa" not in one.content


def test_a_letter_with_a_disclosure_is_the_same_whether_something_is_withheld_or_not(
    as_, held, received, answered, browse
):
    held(name="Willa Held")
    all_of_it = answered("Willa Held")
    held(name="Vera Held")
    held(name="Vera Held", alias=["The Lamp"])
    case = received("Vera Held")
    dora = as_("dora")
    first, second = find_all(dora, case)
    services.decide(by=dora, item=first.item, choice=Choice.DISCLOSE, reason=WHY, at=NOON)
    services.decide(by=dora, item=second.item, choice=Choice.WITHHOLD, ground="PREJUDICE",
                    reason=WHY, at=NOON)  # fmt: skip
    submit(dora, case)
    part_of_it = sign(as_("piet"), case)

    one, other = given(browse, all_of_it), given(browse, part_of_it)
    assert plain(one, all_of_it) == plain(other, part_of_it)


@pytest.mark.parametrize("what", ["page", "text", "json"])
def test_what_is_left_out_is_not_in_the_bytes_and_the_rest_says_what_it_is(
    as_, held, received, browse, what, recorded
):
    held(name="Willa Held", associates=["Zqthirdx Party"], phone=["+447700900111"])
    held(name="Willa Held", alias=["Zqsecretx"])
    case = received("Willa Held")
    dora = as_("dora")
    first, second = find_all(dora, case)
    keys = [s.key for s in first.content.statements]
    assert {"name:0", "associates:0", "phone:0"} <= set(keys)
    services.decide(
        by=dora, item=first.item, choice=Choice.REDACT, reason=WHY, at=NOON,
        left_out={"associates:0": Ground.THIRD_PARTY},
    )  # fmt: skip
    services.decide(by=dora, item=second.item, choice=Choice.WITHHOLD, ground=Ground.PREJUDICE,
                    reason="Zqreasonx", at=NOON)  # fmt: skip
    submit(dora, case)
    case = sign(as_("piet"), case)

    response = given(browse, case, what)

    said = response.content
    assert response.status_code == 200
    assert b"Willa Held" in said
    assert b"447700900111" in said
    assert b"Reported by somebody" in said
    assert b"Not yet determined" in said
    for hidden in (b"Zqthirdx", b"Zqsecretx", b"Zqreasonx", b"THIRD_PARTY", b"PREJUDICE", b"RIT-",
                   b"REC-", b"associates"):  # fmt: skip
        assert hidden not in said, hidden
    assert response["Content-Disposition"].startswith(f'attachment; filename="{case.reference}')
    [event] = [one for one in recorded if one[0] == "RIGHTS_GIVEN"]
    assert event == ("RIGHTS_GIVEN", [case.reference], "", f"whoever made {case.reference}",
                     f"rights.{what}")  # fmt: skip
    assert audit.Did.RIGHTS_GIVEN.verb == "disclose"


def test_the_machine_points_at_third_parties_and_decides_nothing(as_, held, received):
    held(name="Willa Held", alias=["Bob Other"], notes=["Seen with Carla Third at the pier"])
    case = received("Willa Held")
    dora = as_("dora")
    [one] = find_all(dora, case)

    flags = queries.flagged(one.item, one.content.statements)

    assert set(flags) == {"alias:0", "notes:0"}
    assert one.decision is None
    assert queries.find_case(dora, case.reference).status == CaseStatus.OPEN


@pytest.mark.parametrize(
    ("choice", "how", "sentence"),
    [
        (Choice.REDACT, {}, "which parts"),
        (Choice.REDACT, {"left_out": {"name:0": "OTHERS"}}, "Nothing would be left"),
        (Choice.REDACT, {"left_out": {"name:9": "OTHERS"}}, "not of this item"),
        (Choice.REDACT, {"left_out": {"name:0": "BECAUSE"}}, "not of this item"),
        (Choice.WITHHOLD, {}, "which ground"),
        (Choice.DISCLOSE, {"left_out": {"name:0": "OTHERS"}}, "Parts are left out"),
        (Choice.DISCLOSE, {"reason": " "}, "Say why"),
    ],
)
def test_each_decision_has_a_reason_and_a_ground_for_what_is_left_out(
    as_, held, received, choice, how, sentence
):
    held(name="Willa Held")
    case = received("Willa Held")
    dora = as_("dora")
    [one] = find_all(dora, case)

    with pytest.raises(Refused, match=sentence):
        services.decide(by=dora, item=one.item, choice=choice, at=NOON, **{"reason": WHY, **how})
    assert queries.found(dora, case)[0].decision is None


def test_what_its_owner_controls_is_found_and_can_only_be_withheld(as_, a_record, received):
    from lightkeeper.apps.accounts.services import the_label
    from lightkeeper.core.access.envelope import Cond
    from tests.access.rows import add

    ben = as_("ben")
    hub = type(ben.agency).objects.filter(code=HUB)
    label = the_label(owner=ben.agency, level=0, released_to=hub, conds=int(Cond.ORCON))
    from lightkeeper.apps.intake.services import Record

    add(Record, as_("ben"), label, properties={"name": ["Willa Held"]}, caption="Willa Held")
    case = received("Willa Held")
    dora = as_("dora")
    one = next(f for f in find_all(dora, case) if f.item.store == "intake_record")
    assert any("ask its owner" in said for said in one.proposals)
    with pytest.raises(NotPermitted):
        services.decide(by=dora, item=one.item, choice=Choice.DISCLOSE, reason=WHY, at=NOON)

    services.decide(by=dora, item=one.item, choice=Choice.WITHHOLD, ground="OTHERS", reason=WHY,
                    at=NOON)  # fmt: skip
    assert queries.get_item(dora, one.item.reference).disclosed is False


def test_a_record_that_somebody_may_not_see_shows_in_no_part_of_a_case_to_them(
    as_, held, received, browse
):
    """Piet is excluded from the child; the case is his too."""
    from lightkeeper.apps.sharing import services as sharing

    record = held(name="Zqchildx Held", concerns_child=True)
    held(name="Zqchildx Held", alias=["Plain"])
    case = received("Zqchildx Held")
    dora = as_("dora")
    both = find_all(dora, case)
    hidden = [f for f in both if f.item.record_id == record.pk]
    assert hidden
    assert len(both) > len(hidden)
    dev, piet = as_("dev"), as_("piet")
    as_("dev")
    from lightkeeper.apps.accounts.services import Person
    from lightkeeper.apps.governance.queries import get_record

    excluded = Person.objects.get(pk=piet.person_id)
    sharing.exclude(by=dev, person=excluded, record=get_record(dev, record.reference), reason=WHY,
                    at=NOON)  # fmt: skip
    piet = as_("piet")

    seen = queries.found(piet, queries.find_case(piet, case.reference))

    assert {f.item.reference for f in seen} == {f.item.reference for f in both if f not in hidden}
    for one in hidden:
        with pytest.raises(NotFound):
            queries.get_item(piet, one.item.reference)
    decide_all(as_("dora"), case)
    submit(as_("dora"), case)
    piet = as_("piet")
    assert all(d.item.record_id != record.pk for d in queries.reasons(piet, case).decisions)
    with pytest.raises(Refused, match="not what was put forward"):
        sign(piet, case)
    for page in ("found", "reasons", "disclosure"):
        body = browse("piet").get(f"/rights/cases/{case.reference}/{page}/").content.decode()
        assert record.reference not in body
        assert all(one.item.reference not in body for one in hidden)


def test_what_was_done_for_whoever_asked_is_answered_without_a_search_being_disclosed(
    as_, received, browse
):
    case = received("Willa Held", RequestKind.RESTRICT)
    dora = as_("dora")
    find_all(dora, case)
    with pytest.raises(Refused, match="not a request for access"):
        submit(dora, case, AnswerKind.DISCLOSED)
    submit(dora, case, AnswerKind.DONE)
    case = sign(as_("piet"), case)

    assert b"We have done what you asked" in given(browse, case).content
    assert given(browse, case, "json").status_code == 409


def test_the_same_is_given_again_or_nothing_is(as_, held, answered, browse):
    held(name="Willa Held")
    case = answered("Willa Held")
    first = json.loads(given(browse, case, "json").content)
    assert first["entries"][0]["statements"][0] == {
        "label": "Name", "text": "Willa Held", "basis": "Reported by somebody"
    }  # fmt: skip
    from lightkeeper.apps.rights.choices import CorrectionKind

    dora = as_("dora")
    record = queries.found(dora, case)[0].content.row
    services.correct(by=dora, record=record, kind=CorrectionKind.DISPUTED, becomes="No.",
                     reason=WHY, at=NOON)  # fmt: skip

    assert given(browse, case, "json").status_code == 409
    assert given(browse, case, "letter").status_code == 200


def test_what_another_agency_released_is_found_and_what_it_kept_is_not(as_, held, received):
    held("ben", released_to=[HUB], name="Willa Held")
    kept = held("ben", name="Willa Held")
    case = received("Willa Held")

    rows = find_all(as_("dora"), case)

    assert rows
    assert all(f.item.record_id != kept.pk for f in rows)
    assert {f.item.bucket_right.owner.code for f in rows} == {NORTHSHIRE}
