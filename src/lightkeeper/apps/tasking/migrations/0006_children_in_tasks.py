from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "children_in_tasks.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("tasking", "0005_moved_by_steps"),
        ("safeguarding", "0004_consideration_fewer_indexes"),
        ("intelligence", "0005_link_held"),
        ("audit", "0003_in_order"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
