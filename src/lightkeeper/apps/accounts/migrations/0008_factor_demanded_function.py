from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql" / "factor_demanded.sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_factor_demand_and_removal")]
    operations = [migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop)]
