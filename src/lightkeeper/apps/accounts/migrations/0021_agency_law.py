import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0020_drafts")]
    operations = [
        migrations.CreateModel(
            name="AgencyLaw",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(blank=True, max_length=40)),
                (
                    "law",
                    models.CharField(
                        choices=[
                            ("PART_3", "Data Protection Act 2018, Part 3 (law enforcement)"),
                            ("UK_GDPR", "UK GDPR"),
                        ],
                        max_length=10,
                    ),
                ),
                ("active_from", models.DateField()),
                ("active_to", models.DateField(null=True)),
                ("source", models.TextField()),
                (
                    "agency",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.agency",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["agency", "kind", "active_from"],
                        name="agency_law_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(agency=None, kind__gt="")
                        | models.Q(agency__isnull=False, kind=""),
                        name="agency_law_of_one",
                    ),
                ],
            },
        ),
    ]
