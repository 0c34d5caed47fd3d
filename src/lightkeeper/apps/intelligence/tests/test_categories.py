"""A child, a victim or a witness is never on the ranked list, however the record came to say so."""

import pytest
from django.db import transaction

from lightkeeper.apps.intake import categories
from lightkeeper.apps.intake.choices import Basis, Category
from lightkeeper.apps.intake.services import Record
from lightkeeper.apps.intelligence import queries
from lightkeeper.apps.intelligence.tests.arranging import NOON, TODAY, link, person

DANGEROUS = person("Ivo", "Kraus", "1980-01-01", harms=["exploits-child"])


def ranked(ask, by):
    return ask(lambda: [row.caption for row in queries.rank(by, TODAY)])


@pytest.mark.parametrize("category", sorted(Category))
def test_whoever_a_person_calls_protected_leaves_the_list(given, be, ask, category):
    [record] = given("ada", [DANGEROUS])
    ada = be("ada")
    link(ada)
    assert ranked(ask, be("ada")) == ["Ivo Kraus"]
    with transaction.atomic():
        categories.determine(
            by=ada, record=Record.objects.visible_to(ada).get(pk=record.pk),
            categories=[Category(category)], basis=Basis.REPORTED, reason="looked", at=NOON,
        )  # fmt: skip

    # An adult now, whom a record of childhood calls a child, is an adult.
    protected = category in (Category.VICTIM, Category.WITNESS)
    assert ranked(ask, be("ada")) == ([] if protected else ["Ivo Kraus"])


def test_a_person_of_no_known_age_who_is_called_a_child_leaves_the_list(given, be, ask):
    [record] = given("ada", [person("Ivo", "Kraus", harms=["exploits-child"])])
    ada = be("ada")
    with transaction.atomic():
        categories.determine(
            by=ada, record=Record.objects.visible_to(ada).get(pk=record.pk),
            categories=[Category.CHILD], basis=Basis.REPORTED, reason="looked", at=NOON,
        )  # fmt: skip

    assert ranked(ask, be("ada")) == []


@pytest.mark.parametrize("other", [Category.VICTIM, Category.WITNESS])
def test_a_grown_up_who_was_a_child_and_is_also_protected_is_not_ranked(given, be, ask, other):
    [record] = given("ada", [DANGEROUS])
    ada = be("ada")
    link(ada)
    with transaction.atomic():
        made = categories.determine(
            by=ada, record=Record.objects.visible_to(ada).get(pk=record.pk),
            categories=[Category.CHILD, other], basis=Basis.REPORTED, reason="looked", at=NOON,
        )  # fmt: skip
    assert (made.category, made.also) == (Category.CHILD, [other])

    assert ranked(ask, be("ada")) == []
