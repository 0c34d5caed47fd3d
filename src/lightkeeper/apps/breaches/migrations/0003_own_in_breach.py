from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "own_in_breach.sql"


class Migration(migrations.Migration):
    dependencies = [("breaches", "0002_affected_from_the_log")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
