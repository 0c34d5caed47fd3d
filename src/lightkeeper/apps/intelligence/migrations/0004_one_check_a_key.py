"""A search key is held to its record and label by one constraint of the two together.

The two single ones said nothing more, and cost two look-ups for each of ten keys a record on the
way in.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intelligence", "0003_weak_standing")]
    operations = [
        migrations.AlterField(
            model_name="searchkey",
            name="bucket",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.bucket",
            ),
        ),
        migrations.AlterField(
            model_name="searchkey",
            name="record",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="intake.record",
            ),
        ),
    ]
