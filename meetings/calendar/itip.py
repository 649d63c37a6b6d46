"""A meeting as iCalendar, for calendars to read: iTIP messages REQUEST and CANCEL. Pure.

RFC 5545 (the format), RFC 5546 (who says what when) and RFC 6047 (how it travels by mail).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

from icalendar import Alarm, Calendar, Event, vCalAddress, vText, vUri

from meetings.calendar import itip_times, zones
from meetings.calendar.itip_facts import Change, Facts, Guest

__all__ = [
    "Change",
    "Facts",
    "Guest",
    "cancel",
    "cancel_occurrence",
    "feed",
    "publish",
    "publish_occurrence",
    "request",
    "request_occurrence",
]

PRODUCT = "-//Roundtable//Meetings//EN"


# -- messages -----------------------------------------------------------------------------------


def request(facts: Facts, guest: Guest, now: datetime) -> bytes:
    """METHOD:REQUEST: an invitation, or with a higher SEQUENCE its update (RFC 5546, 3.2.2).

    Of a series it holds everything: the rule, what is cancelled, and each occurrence that differs.
    """
    return _calendar(_components(facts, now, guest), "REQUEST", facts)


def request_occurrence(facts: Facts, change: Change, guest: Guest, now: datetime) -> bytes:
    """METHOD:REQUEST for one occurrence: this is where it is now (RFC 5546, 3.2.2.1 and 3.7.1)."""
    return _calendar([_occurrence(facts, change, now, guest)], "REQUEST", facts)


def cancel(facts: Facts, guest: Guest, now: datetime) -> bytes:
    """METHOD:CANCEL: it does not take place, or not for this guest (RFC 5546, 3.2.5).

    Without RECURRENCE-ID it is about the whole series.
    """
    event = _event(facts, now)
    itip_times.times_of_all(event, facts)
    event.add("status", "CANCELLED")
    event.add("attendee", _attendee(guest, rsvp=False), encode=False)
    return _calendar([event], "CANCEL", facts)


def cancel_occurrence(facts: Facts, change: Change, guest: Guest, now: datetime) -> bytes:
    """METHOD:CANCEL for one occurrence (RFC 5546, 3.2.5 and 3.7.1)."""
    event = _occurrence(facts, change, now)
    event["status"] = vText("CANCELLED")
    event.add("attendee", _attendee(replace(guest, partstat=change.partstat), rsvp=False), encode=False)
    return _calendar([event], "CANCEL", facts)


def publish(series: Sequence[Facts], now: datetime, *, cancelled: bool = False) -> bytes:
    """METHOD:PUBLISH: to be kept, not answered; for downloads (RFC 5546, 3.2.1). One, or the parts of one."""
    events = [event for facts in series for event in _components(facts, now)]
    if cancelled:
        for event in events:
            event["status"] = vText("CANCELLED")
    return _calendar(events, "PUBLISH", *series)


def publish_occurrence(facts: Facts, change: Change, now: datetime) -> bytes:
    """METHOD:PUBLISH for one occurrence: an event by itself, which is no part of any series."""
    alone = replace(
        facts,
        uid=f"{facts.uid}-{change.recurrence_id}",
        title=change.title,
        description=change.description,
        starts_at=change.starts_at,
        ends_at=change.ends_at,
        rrule="",
        changes=(),
        without=(),
    )
    return publish([alone], now, cancelled=change.cancelled)


def feed(series: Iterable[tuple[Facts, tuple[int, ...]]], now: datetime, *, name: str) -> bytes:
    """A calendar to subscribe to: all of somebody's meetings, with the minutes of their reminders.

    Without METHOD, since nobody is asked anything (RFC 5546, 1.4). What is cancelled is left out.
    """
    series = list(series)
    components: list[Event] = []
    for facts, reminders in series:
        events = _components(facts, now)
        for event in events:
            for minutes in reminders:
                event.add_component(_alarm(minutes, facts.title))
        components += events
    return _calendar(components, None, *(facts for facts, _ in series), name=name)


# -- components ---------------------------------------------------------------------------------


def _components(facts: Facts, now: datetime, guest: Guest | None = None) -> list[Event]:
    """The event, and if it is a series the occurrences that differ (RFC 5545, 3.8.4.4)."""
    event = _event(facts, now)
    itip_times.times_of_all(event, facts)
    event.add("status", "CONFIRMED")
    if guest:
        event.add("attendee", _attendee(guest, rsvp=True), encode=False)
    if not facts.rrule:
        return [event]
    event.add("rrule", itip_times.rule_of(facts))
    gone = {change.recurrence_id for change in facts.changes if change.cancelled} | set(facts.without)
    for recurrence_id in sorted(gone):
        # One a line: several parsers read only the first of a list that is folded.
        event.add("exdate", itip_times.on_the_wall(recurrence_id, facts))
    changed = [change for change in facts.changes if not change.cancelled]
    changed += itip_times.told_apart(facts, gone | {change.recurrence_id for change in changed}, guest)
    return [event, *(_occurrence(facts, change, now, guest) for change in changed)]


def _occurrence(facts: Facts, change: Change, now: datetime, guest: Guest | None = None) -> Event:
    event = _event(replace(facts, title=change.title, description=change.description), now)
    # Of the same type and zone as the DTSTART of the series (RFC 5545, 3.8.4.4).
    event.add("recurrence-id", itip_times.on_the_wall(change.recurrence_id, facts))
    itip_times.times_of_one(event, facts, change)
    event.add("status", "CONFIRMED")
    if guest:
        event.add("attendee", _attendee(replace(guest, partstat=change.partstat), rsvp=True), encode=False)
    return event


class _Text(vText):
    """What somebody has written (RFC 5545, 3.3.11).

    The library takes a backslash and an N in it for the end of a line.
    """

    def to_ical(self) -> bytes:
        escaped = re.sub(r"([\\;,])", r"\\\1", str(self))
        return re.sub(r"\r\n|\n|\r", r"\\n", escaped).encode()


def _event(facts: Facts, now: datetime) -> Event:
    event = Event()
    event.add("uid", facts.uid)
    event.add("sequence", facts.sequence)
    # When this message was made (RFC 5545, 3.8.7.2): the later one of two with the same SEQUENCE counts.
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("created", facts.created_at.astimezone(UTC).replace(microsecond=0))
    event["summary"] = _Text(facts.title)
    event["description"] = _Text(facts.description)
    event.add("location", facts.url)
    event.add("url", vUri(facts.url))
    event.add("transp", "OPAQUE")
    organizer = vCalAddress(f"mailto:{facts.organizer_address}")
    organizer.params["cn"] = vText(_parameter(facts.organizer_name))
    event.add("organizer", organizer, encode=False)
    return event


def _attendee(guest: Guest, *, rsvp: bool) -> vCalAddress:
    """RFC 5545, 3.8.4.1. With any other address than the recipient's own, their client shows no buttons."""
    attendee = vCalAddress(f"mailto:{guest.address}")
    if guest.name:
        attendee.params["cn"] = vText(_parameter(guest.name))
    attendee.params["cutype"] = vText("INDIVIDUAL")
    attendee.params["role"] = vText("OPT-PARTICIPANT" if guest.optional else "REQ-PARTICIPANT")
    attendee.params["partstat"] = vText(guest.partstat)
    if rsvp:
        # Many calendars show no invitation without it.
        attendee.params["rsvp"] = vText("TRUE")
    return attendee


def _alarm(minutes: int, title: str) -> Alarm:
    """RFC 5545, 3.6.6."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    # Written out: not every parser reads what a library makes of a day and more.
    alarm["trigger"] = vText(f"-PT{minutes}M")
    return alarm


def _parameter(text: str) -> str:
    """A parameter value cannot hold a quotation mark or a control character (RFC 5545, 3.2).

    A backslash may stand there, but some parsers take it for an escape, even of the colon after the value.
    """
    return "".join(c for c in text.replace('"', "'").replace("\\", "/") if c.isprintable())


Method = Literal["REQUEST", "CANCEL", "PUBLISH"]


def _calendar(events: Iterable[Event], method: Method | None, *series: Facts, name: str = "") -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        # The same as the `method` of the MIME part (RFC 6047, 2.4).
        calendar.add("method", method)
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        # How often to ask for it (RFC 7986, 5.7), in the new words and in the old ones.
        every = vText("PT1H")
        every.params["value"] = "DURATION"
        calendar["refresh-interval"] = every
        calendar["x-published-ttl"] = vText("PT1H")
    for zone, first, last in itip_times.spans_of(series):
        calendar.add_component(zones.component(zone, first, last))
    for event in events:
        calendar.add_component(event)
    ical: bytes = calendar.to_ical()
    return ical
