import django.db.models.deletion
from django.db import migrations, models

# Who is a member already was entered at set-up, by the owner of the tables.
FILL = """
update accounts_compartment set reference = 'CMP-' || upper(substr(md5(random()::text || id), 1, 11));
update accounts_compartmentmember set standing = 'APPROVED',
  reference = 'MEM-' || upper(substr(md5(random()::text || id), 1, 11));
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_errand_attempts'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='compartmentmember',
            name='member_once',
        ),
        migrations.AddField(
            model_name='compartment',
            name='opened_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='compartment',
            name='opened_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person'),
        ),
        migrations.AddField(
            model_name='compartment',
            name='purpose',
            field=models.TextField(blank=True),
        ),
        migrations.AddField('compartment', 'reference', models.CharField(max_length=20, null=True)),
        migrations.AddField(
            model_name='compartment',
            name='review_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='compartmentmember',
            name='decided_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='compartmentmember',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person'),
        ),
        migrations.AddField(
            model_name='compartmentmember',
            name='decision',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='compartmentmember',
            name='end_reason',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='compartmentmember',
            name='ended_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='compartmentmember',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person'),
        ),
        migrations.AddField(
            model_name='compartmentmember',
            name='proposed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='compartmentmember',
            name='proposed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person'),
        ),
        migrations.AddField(
            model_name='compartmentmember',
            name='reason',
            field=models.TextField(blank=True),
        ),
        migrations.AddField('compartmentmember', 'reference', models.CharField(max_length=20, null=True)),
        migrations.AddField(
            model_name='compartmentmember',
            name='standing',
            field=models.CharField(choices=[('PROPOSED', 'Waits for approval'), ('APPROVED', 'Member'), ('REFUSED', 'Refused'), ('WITHDRAWN', 'Proposal withdrawn'), ('ENDED', 'Ended')], default='PROPOSED', max_length=10),
        ),
        migrations.AddField(
            model_name='person',
            name='cleared_from',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='person',
            name='cleared_to',
            field=models.DateField(null=True),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField('compartment', 'reference', models.CharField(max_length=20, unique=True)),
        migrations.AlterField('compartmentmember', 'reference', models.CharField(max_length=20, unique=True)),
        migrations.AlterField(
            model_name='compartmentmember',
            name='compartment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='accounts.compartment'),
        ),
        migrations.AddConstraint(
            model_name='compartmentmember',
            constraint=models.UniqueConstraint(condition=models.Q(('standing', 'PROPOSED')), fields=('compartment', 'person'), name='member_proposed_once'),
        ),
        migrations.AddConstraint(
            model_name='compartmentmember',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('proposed_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True), models.Q(('decided_by', models.F('person')), _negated=True)), _connector='OR'), name='member_decided_by_another'),
        ),
        migrations.AddConstraint(
            model_name='compartmentmember',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('standing__in', ['APPROVED', 'REFUSED', 'ENDED']), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), ('proposed_by', None), _connector='OR'), name='member_decided_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='compartmentmember',
            constraint=models.CheckConstraint(condition=models.Q(('proposed_by', None), ('active_to__isnull', False), _connector='OR'), name='member_until_a_day'),
        ),
    ]
