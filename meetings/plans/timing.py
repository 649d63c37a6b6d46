"""When a meeting is by its plan, and whether a series has to be parted for it."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from zoneinfo import ZoneInfo

from django.utils import timezone

from meetings.calendar import differences, recurrence
from meetings.calendar.differences import Kind, Timing
from meetings.models import Meeting, Occurrence
from meetings.plans.plan import InThePast, Plan


def follow(meeting: Meeting, plan: Plan, since: Occurrence | None = None) -> None:
    """Make the meeting what the plan says, without saving it; with `since`, from that occurrence on."""
    meeting.title, meeting.description, meeting.agenda = plan.title, plan.description, plan.agenda
    meeting.starts_at, meeting.duration = plan.starts_at, plan.duration
    meeting.time_zone, meeting.rrule = plan.time_zone, plan.rrule
    if not plan.rrule and meeting.pk and meeting.earlier_series.exists():
        # What is left of a series is one, of which the last part has one time.
        meeting.rrule = recurrence.ONCE
    if meeting.rrule:
        written = plan.wall_clock or recurrence.wall_clock(plan.starts_at, meeting.zone)
        if (
            since
            and not plan.wall_clock
            and recurrence.moment(since.recurrence_id, meeting.zone) == plan.starts_at
        ):
            # The clocks may skip it on that day, and on no other.
            written = since.recurrence_id
        # A rule may begin later than the day that was written down: Mondays, from a Wednesday on.
        meeting.wall_clock = recurrence.wall_clocks(meeting.rrule, written)[0]
        meeting.starts_at = recurrence.moment(meeting.wall_clock, meeting.zone)
    meeting.access, meeting.lobby = plan.access, plan.lobby
    meeting.early, meeting.capacity = plan.early, plan.capacity
    meeting.reminders = sorted(set(plan.reminders))


def timing_of(meeting: Meeting, since: Occurrence | None = None) -> Timing:
    """When it is; with `since` what follows from that occurrence on."""
    if not meeting.repeats:
        clock = recurrence.wall_clock(meeting.starts_at, meeting.zone)
        return Timing(clock, meeting.duration, meeting.time_zone, starts_at=meeting.starts_at)
    if since is None or since.earlier:
        return Timing(meeting.wall_clock, meeting.duration, meeting.time_zone, meeting.rrule)
    rest = recurrence.rest(meeting.rrule, meeting.wall_clock, since.recurrence_id)
    return Timing(since.recurrence_id, meeting.duration, meeting.time_zone, rest)


def rename_dates(meeting: Meeting, old: Timing) -> None:
    """Of a series that is planned in another zone now, let each date be the one that it was."""
    if old.time_zone == meeting.time_zone or not (old.rrule and meeting.repeats):
        return
    dates = list(meeting.occurrences.filter(earlier=None))
    for occurrence in dates:
        at = recurrence.moment(occurrence.recurrence_id, ZoneInfo(old.time_zone))
        occurrence.recurrence_id = recurrence.wall_clock(at, meeting.zone)
    Occurrence.objects.bulk_update(dates, ["recurrence_id"])


def begin_with_the_next(meeting: Meeting) -> None:
    """Of a series that has begun, let the new times begin with the first that is not over.

    Calendars would show what is over at the new times otherwise.
    """
    now = timezone.now()
    if not meeting.repeats or not meeting.occurrences.filter(earlier=None, ends_at__lte=now).exists():
        return
    put_off = meeting.occurrences.filter(earlier=None, moved=True, ends_at__gt=now)
    days = {key[:10] for key in put_off.values_list("recurrence_id", flat=True)}
    start = meeting.wall_clock
    for key in recurrence.wall_clocks(meeting.rrule, start):
        starts_at = recurrence.moment(key, meeting.zone)
        if starts_at + meeting.duration > now or key[:10] in days:
            meeting.rrule = recurrence.rest(meeting.rrule, start, key)
            meeting.wall_clock, meeting.starts_at = key, starts_at
            return
    raise InThePast


def unparted(meeting: Meeting, plan: Plan, since: Occurrence) -> Plan | None:
    """The same as a plan for the whole, if there is no reason to part the series.

    The following are as calendars know them, or only end earlier or later than they did.
    """
    if since.earlier is not None:
        return None
    planned = copy(meeting)
    follow(planned, plan, since)
    if (planned.title, planned.time_zone) != (meeting.title, meeting.time_zone) or not planned.repeats:
        return None
    now = timing_of(planned)
    what = differences.between(timing_of(meeting, since), now, timezone.now())
    whole = _as_it_goes_on(meeting, plan)
    if what.kind is Kind.SAME:
        return whole
    first = next(iter(recurrence.wall_clocks(meeting.rrule, meeting.wall_clock)))
    if what.kind not in (Kind.LONGER, Kind.SHORTER) or first == since.recurrence_id:
        return None
    head = recurrence.cut(meeting.rrule, meeting.wall_clock, since.recurrence_id)
    rrule = recurrence.joined(head, meeting.wall_clock, now.rrule, now.wall_clock)
    return replace(whole, rrule=rrule) if rrule else None


def _as_it_goes_on(meeting: Meeting, plan: Plan) -> Plan:
    """What the plan says of the whole, where times and words stay."""
    return replace(
        plan,
        agenda=meeting.agenda,
        starts_at=meeting.starts_at,
        duration=meeting.duration,
        time_zone=meeting.time_zone,
        rrule=meeting.rrule,
        wall_clock=meeting.wall_clock if meeting.repeats else "",
    )
