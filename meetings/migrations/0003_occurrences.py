"""Gives every meeting from before there were series its one occurrence."""

from datetime import UTC
from zoneinfo import ZoneInfo

from django.db import migrations


def lay_out(apps, schema_editor):
    Meeting = apps.get_model("meetings", "Meeting")
    Occurrence = apps.get_model("meetings", "Occurrence")
    batch = []
    for meeting in Meeting.objects.filter(wall_clock="").iterator():
        local = meeting.starts_at.astimezone(ZoneInfo(meeting.time_zone))
        meeting.wall_clock = local.strftime("%Y-%m-%dT%H:%M")
        meeting.save(update_fields=["wall_clock"])
        batch.append(
            Occurrence(
                meeting=meeting,
                recurrence_id=meeting.wall_clock,
                starts_at=meeting.starts_at.astimezone(UTC),
                ends_at=meeting.ends_at,
            )
        )
    Occurrence.objects.bulk_create(batch, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("meetings", "0002_series")]

    operations = [migrations.RunPython(lay_out, migrations.RunPython.noop)]
