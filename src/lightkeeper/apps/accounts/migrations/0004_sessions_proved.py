from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "sessions_proved.sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_second_factor")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
