from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "agency_law_kinds.sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0022_makes_of_keys")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
