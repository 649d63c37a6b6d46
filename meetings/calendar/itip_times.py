"""When an event is, as iCalendar says it: by the clocks of its zone, by a rule, or as a moment. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from icalendar import Event, vRecur, vText

from meetings.calendar import recurrence
from meetings.calendar.itip_facts import Change, Facts, Guest


def told_apart(facts: Facts, known: set[str], guest: Guest | None) -> list[Change]:
    """The occurrences at a time that the clocks skip or show twice, each with the moment that is meant.

    The standard says which that is (RFC 5545, 3.3.5); one program takes a skipped time for an
    hour earlier, others leave it out.
    """
    zone, duration = ZoneInfo(facts.time_zone), facts.duration
    told = []
    for key in recurrence.unclear(facts.rrule, facts.begins, facts.time_zone):
        if key not in known:
            at = recurrence.moment(key, zone)
            partstat = guest.partstat if guest else "NEEDS-ACTION"
            told.append(Change(key, at, at + duration, facts.title, facts.description, partstat=partstat))
    return told


def times_of_all(event: Event, facts: Facts) -> None:
    """A single meeting is a moment: UTC needs no VTIMEZONE, and a calendar shows it in its own zone.

    A series begins with what the clocks of its zone show by its rule, even on a day when they skip that:
    every later time is as that is (RFC 5545, 3.3.5 and 3.8.5.3).
    """
    duration = facts.duration
    if not facts.rrule:
        event.add("dtstart", facts.starts_at.astimezone(UTC))
        event.add("dtend", facts.ends_at.astimezone(UTC))
        return
    event.add("dtstart", on_the_wall(facts.begins, facts))
    if recurrence.is_plain(facts.rrule, facts.begins, duration, facts.time_zone):
        event.add("dtend", on_the_wall(recurrence.written(recurrence.read(facts.begins) + duration), facts))
    else:
        # Of an end the clocks may show nothing, or the same twice: so long it lasts, whatever they show.
        event["duration"] = vText(f"PT{round(duration.total_seconds() / 60)}M")


def times_of_one(event: Event, facts: Facts, change: Change) -> None:
    """On the clocks of its series; as a moment where these say it no better than twice."""
    zone = UTC if facts.time_zone == "UTC" else ZoneInfo(facts.time_zone)
    local = [at.astimezone(zone) for at in (change.starts_at, change.ends_at)]
    if any(at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset() for at in local):
        local = [at.astimezone(UTC) for at in local]
    event.add("dtstart", local[0])
    event.add("dtend", local[1])


def on_the_wall(recurrence_id: str, facts: Facts) -> datetime:
    """A RECURRENCE-ID or EXDATE: the clock of the rule, even where the clocks skip it."""
    at = recurrence.read(recurrence_id)
    return at.replace(tzinfo=UTC if facts.time_zone == "UTC" else ZoneInfo(facts.time_zone))


def rule_of(facts: Facts) -> vRecur:
    rule = recurrence.parse(facts.rrule)
    parts = dict(part.split("=") for part in str(rule).split(";"))
    recur = vRecur({name: value.split(",") for name, value in parts.items() if name != "UNTIL"})
    start = recurrence.read(facts.begins)
    # Said, though DTSTART says it: without, programs move the 31st and 29 February to the next day there is.
    if rule.frequency == "MONTHLY" and not rule.nth:
        recur["BYMONTHDAY"] = [start.day]
    if rule.frequency == "YEARLY":
        recur["BYMONTH"], recur["BYMONTHDAY"] = [start.month], [start.day]
    if rule.until:
        # With a zone at DTSTART it has to be in UTC (RFC 5545, 3.3.10): the clock's time on the last day.
        last = recurrence.written(datetime.combine(rule.until, start.time()))
        recur["UNTIL"] = [recurrence.moment(last, ZoneInfo(facts.time_zone))]
    return recur


def spans_of(series: Iterable[Facts]) -> list[tuple[str, datetime, datetime]]:
    """The zones that are named, each with the time for which it has to be right."""
    spans: dict[str, list[datetime]] = {}
    for facts in series:
        if not facts.rrule or facts.time_zone == "UTC":
            continue
        zone = ZoneInfo(facts.time_zone)
        last = recurrence.moment(recurrence.wall_clocks(facts.rrule, facts.begins)[-1], zone)
        moments = spans.setdefault(facts.time_zone, [])
        moments += [facts.starts_at, last + (facts.ends_at - facts.starts_at)]
        for change in facts.changes:
            moments += [change.starts_at, change.ends_at, recurrence.moment(change.recurrence_id, zone)]
    return [(zone, min(moments), max(moments)) for zone, moments in sorted(spans.items())]
