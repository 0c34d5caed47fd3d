from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("safeguarding", "0003_decided_by_decisions")]
    operations = [
        migrations.AlterField(
            model_name="consideration",
            name="reference",
            field=models.CharField(max_length=20),
        ),
        migrations.AlterField(
            model_name="consideration",
            name="about",
            field=models.CharField(max_length=20),
        ),
        migrations.AddConstraint(
            model_name="consideration",
            constraint=models.UniqueConstraint(
                fields=("reference",), name="consideration_reference"
            ),
        ),
    ]
