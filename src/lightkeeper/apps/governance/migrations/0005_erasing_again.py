from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "erasing_again.sql"


class Migration(migrations.Migration):
    dependencies = [("governance", "0004_told_of_corrections")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
