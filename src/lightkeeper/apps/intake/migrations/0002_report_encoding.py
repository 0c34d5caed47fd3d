from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="report",
            name="encoding",
            field=models.CharField(
                choices=[
                    ("utf-8", "UTF-8 (usual)"),
                    ("cp1252", "Windows-1252 (saved as ANSI on Windows)"),
                    ("latin-1", "Latin-1"),
                ],
                default="utf-8",
                max_length=10,
            ),
        ),
    ]
