"""When a meeting is, as one person reads it: in letters and on pages, on their clocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from language import formats
from meetings import words
from meetings.calendar import recurrence, rule_words
from meetings.letters import announced, part_letters
from meetings.models import Attendee, Meeting, Occurrence, Series

# How many of a series' next days are named, and how many of those that are not by its rule.
NEXT_DAYS = 4
MOST_EXCEPTIONS = 6


@dataclass(frozen=True)
class When:
    """A meeting's time as one person reads it."""

    day: str
    short_day: str
    starts: str
    span: str
    zone: str
    # Of a series: how it repeats, on the clocks of the organizer's zone; and its first days on the reader's.
    rule: str = ""
    days: tuple[str, ...] = ()
    # "and twelve more, until Monday, 3 March 2031", if these are not all.
    more: str = ""

    @property
    def day_and_span(self) -> str:
        """Monday, 9 December 2030, 14:00 to 14:45."""
        return _("%(day)s, %(span)s") % {"day": self.day, "span": self.span}

    @property
    def day_span_and_zone(self) -> str:
        """The same, with where clocks show that."""
        return _("%(day)s, %(span)s, %(zone)s") % {"day": self.day, "span": self.span, "zone": self.zone}

    @property
    def day_and_clock(self) -> str:
        """Mon 9 Dec, 14:00, for subjects."""
        return _("%(day)s, %(clock)s") % {"day": self.short_day, "clock": self.starts}

    @property
    def whole(self) -> str:
        """The rule, or day and hours."""
        return self.rule or self.day_and_span


def when(starts_at: datetime, duration: timedelta, zone: str) -> When:
    """What takes place once."""
    starts = starts_at.astimezone(ZoneInfo(zone))
    ends = (starts_at + duration).astimezone(ZoneInfo(zone))
    return When(
        day=words.day(starts),
        short_day=words.short_day(starts),
        starts=words.clock(starts),
        span=words.span(starts, ends),
        zone=words.zone_words(zone),
    )


def soon(starts_at: datetime, duration: timedelta, zone: str) -> str:
    """Today, 14:00 to 14:45, Berlin time: as whoever stands at the door reads it."""
    times = when(starts_at, duration, zone)
    on, today = starts_at.astimezone(ZoneInfo(zone)).date(), timezone.now().astimezone(ZoneInfo(zone)).date()
    near = {-1: _("Yesterday"), 0: _("Today"), 1: _("Tomorrow")}.get((on - today).days)
    said = {"day": near or words.day(on, today), "span": times.span, "zone": times.zone}
    return _("%(day)s, %(span)s, %(zone)s") % said


def clock_in(starts_at: datetime, duration: timedelta, zone: str, *, beside: str = "") -> str:
    """13:30 to 14:15, Berlin time; with `beside`, a zone, empty where clocks show the same there.

    On another day there than in `beside`, that is said too.
    """
    there = starts_at.astimezone(ZoneInfo(zone))
    span = words.span(there, (starts_at + duration).astimezone(ZoneInfo(zone)))
    said = _("%(span)s, %(zone)s") % {"span": span, "zone": words.zone_words(zone)}
    if not beside:
        return said
    here = starts_at.astimezone(ZoneInfo(beside))
    if here.utcoffset() == there.utcoffset():
        return ""
    if here.date() == there.date():
        return said
    names = {"day": formats.weekday(there.weekday()), "span": span, "zone": words.zone_words(zone)}
    return _("%(day)s, %(span)s, %(zone)s") % names


def zone_of(attendee: Attendee) -> str:
    """Where the attendee's clock is: what their browser said, else their account, else the meeting's zone.

    Their browser may have said it when they opened the letter of another meeting: it is theirs all the same.
    """
    own = attendee.time_zone or (attendee.user.time_zone if attendee.user else "")
    if own:
        return own
    same = Attendee.objects.alias(address=Lower("email")).filter(address=attendee.email.lower())
    learned = same.exclude(time_zone="").order_by("-pk").values_list("time_zone", flat=True).first()
    return learned or attendee.meeting.time_zone


def series_when(told: announced.Announced, zone: str, upcoming: Sequence[datetime] = ()) -> When:
    """A series' time as one person reads it, of the facts that a letter tells (announced.of).

    `upcoming`: its times to come, where they are known.
    """
    local = told.first
    sentence = rule_words.series(recurrence.parse(told.rrule), local, told.time_zone, local + told.duration)
    days = [at.astimezone(ZoneInfo(zone)) for at in upcoming[:NEXT_DAYS]]
    return replace(
        when(upcoming[0] if upcoming else told.starts_at, told.duration, zone),
        rule=words.sentence(sentence),
        days=tuple(day_and_clock(at) for at in days),
        more=_and_more(upcoming[NEXT_DAYS:], zone),
    )


def _and_more(left: Sequence[datetime], zone: str) -> str:
    """What follows the dates that a letter names."""
    if not left:
        return ""
    said = {"count": words.number(len(left)), "day": words.day(left[-1].astimezone(ZoneInfo(zone)))}
    return ngettext("and %(count)s more, on %(day)s", "and %(count)s more, until %(day)s", len(left)) % said


def day_and_clock(at: datetime) -> str:
    """Mon 9 Dec, 14:00."""
    return _("%(day)s, %(clock)s") % {"day": words.short_day(at), "clock": words.clock(at)}


def when_told(told: announced.Announced, zone: str) -> When:
    """What a letter told, once or as a series."""
    return series_when(told, zone) if told.rrule else when(told.starts_at, told.duration, zone)


def when_of(meeting: Meeting, zone: str) -> When:
    """When a meeting is; of a series, the next times and the rule."""
    left = list(upcoming(meeting)) if meeting.repeats else []
    if not meeting.repeats or (meeting.current.rrule == recurrence.ONCE and len(left) == 1):
        return when(left[0] if left else meeting.starts_at, meeting.duration, zone)
    return replace(series_when(announced.of(meeting), zone, left), rule=rule_of(meeting, spans=True))


def upcoming(meeting: Meeting, **which: Any) -> QuerySet[Occurrence, datetime]:
    """When those begin that are not over and take place."""
    coming = meeting.occurrences.filter(cancelled_at=None, ends_at__gt=timezone.now(), **which)
    return coming.values_list("starts_at", flat=True)


@dataclass(frozen=True)
class _Timing:
    """How a part of a series is laid out."""

    wall_clock: str
    duration: timedelta
    time_zone: str
    rrule: str

    def joined(self, later: _Timing) -> _Timing | None:
        """Both as one, if the later goes on as this would have."""
        if (self.duration, self.time_zone) != (later.duration, later.time_zone):
            return None
        rrule = recurrence.joined(self.rrule, self.wall_clock, later.rrule, later.wall_clock)
        return replace(self, rrule=rrule) if rrule else None

    def sentence(self, *, spans: bool) -> str:
        start = recurrence.read(self.wall_clock)
        ends = start + self.duration if spans else None
        return rule_words.series(recurrence.parse(self.rrule), start, self.time_zone, ends)


def rule_of_part(part: Series) -> str:
    """How a part of a series goes, from when to when."""
    timing = _Timing(part.wall_clock, part.duration, part.time_zone, part.rrule)
    return words.sentence(timing.sentence(spans=True))


def names_of_parts(meeting: Meeting) -> list[tuple[str, str]]:
    """Of a series to come whose parts are not all called as the meeting is: each title, and how it goes."""
    parts = [*part_letters.going(meeting), meeting.current] if meeting.repeats else []
    if all(part.title == meeting.title for part in parts):
        return []
    return [(part.title, rule_of_part(part)) for part in parts]


def rule_of(meeting: Meeting, *, spans: bool = False) -> str:
    """How a series goes on: "Every Monday at 10:00, …; then every Monday at 11:00, …".

    With `spans` each from when to when. Parts that differ in nothing but their names are one here.
    """
    said: list[_Timing] = []
    for part in (*part_letters.going(meeting), meeting.current):
        timing = _Timing(part.wall_clock, part.duration, part.time_zone, part.rrule)
        whole = said[-1].joined(timing) if said else None
        if whole:
            said[-1] = whole
        else:
            said.append(timing)
    first, *others = (timing.sentence(spans=spans) for timing in said)
    for other in others:
        first = _("%(earlier)s; then %(later)s") % {"earlier": first, "later": other}
    return words.sentence(first)


class AskedFrom(NamedTuple):
    """From which day on an answer to the whole holds, or on which, if it is the last; empty if for all."""

    day: str = ""
    is_last: bool = False


def asked_from(meeting: Meeting, zone: str) -> AskedFrom:
    """What an answer to the whole holds for, while a part of the series comes before it."""
    if not part_letters.going(meeting):
        return AskedFrom()
    left = list(upcoming(meeting, series=meeting.last_series)[:2])
    if not left:
        return AskedFrom()
    return AskedFrom(words.day(left[0].astimezone(ZoneInfo(zone))), len(left) == 1)


def exceptions(meeting: Meeting, zone: str, **which: Any) -> list[str]:
    """What of a series to come is not by its rule, in sentences: "Tue 8 Dec is cancelled."."""
    if not meeting.repeats:
        return []
    found: list[str] = []
    coming = meeting.occurrences.filter(ends_at__gt=timezone.now(), series__cancelled_at=None, **which)
    for occurrence in coming.select_related("series"):
        # Named by the day on which it would be.
        planned = recurrence.moment(occurrence.recurrence_id, occurrence.series.zone)
        day = words.short_day(planned.astimezone(ZoneInfo(zone)))
        if occurrence.cancelled_at:
            found.append(_("%(day)s is cancelled.") % {"day": day})
        elif occurrence.moved:
            times = when(occurrence.starts_at, occurrence.duration, zone)
            said = {"day": day, "other_day": times.short_day, "span": times.span}
            if times.short_day == day:
                found.append(_("%(day)s is at another time, %(span)s.") % said)
            else:
                found.append(_("%(day)s is on %(other_day)s instead, %(span)s.") % said)
    return found[:MOST_EXCEPTIONS]


def named(meetings: Iterable[Meeting]) -> list[str]:
    """Each with its organizer and its time, on the clock of whoever is asked."""
    zone = timezone.get_current_timezone_name()
    return [
        _("%(title)s, of %(organizer)s: %(time)s")
        % {
            "title": meeting.title,
            "organizer": meeting.organizer.get_full_name(),
            "time": _time(meeting, zone),
        }
        for meeting in meetings
    ]


def _time(meeting: Meeting, zone: str) -> str:
    """From what is loaded: there may be hundreds. Of a parted series, the part that goes on."""
    if meeting.repeats and meeting.current.rrule != recurrence.ONCE:
        return series_when(announced.of(meeting), zone).rule
    times = when(meeting.starts_at, meeting.duration, zone)
    return times.day_and_span
