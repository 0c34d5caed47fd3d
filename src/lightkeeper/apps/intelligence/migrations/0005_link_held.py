from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intelligence", "0004_one_check_a_key")]
    operations = [
        migrations.AddField(
            model_name="link", name="held", field=models.BooleanField(default=False)
        )
    ]
