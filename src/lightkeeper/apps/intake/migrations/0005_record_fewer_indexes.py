import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Each index that says what another says is written a million times for nothing."""

    dependencies = [("intake", "0004_record_by_source_key")]
    operations = [
        migrations.AlterField(
            model_name="record",
            name="reference",
            field=models.CharField(max_length=20),
        ),
        migrations.AddConstraint(
            model_name="record",
            constraint=models.UniqueConstraint(fields=("reference",), name="record_reference"),
        ),
        migrations.AlterField(
            model_name="record",
            name="report",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="records",
                to="intake.report",
            ),
        ),
    ]
