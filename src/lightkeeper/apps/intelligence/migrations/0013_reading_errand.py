from django.db import migrations, models


class Migration(migrations.Migration):
    """Which errand made a reading, so that one that is done twice is not told to wait a day."""

    dependencies = [("intelligence", "0012_adoption_reason_in_the_log")]
    operations = [
        migrations.AddField(
            model_name="thresholdreading",
            name="errand",
            field=models.BigIntegerField(null=True, unique=True),
        ),
    ]
