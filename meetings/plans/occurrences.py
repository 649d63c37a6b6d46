"""The dates of a meeting as rows, laid out after its times were given or changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from meetings.calendar import layout
from meetings.models import Answer, Attendee, Meeting, Occurrence, Series

PartStat = Attendee.PartStat
DERIVED = ("recurrence_id", "moved", "starts_at", "ends_at", "cancelled_at", "title", "agenda")


TIMES = {"duration", "time_zone", "wall_clock", "rrule"}


@transaction.atomic
def create(organizer: User, title: str, starts_at: datetime, **facts: Any) -> Meeting:
    """A new meeting of its organizer alone. `facts`: any others, of the meeting or of its time."""
    times = {name: facts.pop(name) for name in TIMES & facts.keys()}
    meeting = Meeting(organizer=organizer, title=title, **facts)
    plant(meeting, Series(title=title, starts_at=starts_at, **times))
    return meeting


def plant(meeting: Meeting, series: Series) -> None:
    """Save a meeting that is new, and its time, with the dates that follow from it."""
    meeting.save()
    series.meeting = meeting
    series.save()
    meeting.last_series = series
    meeting.save(update_fields=["last_series"])
    lay_out(meeting)


def lay_out(meeting: Meeting) -> None:
    """Make the dates of the series in which a meeting goes on those of its rule, and note when it is over.

    Whoever gives it new times calls this in the same transaction.
    """
    series = meeting.current
    rows = {row.recurrence_id: row for row in series.occurrences.all()}
    found = layout.lay_out(series.timing, [_known(row) for row in rows.values()], timezone.now())
    for key, date in found.kept.items():
        row = rows[key]
        row.recurrence_id, row.moved = date.recurrence_id, date.moved
        row.starts_at, row.ends_at = date.starts_at, date.ends_at
    for key in found.renewed:
        rows[key].cancelled_at, rows[key].title, rows[key].agenda = None, "", None
    series.occurrences.filter(pk__in=[rows[key].pk for key in found.gone]).delete()
    Occurrence.objects.bulk_update([rows[key] for key in found.kept], DERIVED)
    again = _renewed(meeting, found.fresh)
    Occurrence.objects.bulk_create(
        Occurrence(
            meeting=meeting,
            series=series,
            recurrence_id=date.recurrence_id,
            starts_at=date.starts_at,
            ends_at=date.ends_at,
        )
        for date in found.fresh
        if date.recurrence_id not in again
    )
    meeting.note_end()


def _renewed(meeting: Meeting, fresh: Iterable[layout.Date]) -> set[str]:
    """Take dates that take place again out of the series that were cancelled; the RECURRENCE-IDs of these.

    They are the rule's again, without words of their own. What was said to one that is at its old time stays.
    """
    wanted = list(fresh)
    is_again = Q(starts_at__in=[date.starts_at for date in wanted])
    is_again |= Q(recurrence_id__in=[date.recurrence_id for date in wanted])
    off = list(meeting.occurrences.exclude(series__cancelled_at=None).filter(is_again))
    by_time = {row.starts_at: row for row in off}
    taken: dict[str, Occurrence] = {}
    longer: list[Occurrence] = []
    for date in wanted:
        row = by_time.get(date.starts_at)
        if row is None:
            continue
        if row.ends_at < date.ends_at:
            longer.append(row)
        row.series = meeting.current
        row.recurrence_id, row.moved = date.recurrence_id, False
        row.starts_at, row.ends_at = date.starts_at, date.ends_at
        row.cancelled_at, row.title, row.agenda = None, "", None
        taken[date.recurrence_id] = row
    Answer.objects.filter(occurrence__in=longer).exclude(partstat=PartStat.DECLINED).ask_anew()
    Answer.objects.filter(occurrence__in=taken.values()).update(series=meeting.current)
    Occurrence.objects.bulk_update(taken.values(), [*DERIVED, "series"])
    # Moved by hand before it was cancelled: another date of the rule is at its place.
    meeting.occurrences.filter(pk__in=[row.pk for row in off]).exclude(series=meeting.current).delete()
    return set(taken)


def _known(row: Occurrence) -> layout.Date:
    return layout.Date(row.recurrence_id, row.starts_at, row.ends_at, row.moved, row.cancelled_at is not None)
