"""A meeting as calendars are told of it: the facts of its events (calendar.itip), in letters and in files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.utils import timezone

from meetings.calendar import itip
from meetings.calendar.said import ONE_BY_ONE, Said
from meetings.letters import announced, tags
from meetings.letters.compose import via
from meetings.models import Attendee, Meeting, Occurrence, Series


def facts(
    series: Series, attendee: Attendee | None = None, occurrences: Iterable[Occurrence] | None = None
) -> itip.Facts:
    """What calendars are told of a series, to `attendee` with their own answers.

    `occurrences` are all of its dates, where they were loaded already.
    """
    if occurrences is None:
        occurrences = series.occurrences.all() if series.repeats else ()
    known = {occurrence.recurrence_id: occurrence for occurrence in occurrences}
    for occurrence in known.values():
        # Read for each that differs, and loaded already.
        occurrence.meeting = series.meeting
    ids = series.keys if series.repeats else ()
    return replace(
        _facts(series, attendee),
        changes=_changes(series, [known[key] for key in ids if key in known], attendee),
        # Over before the rule became what it is.
        without=tuple(key for key in ids if key not in known),
    )


def _facts(series: Series, attendee: Attendee | None) -> itip.Facts:
    """Of a series as it was planned."""
    meeting = series.meeting
    return itip.Facts(
        # Without the host, which may change (RFC 7986, 5.3).
        uid=str(series.uid),
        sequence=series.sequence,
        title=series.title,
        starts_at=series.starts_at,
        ends_at=series.ends_at,
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
    series: Series, occurrences: Iterable[Occurrence], attendee: Attendee | None
) -> tuple[itip.Change, ...]:
    """The occurrences that are cancelled, or not what their series says, or answered by themselves."""
    meeting, occurrences = series.meeting, list(occurrences)
    said = attendee.answers.filter(series=series).said() if attendee else Said[str]()
    whole = said.to(series.pk)
    return tuple(
        change(occurrence, said.to(series.pk, occurrence.pk))
        for occurrence in occurrences
        if occurrence.cancelled_at
        or occurrence.moved
        or occurrence.title not in ("", series.title)
        or (occurrence.agenda is not None and occurrence.agenda != meeting.agenda)
        or said.to(series.pk, occurrence.pk) != whole
    )


def partstat(attendee: Attendee, series: Series) -> str:
    """What calendars are told that somebody says to the whole of a series."""
    said = attendee.answers.filter(series=series).said()
    whole = series.said_to_whole(said)
    # Each date is told with its own answer.
    return said.to(series.pk) if whole == ONE_BY_ONE else whole


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
    going = (
        meeting.series.not_cancelled()
        .filter(occurrences__ends_at__gt=now)
        .exclude(pk=meeting.current.pk)
        .distinct()
    )
    series = [facts(part) for part in (meeting.current, *going)]
    return itip.publish(series, now, cancelled=meeting.is_cancelled)


def download_occurrence(occurrence: Occurrence) -> bytes:
    """One occurrence as a file, an event by itself."""
    if not occurrence.is_one_of_many:
        return download(occurrence.meeting)
    one = replace(change(occurrence), cancelled=occurrence.is_cancelled)
    return itip.publish_occurrence(facts(occurrence.series), one, timezone.now())
