from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "session_ahead.sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_renewals")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
