"""When a meeting is by its plan, and whether a series has to be parted for it."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from zoneinfo import ZoneInfo

from django.utils import timezone

from meetings.calendar import differences, recurrence
from meetings.calendar.differences import Kind, Timing
from meetings.models import Meeting, Occurrence, Series
from meetings.plans.plan import InThePast, Plan


def follow(meeting: Meeting, plan: Plan) -> None:
    """Give the meeting the doors and words of the plan, without saving it."""
    meeting.description, meeting.agenda = plan.description, plan.agenda
    meeting.access, meeting.lobby = plan.access, plan.lobby
    meeting.early, meeting.capacity = plan.early, plan.capacity
    meeting.reminders = sorted(set(plan.reminders))


def put(series: Series, plan: Plan, since: Occurrence | None = None) -> None:
    """Put a series at the times of the plan, without saving it; with `since`, from that occurrence on."""
    series.title, series.starts_at, series.duration = plan.title, plan.starts_at, plan.duration
    series.time_zone, series.rrule = plan.time_zone, plan.rrule
    if not plan.rrule and series.pk and series.meeting.series.not_cancelled().exclude(pk=series.pk).exists():
        # What is left of a series is one, of which the last part has one time.
        series.rrule = recurrence.ONCE
    if not series.rrule:
        return
    written = plan.wall_clock or recurrence.wall_clock(plan.starts_at, series.zone)
    if (
        since
        and not plan.wall_clock
        and recurrence.moment(since.recurrence_id, series.zone) == plan.starts_at
    ):
        # The clocks may skip it on that day, and on no other.
        written = since.recurrence_id
    # A rule may begin later than the day that was written down: Mondays, from a Wednesday on.
    series.wall_clock = recurrence.wall_clocks(series.rrule, written)[0]
    series.starts_at = recurrence.moment(series.wall_clock, series.zone)


def timing_of(series: Series, since: Occurrence | None = None) -> Timing:
    """When it is; with `since`, one of its dates, what follows from that on."""
    if not series.repeats:
        clock = recurrence.wall_clock(series.starts_at, series.zone)
        return Timing(clock, series.duration, series.time_zone, starts_at=series.starts_at)
    if since is None or since.series_id != series.pk:
        return Timing(series.wall_clock, series.duration, series.time_zone, series.rrule)
    rest = recurrence.rest(series.rrule, series.wall_clock, since.recurrence_id)
    return Timing(since.recurrence_id, series.duration, series.time_zone, rest)


def rename_dates(series: Series, old: Timing) -> None:
    """Of a series that is planned in another zone now, let each date be the one that it was."""
    if old.time_zone == series.time_zone or not (old.rrule and series.repeats):
        return
    dates = list(series.occurrences.all())
    for occurrence in dates:
        at = recurrence.moment(occurrence.recurrence_id, ZoneInfo(old.time_zone))
        occurrence.recurrence_id = recurrence.wall_clock(at, series.zone)
    Occurrence.objects.bulk_update(dates, ["recurrence_id"])


def begin_with_the_next(series: Series) -> None:
    """Of a series that has begun, let the new times begin with the first that is not over.

    Calendars would show what is over at the new times otherwise.
    """
    now = timezone.now()
    if not series.repeats or not series.occurrences.filter(ends_at__lte=now).exists():
        return
    put_off = series.occurrences.filter(moved=True, ends_at__gt=now)
    days = {key[:10] for key in put_off.values_list("recurrence_id", flat=True)}
    start = series.wall_clock
    for key in recurrence.wall_clocks(series.rrule, start):
        starts_at = recurrence.moment(key, series.zone)
        if starts_at + series.duration > now or key[:10] in days:
            series.rrule = recurrence.rest(series.rrule, start, key)
            series.wall_clock, series.starts_at = key, starts_at
            return
    raise InThePast


def unparted(series: Series, plan: Plan, since: Occurrence) -> Plan | None:
    """The same as a plan for the whole, if there is no reason to part the series.

    The following are as calendars know them, or only end earlier or later than they did.
    """
    if since.series_id != series.pk:
        return None
    planned = copy(series)
    put(planned, plan, since)
    if (planned.title, planned.time_zone) != (series.title, series.time_zone) or not planned.repeats:
        return None
    now = timing_of(planned)
    what = differences.between(timing_of(series, since), now, timezone.now())
    whole = _as_it_goes_on(series, plan)
    if what.kind is Kind.SAME:
        return whole
    first = next(iter(recurrence.wall_clocks(series.rrule, series.wall_clock)))
    if what.kind not in (Kind.LONGER, Kind.SHORTER) or first == since.recurrence_id:
        return None
    head = recurrence.cut(series.rrule, series.wall_clock, since.recurrence_id)
    rrule = recurrence.joined(head, series.wall_clock, now.rrule, now.wall_clock)
    return replace(whole, rrule=rrule) if rrule else None


def _as_it_goes_on(series: Series, plan: Plan) -> Plan:
    """What the plan says of the whole, where times and words stay."""
    return replace(
        plan,
        agenda=series.meeting.agenda,
        starts_at=series.starts_at,
        duration=series.duration,
        time_zone=series.time_zone,
        rrule=series.rrule,
        wall_clock=series.wall_clock if series.repeats else "",
    )
