import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A threshold is proposed by one and confirmed by another. What one adopted alone before no longer
    stands, and the next run joins from the usual weight.
    """

    dependencies = [("accounts", "0001_initial"), ("intelligence", "0009_thresholds")]
    operations = [
        migrations.AddField(
            model_name="thresholdadoption",
            name="confirmed_by",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT,
                                    related_name="+", to="accounts.person"),
        ),
        migrations.AddField(
            model_name="thresholdadoption",
            name="confirmed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="thresholdadoption",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by", None),
                    models.Q(("confirmed_by", models.F("person")), _negated=True),
                    _connector="OR",
                ),
                name="adoption_by_two",
            ),
        ),
    ]
