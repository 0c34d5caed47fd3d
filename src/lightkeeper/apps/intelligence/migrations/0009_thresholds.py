import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """What judgements say of thresholds, and which one stands."""

    dependencies = [
        ("accounts", "0001_initial"),
        ("intelligence", "0008_link_turn"),
    ]
    operations = [
        migrations.CreateModel(
            name="ThresholdReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False,
                                           verbose_name="ID")),
                ("reference", models.CharField(max_length=20, unique=True)),
                ("target", models.FloatField()),
                ("confidence", models.FloatField()),
                ("bits", models.FloatField(null=True)),
                ("sentence", models.TextField()),
                ("figures", models.JSONField()),
                ("made_at", models.DateTimeField()),
                ("model", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT,
                                            related_name="+", to="intelligence.linkagemodel")),
            ],
        ),
        migrations.CreateModel(
            name="ThresholdAdoption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False,
                                           verbose_name="ID")),
                ("reference", models.CharField(max_length=20, unique=True)),
                ("bits", models.FloatField()),
                ("reason", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT,
                                             related_name="+", to="accounts.person")),
                ("reading", models.ForeignKey(null=True,
                                              on_delete=django.db.models.deletion.PROTECT,
                                              related_name="+",
                                              to="intelligence.thresholdreading")),
                ("undoes", models.OneToOneField(null=True,
                                                on_delete=django.db.models.deletion.PROTECT,
                                                related_name="undone_by",
                                                to="intelligence.thresholdadoption")),
            ],
        ),
    ]
