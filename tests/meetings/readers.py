"""Calendar files as two parsers read them that know nothing of ours, nor of each other."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import vobject
from dateutil import tz
from vobject import icalendar as vobject_icalendar

READER = Path(__file__).with_name("reader.mjs")


@dataclass(frozen=True)
class Event:
    """What a parser makes of a VEVENT; times in UTC."""

    uid: str
    sequence: int
    # Of an occurrence that is told by itself, when it would be.
    recurrence_id: datetime | None
    starts_at: datetime
    ends_at: datetime
    summary: str
    status: str
    organizer: str
    # Address -> (PARTSTAT, ROLE)
    attendees: dict[str, tuple[str, str]]
    # Start and end of every time, without those that are told by themselves.
    occurrences: tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True)
class File:
    method: str
    events: tuple[Event, ...]


@cache
def _node() -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["node", str(READER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )


def with_ical_js(data: bytes) -> File:
    """As ical.js reads it, which reads mail for Thunderbird."""
    node = _node()
    assert node.stdin is not None
    assert node.stdout is not None
    node.stdin.write(json.dumps(data.decode()) + "\n")
    node.stdin.flush()
    said: dict[str, Any] = json.loads(node.stdout.readline())
    return File(said["method"] or "", tuple(_of_ical_js(event) for event in said["events"]))


def _of_ical_js(event: dict[str, Any]) -> Event:
    return Event(
        uid=event["uid"],
        sequence=event["sequence"],
        recurrence_id=_moment(event["recurrence_id"]) if event["recurrence_id"] else None,
        starts_at=_moment(event["starts_at"]),
        ends_at=_moment(event["ends_at"]),
        summary=event["summary"],
        status=event["status"],
        organizer=event["organizer"],
        attendees={a["address"]: (a["partstat"], a["role"]) for a in event["attendees"]},
        occurrences=tuple((_moment(start), _moment(end)) for start, end in event["occurrences"]),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def with_vobject(data: bytes) -> File:
    """As vobject reads it."""
    # It goes by the first definition of a zone that it ever saw, or by pytz's; every file brings its own.
    defined = tz.tzical(StringIO(data.decode().replace("\r\n ", "")))
    names = defined.keys()
    vobject_icalendar.__tzidMap = {"UTC": tz.UTC, **{name: defined.get(name) for name in names}}
    calendar = vobject.readOne(data.decode())
    method = calendar.method.value if "method" in calendar.contents else ""
    return File(method, tuple(_of_vobject(event) for event in calendar.contents["vevent"]))


def _of_vobject(event: Any) -> Event:
    start = event.dtstart.value.astimezone(UTC)
    is_lasting = "duration" in event.contents
    end = start + event.duration.value if is_lasting else event.dtend.value.astimezone(UTC)
    override = "recurrence-id" in event.contents
    if override:
        times = []
    elif "rrule" in event.contents:
        times = [at.astimezone(UTC) for at in event.getrruleset()]
    else:
        times = [start]
    return Event(
        uid=event.uid.value,
        sequence=int(event.sequence.value),
        recurrence_id=event.recurrence_id.value.astimezone(UTC) if override else None,
        starts_at=start,
        ends_at=end,
        summary=event.summary.value,
        status=event.status.value,
        organizer=event.organizer.value,
        attendees={
            attendee.value: (attendee.partstat_param, attendee.role_param)
            for attendee in event.contents.get("attendee", ())
        },
        occurrences=tuple((at, at + (end - start)) for at in times),
    )
