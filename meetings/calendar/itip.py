"""A meeting as iCalendar, for calendars to read: iTIP messages REQUEST and CANCEL. Pure.

RFC 5545 (the format), RFC 5546 (who says what when) and RFC 6047 (how it travels by mail).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vCalAddress, vRecur, vText, vUri

from meetings.calendar import recurrence, zones

PRODUCT = "-//Roundtable//Meetings//EN"


@dataclass(frozen=True)
class Change:
    """What one occurrence of a series is instead of what its rule says."""

    # What a clock in the series' zone shows when it would be (recurrence.wall_clock).
    recurrence_id: str
    starts_at: datetime
    ends_at: datetime
    title: str
    description: str
    cancelled: bool = False
    # The recipient's answer for this occurrence.
    partstat: str = "NEEDS-ACTION"


@dataclass(frozen=True)
class Facts:
    """What calendars are told about a meeting."""

    # Stays the same for good (RFC 5545, 3.8.4.7).
    uid: str
    # Grows with every change that an attendee must hear of (RFC 5546, 2.1.4).
    sequence: int
    title: str
    starts_at: datetime
    ends_at: datetime
    # The open link of the room. Never a personal one: calendars are shared.
    url: str
    description: str
    organizer_name: str
    # The address that sends the mail; clients distrust an organizer who is not the sender (RFC 6047, 2.3).
    organizer_address: str
    created_at: datetime
    # Of a series: its rule (calendar.recurrence), the zone in which it is laid out, what is not by the rule,
    # and the occurrences that there are not (EXDATE), by their RECURRENCE-IDs.
    rrule: str = ""
    time_zone: str = "UTC"
    # What a clock there shows at the first time by the rule, even if they skip it on that day
    # (DTSTART). Empty for what it shows at `starts_at`.
    wall_clock: str = ""
    changes: tuple[Change, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def begins(self) -> str:
        """The first time by the rule, as a clock in the series' zone shows it."""
        return self.wall_clock or recurrence.wall_clock(self.starts_at, ZoneInfo(self.time_zone))


@dataclass(frozen=True)
class Guest:
    """The one attendee whom a message is for."""

    name: str
    address: str
    partstat: str = "NEEDS-ACTION"
    optional: bool = False


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
    _times_of_all(event, facts)
    event.add("status", "CANCELLED")
    event.add("attendee", _attendee(guest, rsvp=False), encode=False)
    return _calendar([event], "CANCEL", facts)


def cancel_occurrence(facts: Facts, change: Change, guest: Guest, now: datetime) -> bytes:
    """METHOD:CANCEL for one occurrence (RFC 5546, 3.2.5 and 3.7.1)."""
    event = _occurrence(facts, change, now)
    event["status"] = vText("CANCELLED")
    event.add("attendee", _attendee(guest, rsvp=False), encode=False)
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
    _times_of_all(event, facts)
    event.add("status", "CONFIRMED")
    if guest:
        event.add("attendee", _attendee(guest, rsvp=True), encode=False)
    if not facts.rrule:
        return [event]
    event.add("rrule", _rule(facts))
    gone = {change.recurrence_id for change in facts.changes if change.cancelled} | set(facts.without)
    for recurrence_id in sorted(gone):
        # One a line: several parsers read only the first of a list that is folded.
        event.add("exdate", _wall(recurrence_id, facts))
    changed = [change for change in facts.changes if not change.cancelled]
    changed += _told_apart(facts, gone | {change.recurrence_id for change in changed}, guest)
    return [event, *(_occurrence(facts, change, now, guest) for change in changed)]


def _told_apart(facts: Facts, known: set[str], guest: Guest | None) -> list[Change]:
    """The occurrences at a time that the clocks skip or show twice, each with the moment that is meant.

    The standard says which that is (RFC 5545, 3.3.5); one program takes a skipped time for an
    hour earlier, others leave it out.
    """
    zone, duration = ZoneInfo(facts.time_zone), _duration(facts)
    told = []
    for key in recurrence.unclear(facts.rrule, facts.begins, facts.time_zone):
        if key not in known:
            at = recurrence.moment(key, zone)
            partstat = guest.partstat if guest else "NEEDS-ACTION"
            told.append(Change(key, at, at + duration, facts.title, facts.description, partstat=partstat))
    return told


def _duration(facts: Facts) -> timedelta:
    # By way of UTC: in a zone, hours that the clocks skip would count (PEP 495).
    return facts.ends_at.astimezone(UTC) - facts.starts_at.astimezone(UTC)


def _occurrence(facts: Facts, change: Change, now: datetime, guest: Guest | None = None) -> Event:
    event = _event(replace(facts, title=change.title, description=change.description), now)
    # Of the same type and zone as the DTSTART of the series (RFC 5545, 3.8.4.4).
    event.add("recurrence-id", _wall(change.recurrence_id, facts))
    _times_of_one(event, facts, change)
    event.add("status", "CONFIRMED")
    if guest:
        event.add("attendee", _attendee(replace(guest, partstat=change.partstat), rsvp=True), encode=False)
    return event


def _event(facts: Facts, now: datetime) -> Event:
    event = Event()
    event.add("uid", facts.uid)
    event.add("sequence", facts.sequence)
    # When this message was made (RFC 5545, 3.8.7.2): the later one of two with the same SEQUENCE counts.
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("created", facts.created_at.astimezone(UTC).replace(microsecond=0))
    event.add("summary", facts.title)
    event.add("description", facts.description)
    event.add("location", facts.url)
    event.add("url", vUri(facts.url))
    event.add("transp", "OPAQUE")
    organizer = vCalAddress(f"mailto:{facts.organizer_address}")
    organizer.params["cn"] = vText(_parameter(facts.organizer_name))
    event.add("organizer", organizer, encode=False)
    return event


def _times_of_all(event: Event, facts: Facts) -> None:
    """A single meeting is a moment: UTC needs no VTIMEZONE, and a calendar shows it in its own zone.

    A series begins with what the clocks of its zone show by its rule, even on a day when they skip that:
    every later time is as that is (RFC 5545, 3.3.5 and 3.8.5.3).
    """
    duration = _duration(facts)
    if not facts.rrule:
        event.add("dtstart", facts.starts_at.astimezone(UTC))
        event.add("dtend", facts.ends_at.astimezone(UTC))
        return
    event.add("dtstart", _wall(facts.begins, facts))
    if recurrence.is_plain(facts.rrule, facts.begins, duration, facts.time_zone):
        event.add("dtend", _wall(recurrence.written(recurrence.read(facts.begins) + duration), facts))
    else:
        # Of an end the clocks may show nothing, or the same twice: so long it lasts, whatever they show.
        event["duration"] = vText(f"PT{round(duration.total_seconds() / 60)}M")


def _times_of_one(event: Event, facts: Facts, change: Change) -> None:
    """On the clocks of its series; as a moment where these say it no better than twice."""
    zone = UTC if facts.time_zone == "UTC" else ZoneInfo(facts.time_zone)
    local = [at.astimezone(zone) for at in (change.starts_at, change.ends_at)]
    if any(at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset() for at in local):
        local = [at.astimezone(UTC) for at in local]
    event.add("dtstart", local[0])
    event.add("dtend", local[1])


def _wall(recurrence_id: str, facts: Facts) -> datetime:
    """A RECURRENCE-ID or EXDATE: the clock of the rule, even where the clocks skip it."""
    at = recurrence.read(recurrence_id)
    return at.replace(tzinfo=UTC if facts.time_zone == "UTC" else ZoneInfo(facts.time_zone))


def _rule(facts: Facts) -> vRecur:
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
    for zone, first, last in _spans(series):
        calendar.add_component(zones.component(zone, first, last))
    for event in events:
        calendar.add_component(event)
    ical: bytes = calendar.to_ical()
    return ical


def _spans(series: Iterable[Facts]) -> list[tuple[str, datetime, datetime]]:
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
