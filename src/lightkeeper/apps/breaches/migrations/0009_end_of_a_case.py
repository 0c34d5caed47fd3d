from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "end_of_a_case.sql"


class Migration(migrations.Migration):
    dependencies = [("breaches", "0008_disposal_of_cases")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
