"""A meeting as calendars are told of it: the facts of its events (calendar.itip), in letters and in files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from meetings.calendar import itip, recurrence
from meetings.letters import announced, tags
from meetings.letters.compose import via
from meetings.models import Answer, Attendee, EarlierSeries, Meeting, Occurrence


def facts(
    meeting: Meeting, attendee: Attendee | None = None, occurrences: Iterable[Occurrence] | None = None
) -> itip.Facts:
    """What calendars are told of the meeting, to `attendee` with their own answers.

    `occurrences` are all of the series but those of its earlier parts, where they were loaded already.
    """
    if occurrences is None:
        occurrences = meeting.occurrences.filter(earlier=None) if meeting.repeats else ()
    known = {occurrence.recurrence_id: occurrence for occurrence in occurrences}
    ids = recurrence.wall_clocks(meeting.rrule, meeting.wall_clock) if meeting.repeats else ()
    return replace(
        _facts(meeting, meeting, meeting.starts_at, attendee),
        changes=_changes(meeting, [known[key] for key in ids if key in known], attendee),
        # Over before the rule became what it is.
        without=tuple(key for key in ids if key not in known),
    )


def earlier_facts(
    earlier: EarlierSeries, attendee: Attendee | None = None, occurrences: Iterable[Occurrence] | None = None
) -> itip.Facts:
    """The same of an earlier part of a series."""
    if occurrences is None:
        occurrences = earlier.occurrences.all()
    starts_at = recurrence.moment(earlier.wall_clock, ZoneInfo(earlier.time_zone))
    whole = said_to_part(earlier, attendee) if attendee else ""
    changes = _changes(earlier.meeting, occurrences, attendee, earlier.title, whole)
    return replace(_facts(earlier.meeting, earlier, starts_at, attendee), changes=changes)


def said_to_part(earlier: EarlierSeries, attendee: Attendee) -> str:
    """What an attendee said to an earlier part: to each of its dates to come alike, or else to the whole."""
    coming = earlier.occurrences.filter(cancelled_at=None, ends_at__gt=timezone.now())
    own = Answer.objects.filter(attendee=attendee, occurrence__in=coming).exclude(partstat="")
    said = list(own.values_list("partstat", flat=True))
    alike = len(set(said)) == 1 and len(said) == coming.count()
    return str(said[0] if alike else attendee.partstat)


def _facts(
    meeting: Meeting, series: Meeting | EarlierSeries, starts_at: datetime, attendee: Attendee | None
) -> itip.Facts:
    """Of a meeting, or a part of it, as it was planned."""
    return itip.Facts(
        # Without the host, which may change (RFC 7986, 5.3).
        uid=str(series.uid),
        sequence=series.sequence,
        title=series.title,
        starts_at=starts_at,
        ends_at=starts_at + series.duration,
        rrule=series.rrule,
        time_zone=series.time_zone,
        wall_clock=series.wall_clock,
        url=meeting.public_url,
        description=_description(meeting, meeting.agenda),
        organizer_name=via(meeting.organizer.get_full_name()),
        # In a letter it is the sender, to whom calendars answer; a file to keep is answered to nobody.
        organizer_address=tags.sender(attendee),
        created_at=meeting.created_at,
    )


def _description(meeting: Meeting, agenda: str) -> str:
    return "\n\n".join(part for part in (f"Join: {meeting.public_url}", meeting.description, agenda) if part)


def _changes(
    meeting: Meeting,
    occurrences: Iterable[Occurrence],
    attendee: Attendee | None,
    title: str = "",
    whole: str = "",
) -> tuple[itip.Change, ...]:
    """The occurrences that are cancelled, or not what their series says, or answered by themselves."""
    title, occurrences = title or meeting.title, list(occurrences)
    whole = whole or (attendee.partstat if attendee else "NEEDS-ACTION")
    answers = {}
    if attendee and occurrences:
        own = Answer.objects.filter(attendee=attendee).exclude(partstat__in=("", whole))
        answers = dict(own.values_list("occurrence", "partstat"))
    return tuple(
        change(occurrence, answers.get(occurrence.pk) or whole)
        for occurrence in occurrences
        if occurrence.cancelled_at
        or occurrence.moved
        or occurrence.title not in ("", title)
        or (occurrence.agenda is not None and occurrence.agenda != meeting.agenda)
        or occurrence.pk in answers
    )


def change(occurrence: Occurrence, partstat: str = "NEEDS-ACTION") -> itip.Change:
    """One occurrence as it is."""
    return itip.Change(
        recurrence_id=occurrence.recurrence_id,
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        title=occurrence.shown_title,
        description=_description(occurrence.meeting, occurrence.shown_agenda),
        cancelled=occurrence.cancelled_at is not None,
        partstat=partstat,
    )


def ended(told: announced.Announced, whole: itip.Facts) -> itip.Facts:
    """A part of a series that is no more, as calendars have to be told to forget it."""
    return replace(
        whole,
        uid=told.uid,
        sequence=told.sequence,
        title=told.title,
        starts_at=told.starts_at,
        ends_at=told.ends_at,
        rrule="",
        changes=(),
        without=(),
    )


def download(meeting: Meeting) -> bytes:
    """The meeting as a file for somebody's own calendar, with the parts of a series that still go on."""
    now = timezone.now()
    parts = meeting.earlier_series.filter(occurrences__ends_at__gt=now).distinct()
    series = [facts(meeting), *(earlier_facts(part) for part in parts)]
    return itip.publish(series, now, cancelled=meeting.is_cancelled)


def download_occurrence(occurrence: Occurrence) -> bytes:
    """One occurrence as a file, an event by itself."""
    meeting, earlier = occurrence.meeting, occurrence.earlier
    if not occurrence.is_one_of_many:
        return download(meeting)
    one = replace(change(occurrence), cancelled=occurrence.is_cancelled)
    of = earlier_facts(earlier) if earlier else facts(meeting)
    return itip.publish_occurrence(of, one, timezone.now())
