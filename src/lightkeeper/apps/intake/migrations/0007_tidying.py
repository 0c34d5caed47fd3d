from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "tidying.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0006_record_category"),
        ("accounts", "0011_errand_attempts"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
