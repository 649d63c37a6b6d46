"""How a meeting repeats: rules in, occurrences and words out. Pure.

Rules are the part of RRULE (RFC 5545, 3.3.10) that people use: every so many days, weeks on chosen
weekdays, months by date or by weekday, years. Each ends, after so many times or with a day, so that no
rule runs for long. Times are what a clock on the wall shows: they are laid out there, and only then
given a zone, so that a meeting at nine stays at nine when the clocks change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil import rrule as dateutil_rrule

from language import gettext as _

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LONGEST_INTERVAL = 99
# A daily series of a year; also what a calendar program is expected to take.
MOST = 366
LONGEST = timedelta(days=5 * 366)
# A series of one.
ONCE = "FREQ=DAILY;COUNT=1"


class WrongRule(ValueError):
    """Not a rule that a meeting can follow; says why, in words for a person."""


@dataclass(frozen=True)
class Rule:
    """How something repeats, with the end as a count or as the last possible day."""

    frequency: str
    interval: int = 1
    # 0 for Monday; for WEEKLY.
    weekdays: tuple[int, ...] = ()
    # Which weekday of the month: (2, 1) is the second Tuesday, (-1, 4) the last Friday; for MONTHLY.
    # Without it a month is by date.
    nth: tuple[int, int] | None = None
    count: int | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if self.frequency not in FREQUENCIES:
            raise WrongRule(_("A meeting repeats by the day, the week, the month or the year."))
        if not 1 <= self.interval <= LONGEST_INTERVAL:
            raise WrongRule(_("Choose a number from 1 to %(most)s.") % {"most": LONGEST_INTERVAL})
        if (self.count is None) == (self.until is None):
            raise WrongRule(_("A series ends after so many times, or on a day."))
        if self.count is not None and not 1 <= self.count <= MOST:
            raise WrongRule(_("From 1 to %(most)s times.") % {"most": MOST})
        if any(not 0 <= day <= 6 for day in self.weekdays) or len(set(self.weekdays)) < len(self.weekdays):
            raise WrongRule(_("Each day of the week once."))
        if self.weekdays and self.frequency != "WEEKLY":
            raise WrongRule(_("Only weeks have days to choose."))
        if self.nth is not None:
            n, day = self.nth
            if self.frequency != "MONTHLY" or n not in (1, 2, 3, 4, 5, -1) or not 0 <= day <= 6:
                raise WrongRule(_("By weekday, a month has a first to a fifth and a last."))

    def __str__(self) -> str:
        """As RRULE, with a day as UNTIL; `itip` makes a moment of it, which needs the zone."""
        parts = [f"FREQ={self.frequency}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.weekdays:
            parts.append(f"BYDAY={','.join(WEEKDAYS[day] for day in sorted(self.weekdays))}")
        if self.nth:
            parts.append(f"BYDAY={self.nth[0]}{WEEKDAYS[self.nth[1]]}")
        parts.append(f"COUNT={self.count}" if self.count else f"UNTIL={self.until:%Y%m%d}")
        return ";".join(parts)


PART = re.compile(r"(FREQ|INTERVAL|BYDAY|COUNT|UNTIL)=([A-Z0-9,+-]+)\Z")
NTH = re.compile(r"\+?(-1|[1-5])([A-Z]{2})\Z")
NUMBER = re.compile(r"[0-9]{1,4}\Z", re.ASCII)


@lru_cache(maxsize=512)
def parse(text: str) -> Rule:
    """The rule of an RRULE such as str(Rule) gives. Raises WrongRule for any other."""
    found: dict[str, str] = {}
    for part in text.split(";"):
        match = PART.match(part)
        if not match or match[1] in found:
            raise WrongRule(_("“%(part)s” is no part of a rule that we know.") % {"part": part[:40]})
        found[match[1]] = match[2]
    weekdays: tuple[int, ...] = ()
    nth = None
    if by_day := found.get("BYDAY"):
        if match := NTH.match(by_day):
            nth = (int(match[1]), _weekday(match[2]))
        else:
            weekdays = tuple(_weekday(name) for name in by_day.split(","))
    return Rule(
        found.get("FREQ", ""),
        _number(found.get("INTERVAL", "1")),
        weekdays,
        nth,
        _number(found["COUNT"]) if "COUNT" in found else None,
        _day(found["UNTIL"]) if "UNTIL" in found else None,
    )


def _number(text: str) -> int:
    if not NUMBER.match(text):
        said = {"text": text[:40], "most": MOST}
        raise WrongRule(_("“%(text)s” is not a number from 1 to %(most)s.") % said)
    return int(text)


def _weekday(name: str) -> int:
    if name not in WEEKDAYS:
        raise WrongRule(_("“%(name)s” is no day of the week.") % {"name": name[:40]})
    return WEEKDAYS.index(name)


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise WrongRule(_("“%(text)s” is not a day.") % {"text": text[:40]}) from None


# -- occurrences --------------------------------------------------------------------------------


def expand(rule: Rule, start: datetime) -> list[datetime]:
    """The times of the rule from `start` on, all naive: what a clock on the wall shows.

    If `start` itself does not fit the rule, the first is the next time that does. At most MOST; raises
    WrongRule when there would be more, when there is none, and when the last is farther off than LONGEST.
    """
    options: dict[str, object] = {"interval": rule.interval, "dtstart": start}
    if rule.weekdays:
        options["byweekday"] = rule.weekdays
    if rule.nth:
        n, day = rule.nth
        options["byweekday"] = dateutil_rrule.weekdays[day](n)
    farthest = start + LONGEST
    # An end of our own, always: a rule that never fits would be followed to the year 9999.
    end = farthest if rule.until is None else min(farthest, datetime.combine(rule.until, start.time()))
    found: list[datetime] = []
    frequency = getattr(dateutil_rrule, rule.frequency)
    for at in dateutil_rrule.rrule(frequency, until=end, **options):
        found.append(at)
        if len(found) == rule.count:
            return found
        if len(found) > MOST:
            raise WrongRule(_("That is more than %(most)s meetings. Let it end earlier.") % {"most": MOST})
    if not found:
        raise WrongRule(_("No day fits."))
    if rule.count is not None or (rule.until is not None and rule.until > farthest.date()):
        raise WrongRule(_("That takes more than five years. Let it end earlier."))
    return found


@lru_cache(maxsize=512)
def wall_clocks(rrule: str, start: str) -> tuple[str, ...]:
    """The occurrences of a rule as RECURRENCE-IDs: what the clock shows, as `wall_clock` writes it.

    Without a rule `start` is the only one.
    """
    if not rrule:
        return (start,)
    return tuple(written(at) for at in expand(parse(rrule), read(start)))


def written(at: datetime) -> str:
    """What a wall clock shows, as `read` reads it: 2026-11-23T09:00."""
    # Not strftime, which writes the year 999 with three digits.
    return at.replace(tzinfo=None).isoformat(timespec="minutes")


def read(wall_clock: str) -> datetime:
    """The naive time that a wall clock shows."""
    return datetime.fromisoformat(wall_clock)


def wall_clock(moment: datetime, zone: ZoneInfo) -> str:
    """What a clock in `zone` shows at the moment."""
    return written(moment.astimezone(zone))


def moment(wall_clock: str, zone: ZoneInfo) -> datetime:
    """When a clock in `zone` shows this, in UTC.

    A time that the clocks skip is as much later (RFC 5545, 3.3.5); of one that comes twice it is the first.
    """
    return read(wall_clock).replace(tzinfo=zone, fold=0).astimezone(UTC)


@lru_cache(maxsize=2048)
def is_plain(rrule: str, start: str, duration: timedelta, zone: str) -> bool:
    """Whether clocks in `zone` show the start and the end of each time of a rule, once, so far apart.

    Where they do not, a time that they show for the end says nothing of the length.
    """
    where = ZoneInfo(zone)
    for key in wall_clocks(rrule, start):
        at, begins = read(key), moment(key, where)
        ends = (begins + duration).astimezone(where)
        if begins.astimezone(where).replace(tzinfo=None) != at or ends.replace(tzinfo=None) != at + duration:
            return False
        if ends.fold:
            return False
    return True


@lru_cache(maxsize=2048)
def unclear(rrule: str, start: str, zone: str) -> tuple[str, ...]:
    """The times of a rule that clocks in `zone` skip, or show twice; programs do not agree about them."""
    where, found = ZoneInfo(zone), []
    for key in wall_clocks(rrule, start):
        local = read(key).replace(tzinfo=where)
        if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
            found.append(key)
    return tuple(found)


def cut(rrule: str, start: str, before: str) -> str:
    """The same rule, ended with its last occurrence before the wall clock `before`.

    Raises WrongRule when there is none.
    """
    kept = [at for at in wall_clocks(rrule, start) if at < before]
    if not kept:
        raise WrongRule(_("Nothing would be left."))
    rule = parse(rrule)
    return str(Rule(rule.frequency, rule.interval, rule.weekdays, rule.nth, None, read(kept[-1]).date()))


def rest(rrule: str, start: str, since: str) -> str:
    """The rule as it goes on with the occurrence at the wall clock `since`: a count is what is left of it."""
    rule = parse(rrule)
    if rule.count is None:
        return rrule
    left = sum(at >= since for at in wall_clocks(rrule, start))
    return str(Rule(rule.frequency, rule.interval, rule.weekdays, rule.nth, max(left, 1)))


def joined(first: str, start: str, second: str, since: str) -> str | None:
    """Two rules as one, if `second` from `since` on is how `first` from `start` on would have gone on."""
    both = (*wall_clocks(first, start), *wall_clocks(second, since))
    rule = parse(first)
    until = read(both[-1]).date()
    try:
        whole = str(Rule(rule.frequency, rule.interval, rule.weekdays, rule.nth, None, until))
        return whole if wall_clocks(whole, start) == both else None
    except WrongRule:
        return None
