from django.db import migrations


class Migration(migrations.Migration):
    """Why a threshold was adopted is in the audit log alone: this table is open to everybody."""

    dependencies = [("intelligence", "0011_adoption_errand")]
    operations = [
        migrations.RemoveField(model_name="thresholdadoption", name="reason"),
    ]
