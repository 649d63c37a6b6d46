"""What calendar programs answer to an invitation, out of the mail that carries it. Pure.

Anybody can send anything here, so everything is bounded, and nothing is looked up, expanded or fetched.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime

from meetings.calendar.itip_replies import Answers, Event, Unreadable, parse
from outbox import bounces
from outbox.automatic import is_automatic
from outbox.bounces import Report

# So much of a message is looked at: what is for us comes before pictures, and before what a bounce returns.
LONGEST_MAIL, LONGEST_CALENDAR = 4 * 1024 * 1024, 2 * 1024 * 1024
# The parser asks of every line at every level whether a part ends there. A picture of 4 MB has 55,000.
MOST_LINES, MOST_BOUNDARIES, MOST_SEPARATORS, MOST_PARTS, MOST_CALENDARS = 100_000, 30, 2000, 200, 5
CALENDAR_TYPES = ("text/calendar", "application/ics")
# A file of these types may be a calendar by its name.
FILE_TYPES = ("application/octet-stream", "text/plain", "application/x-msdownload", "application/calendar")
BOUNDARY = re.compile(rb"boundary[*0-9]*[ \t]*=", re.IGNORECASE)
# In what a mail says of whom it is for.
ADDRESSED = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
# Behind the plus of an address of ours (meetings.letters.tags).
TAG = re.compile(r"(?:\+|%2B)([0-9]{1,19}-[a-z2-7]{20})@", re.IGNORECASE)
# A clock is off by minutes; what is later by more has waited somewhere.
SLOWEST_CLOCK = timedelta(minutes=15)
# Charsets that calendars are written in. Python has codecs of other kinds, some of which take long.
CHARSET = re.compile(
    r"(iso-?8859|windows-?|cp|koi8|gb|big5|euc|shift|iso-?2022|utf-?(8|16|32)|(us-)?ascii|latin|mac)[\w-]*"
)
# How a text says of itself what it is in (byte order mark).
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True)
class Mail:
    """What there is for us in a message."""

    # Our own tags in the addresses that it was sent to, and in those of the organizer it answers.
    tags: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    report: Report | None = None
    # Sent by a program, such as a holiday notice (RFC 3834, 5) or a receipt (RFC 8098).
    is_automatic: bool = False
    # Why other events in it could not be read.
    refusals: tuple[str, ...] = ()
    # How it came: who wrote it; when, by their clock; and when the first mail server took it.
    sender: str = field(default="", compare=False)
    written_at: datetime | None = field(default=None, compare=False)
    handed_over_at: datetime | None = field(default=None, compare=False)


def read(content: bytes) -> Mail:
    """What there is for us in a message as it came in. Raises Unreadable, and nothing else.

    No more than LONGEST_MAIL of it is looked at, and no more than MOST_LINES.
    """
    lines = content[:LONGEST_MAIL].splitlines(keepends=True)
    is_cut = len(content) > LONGEST_MAIL or len(lines) > MOST_LINES
    content = b"".join(lines[:MOST_LINES])
    if sum(1 for _ in BOUNDARY.finditer(content)) > MOST_BOUNDARIES:
        raise Unreadable(f"it has more than {MOST_BOUNDARIES} boundaries")
    if content.count(b"\n--") > MOST_SEPARATORS:
        raise Unreadable(f"it has more than {MOST_PARTS} parts")
    try:
        # This policy keeps what is wrong with a message as a note, and raises for nothing.
        return _read(message_from_bytes(content, policy=policy.compat32))
    except Unreadable as error:
        if is_cut:
            raise Unreadable(f"its beginning is all that was looked at, and {error}") from error
        raise
    except (RecursionError, LookupError, TypeError, ValueError) as error:
        # Charsets, codings and headers have more ways to be wrong than anybody has listed.
        raise Unreadable(f"it is no proper mail ({type(error).__name__})") from error


def _read(message: Message) -> Mail:
    addressed = [str(value) for name in ADDRESSED for value in message.get_all(name, [])[:20]]
    report, found = bounces.read(message), Answers()
    if report is None:
        found = _answers(message)
    if report is None and not found.events:
        report = bounces.read_words(message)
    if report is not None:
        addressed += report.senders
    tags = TAG.findall(" ".join([*addressed, *found.organizers])[:20_000])
    return Mail(
        tuple(dict.fromkeys(tag.lower() for tag in tags)),
        tuple(found.events),
        report,
        is_automatic(message),
        tuple(found.refusals),
        parseaddr(str(message.get("From", "")))[1],
        _date(str(message.get("Date", ""))),
        _handed_over_at(message),
    )


def _answers(message: Message) -> Answers:
    """Of its calendar parts the first that can be read; often one is sent twice, in two dresses."""
    refusal: Unreadable | None = None
    for content, charset in _calendars(message):
        try:
            return parse(decoded(content, charset))
        except Unreadable as error:
            refusal = refusal or error
    if refusal:
        raise refusal
    return Answers()


def _calendars(message: Message) -> Iterator[tuple[bytes, str]]:
    """Its calendar parts with the charset that they are said to be in; those that say what they are first."""
    parts = []
    for number, part in enumerate(message.walk()):
        if number > MOST_PARTS:
            raise Unreadable(f"it has more than {MOST_PARTS} parts")
        parts.append(part)
    named = [part for part in parts if part.get_content_type() in CALENDAR_TYPES]
    for part in [*named, *(part for part in parts if _is_calendar_file(part))][:MOST_CALENDARS]:
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        if len(content) > LONGEST_CALENDAR:
            raise Unreadable(f"its calendar is larger than {LONGEST_CALENDAR // 1024} kB")
        yield content, str(part.get_param("charset") or "")


def _is_calendar_file(part: Message) -> bool:
    name = str(part.get_filename() or "").lower()
    return part.get_content_type() in FILE_TYPES and name.endswith((".ics", ".ical", ".ifb", ".icalendar"))


# -- text ---------------------------------------------------------------------------------------


def decoded(content: bytes, charset: str = "") -> str:
    """The text of a calendar: in UTF-8 as it has to be (RFC 5545, 3.1.4), or else as it is.

    What it says of itself (a byte order mark) goes before what the mail says.
    """
    for mark, name in MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, "replace")
    if content[1:2] == b"\0" or content[:1] == b"\0":
        return content.decode("utf-16-le" if content[1:2] == b"\0" else "utf-16-be", "replace")
    # A fold may stand inside of a character, so it goes first.
    content = re.sub(rb"(?:\r\n|\r|\n)[ \t]", b"", content)
    said = charset.strip().lower().replace("_", "-")
    is_escaped = said.startswith(("iso-2022", "utf-16", "utf-32"))
    for name in (said, "utf-8") if is_escaped else ("utf-8", said):
        try:
            if CHARSET.fullmatch(name):
                return content.decode(name)
        except (LookupError, ValueError):
            continue
    # Says more than it leaves out: Western programs that do not say what they write.
    return content.decode("cp1252", "replace")


# -- clocks -------------------------------------------------------------------------------------


def said_at(event: Event, mail: Mail, now: datetime) -> datetime:
    """When the answer was given, as nearly as can be told by the clocks of servers; never after `now`.

    DTSTAMP and Date are of the answerer's own clock, which may be minutes off. What the first mail server
    wrote when it took the message shows by how much. It cannot have been taken before it was written, so a
    clock that is fast is put right altogether; one that seems slow by more than SLOWEST_CLOCK is none: the
    message has waited. Without a trace of a server nothing is known of their clock.
    """
    if mail.handed_over_at is None:
        return min(event.stamp or mail.written_at or now, now)
    taken_at = min(mail.handed_over_at, now)
    stamp = event.stamp or mail.written_at or taken_at
    slow_by = taken_at - (mail.written_at or stamp)
    if slow_by <= SLOWEST_CLOCK:
        stamp += slow_by
    return min(stamp, taken_at)


def _handed_over_at(message: Message) -> datetime | None:
    """The oldest trace of a server; each writes its own above the others (RFC 5321, 4.4)."""
    for line in reversed(message.get_all("Received", [])[-50:]):
        if found := _date(str(line).rpartition(";")[2]):
            return found
    return None


def _date(text: str) -> datetime | None:
    """RFC 5322, 3.3; in UTC. None for what is none."""
    try:
        found = parsedate_to_datetime(text.strip()[:100])
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC) if 1970 <= found.year <= 2200 else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
