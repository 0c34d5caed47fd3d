from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "disposal_of_cases.sql"


class Migration(migrations.Migration):
    dependencies = [("breaches", "0007_case_disposal"), ("governance", "0006_breach_notices")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
