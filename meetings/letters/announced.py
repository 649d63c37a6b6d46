"""What a letter told of a meeting, as it is kept with it: to be struck through later, or taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from meetings.calendar import recurrence
from meetings.calendar.differences import Timing
from meetings.models import EarlierSeries, Meeting, Occurrence

Announced = dict[str, Any]


def of(meeting: Meeting) -> Announced:
    """What attendees are told of a meeting."""
    told = _told(meeting.title, meeting.starts_at, meeting.duration)
    if not meeting.repeats:
        return told
    return told | {
        "rrule": meeting.rrule,
        "time_zone": meeting.time_zone,
        "wall_clock": meeting.wall_clock,
    }


def of_one(occurrence: Occurrence) -> Announced:
    """The same of one occurrence."""
    return _told(occurrence.shown_title, occurrence.starts_at, occurrence.duration)


def of_part(series: Meeting | EarlierSeries) -> Announced:
    """What calendars have to be told to forget a part of a series."""
    starts_at = recurrence.moment(series.wall_clock, ZoneInfo(series.time_zone))
    told = _told(series.title, starts_at, series.duration)
    return told | {"uid": str(series.uid), "sequence": series.sequence + 1}


def first_of(told: Announced) -> datetime:
    """Of a series, the first time by its rule, naive: what a clock in its zone shows, be it skipped there."""
    if "wall_clock" in told:
        return recurrence.read(told["wall_clock"])
    # Announced before that was kept.
    starts_at, _ = times_of(told)
    return starts_at.astimezone(ZoneInfo(told["time_zone"])).replace(tzinfo=None, fold=0)


def timing(told: Announced) -> Timing:
    """When that is, to be compared with another (meetings.calendar.differences)."""
    starts_at, duration = times_of(told)
    if not told.get("rrule"):
        return Timing(recurrence.wall_clock(starts_at, ZoneInfo("UTC")), duration, "UTC", "", starts_at)
    return Timing(recurrence.written(first_of(told)), duration, told["time_zone"], told["rrule"], starts_at)


def times_of(told: Announced) -> tuple[datetime, timedelta]:
    """When, and for how long."""
    return datetime.fromisoformat(told["starts_at"]), timedelta(minutes=told["minutes"])


def _told(title: str, starts_at: datetime, duration: timedelta) -> Announced:
    minutes = round(duration.total_seconds() / 60)
    return {"title": title, "starts_at": starts_at.isoformat(), "minutes": minutes}
