
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0021_agency_law'),
        ('breaches', '0006_words_of_either_law'),
    ]

    operations = [
        migrations.AddField(
            model_name='breachrule',
            name='kept_years',
            field=models.PositiveSmallIntegerField(default=6),
        ),
        migrations.CreateModel(
            name='CaseDisposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('review_due', models.DateField(null=True)),
                ('reference', models.CharField(max_length=20, unique=True)),
                ('proposed_at', models.DateTimeField()),
                ('reason', models.TextField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawal_reason', models.TextField(blank=True)),
                ('breach', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='breaches.breach')),
                ('bucket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.bucket')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('breach',), name='case_disposal_once')],
            },
        ),
    ]
