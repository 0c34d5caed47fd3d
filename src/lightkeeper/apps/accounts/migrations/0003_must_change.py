from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "must_change.sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_guard")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
