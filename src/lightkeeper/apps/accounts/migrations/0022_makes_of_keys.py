from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0021_agency_law")]
    operations = [
        migrations.AddField(
            "passkey", "aaguid", models.CharField(blank=True, default="", max_length=36)
        ),
        migrations.CreateModel(
            name="KeyMake",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("role", models.SlugField(max_length=40)),
                ("aaguid", models.CharField(max_length=36)),
                ("name", models.CharField(max_length=120)),
                ("active_from", models.DateField()),
                ("active_to", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["role", "aaguid", "active_from"], name="key_make_once"
                    )
                ],
            },
        ),
    ]
