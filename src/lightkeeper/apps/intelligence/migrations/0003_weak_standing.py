from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intelligence", "0002_labels_follow")]
    operations = [
        migrations.AlterField(
            model_name="link",
            name="standing",
            field=models.CharField(
                choices=[
                    ("LINKED", "Joined by the model"),
                    ("TO_REVIEW", "Waiting for a person"),
                    ("WEAK", "Compared, too little to join"),
                ],
                max_length=10,
            ),
        )
    ]
