import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0001_initial"),
        ("tasking", "0003_outcome_is_of_its_task"),
    ]

    operations = [
        migrations.AddField(
            model_name="outcome",
            name="record",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="intake.record",
            ),
        ),
    ]
