from django.db import migrations, models


class Migration(migrations.Migration):
    """Which errand entered an adoption, so that none enters two."""

    dependencies = [("intelligence", "0010_adoption_by_two")]
    operations = [
        migrations.AddField(
            model_name="thresholdadoption",
            name="errand",
            field=models.BigIntegerField(null=True, unique=True),
        ),
    ]
