"""The law under which an agency acts, and the words that follow from it."""

from datetime import date, timedelta
from importlib.resources import files

import pytest
from django.db import transaction

from lightkeeper.apps.accounts import loading_reference
from lightkeeper.apps.accounts.models import Agency, AgencyLaw
from lightkeeper.apps.accounts.services import Law, law_of
from lightkeeper.apps.breaches import policies, queries
from lightkeeper.apps.breaches.choices import About, Choice, NotToldBecause, Risk
from lightkeeper.apps.breaches.laws import WORDS
from lightkeeper.apps.breaches.models import Breach
from lightkeeper.apps.breaches.papers import notification_text
from lightkeeper.apps.breaches.tests.conftest import describe
from lightkeeper.core.errors import Refused
from lightkeeper.testing.cast import HUB, NORTHSHIRE, WESTMARK
from lightkeeper.testing.plugin import NAME, superuser
from lightkeeper.testing.records import NOON

TODAY = NOON.date()
UNIT = "unit"


@pytest.fixture
def said_of_the_hub(database):
    """From the day before on the centre acts under the UK GDPR, whatever its kind does."""
    with superuser(NAME) as there:
        there.execute(
            "insert into accounts_agencylaw (agency_id, kind, law, active_from, source) select id, "
            "'', 'UK_GDPR', %s, 'its own register' from accounts_agency where code = %s",
            (TODAY - timedelta(days=1), HUB),
        )
    yield
    with superuser(NAME) as there:
        there.execute("delete from accounts_agencylaw where agency_id is not null")


@pytest.mark.parametrize(
    ("code", "law"), [(HUB, Law.PART_3), (NORTHSHIRE, Law.PART_3), (WESTMARK, Law.UK_GDPR)]
)
def test_an_agency_acts_under_the_law_of_its_kind_where_nothing_is_said_of_itself(
    rolled_back, code, law
):
    assert law_of(Agency.objects.get(code=code), TODAY) == law


def test_what_is_said_of_itself_holds_from_its_day(said_of_the_hub, rolled_back):
    hub = Agency.objects.get(code=HUB)

    assert law_of(hub, TODAY - timedelta(days=2)) == Law.PART_3
    assert law_of(hub, TODAY - timedelta(days=1)) == Law.UK_GDPR


def test_where_no_table_says_it_nothing_is_guessed(rolled_back):
    with pytest.raises(Refused, match="No table says"):
        law_of(Agency.objects.get(code=HUB), date(2018, 5, 24))


def test_every_kind_of_agency_that_is_shipped_has_its_law():
    kinds = {row["kind"] for row in loading_reference.table("agencies.csv")}
    laws = {row["kind"]: row["law"] for row in loading_reference.table("agency_laws.csv")}

    assert kinds == set(laws)
    assert set(laws.values()) == set(Law.values)


@pytest.mark.parametrize("said", [None, "UK_GDPR"])
def test_an_upgrade_alone_says_it_of_every_kind_that_is_shipped_and_changes_nothing(database, said):
    """Migrations enter no rules, and a breach is handled the hour after one."""
    statement = files("lightkeeper.apps.accounts.migrations") / "sql" / "agency_law_kinds.sql"
    with superuser(NAME) as there, there.transaction(force_rollback=True):
        there.execute("delete from accounts_agencylaw where kind <> %s", (UNIT if said else "",))
        there.execute("update accounts_agencylaw set law = 'UK_GDPR'")
        there.execute(statement.read_text())
        laws = dict(there.execute("select kind, law from accounts_agencylaw").fetchall())

    shipped = {row["kind"]: row["law"] for row in loading_reference.table("agency_laws.csv")}
    assert laws == shipped | ({UNIT: said} if said else {})


def test_pages_may_not_say_under_which_law_anybody_acts(rolled_back, as_):
    as_("sam")
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        AgencyLaw.objects.create(kind="x", law=Law.UK_GDPR, active_from=TODAY, source="x")


@pytest.mark.parametrize(
    ("own", "says", "not_says"),
    [
        (False, "Data Protection Act 2018, section 67", "UK GDPR"),
        (True, "UK GDPR, article 33", "section 67"),
    ],
)
def test_a_notification_cites_the_law_that_its_agency_acts_under(
    request, as_, browse, handled, own, says, not_says
):
    if own:
        request.getfixturevalue("said_of_the_hub")
    breach = handled()
    describe(as_("dora"), breach)
    text = notification_text(queries.paper_of(as_("dora"), breach))
    page = browse("dora").get(f"/breaches/{breach.reference}/notification/").content.decode()

    for found in (text, page):
        assert says in found
        assert not_says not in found


def test_a_ground_that_the_law_does_not_know_is_refused_by_its_article():
    breach = Breach(reference="BRC-1", risk=Risk.HIGH)
    for ground in NotToldBecause:
        known = ground in WORDS[Law.UK_GDPR].grounds
        assert ground in WORDS[Law.PART_3].grounds
        if not known:
            with pytest.raises(Refused, match=r"no such ground \(article 34\)"):
                policies.check_ruling(
                    breach, About.SUBJECTS, Choice.NOT_TELL, ground, WORDS[Law.UK_GDPR]
                )
    assert len(WORDS[Law.UK_GDPR].grounds) == 6


@pytest.mark.parametrize(
    ("law", "says"), [(Law.PART_3, r"\(s\.67\(2\)\)"), (Law.UK_GDPR, r"\(article 33\(1\)\)")]
)
def test_what_the_officer_is_told_cites_the_same_law(law, says):
    breach = Breach(reference="BRC-1", risk=Risk.HIGH)
    with pytest.raises(Refused, match=says):
        policies.check_ruling(breach, About.COMMISSIONER, Choice.NOT_NOTIFY, "", WORDS[law])
