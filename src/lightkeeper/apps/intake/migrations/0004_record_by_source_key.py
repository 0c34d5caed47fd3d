from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_report_once_under_label")]
    operations = [
        migrations.AddIndex(
            model_name="record",
            index=models.Index(fields=["report", "source_key"], name="record_by_source_key"),
        ),
    ]
