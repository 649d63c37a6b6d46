"""What the forms begin with: a meeting as it is, a copy of one, or nothing yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import User
from meetings.calendar import recurrence
from meetings.forms import repeats
from meetings.forms.times import FARTHEST, LENGTHS, OTHER, USUAL_LENGTH, Was
from meetings.models import Attendee, Meeting, Occurrence, Series
from meetings.plans import conflicts, parts
from meetings.plans.address import Address


def was_of(meeting: Meeting, since: Occurrence | None = None) -> Was:
    """The meeting as it is; or its series as it goes on with one of them, where the rule put that."""
    last = meeting.current
    if since is None:
        return _times_of(last)
    series = since.series
    starts_at = recurrence.moment(since.recurrence_id, series.zone)
    if series.pk == last.pk:
        rest = recurrence.rest(last.rrule, last.wall_clock, since.recurrence_id)
        return Was(starts_at, last.duration, last.time_zone, rest, since.recurrence_id)
    # The rest of an earlier part, and what came after it, become one: as far as that went.
    rule = recurrence.parse(last.rrule or series.rrule)
    final = meeting.occurrences.filter(series__cancelled_at=None).order_by("-starts_at")[0]
    until = max(final.starts_at, starts_at).astimezone(series.zone).date()
    rrule = str(replace(rule, count=None, until=until))
    return Was(starts_at, series.duration, series.time_zone, rrule, since.recurrence_id)


def _times_of(series: Series) -> Was:
    clock = series.wall_clock if series.repeats else ""
    return Was(series.starts_at, series.duration, series.time_zone, series.rrule, clock)


def of_meeting(meeting: Meeting, since: Occurrence | None = None) -> dict[str, Any]:
    """What the form shows for a meeting that exists, or for one occurrence and the following."""
    return {
        **_of_times(was_of(meeting, since)),
        **_of_all(meeting),
        "title": (since.series if since else meeting.current).title,
        "agenda": parts.agenda_from(since) if since else meeting.agenda,
    }


def _of_times(was: Was) -> dict[str, Any]:
    return {
        **_initial_times(was.local, was.duration),
        **repeats.initial(was.rrule, was.local),
        "zone": was.time_zone,
    }


def _of_all(meeting: Meeting) -> dict[str, Any]:
    """What every date of a meeting has in common."""
    return {
        "description": meeting.description,
        "access": meeting.access,
        "lobby": meeting.lobby,
        "early": None if meeting.early is None else round(meeting.early.total_seconds() / 60),
        "capacity": meeting.capacity,
        "reminders": meeting.reminders,
        "people": "\n".join(str(_address(attendee)) for attendee in meeting.attendees.invited()),
    }


def copy_of(meeting: Meeting, now: datetime) -> dict[str, Any]:
    """The same meeting again, from today on; a series as often as it was, in all of its parts together.

    Its times are those that most of its dates have, and of equals the later.
    """
    counts = {part: part.occurrences.count() for part in meeting.series.not_cancelled()}
    series = max(counts, key=lambda part: (counts[part], part.pk))
    found = {
        **_of_times(_times_of(series)),
        **_of_all(meeting),
        "title": meeting.title,
        "agenda": meeting.agenda,
    }
    if found.pop("until", None) or len(counts) > 1:
        found |= {"ends": repeats.COUNT, "times": min(max(sum(counts.values()), 1), recurrence.MOST)}
    here = now.astimezone(series.zone)
    on = here.date() if found["time"] > here.time() else here.date() + timedelta(days=1)
    return {**found, "date": _next_fitting(series, on)}


def _next_fitting(series: Series, on: dt.date) -> dt.date:
    """The first day from `on` that is one by the rule; `on` where that cannot be told."""
    local = recurrence.read(series.wall_clock)
    if not series.rrule or local.date() >= on:
        return max(on, local.date())
    rule = recurrence.parse(series.rrule)
    # A month and a year go by the day on which they began, days and weeks from any.
    start = local if rule.frequency in ("MONTHLY", "YEARLY") else datetime.combine(on, local.time())
    until = on + timedelta(days=2 * 366) if start == local else on + timedelta(days=7)
    try:
        days = recurrence.expand(replace(rule, interval=1, count=None, until=until), start)
    except recurrence.WrongRule:
        return on
    return next((at.date() for at in days if at.date() >= on), on)


def of_occurrence(occurrence: Occurrence) -> dict[str, Any]:
    """What the form shows for one of a series."""
    local = occurrence.starts_at.astimezone(ZoneInfo(occurrence.series.time_zone))
    return {
        **_initial_times(local, occurrence.duration),
        "title": occurrence.shown_title,
        "agenda": occurrence.shown_agenda,
    }


def new(user: User, now: datetime, asked: Mapping[str, str]) -> dict[str, Any]:
    """The `date` and `time` that are asked for, or when the user is free: from the next full hour on.

    In the zone of `now`. A day on which nothing can be planned is not asked for.
    """
    next_hour = (now + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    try:
        on = dt.date.fromisoformat(asked.get("date", ""))
    except ValueError:
        on = next_hour.date()
    if not now.date() <= on <= (now + FARTHEST).date():
        on = next_hour.date()
    try:
        at = dt.time.fromisoformat(asked.get("time", "")).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        begins = datetime.combine(on, next_hour.time(), now.tzinfo)
        at = conflicts.first_free(user, begins, timedelta(minutes=USUAL_LENGTH)).time()
    start = datetime.combine(on, at)
    return {
        **repeats.initial("", start),
        "date": on,
        "time": at,
        "length": str(USUAL_LENGTH),
        "zone": timezone.get_current_timezone_name(),
    }


def _initial_times(local: datetime, duration: timedelta) -> dict[str, Any]:
    minutes = round(duration.total_seconds() / 60)
    return {
        "date": local.date(),
        "time": local.time(),
        "length": str(minutes) if minutes in LENGTHS else OTHER,
        "minutes": minutes,
    }


def _address(attendee: Attendee) -> Address:
    return Address(attendee.email, attendee.name, attendee.optional, attendee.cohost)
