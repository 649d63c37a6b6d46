"""How times, lengths and lists are said in letters and on pages. Pure: values in, words out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.names import clean_name
from accounts.places import place

NUMBERS = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]


def plain(text: str, *, lines: bool = False) -> str:
    """`text` without control and direction characters, its white space collapsed.

    With `lines`, line ends stay; without, everything is on one line.
    """
    if lines:
        return "\n".join(plain(line) for line in re.split(r"\r\n|[\r\n]", text)).strip()
    # Normalizing never makes a text more than three times as long (Unicode, UAX 15).
    return clean_name(text, 3 * len(text))


def number(n: int) -> str:
    """In letters up to twelve: "five", "13"."""
    return NUMBERS[n] if n < len(NUMBERS) else str(n)


def counted(n: int, one: str, many: str) -> str:
    """One letter, 3 letters; the number in words."""
    return f"{number(n)} {one if n == 1 else many}"


def sentence(text: str) -> str:
    """`text` with its first letter large."""
    return text[:1].upper() + text[1:]


def listed(items: Sequence[str]) -> str:
    """A, B and C."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


# -- time ---------------------------------------------------------------------------------------


def day(on: date, today: date | None = None) -> str:
    """Monday, 23 November; with its year unless that is today's."""
    words = f"{on:%A}, {on.day} {on:%B}"
    return words if today is not None and on.year == today.year else f"{words} {on.year}"


def short_day(on: date) -> str:
    """Mon 23 Nov, for subjects."""
    return f"{on:%a} {on.day} {on:%b}"


def then(days: Sequence[date], more: int) -> str:
    """Then Tue 8 Dec, Wed 9 Dec and 11 more: the dates after one that is named already."""
    further = [f"{more} more"] if more else []
    return f"Then {listed([*map(short_day, days), *further])}"


def week(first: date, last: date) -> str:
    """23 to 29 November 2026, 30 November to 6 December 2026."""
    if first.year != last.year:
        return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"
    start = f"{first.day}" if first.month == last.month else f"{first.day} {first:%B}"
    return f"{start} to {last.day} {last:%B %Y}"


def clock(at: datetime) -> str:
    return f"{at:%H:%M}"


def span(starts: datetime, ends: datetime) -> str:
    """14:00 to 14:45; an end on another day names it. Both in the zone in which they are to be said."""
    if ends.date() == starts.date():
        return f"{clock(starts)} to {clock(ends)}"
    return f"{clock(starts)} to {clock(ends)} on {ends:%A}"


def zone_words(zone: str) -> str:
    """Berlin time, UTC."""
    words = place(zone)
    return words if words == zone else f"{words} time"


def length(duration: timedelta) -> str:
    """45 minutes, 1 hour, 1 hour 30 minutes."""
    hours, minutes = divmod(round(duration.total_seconds() / 60), 60)
    parts = []
    if hours:
        parts.append(f"{hours} hour{'s' if hours > 1 else ''}")
    if minutes or not hours:
        parts.append(f"{minutes} minute{'s' if minutes != 1 else ''}")
    return " ".join(parts)


def ahead(minutes: int) -> str:
    """How long before something, in one unit where that is whole: 10 minutes, 1 hour, 1 day, 1 week."""
    for unit, name in ((7 * 24 * 60, "week"), (24 * 60, "day")):
        if minutes and minutes % unit == 0:
            count = minutes // unit
            return f"{count} {name}{'s' if count > 1 else ''}"
    return length(timedelta(minutes=minutes))


def opening(early: timedelta) -> str:
    """When a door opens: "10 minutes before the start", "at the start"."""
    return f"{length(early)} before the start" if early else "at the start"


def until(starts: datetime, ends: datetime, now: datetime) -> str:
    """How far off a meeting is, as said above its title. All three in the viewer's zone."""
    if now >= ends:
        return "Over"
    if now >= starts:
        minutes = int((now - starts).total_seconds() // 60)
        return "Starting now" if minutes < 1 else f"Started {length(timedelta(minutes=minutes))} ago"
    minutes = -int((now - starts).total_seconds() // 60)
    days = (starts.date() - now.date()).days
    if minutes < 120:
        return f"Starts in {length(timedelta(minutes=minutes))}"
    if days == 0 or minutes < 6 * 60:
        return f"Starts in {minutes // 60} hours"
    if days == 1:
        return "Starts tomorrow"
    return f"Starts on {starts:%A}" if days < 7 else f"Starts in {days} days"


def day_name(on: date, today: date, *, later: bool = False) -> tuple[str, str]:
    """The heading of a day and the smaller line below it: ("Tomorrow", "Tue, 24 November")."""
    year = "" if on.year == today.year else f" {on.year}"
    date_words = f"{on.day} {on:%B}{year}"
    match (on - today).days:
        case 0:
            return ("Later today" if later else "Today"), ""
        case 1:
            return "Tomorrow", f"{on:%a}, {date_words}"
        case -1:
            return "Yesterday", f"{on:%a}, {date_words}"
        case _:
            return f"{on:%A}", date_words


# -- agenda -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """One line of an agenda."""

    text: str
    minutes: int | None = None


MINUTES = re.compile(r"^(?P<text>.*\S)\s*\(\s*(?P<minutes>\d{1,3})\s*(?:min(?:utes?|\.)?|m)?\s*\)$")
BULLET = re.compile(r"^(?:[-*•–]\s+|\d{1,2}[.)]\s+)")


def agenda(text: str) -> list[Point]:
    """The points of an agenda, one a line; minutes may stand in brackets at the end."""
    points = []
    for line in text.splitlines():
        if not (line := BULLET.sub("", line.strip())):
            continue
        if found := MINUTES.match(line):
            points.append(Point(found["text"], int(found["minutes"])))
        else:
            points.append(Point(line))
    return points


# -- letters ------------------------------------------------------------------------------------

# Enhanced status codes (RFC 3463) that a person can do something about.
REFUSALS = {
    "1.1": "No such mailbox",
    "1.2": "No such mail server",
    "1.10": "This address takes no mail",
    "2.1": "The mailbox is switched off",
    "2.2": "The mailbox is full",
    "2.3": "The letter was too large for it",
}
STATUS = re.compile(r"\b[45]\.(\d{1,3}\.\d{1,3})\b")


def refusal(error: str) -> str:
    """Why a letter came back, in words, from what the mail server said."""
    if (found := STATUS.search(error)) and found[1] in REFUSALS:
        return REFUSALS[found[1]]
    if re.search(r"\b(mailbox|quota).{0,20}\b(full|exceeded)", error, re.IGNORECASE):
        return REFUSALS["2.2"]
    if re.search(r"\b(no such|unknown) (user|mailbox|recipient)|user unknown", error, re.IGNORECASE):
        return REFUSALS["1.1"]
    return "The mail server refused it"


def ordinal_number(n: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def ordinal(n: int) -> str:
    """Second, third … as words up to tenth, then 11th."""
    words = [
        "zeroth",
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
    ]
    return words[n] if n < len(words) else ordinal_number(n)
