from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "moved_by_steps.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("tasking", "0004_outcome_for_whom"),
        ("safeguarding", "0003_decided_by_decisions"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
