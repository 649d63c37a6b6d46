"""The iTIP object in which a calendar program answers (RFC 5546, 3.2.3 and 3.2.7). Pure.

Anybody can send anything here, so everything is bounded, and nothing is looked up, expanded or fetched.
The calendar is read by a few lines of our own: a library that knows all of RFC 5545 also follows its rules
for time zones, and one of these can ask for ten thousand million moments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from urllib.parse import unquote

from icalendar.prop import vDuration

from meetings.calendar import content_lines, zone_names
from meetings.calendar.content_lines import Line
from meetings.calendar.zone_names import OwnZone
from meetings.words import plain

# One event for each date of the longest series, in both of its parts, fits.
MOST_LINES, MOST_EVENTS, MOST_ATTENDEES, MOST_ZONES = 50_000, 800, 100, 20
NOTE_LENGTH, UID_LENGTH, ADDRESS_LENGTH = 200, 255, 254
METHODS = ("REPLY", "COUNTER")
ANSWERS = ("ACCEPTED", "TENTATIVE", "DECLINED")
DELEGATED = "DELEGATED"


class Unreadable(Exception):
    """Not what a calendar program would send; says why, for the log."""


@dataclass(frozen=True)
class Said:
    """What one attendee says."""

    address: str
    partstat: str
    note: str = ""
    # Other addresses of theirs (EMAIL, RFC 7986, 6.2).
    aliases: tuple[str, ...] = ()
    # Whom they send, and whose place they take (RFC 5545, 3.2.4 and 3.2.5).
    delegates: tuple[str, ...] = ()
    delegators: tuple[str, ...] = ()

    def is_at(self, address: str) -> bool:
        return address.lower() in {known.lower() for known in (self.address, *self.aliases)}


@dataclass(frozen=True)
class Event:
    """One answer: to a meeting, or with `recurrence_id` to one occurrence of a series."""

    method: str
    uid: str
    # None where it is not said, which is zero by the standard (RFC 5545, 3.8.7.4).
    sequence: int | None
    # When it was said (DTSTAMP), by the clock of whoever said it; None where that is no moment.
    stamp: datetime | None
    attendees: tuple[Said, ...]
    # A day alone where no time is given, and naive where the zone is one that nobody knows: then it is
    # what some clock on a wall shows.
    recurrence_id: date | None = None
    # It names one occurrence, but nobody can say which.
    is_unclear: bool = False
    # It is about that occurrence and those after it (RANGE, RFC 5545, 3.2.13).
    and_following: bool = False
    starts_at: date | None = None
    ends_at: date | None = None


@dataclass
class Answers:
    """What an iTIP object says."""

    events: list[Event] = field(default_factory=list)
    organizers: list[str] = field(default_factory=list)
    # Why events of it could not be read.
    refusals: list[str] = field(default_factory=list)


def speaker(event: Event, address: str, sender: str = "") -> Said | None:
    """What the attendee who was invited at `address` says, who may go by another one in their calendar.

    `sender` is who wrote the mail, and helps to choose among several. None if nobody can tell.
    """
    everybody = event.attendees
    for said in everybody:
        if said.is_at(address):
            return said
    for said in everybody:
        if address.lower() in {delegator.lower() for delegator in said.delegators}:
            return Said(address, DELEGATED, said.note, delegates=(said.address,))
    guesses = (
        [said for said in everybody if sender and said.is_at(sender)],
        [said for said in everybody if said.partstat in (*ANSWERS, DELEGATED)],
        everybody,
    )
    return next((guess[0] for guess in guesses if len(guess) == 1), None)


# -- reading ------------------------------------------------------------------------------------

# RFC 5545, 3.3.5, and what else is written for it: with an offset, with dashes and colons, without a time.
MOMENT = re.compile(
    r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})"
    r"(?:[T ]([0-9]{2}):?([0-9]{2})(?::?([0-9]{2})(?:\.[0-9]+)?)?\s*(Z|[+-][0-9]{2}:?[0-9]{2})?)?",
    re.ASCII | re.IGNORECASE,
)
ESCAPED = re.compile(r"\\([\\;,nN])")
# In the value of a parameter (RFC 6868).
CARET = {"^n": "\n", "^^": "^", "^'": '"'}


def parse(text: str) -> Answers:
    """The answers in an iCalendar object. Raises Unreadable if it is none, or if none of them can be read."""
    method, open_ = "", list[str]()
    events, zones = list[list[Line]](), list[list[tuple[str, str]]]()
    for number, line in enumerate(content_lines.read(text)):
        if number >= MOST_LINES:
            raise Unreadable(f"its calendar has more than {MOST_LINES} lines")
        inside = open_[:2]
        if line.name == "BEGIN":
            open_.append(line.value.strip().upper())
            if open_ == ["VCALENDAR", "VEVENT"]:
                events.append([])
            elif open_ == ["VCALENDAR", "VTIMEZONE"]:
                zones.append([])
        elif line.name == "END" and (not open_ or open_.pop() != line.value.strip().upper()):
            raise Unreadable("its calendar ends what it did not begin")
        elif line.name == "METHOD" and open_ == ["VCALENDAR"]:
            method = line.value.strip().upper()
        elif line.name != "END" and open_ == ["VCALENDAR", "VEVENT"]:
            events[-1].append(line)
        if inside == ["VCALENDAR", "VTIMEZONE"] and len(zones) <= MOST_ZONES and not line.is_broken:
            zones[-1].append((line.name, line.value))
    if open_ or not events:
        raise Unreadable("its calendar has no end, or no event")
    if method not in METHODS:
        raise Unreadable(f"its method is “{plain(method)[:20]}”, and not an answer")
    if len(events) > MOST_EVENTS:
        raise Unreadable(f"it answers more than {MOST_EVENTS} events")
    return _answers(method, events, dict(zone_names.describe(zone) for zone in zones))


def _answers(method: str, events: Iterable[list[Line]], zones: Mapping[str, OwnZone]) -> Answers:
    found = Answers()
    for lines in events:
        try:
            found.events.append(_event(method, lines, zones))
        except Unreadable as error:
            # The others may be good.
            found.refusals.append(str(error))
        found.organizers += [address(line.value) for line in lines if line.name == "ORGANIZER"]
    if not found.events:
        raise Unreadable(found.refusals[0])
    return found


# -- properties ---------------------------------------------------------------------------------


def _event(method: str, lines: list[Line], zones: Mapping[str, OwnZone]) -> Event:
    uid = _only(lines, "UID")
    if uid is None or not uid.value.strip() or len(uid.value) > UID_LENGTH:
        raise Unreadable("its event has no UID")
    # Which date it is about may be of no account; that is for whoever knows the meeting.
    if broken := [line.name for line in lines if line.is_broken and line.name != "RECURRENCE-ID"]:
        raise Unreadable(f"nobody can read the {broken[0]} of its event")
    stamp, named = _time(lines, "DTSTAMP", zones), _only(lines, "RECURRENCE-ID")
    comment = _only(lines, "COMMENT")
    attendees = [line for line in lines if line.name == "ATTENDEE"]
    if not attendees or len(attendees) > MOST_ATTENDEES:
        raise Unreadable(f"its event has {len(attendees) or 'no'} attendees")
    recurrence_id, starts_at = _time(lines, "RECURRENCE-ID", zones), _time(lines, "DTSTART", zones)
    return Event(
        method,
        uid.value.strip(),
        _sequence(_only(lines, "SEQUENCE")),
        # Of a clock on some wall it is not known when it showed that.
        stamp if isinstance(stamp, datetime) and stamp.tzinfo else None,
        tuple(_said(line, _text(comment.value) if comment else "") for line in attendees),
        recurrence_id=recurrence_id,
        is_unclear=named is not None and recurrence_id is None,
        and_following=named is not None and named.parameters.get("RANGE", "").upper() == "THISANDFUTURE",
        starts_at=starts_at,
        ends_at=_time(lines, "DTEND", zones) or _end(starts_at, _only(lines, "DURATION")),
    )


def _only(lines: list[Line], name: str) -> Line | None:
    """The line of this name; None if there is none. Of two, nobody knows which one holds."""
    found = [line for line in lines if line.name == name]
    if len(found) > 1 and name != "COMMENT":
        raise Unreadable(f"its event has {len(found)} times {name}")
    return found[0] if found else None


def _said(line: Line, comment: str) -> Said:
    given = line.parameters
    # Google and Exchange put the word that comes with an answer here or there.
    response = re.sub(r"\^[n^']", lambda match: CARET[match[0]], given.get("X-RESPONSE-COMMENT", ""))
    return Said(
        address(line.value),
        given.get("PARTSTAT", "").upper(),
        comment or _text(response),
        _addresses(given.get("EMAIL", "")),
        _addresses(given.get("DELEGATED-TO", "")),
        _addresses(given.get("DELEGATED-FROM", "")),
    )


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(found for part in text.split(",")[:10] if (found := address(part)))


def address(uri: str) -> str:
    """The address in a `mailto:` (RFC 6068), where a program may write a plus as %2B."""
    bare = re.sub(r"^\s*mailto:", "", uri[: 4 * ADDRESS_LENGTH], flags=re.IGNORECASE).partition("?")[0]
    return plain(unquote(bare)).strip("<>")[:ADDRESS_LENGTH]


def _text(value: str) -> str:
    """RFC 5545, 3.3.11, on one line and without anything that is not to be printed."""
    unescaped = ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value[: 4 * NOTE_LENGTH])
    text = plain(" ".join(unescaped.split()))
    return text if len(text) <= NOTE_LENGTH else f"{text[: NOTE_LENGTH - 1].rstrip()}…"


def _sequence(line: Line | None) -> int | None:
    if line is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", line.value.strip(), re.ASCII):
        raise Unreadable("its SEQUENCE is no number")
    return int(line.value)


def _time(lines: list[Line], name: str, zones: Mapping[str, OwnZone]) -> date | None:
    """A moment, a time on a wall or a day; None where there is none or nobody can read it."""
    line = _only(lines, name)
    match = MOMENT.fullmatch(line.value.strip()[:40]) if line else None
    if line is None or match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    if not 1970 <= year <= 2200:
        # In another zone, a day at either end of the calendar could be none.
        raise Unreadable(f"its {name} is in the year {year}")
    try:
        if match[4] is None:
            return date(year, month, day)
        # A second may be a leap second (RFC 5545, 3.3.12).
        naive = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001 - the zone follows
    except ValueError:
        raise Unreadable(f"its {name} is no time") from None
    if suffix := match[7]:
        offset = timedelta() if suffix in "zZ" else zone_names.offset(suffix)
        return None if offset is None else naive.replace(tzinfo=timezone(offset)).astimezone(UTC)
    named = line.parameters.get("TZID", "").strip()
    return zone_names.aware(naive, named, zones) or naive


def _end(starts_at: date | None, line: Line | None) -> datetime | None:
    if line is None or not isinstance(starts_at, datetime):
        return None
    try:
        length = vDuration.from_ical(line.value.strip()[:40])  # type: ignore[no-untyped-call]
        return starts_at + length if timedelta() < length <= timedelta(days=31) else None
    except (ValueError, OverflowError):
        return None
