"""The dates of a meeting as rows, laid out after its times were given or changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from meetings.calendar import layout
from meetings.calendar.differences import Timing
from meetings.models import Meeting, Occurrence

DERIVED = ("recurrence_id", "moved", "starts_at", "ends_at", "cancelled_at", "title", "agenda")


@transaction.atomic
def create(organizer: User, title: str, starts_at: datetime, **facts: Any) -> Meeting:
    """A new meeting of its organizer alone, its dates laid out. `facts`: any others, such as its rule."""
    meeting = Meeting.objects.create(organizer=organizer, title=title, starts_at=starts_at, **facts)
    lay_out(meeting)
    return meeting


def lay_out(meeting: Meeting) -> None:
    """Make the occurrences of a meeting those of its rule, and note when the last is over.

    Whoever gives it new times calls this in the same transaction. A personal room has no dates.
    """
    if meeting.personal:
        return
    rows = {row.recurrence_id: row for row in meeting.occurrences.filter(earlier=None)}
    timing = Timing(meeting.wall_clock, meeting.duration, meeting.time_zone, meeting.rrule, meeting.starts_at)
    found = layout.lay_out(timing, [_known(row) for row in rows.values()], timezone.now())
    for key, date in found.kept.items():
        row = rows[key]
        row.recurrence_id, row.moved = date.recurrence_id, date.moved
        row.starts_at, row.ends_at = date.starts_at, date.ends_at
    for key in found.renewed:
        rows[key].cancelled_at, rows[key].title, rows[key].agenda = None, "", None
    meeting.occurrences.filter(pk__in=[rows[key].pk for key in found.gone]).delete()
    Occurrence.objects.bulk_update([rows[key] for key in found.kept], DERIVED)
    Occurrence.objects.bulk_create(
        Occurrence(
            meeting=meeting, recurrence_id=date.recurrence_id, starts_at=date.starts_at, ends_at=date.ends_at
        )
        for date in found.fresh
    )
    meeting.note_end()


def _known(row: Occurrence) -> layout.Date:
    return layout.Date(row.recurrence_id, row.starts_at, row.ends_at, row.moved, row.cancelled_at is not None)
