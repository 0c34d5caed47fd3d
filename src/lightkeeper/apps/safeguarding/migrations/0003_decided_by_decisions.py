from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "decided_by_decisions.sql"


class Migration(migrations.Migration):
    dependencies = [("safeguarding", "0002_decided")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
