"""A meeting as iCalendar, for calendars to read: iTIP messages REQUEST and CANCEL. Pure.

RFC 5545 (the format), RFC 5546 (who says what when) and RFC 6047 (how it travels by mail).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import Calendar, Event, vCalAddress, vText, vUri

PRODUCT = "-//Roundtable//Meetings//EN"


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


@dataclass(frozen=True)
class Guest:
    """The one attendee whom a message is for."""

    name: str
    address: str
    partstat: str = "NEEDS-ACTION"


def request(facts: Facts, guest: Guest, now: datetime) -> bytes:
    """METHOD:REQUEST: an invitation, or with a higher SEQUENCE its update (RFC 5546, 3.2.2)."""
    event = _event(facts, now)
    event.add("status", "CONFIRMED")
    event.add("attendee", _attendee(guest, rsvp=True), encode=False)
    return _calendar(event, "REQUEST")


def cancel(facts: Facts, guest: Guest, now: datetime) -> bytes:
    """METHOD:CANCEL: it does not take place, or not for this guest (RFC 5546, 3.2.5)."""
    event = _event(facts, now)
    event.add("status", "CANCELLED")
    event.add("attendee", _attendee(guest, rsvp=False), encode=False)
    return _calendar(event, "CANCEL")


def publish(facts: Facts, now: datetime, *, cancelled: bool = False) -> bytes:
    """METHOD:PUBLISH: to be kept, not answered; for downloads (RFC 5546, 3.2.1)."""
    event = _event(facts, now)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    return _calendar(event, "PUBLISH")


def _event(facts: Facts, now: datetime) -> Event:
    event = Event()
    event.add("uid", facts.uid)
    event.add("sequence", facts.sequence)
    # When this message was made (RFC 5545, 3.8.7.2): the later one of two with the same SEQUENCE counts.
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("created", facts.created_at.astimezone(UTC).replace(microsecond=0))
    # A single meeting is a moment: UTC needs no VTIMEZONE, and a calendar shows it in its own zone
    # (RFC 5545, 3.3.5).
    event.add("dtstart", facts.starts_at.astimezone(UTC))
    event.add("dtend", facts.ends_at.astimezone(UTC))
    event.add("summary", facts.title)
    event.add("description", facts.description)
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
    attendee.params["role"] = vText("REQ-PARTICIPANT")
    attendee.params["partstat"] = vText(guest.partstat)
    if rsvp:
        # Many calendars show no invitation without it. Their replies are read by nobody: the letter says so.
        attendee.params["rsvp"] = vText("TRUE")
    return attendee


def _parameter(text: str) -> str:
    """A parameter value cannot hold a quotation mark or a control character (RFC 5545, 3.2).

    A backslash may stand there, but some parsers take it for an escape, even of the colon after the value.
    """
    return "".join(c for c in text.replace('"', "'").replace("\\", "/") if c.isprintable())


def _calendar(event: Event, method: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    # The same as the `method` of the MIME part (RFC 6047, 2.4).
    calendar.add("method", method)
    calendar.add_component(event)
    ical: bytes = calendar.to_ical()
    return ical
