
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('breaches', '0005_behind_what_is_hidden'),
    ]

    operations = [
        migrations.AlterField(
            model_name='ruling',
            name='about',
            field=models.CharField(choices=[('COMMISSIONER', 'Notify the Commissioner'), ('SUBJECTS', 'Tell those whose data it is')], max_length=12),
        ),
        migrations.AlterField(
            model_name='ruling',
            name='ground',
            field=models.CharField(blank=True, choices=[('NOT_HIGH', 'A high risk is not likely'), ('PROTECTED', 'It was unreadable to whoever got it'), ('MEASURES', 'What was done since has ended the high risk'), ('EFFORT', 'It would take a disproportionate effort'), ('INQUIRY', 'It would obstruct an inquiry'), ('PREJUDICE', 'It would prejudice the prevention or detection of crime'), ('PUBLIC', 'To protect public security'), ('NATIONAL', 'To protect national security'), ('OTHERS', 'To protect the rights of somebody else')], max_length=10),
        ),
    ]
