from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "drafts_of_two_tabs.sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0023_law_of_each_kind")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
