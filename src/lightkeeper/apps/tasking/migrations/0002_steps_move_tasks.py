from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "steps_move_tasks.sql"


class Migration(migrations.Migration):
    dependencies = [("tasking", "0001_initial"), ("safeguarding", "0002_decided")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
