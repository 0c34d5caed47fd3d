from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "members_from_their_day.sql"


class Migration(migrations.Migration):
    dependencies = [("breaches", "0009_end_of_a_case")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
