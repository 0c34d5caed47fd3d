from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "rights.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0001_initial"),
        ("governance", "0004_told_of_corrections"),
        ("accounts", "0004_sessions_proved"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
