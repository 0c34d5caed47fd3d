from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "breaches.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("breaches", "0001_initial"),
        ("audit", "0004_looks_and_flags"),
        ("governance", "0006_breach_notices"),
        ("intelligence", "0002_labels_follow"),
        ("rights", "0002_labels_and_functions"),
        ("safeguarding", "0002_decided"),
        ("sharing", "0001_initial"),
        ("tasking", "0006_children_in_tasks"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
