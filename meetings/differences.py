"""What a change of times is: more dates, fewer, another length, a series instead of one, or a move. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from meetings import recurrence


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
    # Whether it takes longer than it did.
    takes_longer: bool = False

    @property
    def asks_everybody(self) -> bool:
        """Whether what was answered was about other times."""
        return self.kind in (Kind.MOVED, Kind.DAYS, Kind.SERIES)

    @property
    def asks_who_comes(self) -> bool:
        """Whether whoever said yes may not have the time; a no stays one."""
        return self.kind is Kind.LENGTH and self.takes_longer


def between(before: Timing, now: Timing, at: datetime) -> Difference:
    """What changed from `before` to `now`, seen at the moment `at`: what was over by then is not missed."""
    if not now.rrule:
        return _to_one(before, now)
    if not before.rrule:
        is_first = before.moment(before.wall_clock) == now.moment(now.keys[0])
        same = is_first and before.duration == now.duration
        if same and len(now.keys) == 1:
            return Difference(Kind.SAME)
        return Difference(Kind.SERIES if same else Kind.MOVED)
    if before.time_zone != now.time_zone:
        return Difference(Kind.MOVED)
    return _of_series(before, now, at)


def _to_one(before: Timing, now: Timing) -> Difference:
    left = [key for key in before.keys if before.moment(key) == now.moment(now.wall_clock)]
    if not left:
        return Difference(Kind.MOVED)
    if before.duration != now.duration:
        longer = now.duration > before.duration
        return Difference(Kind.MOVED) if before.rrule else Difference(Kind.LENGTH, takes_longer=longer)
    if not before.rrule:
        return Difference(Kind.SAME)
    return Difference(Kind.ONCE, gone=tuple(before.moment(key) for key in before.keys if key not in left))


def _of_series(before: Timing, now: Timing, at: datetime) -> Difference:
    first = now.keys[0]
    if before.wall_clock == now.wall_clock and before.starts_at != now.starts_at:
        return Difference(Kind.MOVED)
    known = tuple(key for key in before.keys if key >= first)
    missed = [key for key in before.keys if key < first and before.moment(key) + before.duration > at]
    if known == now.keys and not missed:
        if before.duration == now.duration:
            return Difference(Kind.SAME)
        return Difference(Kind.LENGTH, takes_longer=now.duration > before.duration)
    if before.duration == now.duration and known and not missed:
        if now.keys[: len(known)] == known:
            added = now.keys[len(known) :]
            return Difference(Kind.LONGER, added=tuple(now.moment(key) for key in added))
        if known[: len(now.keys)] == now.keys:
            gone = known[len(now.keys) :]
            return Difference(Kind.SHORTER, gone=tuple(before.moment(key) for key in gone))
    same_clock = before.wall_clock[10:] == now.wall_clock[10:] and before.duration == now.duration
    return Difference(Kind.DAYS if same_clock and before.rrule != now.rrule else Kind.MOVED)
