"""Links that open the form of a calendar service with a meeting filled in. Pure.

Only addresses: nobody is asked anything until somebody clicks, and then their browser goes there, not we.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from meetings import recurrence

# Browsers and services cut off what is much longer than 2,000 characters; a letter takes up to twelve.
LONGEST_DETAILS = 500


@dataclass(frozen=True)
class Entry:
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


@dataclass(frozen=True)
class Service:
    """A calendar service, and the address of its form with the meeting in it."""

    name: str
    url: str
    # Whether the link takes the rule along; else it is about one date only.
    takes_series: bool = False


def services(entry: Entry) -> list[Service]:
    """The common ones. None of them is asked for anything here."""
    return [
        Service("Google", _google(entry), takes_series=True),
        Service("Outlook.com", _outlook("outlook.live.com", entry)),
        Service("Office 365", _outlook("outlook.office.com", entry)),
        Service("Yahoo", _yahoo(entry)),
    ]


def _google(entry: Entry) -> str:
    facts = {"action": "TEMPLATE", "text": entry.title, "details": _details(entry), "location": entry.url}
    if not entry.rrule:
        return _address(
            "calendar.google.com/calendar/render", facts | {"dates": "/".join(map(_utc, _times(entry)))}
        )
    zone = ZoneInfo(entry.time_zone)
    local = "/".join(f"{at.astimezone(zone):%Y%m%dT%H%M%S}" for at in _times(entry))
    facts |= {"dates": local, "ctz": entry.time_zone, "recur": f"RRULE:{_rule(entry, zone)}"}
    return _address("calendar.google.com/calendar/render", facts)


def _rule(entry: Entry, zone: ZoneInfo) -> str:
    """With a zone the end has to be a moment in UTC (RFC 5545, 3.3.10)."""
    rule = recurrence.parse(entry.rrule)
    if rule.until is None:
        return str(rule)
    at = entry.starts_at.astimezone(zone)
    last = datetime.combine(rule.until, time(at.hour, at.minute), zone)
    return f"{str(rule).rpartition('UNTIL=')[0]}UNTIL={_utc(last)}"


def _outlook(host: str, entry: Entry) -> str:
    starts_at, ends_at = (f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for at in _times(entry))
    facts = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": entry.title,
        "startdt": starts_at,
        "enddt": ends_at,
        "body": _details(entry),
        "location": entry.url,
    }
    return _address(f"{host}/calendar/0/deeplink/compose", facts)


def _yahoo(entry: Entry) -> str:
    starts_at, ends_at = map(_utc, _times(entry))
    facts = {
        "v": "60",
        "title": entry.title,
        "st": starts_at,
        "et": ends_at,
        "desc": _details(entry),
        "in_loc": entry.url,
    }
    return _address("calendar.yahoo.com/", facts)


def _times(entry: Entry) -> tuple[datetime, datetime]:
    return entry.starts_at, entry.ends_at


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _details(entry: Entry) -> str:
    more = entry.details if len(entry.details) <= LONGEST_DETAILS else f"{entry.details[:LONGEST_DETAILS]}…"
    return f"Join: {entry.url}" + (f"\n\n{more}" if more else "")


def _address(page: str, facts: dict[str, str]) -> str:
    # Outlook shows a plus as a plus.
    return f"https://{page}?{urlencode(facts, quote_via=quote)}"
