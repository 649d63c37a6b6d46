"""Time zones as calendar programs name them, or bring them along (VTIMEZONE, RFC 5545, 3.6.5). Pure.

Most names are IANA's or those of Windows, whose table comes from Unicode's CLDR by way of a library; many
are dressed up. A zone that only its own message describes is read for one moment, without laying out its
rules: they are a stranger's, and can ask for ten thousand million moments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from dateutil import rrule
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

LONGEST_NAME = 200
# A zone with a line for each change of a century has fewer.
MOST_OBSERVANCES, MOST_RULES = 400, 12
# Behind one of these, Exchange has a name of Windows, or "Utc", or "Custom".
MICROSOFT = "tzone://microsoft/"
# "(UTC-05:00) Eastern Time (US & Canada)", as Windows shows it to people.
SHOWN = re.compile(r"\((?:UTC|GMT)\s*(?:([+-]?)([0-9]{1,2})[:.]?([0-9]{2}))?\)\s*(.+)", re.IGNORECASE)
FIXED = re.compile(r"(?:UTC|GMT)?([+-])([0-9]{1,2}):?([0-9]{2})?", re.ASCII | re.IGNORECASE)
OFFSET = re.compile(r"([+-])([0-9]{2}):?([0-9]{2})(?::?[0-9]{2})?", re.ASCII)
MOMENT = re.compile(r"[0-9]{8}T[0-9]{6}Z?", re.ASCII)
RULE_PART = re.compile(r"(FREQ|INTERVAL|BYMONTH|BYDAY|BYMONTHDAY|UNTIL|WKST)=([A-Z0-9,+-]{1,40})")
NTH = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
# What a machine has in its list beside the zones of the world.
NO_PLACES = ("localtime", "posixrules", "Factory")
WEEKDAYS = {str(day): day for day in rrule.weekdays}


@lru_cache(maxsize=512)
def zone(name: str) -> tzinfo | None:
    """The zone of a TZID; None for a name that somebody made up."""
    name = name.strip().strip("\"'").strip()[:LONGEST_NAME]
    if name.lower().startswith(MICROSOFT):
        name = name[len(MICROSOFT) :]
    return _known(name) or _at_the_end(name) or _shown(name) or _fixed(name)


def aware(at: datetime, name: str, own: Mapping[str, OwnZone]) -> datetime | None:
    """The naive `at` in the zone of that name, or in one of the message's own; None if nobody knows it."""
    if found := zone(name):
        return at.replace(tzinfo=found)
    described = own.get(name)
    if described is None:
        return None
    if described.location and (found := zone(described.location)):
        return at.replace(tzinfo=found)
    offset = described.offset(at)
    return None if offset is None else at.replace(tzinfo=timezone(offset))


# -- names --------------------------------------------------------------------------------------


@cache
def _iana() -> dict[str, str]:
    """Names in lower case -> as they are written."""
    return {name.lower(): name for name in available_timezones() if name not in NO_PLACES}


@cache
def _windows() -> dict[str, str]:
    return {name.lower(): place for name, place in WINDOWS_TO_OLSON.items()}


@cache
def _places() -> dict[str, str]:
    """The last word of each name, such as a city, where one zone alone ends with it."""
    found: dict[str, set[str]] = {}
    for name in available_timezones():
        found.setdefault(name.rpartition("/")[2].replace("_", " ").lower(), set()).add(name)
    return {place: min(names) for place, names in found.items() if len(names) == 1}


def _known(name: str) -> ZoneInfo | None:
    """By its name of IANA or Windows; Outlook puts a number behind one that it has met before."""
    key = re.sub(r" [0-9]$", "", name.lower())
    known = _iana().get(key) or _windows().get(key)
    return ZoneInfo(known) if known else None


def _at_the_end(name: str) -> ZoneInfo | None:
    """Of a path such as /mozilla.org/20050126_1/Europe/Berlin."""
    parts = name.split("/")
    if len(parts) < 2:
        return None
    ends = ("/".join(parts[-length:]) for length in (3, 2, 1) if length < len(parts))
    return next((found for end in ends if (found := _known(end))), None)


def _shown(name: str) -> ZoneInfo | None:
    """As Windows shows it: by the name of its clock, or by a city among those listed, if the offset fits."""
    match = SHOWN.fullmatch(name)
    words = match[4] if match else name
    clock = re.sub(r"\s*\([^()]*\)$", "", words)
    if clock.lower() == "coordinated universal time":
        return ZoneInfo("UTC")
    candidates = [_known(f"{clock.removesuffix(' Time')} Standard Time")]
    if match:
        places = [place.strip().lower() for place in re.split(r"[,/;]", clock)[:10]]
        candidates += [ZoneInfo(_places()[place]) for place in places if place in _places()]
    said = _offset(match[1] or "+", match[2], match[3]) if match and match[2] else None
    return next((found for found in candidates if found and (said is None or _usual(found) == said)), None)


def _usual(found: ZoneInfo) -> timedelta | None:
    """The offset of its standard time these days: winter, on either half of the earth."""
    sides = [datetime(2026, month, 1, tzinfo=found) for month in (1, 7)]
    return next((side.utcoffset() for side in sides if not side.dst()), None)


def _fixed(name: str) -> tzinfo | None:
    if name.upper() in ("Z", "UTC", "GMT"):
        return UTC
    match = FIXED.fullmatch(name)
    ahead = _offset(*match.groups()) if match else None
    return None if ahead is None else timezone(ahead)


def _offset(sign: str, hours: str, minutes: str | None) -> timedelta | None:
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if offset > timedelta(hours=15):
        return None
    return -offset if sign == "-" else offset


def offset(text: str) -> timedelta | None:
    """A UTC-OFFSET (RFC 5545, 3.3.14), with or without a colon; None for what is none."""
    match = OFFSET.fullmatch(text.strip())
    return _offset(match[1], match[2], match[3]) if match else None


# -- zones that a message describes -------------------------------------------------------------


@dataclass(frozen=True)
class Observance:
    """STANDARD or DAYLIGHT: from when on which offset holds."""

    onset: datetime
    before: timedelta
    after: timedelta
    more: tuple[datetime, ...] = ()
    # Parts of a yearly RRULE; None for none.
    rule: Mapping[str, str] | None = None

    def onsets(self, year: int) -> Iterator[datetime]:
        """Those that matter for a moment in that year, in the time before each."""
        yield self.onset
        yield from self.more
        if self.rule is None:
            return
        until = self.rule.get("UNTIL", "")
        days = {
            "bymonth": _numbers(self.rule.get("BYMONTH")) or [self.onset.month],
            "byweekday": _weekdays(self.rule.get("BYDAY")),
            "bymonthday": _numbers(self.rule.get("BYMONTHDAY")),
        }
        if not days["byweekday"] and not days["bymonthday"]:
            days["bymonthday"] = [self.onset.day]
        # Two years, and no more.
        begin = self.onset.replace(year=year - 1, month=1, day=1)
        end = begin.replace(year=year + 1) - timedelta(seconds=1)
        for at in rrule.rrule(rrule.YEARLY, dtstart=begin, until=end, **days):
            if at >= self.onset and (not until or f"{at:%Y%m%d}" <= until[:8]):
                yield at


@dataclass
class OwnZone:
    """A VTIMEZONE, as far as it can be trusted."""

    observances: list[Observance] = field(default_factory=list)
    # X-LIC-LOCATION: its name in IANA's list.
    location: str = ""
    _changes: dict[int, list[tuple[datetime, Observance]]] = field(default_factory=dict)

    def offset(self, at: datetime) -> timedelta | None:
        """What holds at a time on its own clocks; None if its rules cannot be read."""
        if at.year not in self._changes:
            self._changes[at.year] = [(onset, o) for o in self.observances for onset in o.onsets(at.year)]
        changes = self._changes[at.year]
        past = [change for change in changes if change[0] <= at]
        if past:
            return max(past, key=lambda change: change[0])[1].after
        return min(changes, key=lambda change: change[0])[1].before if changes else None


def describe(lines: Sequence[tuple[str, str]]) -> tuple[str, OwnZone]:
    """The TZID and the zone of a VTIMEZONE, from the names and values of its lines, BEGIN and END included.

    One rule that is not plain and yearly makes it a zone that nobody knows.
    """
    name, found = "", OwnZone()
    part: list[tuple[str, str]] | None = None
    for key, value in lines:
        if key == "BEGIN":
            part = []
        elif key == "END" and part is not None:
            observance = _observance(part)
            if observance is None:
                return name, OwnZone(location=found.location)
            found.observances.append(observance)
            part = None
        elif part is not None:
            part.append((key, value.strip().upper()))
        elif key == "TZID":
            name = re.sub(r"\\([\\;,])", r"\1", value.strip())
        elif key == "X-LIC-LOCATION":
            found.location = value.strip()
    ruled = sum(observance.rule is not None for observance in found.observances)
    if len(found.observances) > MOST_OBSERVANCES or ruled > MOST_RULES:
        found.observances.clear()
    return name, found


def _observance(lines: Sequence[tuple[str, str]]) -> Observance | None:
    known = dict(lines)
    before, after = offset(known.get("TZOFFSETFROM", "")), offset(known.get("TZOFFSETTO", ""))
    onset = _naive(known.get("DTSTART", ""))
    if before is None or after is None or onset is None:
        return None
    rules = [value for key, value in lines if key == "RRULE"]
    rule = _yearly(rules[0]) if rules else None
    if len(rules) > 1 or (rules and rule is None):
        return None
    dates = [_naive(text) for key, value in lines if key == "RDATE" for text in value.split(",")]
    return Observance(onset, before, after, tuple(at for at in dates if at), rule)


def _naive(text: str) -> datetime | None:
    if not MOMENT.fullmatch(text):
        return None
    try:
        return datetime.strptime(text[:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007 - the clock of that zone
    except ValueError:
        return None


def _yearly(text: str) -> dict[str, str] | None:
    """The parts of a rule that has one day a year, or a few; None for any other."""
    found = {}
    for part in text.rstrip(";").split(";"):
        match = RULE_PART.fullmatch(part)
        if not match or match[1] in found:
            return None
        found[match[1]] = match[2]
    plain = found.get("FREQ") == "YEARLY" and found.get("INTERVAL", "1") == "1"
    try:
        numbers = [*_numbers(found.get("BYMONTH")), *_numbers(found.get("BYMONTHDAY"))]
        _weekdays(found.get("BYDAY"))
    except ValueError:
        return None
    return found if plain and all(-31 <= number <= 31 and number for number in numbers) else None


def _numbers(text: str | None) -> list[int]:
    return [int(number) for number in text.split(",")] if text else []


def _weekdays(text: str | None) -> list[rrule.weekday]:
    found = []
    for day in text.split(",") if text else ():
        match = NTH.fullmatch(day)
        if not match:
            raise ValueError(day)
        found.append(WEEKDAYS[match[2]](int(match[1])) if match[1] else WEEKDAYS[match[2]])
    return found
