from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_report_encoding")]
    operations = [
        migrations.RemoveConstraint(model_name="report", name="report_once_for_its_owner"),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                fields=("bucket", "digest"), name="report_once_under_label"
            ),
        ),
    ]
