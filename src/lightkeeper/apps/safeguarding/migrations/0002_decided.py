from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "decided.sql"


class Migration(migrations.Migration):
    dependencies = [("safeguarding", "0001_initial"), ("accounts", "0002_guard")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
