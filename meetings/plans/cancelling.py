"""Calling off a meeting, one of its dates, or what follows from one on."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from meetings.letters import announced, notifications, part_letters
from meetings.letters.payloads import CancelledDates
from meetings.models import Meeting, Occurrence
from meetings.plans import occurrences, parts
from meetings.plans.locking import after_commit, locked, raise_sequence
from meetings.plans.plan import Sent
from meetings.signals import doors_changed, meeting_cancelled

# So many of the dates that are cancelled together are named.
MOST_NAMED = 6


@transaction.atomic
def cancel(meeting: Meeting, by: str = "") -> Sent:
    """Call the meeting off, with all of its occurrences, and tell everybody who was invited.

    `by`: the address of the administrator who does it; empty if the organizer does.
    """
    meeting = locked(meeting)
    return Sent() if meeting.is_cancelled or meeting.is_over else _cancel(meeting, by)


@transaction.atomic
def cancel_occurrence(occurrence: Occurrence) -> Sent:
    """Cancel one occurrence of a series and tell everybody; the last one that stands ends the meeting."""
    meeting = locked(occurrence.meeting)
    occurrence.refresh_from_db()
    if occurrence.cancelled_at or meeting.is_cancelled:
        return Sent()
    if not meeting.occurrences.filter(cancelled_at=None).exclude(pk=occurrence.pk).exists():
        return _cancel(meeting)
    before = announced.of_one(occurrence)
    occurrence.cancelled_at = timezone.now()
    occurrence.save(update_fields=["cancelled_at"])
    after_commit(doors_changed, sender=Meeting, meeting=meeting)
    return Sent(updates=notifications.write_about(occurrence, "occurrence-cancellation", before))


@transaction.atomic
def cancel_from(occurrence: Occurrence) -> Sent:
    """Cancel an occurrence and all that follow: the series ends with the one before."""
    meeting = locked(occurrence.meeting)
    occurrence.refresh_from_db()
    if meeting.is_cancelled:
        return Sent()
    staying = parts.before_in_series(occurrence)
    if not staying.filter(cancelled_at=None).exists():
        return _cancel(meeting)
    before = announced.of(meeting)
    part = occurrence.series
    goes_on = part if staying.filter(series=part).exists() else parts.part_before(part)
    off = meeting.occurrences.exclude(pk__in=staying.values("pk"))
    dates = list(off.filter(cancelled_at=None).values_list("starts_at", flat=True))
    goes_on.meeting = meeting
    ended = parts.cancel_rest(occurrence, goes_on)
    goes_on.sequence += 1
    goes_on.save()
    if not part_letters.going(meeting):
        # What is left is called one thing.
        meeting.title = goes_on.title
    meeting.save()
    occurrences.lay_out(meeting)
    after_commit(doors_changed, sender=Meeting, meeting=meeting)
    attendees = list(meeting.attendees.invited())
    gone = CancelledDates(since=occurrence.starts_at, dates=len(dates), first=dates[:MOST_NAMED])
    written = notifications.write(meeting, attendees, "update", parts=ended, before=before, off=gone)
    return Sent(updates=written)


def _cancel(meeting: Meeting, by: str = "") -> Sent:
    meeting.cancelled_at, meeting.cancelled_by = timezone.now(), by
    meeting.save(update_fields=["cancelled_at", "cancelled_by"])
    raise_sequence(meeting)
    going = part_letters.told_of(part_letters.going(meeting))
    attendees = list(meeting.attendees.invited())
    written = notifications.write(meeting, attendees, "cancellation", parts=going)
    after_commit(meeting_cancelled, sender=Meeting, meeting=meeting)
    return Sent(updates=written)
