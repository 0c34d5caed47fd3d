from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql" / "pictures_of_viewers.sql"


class Migration(migrations.Migration):
    """What joins the visible to the hidden is the linker's and the guard's alone."""

    dependencies = [("intelligence", "0005_link_held")]
    operations = [
        migrations.RemoveIndex(model_name="membership", name="members_of_cluster"),
        migrations.RemoveIndex(model_name="link", name="link_review_queue"),
        migrations.RemoveField(model_name="link", name="standing"),
        migrations.AlterModelManagers(name="membership", managers=[]),
        migrations.AlterField(
            model_name="membership", name="cluster", field=models.BigIntegerField(db_index=True)
        ),
        # Until the next run every cluster stands for its component, and every pair may wait.
        migrations.AddField(
            model_name="membership",
            name="component",
            field=models.BigIntegerField(db_index=True, default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="link", name="may_wait", field=models.BooleanField(default=True)
        ),
        migrations.AddIndex(
            model_name="link",
            index=models.Index(
                condition=models.Q(("judged", False), ("may_wait", True)),
                fields=["-weight_bits", "id"],
                name="link_that_may_wait",
            ),
        ),
        migrations.CreateModel(
            name="CommonValues",
            fields=[
                (
                    "model",
                    models.OneToOneField(
                        on_delete=models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="intelligence.linkagemodel",
                    ),
                ),
                ("body", models.BinaryField()),
            ],
        ),
        migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop),
    ]
