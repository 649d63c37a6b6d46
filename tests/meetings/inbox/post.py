"""What mail programs and mail servers send back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from icalendar import Calendar

from meetings.models import Answer, Attendee
from outbox.models import Letter
from tests.outbox.reports import bounce


def calendar_in(message) -> Calendar:
    [part] = [a for a in message.alternatives if a.mimetype.startswith("text/calendar")]
    return Calendar.from_ical(part.content)


def answer_to(
    message, partstat: str = "ACCEPTED", *, method: str = "REPLY", at: timedelta = timedelta(), **more: Any
):
    """What a calendar program sends when its button is pressed below this letter."""
    [event, *_] = calendar_in(message).walk("VEVENT")
    stamp = timezone.now() + at
    properties = {
        "UID": event["UID"],
        "SEQUENCE": str(event["SEQUENCE"]),
        "DTSTAMP": f"{stamp:%Y%m%dT%H%M%SZ}",
        "ORGANIZER": event["ORGANIZER"],
        f"ATTENDEE;PARTSTAT={partstat}": event["ATTENDEE"],
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    lines = "".join(f"{name}:{value}\r\n" for name, value in properties.items() if value)
    calendar = (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\n{lines}"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    return (
        "From: whoever@far.example\r\nTo: somewhere@example.org\r\n"
        f"Content-Type: text/calendar; method={method}; charset=utf-8\r\n\r\n{calendar}"
    ).encode()


def returned(letter: Letter) -> bytes:
    return bounce(returned=f"Content-Type: message/rfc822\n\nMessage-ID: {letter.message_id}\n\nHello")


def own_answers(attendee: Attendee) -> dict[str, str]:
    """What they said to single dates, by the day of the month."""
    own = Answer.objects.to_one().filter(attendee=attendee)
    return {key[8:10]: partstat for key, partstat in own.values_list("occurrence__recurrence_id", "partstat")}
