"""What a meeting was, and what "this and the following" had left behind of it, becomes rows of Series.

What calendars hold stays as it is: no UID and no SEQUENCE changes. Back again it is exact but for the UID of
rooms of one's own, which no calendar knows.
"""

import uuid
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db import migrations
from django.db.models import F, OuterRef, Subquery

SAME = ("uid", "sequence", "asked_sequence", "lengthened_sequence", "wall_clock", "time_zone", "duration", "rrule")
BATCH = 500


def moment(wall_clock, zone):
    """When a clock in the zone shows this, the first time if it does twice."""
    return datetime.fromisoformat(wall_clock).replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def batches(rows):
    batch = []
    for row in rows.iterator(chunk_size=BATCH):
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def split(apps, schema_editor):
    Meeting, Series, EarlierSeries, Occurrence = (
        apps.get_model("meetings", name) for name in ("Meeting", "Series", "EarlierSeries", "Occurrence")
    )
    for meetings in batches(Meeting.objects.filter(personal=False).order_by("pk")):
        parts = {meeting.pk: [] for meeting in meetings}
        for earlier in EarlierSeries.objects.filter(meeting__in=parts).order_by("wall_clock", "pk"):
            parts[earlier.meeting_id].append(earlier)
        rows, of = [], {}
        for meeting in meetings:
            # In the order in which they follow each other.
            for earlier in parts[meeting.pk]:
                facts = {name: getattr(earlier, name) for name in ("title", *SAME)}
                starts_at = moment(earlier.wall_clock, earlier.time_zone)
                rows.append(Series(meeting=meeting, starts_at=starts_at, **facts))
                of[earlier.pk] = rows[-1]
            facts = {name: getattr(meeting, name) for name in ("title", "starts_at", *SAME)}
            rows.append(Series(meeting=meeting, **facts))
            meeting.last_series = rows[-1]
        Series.objects.bulk_create(rows)
        Meeting.objects.bulk_update(meetings, ["last_series"])
        for meeting in meetings:
            for earlier in parts[meeting.pk]:
                dates = Occurrence.objects.filter(earlier=earlier)
                dates.update(series=of[earlier.pk])
                # Each goes on to be called what it was: by itself only where its part is called otherwise.
                if earlier.title != meeting.title:
                    dates.filter(title="").update(title=meeting.title)
                dates.filter(title=earlier.title).update(title="")
    last = Meeting.objects.filter(pk=OuterRef("meeting")).values("last_series")
    Occurrence.objects.filter(earlier=None).update(series=Subquery(last))


def join(apps, schema_editor):
    Meeting, Series, EarlierSeries, Occurrence = (
        apps.get_model("meetings", name) for name in ("Meeting", "Series", "EarlierSeries", "Occurrence")
    )
    for part in Series.objects.exclude(pk=F("meeting__last_series")).select_related("meeting__last_series").order_by("pk"):
        facts = {name: getattr(part, name) for name in ("title", *SAME)}
        earlier = EarlierSeries.objects.create(meeting=part.meeting, **facts)
        dates = Occurrence.objects.filter(series=part)
        dates.update(earlier=earlier)
        if part.title != part.meeting.last_series.title:
            dates.filter(title="").update(title=part.title)
    fields = ["title", "starts_at", *SAME]
    for meetings in batches(Meeting.objects.exclude(last_series=None).select_related("last_series").order_by("pk")):
        for meeting in meetings:
            for name in fields:
                setattr(meeting, name, getattr(meeting.last_series, name))
            meeting.last_series = None
        Meeting.objects.bulk_update(meetings, [*fields, "last_series"])
    for rooms in batches(Meeting.objects.filter(personal=True).select_related("organizer").order_by("pk")):
        for room in rooms:
            room.uid, room.starts_at = uuid.uuid4(), room.created_at
            room.time_zone = room.organizer.time_zone or "UTC"
            local = room.starts_at.astimezone(ZoneInfo(room.time_zone))
            room.wall_clock = local.replace(tzinfo=None).isoformat(timespec="minutes")
        Meeting.objects.bulk_update(rooms, ["uid", "starts_at", "time_zone", "wall_clock"])
    Occurrence.objects.update(series=None)
    Series.objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("meetings", "0015_series")]

    operations = [migrations.RunPython(split, join)]
