"""What stands in Series stands nowhere else."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meetings", "0016_series_from_meetings")]

    operations = [
        migrations.RemoveField("occurrence", "earlier"),
        migrations.AlterField(
            "occurrence",
            "series",
            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="occurrences", to="meetings.series"),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.UniqueConstraint(models.F("series"), models.F("recurrence_id"), name="one_occurrence_at_a_time"),
        ),
        migrations.DeleteModel("EarlierSeries"),
        migrations.RemoveField("meeting", "asked_sequence"),
        migrations.RemoveField("meeting", "duration"),
        migrations.RemoveField("meeting", "lengthened_sequence"),
        migrations.RemoveField("meeting", "rrule"),
        migrations.RemoveField("meeting", "sequence"),
        migrations.RemoveField("meeting", "starts_at"),
        migrations.RemoveField("meeting", "time_zone"),
        migrations.RemoveField("meeting", "uid"),
        migrations.RemoveField("meeting", "wall_clock"),
    ]
