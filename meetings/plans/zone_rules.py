"""Zones whose rules change: a meeting stays at its time on the wall, and whoever is invited hears of it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from meetings.calendar import recurrence
from meetings.letters import announced
from meetings.models import Meeting, Occurrence
from meetings.plans import invitations, occurrences
from meetings.plans.locking import after_commit, locked, raise_sequence
from meetings.signals import doors_changed
from outbox.chores import chore

log = logging.getLogger(__name__)


@chore(every=timedelta(days=1))
def follow() -> list[Meeting]:
    """Move what today's rules put at another moment than the rules of the day on which it was planned.

    Governments change them at short notice, and a new version of tzdata brings that; it is loaded when the
    worker starts. Which meetings that were.
    """
    now = timezone.now()
    coming = Meeting.objects.not_cancelled().filter(ends_at__gt=now, instant=False, personal=False)
    moved = []
    for meeting in coming.select_related("last_series").iterator():
        try:
            if not _is_right(meeting, now) and _move(meeting, now):
                moved.append(meeting)
        except Exception:
            # The others must not wait for its repair; it comes round again.
            log.exception("%s could not be moved with its zone", meeting.code)
    return moved


def _is_right(meeting: Meeting, now: datetime) -> bool:
    series = meeting.current
    if not series.repeats:
        return recurrence.wall_clock(series.starts_at, series.zone) == series.wall_clock
    return not any(_strayed(meeting, now))


def _strayed(meeting: Meeting, now: datetime) -> list[Occurrence]:
    """The occurrences to come that are elsewhere than their clock says, beside those moved by hand."""
    coming = meeting.occurrences.filter(
        ends_at__gt=now, moved=False, series__cancelled_at=None
    ).select_related("series")
    return [one for one in coming if one.starts_at != _on_the_wall(one)]


def _on_the_wall(occurrence: Occurrence) -> datetime:
    return recurrence.moment(occurrence.recurrence_id, occurrence.series.zone)


@transaction.atomic
def _move(meeting: Meeting, now: datetime) -> bool:
    """False if somebody changed it in the meantime."""
    meeting = locked(meeting)
    if meeting.is_cancelled or _is_right(meeting, now):
        return False
    before, parts = announced.of(meeting), set[int]()
    if meeting.repeats:
        strayed = _strayed(meeting, now)
        for occurrence in strayed:
            length = occurrence.duration
            occurrence.starts_at = _on_the_wall(occurrence)
            occurrence.ends_at = occurrence.starts_at + length
        Occurrence.objects.bulk_update(strayed, ["starts_at", "ends_at"])
        parts = {occurrence.series_id for occurrence in strayed}
    raise_sequence(meeting)
    for series in meeting.series.all():
        series.starts_at = recurrence.moment(series.wall_clock, series.zone)
        series.save(update_fields=["starts_at"])
    meeting.current.refresh_from_db()
    meeting.save()
    occurrences.lay_out(meeting)
    after_commit(doors_changed, sender=Meeting, meeting=meeting)
    earlier = meeting.series.filter(pk__in=parts).exclude(pk=meeting.current.pk)
    invitations.tell_all(meeting, before, earlier)
    return True
