"""Unique and foreign keys answer for hidden rows too; they must not tell that these are there."""

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from lightkeeper.apps.accounts.services import Agency, the_label
from tests.access.rows import add, build, parents_of, protected_by

pytestmark = pytest.mark.usefixtures("rolled_back")

ABSENT = 987_654_321
WRITTEN = [
    model for model in apps.get_models()
    if protected_by(model) in ("labelled", "paired") and model.handling.writers
]  # fmt: skip
POINTING = [(model, field) for model in WRITTEN for field in parents_of(model)]


@pytest.fixture
def lantern(as_):
    """Otto's label: only members of the operation see what carries it."""
    otto = as_("otto")
    return the_label(owner=otto.agency, level=1, compartment=min(otto.viewer.compartments))


@pytest.fixture
def hidden(as_, lantern):
    """A row of any kind that only Otto sees."""
    return lambda model: add(model, as_("otto"), lantern)


@pytest.fixture
def own(as_):
    """What a person writes under their own agency's label."""

    def label_of(name):
        actor = as_(name)
        return actor, the_label(owner=actor.agency, level=0)

    return label_of


def what_is_said(row) -> str:
    """How PostgreSQL answers the row, with every number that the asker gave taken out."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            with connection.cursor() as cursor:
                cursor.execute("set constraints all immediate")
    except (IntegrityError, ProgrammingError) as refusal:
        return re.sub(r"\d+", "N", f"{refusal.__cause__.sqlstate} {refusal}")
    return "entered"


def test_there_are_keys_to_try():
    assert len(POINTING) >= 10


@pytest.mark.parametrize(
    ("model", "field"), POINTING, ids=[f"{m.__name__}.{f.name}" for m, f in POINTING]
)
@pytest.mark.parametrize("asker", ["ben", "lena"])
def test_a_row_that_points_at_a_hidden_one_is_answered_like_one_that_points_at_nothing(
    model, field, asker, hidden, own
):
    there = hidden(field.related_model).pk
    actor, label = own(asker)
    of_own = build(model, actor, label)

    answers = set()
    for target in (there, ABSENT):
        setattr(of_own, field.attname, target)
        if field.name in ("left", "right"):  # in the order that the table asks for
            other = "right_id" if field.name == "left" else "left_id"
            setattr(of_own, other, target + (1 if field.name == "left" else -1))
        answers.add(what_is_said(of_own))

    assert len(answers) == 1, answers
    assert "entered" not in answers


@pytest.mark.parametrize("model", WRITTEN, ids=lambda m: m.__name__)
def test_the_same_row_without_the_hidden_parent_is_entered(model, own):
    """So that the refusals above are for the parent and for nothing else."""
    actor, label = own("ben")
    match model._meta.model_name:
        case "undoing":
            judgement = add(apps.get_model("intelligence", "Judgement"), actor, label)
            row = build(model, actor, label, judgement=judgement)
        case "casedisposal":
            years_ago = timezone.now() - timedelta(days=7 * 366)
            breach = apps.get_model("breaches", "Breach")
            over = add(breach, actor, label, status="NO_BREACH", ended_at=years_ago)
            row = build(model, actor, label, breach=over)
        case _:
            row = build(model, actor, label)

    assert what_is_said(row) == "entered"


@pytest.mark.parametrize("asker", ["ben", "lena"])
def test_the_same_bytes_held_out_of_sight_are_not_found_out_by_sending_them(
    asker, as_, lantern, own
):
    report = apps.get_model("intake", "Report")
    digest = "d" * 64
    add(report, as_("otto"), lantern, digest=digest)
    actor, label = own(asker)

    assert what_is_said(build(report, actor, label, digest=digest)) == "entered"


def test_nobody_enters_a_report_in_the_name_of_another_agency_to_see_whether_it_has_it(
    as_, lantern, own
):
    report = apps.get_model("intake", "Report")
    add(report, as_("otto"), lantern, digest="held")
    actor, label = own("ben")
    eastmere = Agency.objects.get(code="eastmere-police")

    answers = {
        what_is_said(build(report, actor, label, digest=digest, owner_id=eastmere.pk))
        for digest in ("held", "free")
    }

    assert len(answers) == 1
    assert "entered" not in answers


def test_the_code_of_a_hidden_compartment_is_not_found_out_by_trying_it(as_):
    """Only the owner of the tables makes compartments, and a code is unique within an agency."""
    as_("ben")
    compartment = apps.get_model("accounts", "Compartment")
    answers = {
        what_is_said(
            compartment(code=code, name="x", owner=Agency.objects.get(code="northshire-police"))
        )
        for code in ("LANTERN", "FREE")
    }

    assert len(answers) == 1
    assert "permission denied" in answers.pop()


def test_nobody_enters_an_event_in_another_agencys_log(as_):
    ben = as_("ben")
    eastmere = Agency.objects.get(code="eastmere-police")
    with connection.cursor() as cursor:
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            cursor.execute(
                "insert into audit_event (at, person_id, person, agency_id, session, verb, did, "
                '"references", purpose, reason, recipient, rule, request) values '
                "(now(), %s, 'ben', %s, '', 'consult', 'x', '{}', '', '', '', '', '')",
                [ben.person_id, eastmere.pk],
            )
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            cursor.execute(
                "insert into audit_event (at, person_id, person, agency_id, session, verb, did, "
                '"references", purpose, reason, recipient, rule, request) values '
                "(now(), %s, 'otto', %s, '', 'consult', 'x', '{}', '', '', '', '', '')",
                [ben.person_id + 1, ben.agency_id],
            )
