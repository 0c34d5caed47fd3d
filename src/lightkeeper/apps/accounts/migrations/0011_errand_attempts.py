from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql" / "errand_attempts.sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_recovery_code_key")]
    operations = [
        migrations.AddField(
            model_name="errand",
            name="in_vain",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop),
    ]
