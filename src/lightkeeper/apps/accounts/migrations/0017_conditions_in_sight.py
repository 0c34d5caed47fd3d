from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "conditions_in_sight.sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0016_dated_conditions")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
