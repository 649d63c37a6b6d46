"""What a change of times is: more dates, fewer, another length, a series instead of one, or a move. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from meetings.calendar import recurrence


class Kind(enum.StrEnum):
    """What changed about when a meeting is."""

    SAME = "same"
    # A series goes on for longer, or ends earlier: every other date stays as it was.
    LONGER = "longer"
    SHORTER = "shorter"
    # It begins when it did and takes another time.
    LENGTH = "length"
    # What was once is the first of a series; of a series one date is left.
    SERIES = "series"
    ONCE = "once"
    # Some dates are new, or no more, or all take another time; those that stay begin when they did.
    DATES = "dates"
    # At the same time of day, on other days.
    DAYS = "days"
    MOVED = "moved"


@dataclass(frozen=True)
class Timing:
    """When a meeting is: once at a wall clock, or by a rule from there on."""

    wall_clock: str
    duration: timedelta
    time_zone: str
    rrule: str = ""
    # Where it is known, the moment: a wall clock can show the same time twice, and a law can move the clocks.
    starts_at: datetime | None = None

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The wall clocks of its dates."""
        return recurrence.wall_clocks(self.rrule, self.wall_clock)

    def moment(self, key: str) -> datetime:
        """When one of its dates begins."""
        if not self.rrule and self.starts_at:
            return self.starts_at
        return recurrence.moment(key, ZoneInfo(self.time_zone))


@dataclass(frozen=True)
class Difference:
    """What a change of times is, with the dates that it brings and takes away."""

    kind: Kind
    added: tuple[datetime, ...] = ()
    gone: tuple[datetime, ...] = ()
    # How much longer it takes than it did, or below nothing, how much less.
    lengthened: timedelta = timedelta()

    @property
    def takes_longer(self) -> bool:
        return self.lengthened > timedelta()

    @property
    def takes_less(self) -> bool:
        return self.lengthened < timedelta()

    @property
    def asks_everybody(self) -> bool:
        """Whether what was answered was about other times."""
        return self.kind in (Kind.MOVED, Kind.DAYS, Kind.SERIES)

    @property
    def asks_who_comes(self) -> bool:
        """Whether whoever said yes may not have the time; a no stays one."""
        return self.takes_longer and not self.asks_everybody


def between(before: Timing, now: Timing, at: datetime) -> Difference:
    """What changed from `before` to `now`, seen at the moment `at`: what was over by then is not missed."""
    lengthened = now.duration - before.duration
    if not now.rrule:
        return _to_one(before, now, lengthened)
    if not before.rrule:
        if before.moment(before.wall_clock) != now.moment(now.keys[0]):
            return Difference(Kind.MOVED)
        return Difference(Kind.SERIES, lengthened=lengthened) if len(now.keys) > 1 else _same(lengthened)
    return _of_series(before, now, at, lengthened)


def _same(lengthened: timedelta) -> Difference:
    """It begins when it did."""
    return Difference(Kind.LENGTH if lengthened else Kind.SAME, lengthened=lengthened)


def _to_one(before: Timing, now: Timing, lengthened: timedelta) -> Difference:
    left = now.moment(now.wall_clock)
    known = [before.moment(key) for key in before.keys]
    if left not in known:
        return Difference(Kind.MOVED)
    if not before.rrule:
        return _same(lengthened)
    return Difference(
        Kind.ONCE, gone=tuple(moment for moment in known if moment != left), lengthened=lengthened
    )


def _of_series(before: Timing, now: Timing, at: datetime, lengthened: timedelta) -> Difference:
    is_same_clock = before.wall_clock[10:] == now.wall_clock[10:]
    if (before.time_zone, before.wall_clock) == (now.time_zone, now.wall_clock) and (
        before.starts_at != now.starts_at
    ):
        # A law has moved the clocks.
        return Difference(Kind.MOVED)
    was, is_ = [before.moment(key) for key in before.keys], [now.moment(key) for key in now.keys]
    stay = set(was) & set(is_)
    known = [moment for moment in was if moment in stay or moment + before.duration > at]
    coming = [moment for moment in is_ if moment in stay or moment + now.duration > at]
    added = tuple(moment for moment in coming if moment not in stay)
    gone = tuple(moment for moment in known if moment not in stay)
    still = any(moment + max(before.duration, now.duration) > at for moment in stay)
    if not stay or (added and gone and not still):
        is_other_days = is_same_clock and before.rrule != now.rrule and not lengthened
        return Difference(Kind.DAYS if is_other_days else Kind.MOVED)
    if not added and not gone:
        return _same(lengthened)
    is_in_between = not _are_at_the_ends(added, stay)
    is_another_rule = bool(added and gone) and _pattern(before) != _pattern(now)
    if added and (is_in_between or is_another_rule):
        return Difference(Kind.DAYS, lengthened=lengthened) if is_same_clock else Difference(Kind.MOVED)
    kind = Kind.DATES
    if not lengthened and not (added and gone):
        if added and min(added) > max(stay):
            kind = Kind.LONGER
        elif gone and min(gone) > max(stay):
            kind = Kind.SHORTER
    return Difference(kind, added, gone, lengthened=lengthened)


def _are_at_the_ends(moments: tuple[datetime, ...], stay: set[datetime]) -> bool:
    """Whether none of these is in between those that stay."""
    return not any(min(stay) < moment < max(stay) for moment in moments)


def _pattern(timing: Timing) -> recurrence.Rule:
    """By what it repeats, whenever it ends."""
    rule = replace(recurrence.parse(timing.rrule), count=1, until=None)
    if rule.frequency != "WEEKLY" or rule.weekdays:
        return rule
    return replace(rule, weekdays=(recurrence.read(timing.wall_clock).weekday(),))
