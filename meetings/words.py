"""How times, lengths and lists are said in letters and on pages. Pure: values in, words out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.names import clean_name
from accounts.zone_labels import place
from language import SOURCE, current_language, formats, gettext_noop, ngettext
from language import gettext as _

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
    """In letters up to twelve: "five", "13"; in figures where their form depends on what is counted."""
    if current_language() != SOURCE:
        return formats.figure(n)
    return NUMBERS[n] if n < len(NUMBERS) else str(n)


def counted(n: int, one: str, many: str) -> str:
    """One letter, 3 letters; the number in words."""
    return f"{number(n)} {one if n == 1 else many}"


def numbered(text: str, n: int, **places: object) -> str:
    """`text` with its first letter large, the number in letters at `%(count)s`, and what else it names."""
    return sentence(text % {"count": number(n), **places})


def on_the_way(letters: int) -> str:
    """Three letters are on the way."""
    text = ngettext("%(count)s letter is on the way.", "%(count)s letters are on the way.", letters)
    return numbered(text, letters)


def sentence(text: str) -> str:
    """`text` with its first letter large."""
    return text[:1].upper() + text[1:]


def listed(items: Sequence[str]) -> str:
    """A, B and C."""
    return formats.listed(items)


# -- time ---------------------------------------------------------------------------------------


def day(on: date, today: date | None = None) -> str:
    """Monday, 23 November; with its year unless that is today's."""
    is_this_year = today is not None and on.year == today.year
    return formats.dated(on, "MMMMEEEEd" if is_this_year else "yMMMMEEEEd")


def short_day(on: date) -> str:
    """Mon 23 Nov, for subjects."""
    return formats.dated(on, "MMMEd")


def then(shown: datetime, dates: Sequence[datetime], more: int, changed: datetime | None = None) -> str:
    """Then Tue 8 Dec, Wed 9 Dec at 15:00 and 11 more: the dates after one that is shown, with its hour.

    Whichever has another hour is said with it; so is from which on of the `more` that are not named.
    """
    further = [ngettext("%(count)s more", "%(count)s more", more) % {"count": more}] if more else []
    said = {"days": listed([*(_day_at(at, unless=shown) for at in dates), *further])}
    if changed is None or clock(changed) == clock(shown):
        return _("Then %(days)s") % said
    return _("Then %(days)s, from %(day)s on at %(clock)s") % {
        **said,
        "day": short_day(changed),
        "clock": clock(changed),
    }


def _day_at(at: datetime, *, unless: datetime) -> str:
    if clock(at) == clock(unless):
        return short_day(at)
    return _("%(day)s at %(clock)s") % {"day": short_day(at), "clock": clock(at)}


def week(first: date, last: date) -> str:
    """23 to 29 November 2026, 30 November to 6 December 2026."""
    return formats.period(first, last)


def clock(at: datetime) -> str:
    return formats.clock(at)


def span(starts: datetime, ends: datetime) -> str:
    """14:00 to 14:45; an end on another day names it. Both in the zone in which they are to be said."""
    times = {"starts": clock(starts), "ends": clock(ends), "day": formats.weekday(ends.weekday())}
    if ends.date() == starts.date():
        return _("%(starts)s to %(ends)s") % times
    return _("%(starts)s to %(ends)s on %(day)s") % times


def zone_words(zone: str) -> str:
    """Berlin time, UTC."""
    words = place(zone)
    return words if words == zone else _("%(place)s time") % {"place": words}


def length(duration: timedelta) -> str:
    """45 minutes, 1 hour, 1 hour 30 minutes."""
    return formats.length(*divmod(round(duration.total_seconds() / 60), 60))


def ahead(minutes: int) -> str:
    """How long before something, in one unit where that is whole: 10 minutes, 1 hour, 1 day, 1 week."""
    for unit, name in ((7 * 24 * 60, "week"), (24 * 60, "day")):
        if minutes and minutes % unit == 0:
            return formats.units(minutes // unit, name)
    return length(timedelta(minutes=minutes))


def opening(early: timedelta) -> str:
    """When a door opens: "10 minutes before the start", "at the start"."""
    return _("%(length)s before the start") % {"length": length(early)} if early else _("at the start")


def until(starts: datetime, ends: datetime, now: datetime) -> str:
    """How far off a meeting is, as said above its title. All three in the viewer's zone."""
    if now >= ends:
        return _("Over")
    if now >= starts:
        minutes = int((now - starts).total_seconds() // 60)
        since = {"length": length(timedelta(minutes=minutes))}
        return _("Starting now") if minutes < 1 else _("Started %(length)s ago") % since
    minutes = -int((now - starts).total_seconds() // 60)
    days = (starts.date() - now.date()).days
    if minutes < 120:
        return _("Starts in %(length)s") % {"length": length(timedelta(minutes=minutes))}
    if days == 0 or minutes < 6 * 60:
        return _("Starts in %(length)s") % {"length": length(timedelta(hours=minutes // 60))}
    if days == 1:
        return _("Starts tomorrow")
    if days < 7:
        return _("Starts on %(day)s") % {"day": formats.weekday(starts.weekday())}
    return ngettext("Starts in %(count)s day", "Starts in %(count)s days", days) % {"count": days}


def day_name(on: date, today: date, *, later: bool = False) -> tuple[str, str]:
    """The heading of a day and the smaller line below it: ("Tomorrow", "Tue, 24 November")."""
    year = "" if on.year == today.year else "y"
    days = (on - today).days
    if days == 0:
        return (_("Later today") if later else _("Today")), ""
    if days == 1:
        return _("Tomorrow"), formats.dated(on, f"{year}MMMMEd")
    if days == -1:
        return _("Yesterday"), formats.dated(on, f"{year}MMMMEd")
    return formats.weekday(on.weekday()), formats.dated(on, f"{year}MMMMd")


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
    "1.1": gettext_noop("No such mailbox"),
    "1.2": gettext_noop("No such mail server"),
    "1.10": gettext_noop("This address takes no mail"),
    "2.1": gettext_noop("The mailbox is switched off"),
    "2.2": gettext_noop("The mailbox is full"),
    "2.3": gettext_noop("The letter was too large for it"),
}
STATUS = re.compile(r"\b[45]\.(\d{1,3}\.\d{1,3})\b")


def refusal(error: str) -> str:
    """Why a letter came back, in words, from what the mail server said."""
    if (found := STATUS.search(error)) and found[1] in REFUSALS:
        return _(REFUSALS[found[1]])
    if re.search(r"\b(mailbox|quota).{0,20}\b(full|exceeded)", error, re.IGNORECASE):
        return _(REFUSALS["2.2"])
    if re.search(r"\b(no such|unknown) (user|mailbox|recipient)|user unknown", error, re.IGNORECASE):
        return _(REFUSALS["1.1"])
    return _("The mail server refused it")


def ordinal_number(n: int) -> str:
    """1st, 2nd, 3rd, 11th; where that depends on what is counted, the figure alone."""
    if current_language() != SOURCE:
        return formats.figure(n)
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def ordinal(n: int) -> str:
    """Second, third … as words up to tenth, then 11th; in other languages figures."""
    if current_language() != SOURCE:
        return formats.figure(n)
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
