from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "behind_what_is_hidden.sql"


class Migration(migrations.Migration):
    dependencies = [("breaches", "0004_somebody_handles")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
