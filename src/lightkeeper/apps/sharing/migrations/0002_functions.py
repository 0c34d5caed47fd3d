from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "sharing.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("sharing", "0001_initial"),
        ("intelligence", "0005_link_held"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
