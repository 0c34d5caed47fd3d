from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"
MEMBER = """    select m.person_id, m.compartment_id, m.active_from as since, m.active_to as until
      from public.accounts_compartmentmember m
     where m.standing = 'APPROVED'"""
# A membership ends with the compartment's own day, if that comes first.
WHILE_IT_STANDS = """    select m.person_id, m.compartment_id, m.active_from as since,
           least(m.active_to, k.review_on, k.closed_on) as until
      from public.accounts_compartmentmember m
      join public.accounts_compartment k on k.id = m.compartment_id
     where m.standing = 'APPROVED'"""


def rebuild() -> str:
    """The function as it was, with that one clause changed."""
    text = (SQL / "conditions.sql").read_text()
    start = text.index("create or replace function sec.rebuild")
    body = text[start : text.index("end $$;", start) + len("end $$;")]
    if body.count(MEMBER) != 1:
        raise ValueError("sec.rebuild is not what this migration changes")
    return body.replace(MEMBER, WHILE_IT_STANDS)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0017_conditions_in_sight")]
    operations = [
        migrations.AddField("compartment", "closed_on", models.DateField(null=True)),
        migrations.CreateModel(
            name="CompartmentMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False,
                                           verbose_name="ID")),
                ("reference", models.CharField(max_length=20, unique=True)),
                ("what", models.CharField(max_length=10, choices=[
                    ("REVIEW", "Looked at again"), ("CLOSE", "Close it"),
                    ("REOPEN", "Take it up again")])),
                ("standing", models.CharField(max_length=10, choices=[
                    ("PROPOSED", "Waits for approval"), ("APPROVED", "Approved"),
                    ("REFUSED", "Refused"), ("WITHDRAWN", "Proposal withdrawn")])),
                ("on_day", models.DateField()),
                ("reason", models.TextField()),
                ("proposed_at", models.DateTimeField()),
                ("decision", models.TextField(blank=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("compartment", models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="moves",
                    to="accounts.compartment")),
                ("proposed_by", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to="accounts.person")),
                ("decided_by", models.ForeignKey(
                    null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to="accounts.person")),
            ],
            options={"constraints": [
                models.UniqueConstraint(
                    fields=["compartment"], condition=models.Q(standing="PROPOSED"),
                    name="move_proposed_once"),
                models.CheckConstraint(
                    condition=models.Q(decided_by=None)
                    | ~models.Q(decided_by=models.F("proposed_by")),
                    name="move_decided_by_another"),
                models.CheckConstraint(
                    condition=~models.Q(standing__in=["APPROVED", "REFUSED"])
                    | models.Q(decided_by__isnull=False) | models.Q(what="REVIEW"),
                    name="move_decided_by_somebody"),
            ]},
        ),
        migrations.RunSQL((SQL / "standing_still.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunSQL(rebuild(), migrations.RunSQL.noop),
    ]  # fmt: skip
