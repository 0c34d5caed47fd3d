from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "in_order.sql"


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [migrations.RunSQL(SQL.read_text(), "drop index event_in_order")]
