"""Every meeting with a time has rows of Series: the place for them. They are filled in 0016."""

import datetime
import uuid

import django.db.models.deletion
from django.db import migrations, models

import accounts.models


class Migration(migrations.Migration):
    dependencies = [("meetings", "0014_field_words")]

    operations = [
        # On the way back they hold again when 0016 has told which part each date belongs to.
        migrations.RemoveConstraint("occurrence", "one_occurrence_at_a_time"),
        migrations.RemoveConstraint("occurrence", "one_earlier_occurrence_at_a_time"),
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="name in calendars")),
                ("sequence", models.PositiveIntegerField(default=0, verbose_name="version in calendars")),
                ("asked_sequence", models.PositiveIntegerField(default=0, editable=False)),
                ("lengthened_sequence", models.PositiveIntegerField(default=0, editable=False)),
                ("title", models.CharField(max_length=200)),
                ("starts_at", models.DateTimeField(verbose_name="start")),
                ("wall_clock", models.CharField(default="", editable=False, max_length=16)),
                ("time_zone", models.CharField(default="UTC", max_length=64, validators=[accounts.models.validate_time_zone], verbose_name="organizer’s time zone")),
                ("duration", models.DurationField(default=datetime.timedelta(seconds=1800), verbose_name="length")),
                ("rrule", models.CharField(blank=True, max_length=120, verbose_name="rule of repetition")),
                ("meeting", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="series", to="meetings.meeting")),
            ],
            options={"verbose_name_plural": "series", "ordering": ("pk",)},
        ),
        migrations.AddField(
            model_name="meeting",
            name="last_series",
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="meetings.series"),
        ),
        migrations.AddField(
            model_name="occurrence",
            name="series",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="occurrences", to="meetings.series"),
        ),
        # Empty until they are filled, on the way back.
        migrations.AlterModelOptions(name="meeting", options={"ordering": ("pk",)}),
        migrations.AlterField("meeting", "starts_at", models.DateTimeField(null=True, verbose_name="start")),
        migrations.AlterField(
            "meeting", "uid", models.UUIDField(null=True, unique=True, editable=False, verbose_name="name in calendars")
        ),
        migrations.AlterField(
            model_name="meeting",
            name="ends_at",
            field=models.DateTimeField(default=datetime.datetime(2200, 1, 1, 0, 0, tzinfo=datetime.UTC), editable=False, verbose_name="over for good"),
        ),
    ]
