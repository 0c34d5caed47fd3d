from django.db import migrations

CARDS = "delete from intelligence_accuracycard"


class Migration(migrations.Migration):
    """Cards of before are not suppressed across tables: the next run or measurement makes them."""

    dependencies = [("intelligence", "0015_threshold_reason")]
    operations = [migrations.RunSQL(CARDS, migrations.RunSQL.noop)]
