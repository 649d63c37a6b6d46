"""What calendar programs answer to an invitation, out of the mail that carries it. Pure.

Anybody can send anything here, so everything is bounded, and nothing is looked up, expanded or fetched.
The calendar is read by a few lines of our own: a library that knows all of RFC 5545 also follows its rules
for time zones, and one of these can ask for ten thousand million moments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import Message
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from meetings.words import plain
from outbox import bounces
from outbox.bounces import Report

# A bounce may send the whole letter back; an answer is far smaller.
LONGEST_MAIL, LONGEST_CALENDAR = 512 * 1024, 64 * 1024
MOST_PARTS, MOST_LINES, MOST_EVENTS, MOST_ATTENDEES = 30, 2000, 20, 100
NOTE_LENGTH, UID_LENGTH = 200, 255
CALENDAR_TYPES = ("text/calendar", "application/ics")
METHODS = ("REPLY", "COUNTER")
ANSWERS = ("ACCEPTED", "TENTATIVE", "DECLINED")
# In what a mail says of whom it is for.
ADDRESSED = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
# Behind the plus of an address of ours (meetings.tags).
TAG = re.compile(r"\+([0-9]{1,19}-[a-z2-7]{20})@", re.IGNORECASE)


class Unreadable(Exception):
    """Not what a calendar program would send; says why, for the log."""


@dataclass(frozen=True)
class Said:
    """What one attendee says."""

    address: str
    partstat: str
    note: str = ""


@dataclass(frozen=True)
class Event:
    """One answer: to a meeting, or with `recurrence_id` to one occurrence of a series."""

    method: str
    uid: str
    sequence: int
    # When it was said (DTSTAMP).
    stamp: datetime
    attendees: tuple[Said, ...]
    # Naive where the zone is one that we do not know: then it is what some clock on a wall shows.
    recurrence_id: datetime | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True)
class Mail:
    """What there is for us in a message."""

    # Our own tags in the addresses that it was sent to, and in those of the organizer it answers.
    tags: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    report: Report | None = None
    # Sent by a program, such as a holiday notice (RFC 3834, 5).
    is_automatic: bool = False


def read(content: bytes) -> Mail:
    """What there is for us in a message as it came in. Raises Unreadable, and nothing else."""
    if len(content) > LONGEST_MAIL:
        raise Unreadable(f"it is larger than {LONGEST_MAIL // 1024} kB")
    if content.lower().count(b"boundary") > MOST_PARTS:
        raise Unreadable(f"it has more than {MOST_PARTS} boundaries")
    try:
        # This policy keeps what is wrong with a message as a note, and raises for nothing.
        message = message_from_bytes(content, policy=policy.compat32)
        if report := bounces.read(message):
            return Mail(report=report)
        calendar = _calendar(message)
        addressed = [str(value) for name in ADDRESSED for value in message.get_all(name, [])]
        automatic = str(message.get("Auto-Submitted", "no")).strip().lower()
    except (RecursionError, LookupError, TypeError, ValueError) as error:
        # Charsets, codings and headers have more ways to be wrong than anybody has listed.
        raise Unreadable(f"it is no proper mail ({type(error).__name__})") from error
    found = parse(calendar) if calendar is not None else _Calendar()
    tags = TAG.findall(" ".join([*addressed, *found.organizers])[:10_000])
    return Mail(
        tuple(dict.fromkeys(tag.lower() for tag in tags)),
        tuple(found.events),
        is_automatic=not automatic.startswith("no"),
    )


def _calendar(message: Message) -> str | None:
    """The text of its calendar part; None if it has none."""
    for number, part in enumerate(message.walk()):
        if number > MOST_PARTS:
            raise Unreadable(f"it has more than {MOST_PARTS} parts")
        if part.get_content_type() not in CALENDAR_TYPES:
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        if len(content) > LONGEST_CALENDAR:
            raise Unreadable(f"its calendar is larger than {LONGEST_CALENDAR // 1024} kB")
        return content.decode("utf-8", "replace")
    return None


# -- the calendar -------------------------------------------------------------------------------

# NAME;PARAMETER=value;PARAMETER="quoted":the rest (RFC 5545, 3.1). No two parts can match the same text.
LINE = re.compile(r'([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:[^";:]|"[^"]*")*)*):(.*)', re.DOTALL)
PARAMETER = re.compile(r';([A-Za-z0-9-]+)=((?:[^";:]|"[^"]*")*)')
MOMENT = re.compile(r"([0-9]{8})T([0-9]{6})(Z?)", re.ASCII)
ESCAPED = re.compile(r"\\([\\;,nN])")


@dataclass(frozen=True)
class _Line:
    name: str
    parameters: dict[str, str]
    value: str


@dataclass
class _Calendar:
    events: list[Event] = field(default_factory=list)
    organizers: list[str] = field(default_factory=list)


def parse(text: str) -> _Calendar:
    """The answers in an iCalendar object. Raises Unreadable."""
    method, open_, events = "", list[str](), list[list[_Line]]()
    for number, line in enumerate(_lines(text)):
        if number >= MOST_LINES:
            raise Unreadable(f"its calendar has more than {MOST_LINES} lines")
        match line.name:
            case "BEGIN":
                open_.append(line.value.strip().upper())
                if open_ == ["VCALENDAR", "VEVENT"]:
                    events.append([])
            case "END":
                if not open_ or open_.pop() != line.value.strip().upper():
                    raise Unreadable("its calendar ends what it did not begin")
            case "METHOD" if open_ == ["VCALENDAR"]:
                method = line.value.strip().upper()
            case _ if open_ == ["VCALENDAR", "VEVENT"]:
                events[-1].append(line)
    if open_ or not events:
        raise Unreadable("its calendar has no end, or no event")
    if method not in METHODS:
        raise Unreadable(f"its method is “{plain(method)[:20]}”, and not an answer")
    if len(events) > MOST_EVENTS:
        raise Unreadable(f"it answers more than {MOST_EVENTS} events")
    return _Calendar(
        [_event(method, event) for event in events],
        [line.value for event in events for line in event if line.name == "ORGANIZER"],
    )


def _lines(text: str) -> Iterator[_Line]:
    """The content lines, unfolded; what is none is passed over."""
    for text_line in re.split(r"\r?\n", re.sub(r"\r?\n[ \t]", "", text)):
        if match := LINE.fullmatch(text_line):
            parameters = {name.upper(): value.replace('"', "") for name, value in PARAMETER.findall(match[2])}
            yield _Line(match[1].upper(), parameters, match[3])


def _event(method: str, lines: list[_Line]) -> Event:
    uid, stamp = _only(lines, "UID"), _only(lines, "DTSTAMP")
    said_at = _moment(stamp) if stamp else None
    if uid is None or not uid.value.strip() or len(uid.value) > UID_LENGTH:
        raise Unreadable("its event has no UID")
    if said_at is None or said_at.tzinfo is None:
        raise Unreadable("its event has no DTSTAMP")
    comment = _only(lines, "COMMENT")
    attendees = [line for line in lines if line.name == "ATTENDEE"]
    if not attendees or len(attendees) > (1 if method == "REPLY" else MOST_ATTENDEES):
        raise Unreadable(f"its event has {len(attendees) or 'no'} attendees")
    return Event(
        method,
        uid.value.strip(),
        _sequence(_only(lines, "SEQUENCE")),
        said_at,
        tuple(_said(line, _text(comment.value) if comment else "") for line in attendees),
        **{
            name: _moment(line) if (line := _only(lines, property_)) else None
            for name, property_ in (
                ("recurrence_id", "RECURRENCE-ID"),
                ("starts_at", "DTSTART"),
                ("ends_at", "DTEND"),
            )
        },
    )


def _only(lines: list[_Line], name: str) -> _Line | None:
    """The line of this name; None if there is none. Of two, nobody knows which one holds."""
    found = [line for line in lines if line.name == name]
    if len(found) > 1 and name != "COMMENT":
        raise Unreadable(f"its event has {len(found)} times {name}")
    return found[0] if found else None


def _said(line: _Line, comment: str) -> Said:
    address = re.sub(r"^mailto:", "", line.value.strip(), flags=re.IGNORECASE)
    # Google and Exchange put the word that comes with an answer here or there.
    note = comment or _text(line.parameters.get("X-RESPONSE-COMMENT", ""))
    return Said(address.strip()[:254], line.parameters.get("PARTSTAT", "").upper(), note)


def _text(value: str) -> str:
    """RFC 5545, 3.3.11, on one line and without anything that is not to be printed."""
    unescaped = ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value[: 4 * NOTE_LENGTH])
    text = plain(" ".join(unescaped.split()))
    return text if len(text) <= NOTE_LENGTH else f"{text[: NOTE_LENGTH - 1].rstrip()}…"


def _sequence(line: _Line | None) -> int:
    """Zero where it is missing (RFC 5545, 3.8.7.4)."""
    if line is None:
        return 0
    if not re.fullmatch(r"[0-9]{1,9}", line.value.strip(), re.ASCII):
        raise Unreadable("its SEQUENCE is no number")
    return int(line.value)


def _moment(line: _Line) -> datetime | None:
    """RFC 5545, 3.3.5; None for a whole day, which no meeting of ours is."""
    match = MOMENT.fullmatch(line.value.strip())
    if not match:
        return None
    try:
        naive = datetime.strptime(match[1] + match[2], "%Y%m%d%H%M%S")  # noqa: DTZ007 - the zone follows
    except ValueError:
        raise Unreadable(f"its {line.name} is no time") from None
    if not 1970 <= naive.year <= 2200:
        # In another zone, a day at either end of the calendar could be none.
        raise Unreadable(f"its {line.name} is in the year {naive.year}")
    if match[3]:
        return naive.replace(tzinfo=UTC)
    zone = _zone(line.parameters.get("TZID", ""))
    return naive.replace(tzinfo=zone) if zone else naive


def _zone(name: str) -> ZoneInfo | None:
    """By its IANA or its Windows name; None for one that somebody made up."""
    try:
        return ZoneInfo(WINDOWS_TO_OLSON.get(name, name)) if name else None
    except (LookupError, OSError, ValueError):
        return None
