"""What a letter said of a meeting, as it is kept with it: to be struck through later, or taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from meetings.calendar import recurrence
from meetings.calendar.differences import Timing
from meetings.models import Meeting, Occurrence, Series


class Announced(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Title and times of a meeting, or of one of its dates, as they were when it was written."""

    title: str
    starts_at: datetime
    minutes: int
    # Of a series; the first time by its rule is what a clock in its zone shows, be it skipped there.
    rrule: str = ""
    time_zone: str = ""
    wall_clock: str = ""
    # Of a part of a series: what calendars know it by.
    uid: str = ""
    sequence: int = 0

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + self.duration

    @property
    def ends_for_good(self) -> datetime:
        """When the last of its dates by the rule ends."""
        timing = self.timing
        return timing.moment(timing.keys[-1]) + self.duration

    @property
    def first(self) -> datetime:
        """Of a series, the first time by its rule, naive."""
        if self.wall_clock:
            return recurrence.read(self.wall_clock)
        # Written before that was kept.
        return self.starts_at.astimezone(ZoneInfo(self.time_zone)).replace(tzinfo=None, fold=0)

    @property
    def timing(self) -> Timing:
        """When that is, to be compared with another (meetings.calendar.differences)."""
        if not self.rrule:
            clock = recurrence.wall_clock(self.starts_at, ZoneInfo("UTC"))
            return Timing(clock, self.duration, "UTC", "", self.starts_at)
        clock = recurrence.written(self.first)
        return Timing(clock, self.duration, self.time_zone, self.rrule, self.starts_at)


def of(meeting: Meeting) -> Announced:
    """What attendees are told of a meeting."""
    series = meeting.current
    minutes = _minutes(series.duration)
    if not series.repeats:
        return Announced(title=series.title, starts_at=series.starts_at, minutes=minutes)
    return Announced(
        title=series.title,
        starts_at=series.starts_at,
        minutes=minutes,
        rrule=series.rrule,
        time_zone=series.time_zone,
        wall_clock=series.wall_clock,
    )


def of_one(occurrence: Occurrence) -> Announced:
    """The same of one occurrence."""
    return Announced(
        title=occurrence.shown_title,
        starts_at=occurrence.starts_at,
        minutes=_minutes(occurrence.duration),
    )


def of_part(series: Series) -> Announced:
    """What calendars have to be told to forget a part of a series."""
    return Announced(
        title=series.title,
        starts_at=series.starts_at,
        minutes=_minutes(series.duration),
        uid=str(series.uid),
        sequence=series.sequence + 1,
    )


def _minutes(duration: timedelta) -> int:
    return round(duration.total_seconds() / 60)
