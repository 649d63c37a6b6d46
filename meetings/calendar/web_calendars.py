"""Links that open the form of a calendar service with a meeting filled in. Pure.

Only addresses: nobody is asked anything until somebody clicks, and then their browser goes there, not we.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from meetings.calendar import recurrence

# Browsers and services cut off what is much longer than 2,000 characters; a letter takes up to twelve.
LONGEST_DETAILS = 500


@dataclass(frozen=True)
class Event:
    """What is to stand in the calendar."""

    title: str
    starts_at: datetime
    ends_at: datetime
    # The open link of the room. Never a personal one: calendars are shared.
    url: str
    details: str = ""
    # Of a series, with the zone in which it is laid out.
    rrule: str = ""
    time_zone: str = "UTC"
    # What a clock there shows at the first time by the rule.
    wall_clock: str = ""


@dataclass(frozen=True)
class Service:
    """A calendar service, and the address of its form with the meeting in it."""

    name: str
    url: str
    # Whether the link takes the rule along; else it is about one date only.
    takes_series: bool = False


def services(event: Event) -> list[Service]:
    """The common ones. None of them is asked for anything here."""
    return [
        Service("Google", _google(event), takes_series=True),
        Service("Outlook.com", _outlook("outlook.live.com", event)),
        Service("Office 365", _outlook("outlook.office.com", event)),
        Service("Yahoo", _yahoo(event)),
    ]


def _google(event: Event) -> str:
    facts = {"action": "TEMPLATE", "text": event.title, "details": _details(event), "location": event.url}
    if not event.rrule:
        return _address(
            "calendar.google.com/calendar/render", facts | {"dates": "/".join(map(_utc, _times(event)))}
        )
    rule = f"RRULE:{_rule(event)}"
    facts |= {"dates": _times_by_the_rule(event), "ctz": event.time_zone, "recur": rule}
    return _address("calendar.google.com/calendar/render", facts)


def _begins(event: Event) -> datetime:
    """The first time by the rule, naive."""
    return recurrence.read(
        event.wall_clock or recurrence.wall_clock(event.starts_at, ZoneInfo(event.time_zone))
    )


def _times_by_the_rule(event: Event) -> str:
    """From when to when it is for the first time, as the clocks of its zone show it.

    A start that they skip on that day is the rule's nevertheless; an end that they show twice is a moment.
    """
    start, duration = _begins(event), event.ends_at - event.starts_at
    end = event.ends_at.astimezone(ZoneInfo(event.time_zone))
    is_plain = end.replace(tzinfo=None) == start + duration and not end.fold
    exists = recurrence.wall_clock(event.starts_at, ZoneInfo(event.time_zone)) == recurrence.written(start)
    if exists and not is_plain:
        return "/".join(map(_utc, _times(event)))
    return "/".join(f"{at:%Y%m%dT%H%M%S}" for at in (start, start + duration))


def _rule(event: Event) -> str:
    """With a zone the end has to be a moment in UTC (RFC 5545, 3.3.10)."""
    rule = recurrence.parse(event.rrule)
    if rule.until is None:
        return str(rule)
    last = recurrence.written(datetime.combine(rule.until, _begins(event).time()))
    until = _utc(recurrence.moment(last, ZoneInfo(event.time_zone)))
    return f"{str(rule).rpartition('UNTIL=')[0]}UNTIL={until}"


def _outlook(host: str, event: Event) -> str:
    starts_at, ends_at = (f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for at in _times(event))
    facts = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": event.title,
        "startdt": starts_at,
        "enddt": ends_at,
        "body": _details(event),
        "location": event.url,
    }
    return _address(f"{host}/calendar/0/deeplink/compose", facts)


def _yahoo(event: Event) -> str:
    starts_at, ends_at = map(_utc, _times(event))
    facts = {
        "v": "60",
        "title": event.title,
        "st": starts_at,
        "et": ends_at,
        "desc": _details(event),
        "in_loc": event.url,
    }
    return _address("calendar.yahoo.com/", facts)


def _times(event: Event) -> tuple[datetime, datetime]:
    return event.starts_at, event.ends_at


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _details(event: Event) -> str:
    more = event.details if len(event.details) <= LONGEST_DETAILS else f"{event.details[:LONGEST_DETAILS]}…"
    return f"Join: {event.url}" + (f"\n\n{more}" if more else "")


def _address(page: str, facts: dict[str, str]) -> str:
    # Outlook shows a plus as a plus.
    return f"https://{page}?{urlencode(facts, quote_via=quote)}"
