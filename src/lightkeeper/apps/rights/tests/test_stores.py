"""Every store is searched: what is planted in each is found, and a new one cannot be forgotten."""

from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction

from lightkeeper.apps.accounts.services import the_label
from lightkeeper.apps.rights import finding, services, stores
from lightkeeper.apps.rights.choices import RequestKind
from lightkeeper.apps.rights.tests.conftest import TODAY
from lightkeeper.core.access.models import Handling
from lightkeeper.testing.plugin import NAME, superuser
from lightkeeper.testing.records import NOON
from tests.access.rows import a_value

CANARY = "Zqwilla Canaryx"
# Text that is of the system or of the law, and of no person.
OF_NO_PERSON = {
    "intake_mapping": {"name", "text"},
    "intake_report": {"failure", "warnings", "resume", "handling_conditions"},
    "intake_record": {"source_key"},
    "intake_quarantined": {"faults", "column", "code"},
    "intelligence_link": {"evidence"},
    "intelligence_contribution": {"threats"},
    "governance_review": {"answers"},
    "governance_disposal": {"answers"},
    "sharing_ask": {"answer"},
    "rights_item": {"why"},
    "rights_decision": {"left_out"},
    "rights_correction": {"property"},
    "breaches_breach": {"kinds"},
    "breaches_listing": {"acts", "sessions", "others"},
}


def planted_in(field):
    if isinstance(field, ArrayField):
        return [CANARY]
    if isinstance(field, models.JSONField):
        return {"said": [{"inside": f"a text\n{CANARY}, and more"}]}
    return CANARY if field.max_length else f"a text with {CANARY} in it"


def plant(connected, store, column, label, person, number):
    """One row of a store that says the canary in one column, and points at nothing that is."""
    values = {}
    for at, field in enumerate(store.model._meta.local_fields):
        if isinstance(field, models.AutoField | models.CompositePrimaryKey):
            continue
        if field.name == column:
            value = planted_in(field)
        elif field.name.startswith("bucket"):
            value = label
        elif getattr(field.related_model, "__name__", "") == "Person":
            value = None if field.null else person
        elif field.is_relation:
            value = 900_000 + number * 100 + at
        else:
            value = a_value(field, None)
        values[field.column] = field.get_db_prep_save(value, connection)
    columns = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join(["%s"] * len(values))
    statement = f"insert into {store.name} ({columns}) values ({marks}) returning id"
    return connected.execute(statement, list(values.values())).fetchone()[0]


def test_what_is_planted_in_any_column_of_any_store_is_found(committed, as_):
    with transaction.atomic():
        dora = as_("dora")
        label = the_label(owner=dora.agency, level=0)
        case = services.receive_request(
            by=as_("dora"), kind=RequestKind.ACCESS, name=CANARY, received_on=TODAY, at=NOON
        )
    there = set()
    with superuser(NAME) as connected:
        connected.execute("set session_replication_role = replica")
        for number, store in enumerate(stores.stores()):
            for column in store.columns:
                pk = plant(connected, store, column, label.pk, dora.person_id, number * 10
                           + store.columns.index(column))  # fmt: skip
                there.add((store.name, pk))
    assert len(there) > 35

    with transaction.atomic():
        hits = finding.all_on(as_("dora"), case)

    found = {(hit.store.name, hit.row.pk) for hit in hits}
    assert there - found == set()
    assert ("rights_case", case.pk) not in found
    with transaction.atomic():
        assert finding.all_on(as_("nell"), case) == []


def test_every_table_with_personal_columns_is_searched_or_says_who_answers_for_it():
    searched = {one.name for one in stores.stores()}
    stated = {one._meta.db_table for one in stores.ours()}

    assert stated == searched | set(stores.ELSEWHERE)
    assert searched & set(stores.ELSEWHERE) == set()
    assert len(searched) > 20


@pytest.mark.parametrize("protection", ["overseen", "own", "open", "audit", "sealed", "member"])
def test_a_new_table_that_nothing_would_search_stops_the_build(protection):
    field = SimpleNamespace(is_relation=False, choices=None)
    new = SimpleNamespace(
        __name__="New",
        handling=Handling(protection, "a year", personal=("said",)),
        _meta=SimpleNamespace(db_table="new_table", get_field=lambda _: field),
    )
    with pytest.raises(LookupError, match="no rights request would find"):
        stores.store_of(new)


def test_every_text_that_may_speak_of_a_person_is_stated_to_be_personal():
    """What a model does not state as personal would not be searched."""
    left = {}
    for model in apps.get_models():
        stated = getattr(model, "handling", None)
        if not isinstance(stated, Handling) or stated.protection not in ("labelled", "paired"):
            continue
        texts = {
            one.name
            for one in model._meta.local_fields
            if isinstance(one, models.TextField | models.JSONField | ArrayField)
            or (isinstance(one, models.CharField) and (one.max_length or 0) >= 120)
        }
        table = model._meta.db_table
        unstated = texts - set(stated.personal) - OF_NO_PERSON.get(table, set())
        if unstated:
            left[table] = unstated

    assert left == {}
