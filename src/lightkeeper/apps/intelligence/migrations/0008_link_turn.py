from django.db import migrations, models


class Migration(migrations.Migration):
    """When a link is asked among those drawn at random; filled by the next run."""

    dependencies = [("intelligence", "0007_accuracy_card")]
    operations = [
        migrations.AddField(
            model_name="link", name="turn", field=models.FloatField(null=True)
        ),
        migrations.AddIndex(
            model_name="link",
            index=models.Index(
                condition=models.Q(("held", False)), fields=["turn"], name="link_in_turn"
            ),
        ),
    ]
