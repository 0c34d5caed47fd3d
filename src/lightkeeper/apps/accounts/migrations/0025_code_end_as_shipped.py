from django.db import migrations, models

# Every end that was shipped until now; what else a code ends with is the deployment's own.
SHIPPED = """
update accounts_code set shipped_to = active_to
 where active_to in ('2013-03-31', '2013-04-01', '2013-10-06', '2013-10-07',
                     '2014-04-01', '2014-04-02', '2016-01-01')
"""


class Migration(migrations.Migration):
    """With which end a code was shipped, so that a correction of it is told from an end of ours."""

    dependencies = [("accounts", "0024_drafts_of_two_tabs")]
    operations = [
        migrations.AddField(
            model_name="code", name="shipped_to", field=models.DateField(null=True)
        ),
        migrations.RunSQL(SHIPPED, migrations.RunSQL.noop),
    ]
