from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "holds_and_notices.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0001_initial"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
