from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0018_standing_still")]
    operations = [
        migrations.AddField("consent", "said_of", models.BigIntegerField(null=True)),
        migrations.AddField("datedcondition", "said_of", models.BigIntegerField(null=True)),
    ]
