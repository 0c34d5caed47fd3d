from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql" / "told_of_restricted.sql"
KINDS = [
    ("ERASED", "Erased by its owner: erase your copies, or say why you keep them"),
    ("CORRECTED", "Corrected by its owner: put your copies right"),
    ("RESTRICTED", "Restricted by its owner: stop using your copies"),
]


class Migration(migrations.Migration):
    dependencies = [("governance", "0003_disposal")]
    operations = [
        migrations.AlterField("notice", "kind", models.CharField(choices=KINDS, max_length=10)),
        migrations.RemoveConstraint("notice", "notice_once"),
        migrations.AddConstraint(
            "notice",
            models.UniqueConstraint(
                condition=models.Q(("acknowledged_at__isnull", True)),
                fields=("bucket", "about", "kind"),
                name="notice_once",
            ),
        ),
        migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop),
    ]
