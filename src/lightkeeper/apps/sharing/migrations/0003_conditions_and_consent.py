from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "conditions.sql"


class Migration(migrations.Migration):
    dependencies = [("sharing", "0002_functions"), ("accounts", "0016_dated_conditions")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
