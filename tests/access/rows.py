"""Rows of any protected table, filled in without knowing what its columns mean: for tests that ask
what the database lets through, and not what a row says.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from lightkeeper.apps.accounts.services import Actor, Bucket
from lightkeeper.core.access.models import Handling
from lightkeeper.core.references import new_reference

# What a row may come to be without, and yet begins with.
BEGINS_WITH = {"tasking_task": {"record"}}
# Who does what comes later is not named yet.
COMES_LATER = {"rights_case": {"submitted_by", "signed_by"}}


def protected_by(model: type[models.Model]) -> str:
    stated = getattr(model, "handling", None)
    return stated.protection if isinstance(stated, Handling) else ""


def parents_of(model: type[models.Model]) -> list[models.ForeignKey]:
    """Its foreign keys to rows that carry labels."""
    return [
        field
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
        and protected_by(field.related_model) in ("labelled", "paired")
    ]


def a_value(field: models.Field, actor: Actor) -> Any:
    if field.has_default():
        return field.get_default()
    if field.null:
        return None
    if field.choices:
        return field.choices[0][0]
    if field.name == "reference":
        return new_reference("TST")
    if field.unique and isinstance(field, models.CharField):
        return new_reference("TST")[: field.max_length]
    match field:
        case models.DateTimeField():
            return timezone.now()
        case models.DateField():
            return timezone.localdate()
        case models.BooleanField():
            return False
        case models.IntegerField() | models.FloatField():
            return 1
        case models.JSONField():
            return {}
        case ArrayField():
            return []
        case models.CharField() | models.TextField():
            return new_reference("T")[: field.max_length or 20]
    raise LookupError(f"no value is known for {field}")


def build(model: type[models.Model], actor: Actor, label: Bucket, **given: Any) -> models.Model:
    """A row, not yet saved. Parents that are not given are made, under the same label."""
    values: dict[str, Any] = {}
    for field in model._meta.local_fields:
        if field.name in given or field.attname in given or isinstance(field, models.AutoField):
            continue
        if isinstance(field, models.CompositePrimaryKey):
            continue
        if isinstance(field, models.ForeignKey):
            related = field.related_model._meta.model_name
            if field.name in COMES_LATER.get(model._meta.db_table, ()):
                values[field.attname] = None
            elif related == "bucket":
                values[field.attname] = label.pk
            elif related == "agency":
                values[field.attname] = actor.agency.pk
            elif related == "person":
                values[field.attname] = actor.person_id
            elif field.null and field.name not in BEGINS_WITH.get(model._meta.db_table, ()):
                values[field.attname] = None
            elif protected_by(field.related_model) in ("labelled", "paired"):
                values[field.attname] = add(field.related_model, actor, label).pk
            else:
                raise LookupError(f"no row is known for {field}")
            continue
        values[field.attname] = a_value(field, actor)
    if "left_id" in values and "right_id" in values:
        values["left_id"], values["right_id"] = sorted((values["left_id"], values["right_id"]))
    return model(**{**values, **given})


def add(model: type[models.Model], actor: Actor, label: Bucket, **given: Any) -> models.Model:
    row = build(model, actor, label, **given)
    row.save(force_insert=True)
    return row
