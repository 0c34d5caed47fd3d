from django.db import migrations, models


class Migration(migrations.Migration):
    """How well each group of records is linked."""

    dependencies = [("intelligence", "0006_pictures_of_viewers")]
    operations = [
        migrations.CreateModel(
            name="AccuracyCard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("JUDGEMENTS", "Judgements of people"),
                            ("TRUTH", "A known truth"),
                        ],
                        max_length=10,
                    ),
                ),
                ("body", models.JSONField()),
                ("made_at", models.DateTimeField()),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=models.deletion.CASCADE,
                        related_name="cards",
                        to="intelligence.linkagemodel",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("model", "basis"), name="accuracy_card_once"
                    )
                ],
            },
        ),
    ]
