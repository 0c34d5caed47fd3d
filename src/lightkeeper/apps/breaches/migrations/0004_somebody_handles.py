from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "somebody_handles.sql"


class Migration(migrations.Migration):
    dependencies = [("breaches", "0003_own_in_breach")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
