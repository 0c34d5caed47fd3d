"""A member of a compartment is proposed by one and approved by another, in the application and, for
whoever found a way past it, in the database.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from lightkeeper.apps.accounts import knowing, membership
from lightkeeper.apps.accounts.models import Person
from lightkeeper.apps.accounts.models_compartments import Compartment, CompartmentMember
from lightkeeper.apps.accounts.services import the_label
from lightkeeper.core.errors import NotFound, NotPermitted, Refused
from lightkeeper.testing.plugin import NAME, superuser

NOON = timezone.now()
TODAY = NOON.date()
LATER = TODAY + timedelta(days=90)
WHY = "needs to know who was seen at the harbour"


@pytest.fixture
def ada_approves_too(database) -> Iterator[None]:
    """Both powers in one pair of hands, and still two people."""
    number = "(select id from accounts_person where username = 'ada')"
    with superuser(NAME) as c:
        c.execute(
            f"insert into accounts_personrole (person_id, role) values ({number}, 'supervisor')"
        )
    yield
    with superuser(NAME) as c:
        c.execute(
            f"delete from accounts_personrole where person_id = {number} and role = 'supervisor'"
        )


def opened(by, name="Operation Gull") -> Compartment:
    return membership.open_compartment(
        by=by, name=name, purpose="Boats at night", review_on=LATER, at=NOON
    )


def proposed(by, compartment, whom="ben", **other) -> CompartmentMember:
    given = {"reason": WHY, "until": LATER, "at": NOON, **other}
    person = Person.objects.get(username=whom)
    return membership.propose_member(by=by, compartment=compartment, person=person, **given)


def decided(member, by, approve=True) -> None:
    again = knowing.get_member(by, member.reference)
    membership.decide_member(by=by, member=again, approve=approve, reason="I agree", at=NOON)


def sql(statement: str, *given: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchone()[0]


def test_what_one_proposes_and_another_approves_counts_at_once_and_not_before(rolled_back, as_):
    gull = opened(as_("ada"))
    member = proposed(as_("ada"), gull)

    assert gull.pk not in as_("ben").viewer.compartments
    decided(member, as_("sam"))

    assert gull.pk in as_("ben").viewer.compartments
    row = knowing.get_member(as_("sam"), member.reference)
    assert (row.standing, row.decided_by.username, row.decision) == ("APPROVED", "sam", "I agree")
    assert row.proposed_by.username == "ada"


def test_what_is_refused_never_counts_and_may_be_proposed_anew(rolled_back, as_):
    gull = opened(as_("ada"))
    member = proposed(as_("ada"), gull)
    decided(member, as_("sam"), approve=False)

    assert gull.pk not in as_("ben").viewer.compartments
    with pytest.raises(Refused, match="does not wait"):
        decided(member, as_("sam"))
    assert proposed(as_("ada"), gull).reference != member.reference


def test_who_proposed_does_not_approve_whatever_their_role(ada_approves_too, rolled_back, as_):
    member = proposed(as_("ada"), opened(as_("ada")))

    with pytest.raises(NotPermitted, match="Somebody else"):
        decided(member, as_("ada"))
    assert sql("select sec.decide_member(%s, true, 'past the page')", member.reference) is False
    assert knowing.get_member(as_("ada"), member.reference).standing == "PROPOSED"


def test_nobody_approves_themselves_whoever_proposed_them(ada_approves_too, rolled_back, as_):
    gull = opened(as_("dev"))
    member = proposed(as_("dev"), gull, "ada")

    with pytest.raises(NotPermitted, match="their own"):
        decided(member, as_("ada"))
    assert sql("select sec.decide_member(%s, true, 'past the page')", member.reference) is False
    assert gull.pk not in as_("ada").viewer.compartments


@pytest.mark.parametrize("who", ["dev", "otto", "lena", "audrey", "ben"])
def test_the_database_lets_nobody_else_approve(rolled_back, as_, who):
    member = proposed(as_("ada"), opened(as_("ada")))
    as_(who)

    assert sql("select sec.decide_member(%s, true, '')", member.reference) is False
    with pytest.raises(NotFound):
        knowing.get_member(as_(who), member.reference)


@pytest.mark.parametrize("who", ["dev", "sam", "otto", "audrey", "ben"])
def test_the_database_lets_nobody_propose_who_does_not_run_it(rolled_back, as_, who):
    gull = opened(as_("ada"))
    me = as_(who).person_id

    assert (
        sql("select sec.propose_member('MEM-1', %s, %s, '', null, %s)", gull.pk, me, LATER) is False
    )
    assert CompartmentMember.objects.filter(reference="MEM-1").count() == 0


def test_the_tables_take_nothing_from_the_web_whoever_asks(rolled_back, as_):
    gull = opened(as_("ada"))
    for statement in (
        "insert into accounts_compartmentmember (reference, compartment_id, person_id, standing) "
        f"values ('MEM-1', {gull.pk}, 1, 'APPROVED') returning 1",
        "update accounts_compartmentmember set standing = 'APPROVED' returning 1",
        "update accounts_compartment set owner_id = 1 returning 1",
    ):
        with pytest.raises(Error, match="permission denied"), transaction.atomic():
            sql(statement)


def test_not_even_the_guard_enters_a_member_whom_nobody_proposed(database):
    """The last wall: a function that came to do it would break on trigger and constraint."""
    with superuser(NAME) as c:
        compartment, person = c.execute(
            "select c.id, (select min(id) from accounts_person) from accounts_compartment c limit 1"
        ).fetchone()
        for role, standing, by, decided_by, wall in (
            ("lk_guard", "APPROVED", "null", "null", "proposed first"),
            ("lk_dba", "APPROVED", person, person, "member_decided_by_another"),
            ("lk_dba", "APPROVED", person + 1, person, "member_decided_by_another"),
            ("lk_dba", "APPROVED", person + 1, "null", "member_decided_by_somebody"),
            ("lk_dba", "APPROVED", "null", person + 1, "member_decided_by_another"),
        ):
            c.execute(f"set role {role}")
            with pytest.raises(Exception, match=wall):
                c.execute(
                    "insert into accounts_compartmentmember (reference, compartment_id, person_id, "
                    "standing, active_to, reason, proposed_by_id, decision, decided_by_id, "
                    "decided_at, end_reason) values "
                    f"('MEM-1', {compartment}, {person}, '{standing}', "
                    f"current_date + 1, '', {by}, '', {decided_by}, now(), '')"
                )
            c.execute("reset role")


def test_what_was_proposed_is_what_is_approved(rolled_back, as_):
    """The guard's role itself may not change whom, until when or by whom, nor go back."""
    decided_one = proposed(as_("ada"), opened(as_("ada")))
    decided(decided_one, as_("sam"))
    with superuser(NAME) as c, c.transaction(force_rollback=True):
        c.execute("set local role lk_guard")
        row = c.execute("select id from accounts_compartmentmember limit 1").fetchone()
        for change in ("active_to = current_date + 999", "standing = 'PROPOSED'",
                       "person_id = person_id + 1"):  # fmt: skip
            with pytest.raises(Exception, match="not changed"), c.transaction():
                c.execute(f"update accounts_compartmentmember set {change} where id = %s", row)


def test_a_membership_counts_from_its_first_day_to_the_day_before_its_end(rolled_back, as_):
    gull = opened(as_("ada"))
    decided(proposed(as_("ada"), gull, since=TODAY + timedelta(days=1)), as_("sam"))

    assert gull.pk not in as_("ben").viewer.compartments
    assert sql("select sec.my_compartments()") == []


@pytest.mark.parametrize("who", ["ada", "sam", "ben"])
def test_one_is_enough_to_end_it_and_then_nothing_of_it_is_left(rolled_back, as_, who):
    gull = opened(as_("ada"))
    first = proposed(as_("ada"), gull)
    decided(first, as_("sam"))
    decided(proposed(as_("ada"), gull, until=LATER + timedelta(days=9)), as_("sam"))
    by = as_(who)
    membership.end_member(
        by=by, member=knowing.get_member(by, first.reference), reason="moved on", at=NOON
    )

    assert gull.pk not in as_("ben").viewer.compartments
    with pytest.raises(NotFound):
        knowing.get_compartment(as_("ben"), gull.reference)
    ended = CompartmentMember.objects
    as_("sam")
    assert {row.standing for row in ended.filter(compartment=gull)} == {"ENDED"}


def test_a_member_who_does_not_run_it_ends_nobody_elses(rolled_back, as_):
    gull = opened(as_("ada"))
    decided(proposed(as_("ada"), gull, "ben"), as_("sam"))
    cleo = proposed(as_("ada"), gull, "cleo")
    decided(cleo, as_("sam"))
    ben = as_("ben")

    with pytest.raises(NotPermitted):
        membership.end_member(
            by=ben, member=knowing.get_member(ben, cleo.reference), reason="no", at=NOON
        )
    assert sql("select sec.end_member(%s, 'past the page')", cleo.reference) is False


def test_only_who_proposed_takes_it_back(rolled_back, as_):
    member = proposed(as_("ada"), opened(as_("ada")))
    sam = as_("sam")
    with pytest.raises(NotPermitted):
        membership.withdraw_member(by=sam, member=member, reason="no", at=NOON)
    assert sql("select sec.withdraw_member(%s, '')", member.reference) is False

    membership.withdraw_member(by=as_("ada"), member=member, reason="not needed", at=NOON)
    with pytest.raises(Refused, match="does not wait"):
        decided(member, as_("sam"))


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"reason": "  "}, "member.reason"),
        ({"until": TODAY}, "member.until"),
        ({"until": TODAY + timedelta(days=367)}, "member.until"),
        ({"since": LATER}, "member.since"),
    ],
)
def test_a_proposal_without_a_reason_or_its_days_is_refused(rolled_back, as_, given, rule):
    gull = opened(as_("ada"))
    with pytest.raises(Refused) as refusal:
        proposed(as_("ada"), gull, **given)

    assert refusal.value.rule == rule
    assert CompartmentMember.objects.filter(compartment=gull).count() == 0


def test_somebody_is_proposed_once_at_a_time(rolled_back, as_):
    gull = opened(as_("ada"))
    proposed(as_("ada"), gull)
    with pytest.raises(Refused, match="proposed already"):
        proposed(as_("ada"), gull)


def test_a_compartment_is_known_to_those_with_a_part_in_it_and_to_nobody_else(rolled_back, as_):
    gull = opened(as_("ada"))
    decided(proposed(as_("ada"), gull), as_("sam"))
    knows = set()
    for who in ("ada", "ben", "cleo", "dev", "otto", "lena", "lou", "audrey", "sam"):
        actor = as_(who)
        listed = {one.compartment.pk for one in knowing.compartments(actor, today=TODAY)}
        in_sql = set(Compartment.objects.values_list("pk", flat=True))  # as the policies allow
        assert listed == in_sql, who
        knows |= {who} if gull.pk in in_sql else set()

    assert knows == {"ada", "ben", "sam"}


def test_to_run_it_or_to_approve_for_it_is_not_to_see_what_is_in_it(rolled_back, as_):
    gull = opened(as_("ada"))
    decided(proposed(as_("ada"), gull), as_("sam"))
    ben = as_("ben")
    label = the_label(owner=ben.agency, level=0, released_to=[gull.owner], compartment=gull.pk)

    assert label.pk in as_("ben").readable
    assert label.pk not in as_("ada").readable | as_("sam").readable
    decided(proposed(as_("ada"), gull, "ada"), as_("sam"))
    assert label.pk in as_("ada").readable


@pytest.mark.parametrize("who", ["ben", "sam", "audrey", "lena"])
def test_only_a_role_that_runs_such_opens_one(rolled_back, as_, who):
    may = who == "lena"
    if may:
        assert opened(as_(who)).owner_id == as_(who).agency_id
        return
    with pytest.raises(NotPermitted):
        opened(as_(who))
    asked = "select sec.open_compartment('CMP-1', 'X', 'X', '', null)"
    assert sql(asked) is False


def test_the_pages_lead_from_opening_to_a_member(rolled_back, browse, as_):
    day = {f"review_on_{part}": getattr(LATER, part) for part in ("day", "month", "year")}
    browse("ada").post("/compartments/open/", {"name": "Operation Gull", "purpose": "Boats", **day})
    as_("ada")
    gull = Compartment.objects.get(name="Operation Gull")
    until = {f"until_{part}": getattr(LATER, part) for part in ("day", "month", "year")}
    sent = browse("ada").post(
        f"{gull.get_absolute_url()}propose/", {"person": "ben", "reason": WHY, **until}
    )
    assert sent.status_code == 302
    page = browse("sam").get("/compartments/").content.decode()
    assert "Ben Okoro" in page
    as_("sam")
    member = CompartmentMember.objects.get(compartment=gull)
    own = browse("ada").post(
        f"/members/{member.reference}/decide/",
        {f"{member.reference}-decision": "APPROVE", f"{member.reference}-reason": "mine"},
    )
    assert own.status_code == 403
    done = browse("sam").post(
        f"/members/{member.reference}/decide/",
        {f"{member.reference}-decision": "APPROVE", f"{member.reference}-reason": "right"},
    )

    assert done.status_code == 302
    assert "Operation Gull" in browse("ben").get(gull.get_absolute_url()).content.decode()
    hidden = browse("lena").get(gull.get_absolute_url())
    assert hidden.status_code == 404
    assert "Gull" not in hidden.content.decode()


def test_the_program_goes_the_same_way(rolled_back, call_api):
    json = {"content_type": "application/json"}
    opened_one = call_api("ada").post(
        "/api/compartments/",
        {"name": "Operation Tern", "purpose": "Boats", "review_on": LATER.isoformat()}, **json,
    ).json()  # fmt: skip
    at = f"/api/compartments/{opened_one['reference']}"
    sent = call_api("ada").post(
        f"{at}/members", {"person": "ben", "reason": WHY, "until": LATER.isoformat()}, **json
    ).json()  # fmt: skip
    decide = f"/api/compartments/members/{sent['reference']}/decide"
    answer = {"decision": "APPROVE", "reason": "right"}

    assert call_api("ada").post(decide, answer, **json).status_code == 403
    assert call_api("lena").post(decide, answer, **json).status_code == 404
    assert call_api("sam").post(decide, answer, **json).json()["standing"] == "APPROVED"
    [member] = call_api("ben").get(at).json()["members"]
    assert (member["person"], member["proposed_by"], member["decided_by"]) == ("ben", "ada", "sam")
    assert member["active_to"] == LATER.isoformat() > date.today().isoformat()
