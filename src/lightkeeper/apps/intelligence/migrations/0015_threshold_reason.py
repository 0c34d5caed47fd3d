import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Why a threshold was proposed, for those who may confirm it, each a row of their own."""

    dependencies = [
        ("accounts", "0024_drafts_of_two_tabs"),
        ("intelligence", "0014_run_figures_rounded"),
    ]
    operations = [
        migrations.CreateModel(
            name="ThresholdReason",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField()),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.person")),
                ("proposal", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="intelligence.thresholdadoption")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("proposal", "person"), name="reason_once_a_person")],
            },
        ),
    ]
