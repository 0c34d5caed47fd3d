from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "membership.sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_membership_by_two")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
