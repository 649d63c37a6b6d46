import accounts.models
import datetime
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('meetings', '0006_recorded'),
        ('outbox', '0003_moot'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='attendee',
            name='answered_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='answered'),
        ),
        migrations.AlterField(
            model_name='attendee',
            name='cohost',
            field=models.BooleanField(default=False, verbose_name='host'),
        ),
        migrations.AlterField(
            model_name='attendee',
            name='invited_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='invited'),
        ),
        migrations.AlterField(
            model_name='attendee',
            name='letter',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='outbox.letter', verbose_name='latest letter'),
        ),
        migrations.AlterField(
            model_name='attendee',
            name='note',
            field=models.CharField(blank=True, max_length=200, verbose_name='word with the answer'),
        ),
        migrations.AlterField(
            model_name='attendee',
            name='partstat',
            field=models.CharField(choices=[('NEEDS-ACTION', 'No answer'), ('ACCEPTED', 'Yes'), ('TENTATIVE', 'Maybe'), ('DECLINED', 'No')], default='NEEDS-ACTION', max_length=12, verbose_name='answer'),
        ),
        migrations.AlterField(
            model_name='attendee',
            name='reminders',
            field=models.JSONField(blank=True, null=True, verbose_name='reminders of their own, in minutes before'),
        ),
        migrations.AlterField(
            model_name='attendee',
            name='removed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='taken off the list'),
        ),
        migrations.AlterField(
            model_name='attendee',
            name='tested_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='set-up tested'),
        ),
        migrations.AlterField(
            model_name='attendee',
            name='user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='invitations', to=settings.AUTH_USER_MODEL, verbose_name='account'),
        ),
        migrations.AlterField(
            model_name='calendarfeed',
            name='created_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='made'),
        ),
        migrations.AlterField(
            model_name='calendarfeed',
            name='read_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='last read'),
        ),
        migrations.AlterField(
            model_name='calendarfeed',
            name='user',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='calendar_feed', to=settings.AUTH_USER_MODEL, verbose_name='account'),
        ),
        migrations.AlterField(
            model_name='circular',
            name='audience',
            field=models.CharField(choices=[('all', 'Everybody who is invited'), ('coming', 'Those who said yes or maybe'), ('silent', 'Those who have not answered')], default='all', max_length=8, verbose_name='for whom'),
        ),
        migrations.AlterField(
            model_name='circular',
            name='written_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='written'),
        ),
        migrations.AlterField(
            model_name='meeting',
            name='access',
            field=models.CharField(choices=[('anyone', 'Anyone with the link'), ('known', 'Invited people, and whoever is signed in'), ('invited', 'Invited people only')], default='anyone', max_length=8, verbose_name='who may enter'),
        ),
        migrations.AlterField(
            model_name='meeting',
            name='cancelled_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='cancelled'),
        ),
        migrations.AlterField(
            model_name='meeting',
            name='capacity',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='seats'),
        ),
        migrations.AlterField(
            model_name='meeting',
            name='created_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='planned'),
        ),
        migrations.AlterField(
            model_name='meeting',
            name='duration',
            field=models.DurationField(default=datetime.timedelta(seconds=1800), verbose_name='length'),
        ),
        migrations.AlterField(
            model_name='meeting',
            name='early',
            field=models.DurationField(blank=True, null=True, verbose_name='door opens so long before'),
        ),
        migrations.AlterField(
            model_name='meeting',
            name='ends_at',
            field=models.DateTimeField(editable=False, verbose_name='over for good'),
        ),
        migrations.AlterField(
            model_name='meeting',
            name='instant',
            field=models.BooleanField(default=False, verbose_name='begun at once'),
        ),
        migrations.AlterField(
            model_name='meeting',
            name='personal',
            field=models.BooleanField(default=False, verbose_name='own room'),
        ),
        migrations.AlterField(
            model_name='meeting',
            name='remind_organizer',
            field=models.BooleanField(default=True, verbose_name='organizer is reminded too'),
        ),
        migrations.AlterField(
            model_name='meeting',
            name='reminders',
            field=models.JSONField(blank=True, default=list, verbose_name='reminders, in minutes before'),
        ),
        migrations.AlterField(
            model_name='meeting',
            name='rrule',
            field=models.CharField(blank=True, max_length=120, verbose_name='rule of repetition'),
        ),
        migrations.AlterField(
            model_name='meeting',
            name='sequence',
            field=models.PositiveIntegerField(default=0, verbose_name='version in calendars'),
        ),
        migrations.AlterField(
            model_name='meeting',
            name='starts_at',
            field=models.DateTimeField(verbose_name='start'),
        ),
        migrations.AlterField(
            model_name='meeting',
            name='time_zone',
            field=models.CharField(default='UTC', max_length=64, validators=[accounts.models.validate_time_zone], verbose_name='organizer’s time zone'),
        ),
        migrations.AlterField(
            model_name='meeting',
            name='uid',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='name in calendars'),
        ),
        migrations.AlterField(
            model_name='occurrence',
            name='agenda',
            field=models.TextField(blank=True, max_length=10000, null=True, verbose_name='agenda of its own'),
        ),
        migrations.AlterField(
            model_name='occurrence',
            name='cancelled_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='cancelled'),
        ),
        migrations.AlterField(
            model_name='occurrence',
            name='earlier',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='occurrences', to='meetings.earlierseries', verbose_name='earlier part of the series'),
        ),
        migrations.AlterField(
            model_name='occurrence',
            name='ends_at',
            field=models.DateTimeField(verbose_name='end'),
        ),
        migrations.AlterField(
            model_name='occurrence',
            name='recurrence_id',
            field=models.CharField(max_length=16, verbose_name='time by the rule'),
        ),
        migrations.AlterField(
            model_name='occurrence',
            name='starts_at',
            field=models.DateTimeField(verbose_name='start'),
        ),
        migrations.AlterField(
            model_name='occurrence',
            name='title',
            field=models.CharField(blank=True, max_length=200, verbose_name='title of its own'),
        ),
        migrations.AlterField(
            model_name='personallink',
            name='created_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='made'),
        ),
        migrations.AlterField(
            model_name='personallink',
            name='revoked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='revoked'),
        ),
        migrations.AlterField(
            model_name='personallink',
            name='used_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='last used'),
        ),
        migrations.AlterField(
            model_name='postage',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='postage', to=settings.AUTH_USER_MODEL, verbose_name='account'),
        ),
    ]
