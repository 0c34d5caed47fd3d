from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "disposal.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0002_holds_and_notices"),
        ("intelligence", "0005_link_held"),
        ("safeguarding", "0004_consideration_fewer_indexes"),
        ("tasking", "0007_record_erased"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
