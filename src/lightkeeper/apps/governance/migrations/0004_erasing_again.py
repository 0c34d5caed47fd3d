from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "erasing_again.sql"


class Migration(migrations.Migration):
    dependencies = [("governance", "0003_disposal")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
