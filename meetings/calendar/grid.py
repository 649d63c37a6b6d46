"""Weeks and months as they are drawn: which days, and what stands where on them. Pure.

Heights are what a clock on the wall shows, so that nine is nine on every day of the week; on the day on
which an hour is skipped or comes twice, only the label of a meeting tells its true length.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MINUTES = 24 * 60
# The smallest height at which a meeting can be read and hit.
SHORTEST = 30
# Meetings are drawn to five minutes.
STEP = 5
# More side by side than this cannot be read; what is beyond stands on the last of them.
LANES = 6
# The hours that are always shown.
EARLIEST, LATEST = 8, 18

Item = TypeVar("Item")


@dataclass(frozen=True)
class Timed(Generic[Item]):
    """Something that has a time."""

    starts_at: datetime
    ends_at: datetime
    item: Item


@dataclass(frozen=True)
class Block(Generic[Item]):
    """The part of a meeting that falls on one day, and its place there; minutes since midnight."""

    item: Item
    top: int
    bottom: int
    # Which of how many side by side.
    lane: int
    lanes: int
    # Whether it began the day before, and whether it goes on the next day.
    continues: bool
    goes_on: bool

    @property
    def place(self) -> str:
        """As class names: our pages may hold no style (static/css/week-places.css)."""
        height = self.bottom - self.top
        return f"{at_minute(self.top)} lh{height // 60} lm{height % 60} lane{self.lane} of{self.lanes}"


@dataclass(frozen=True)
class Column(Generic[Item]):
    """One day."""

    on: date
    blocks: tuple[Block[Item], ...]
    # How much the clocks go forward on it; negative for back.
    shift: timedelta
    # Hours that the clocks skip.
    skipped: frozenset[int]


def at_minute(minute: int) -> str:
    """A height on the page, as class names: h9 m30."""
    return f"h{minute // 60} m{minute % 60 // STEP * STEP}"


def week_of(on: date, starts: int = 0) -> list[date]:
    """Seven days from the weekday `starts` on, which is Monday unless said otherwise."""
    first = on - timedelta(days=(on.weekday() - starts) % 7)
    return [first + timedelta(days=n) for n in range(7)]


def month_of(on: date, starts: int = 0) -> list[list[date]]:
    """The whole weeks in which the days of the month are."""
    first = on.replace(day=1)
    begins = week_of(first, starts)[0]
    weeks = []
    while begins.month == first.month or begins <= first:
        weeks.append(week_of(begins, starts))
        begins += 7 * DAY
    return weeks


def bounds(days: Sequence[date], zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the first moment of the first day to the first after the last."""
    return midnight(days[0], zone), midnight(days[-1] + DAY, zone)


def midnight(on: date, zone: ZoneInfo) -> datetime:
    """When the day begins; where midnight is skipped, at the first moment after it."""
    return datetime.combine(on, time(), zone).astimezone(UTC)


def columns(items: Iterable[Timed[Item]], days: Sequence[date], zone: ZoneInfo) -> list[Column[Item]]:
    """Each of the days with its part of the items."""
    shown: dict[date, list[Timed[Item]]] = {on: [] for on in days}
    for timed in items:
        on = timed.starts_at.astimezone(zone).date()
        # What ends at midnight has no part of the next day; what has no length happens at its start.
        last = max(timed.starts_at, timed.ends_at - timedelta(microseconds=1)).astimezone(zone).date()
        while on <= last:
            if on in shown:
                shown[on].append(timed)
            on += DAY
    return [_column(shown[on], on, zone) for on in days]


def _column(items: list[Timed[Item]], on: date, zone: ZoneInfo) -> Column[Item]:
    start, end = midnight(on, zone), midnight(on + DAY, zone)
    parts = []
    for timed in items:
        continues, goes_on = timed.starts_at < start, timed.ends_at > end
        top = 0 if continues else _minute(timed.starts_at, zone)
        bottom = MINUTES if goes_on or timed.ends_at == end else _minute(timed.ends_at, zone)
        if bottom <= top:
            # Over the hour that comes twice: by its true length.
            bottom = top + int((timed.ends_at - timed.starts_at).total_seconds() // 60)
        top = min(top // STEP * STEP, MINUTES - SHORTEST)
        bottom = min(max(-(-bottom // STEP) * STEP, top + SHORTEST), MINUTES)
        parts.append((top, bottom, timed.item, continues, goes_on))
    parts.sort(key=lambda part: (part[0], -part[1]))
    shift = DAY - (end - start)
    return Column(on, tuple(_side_by_side(parts)), shift, _skipped(on, zone) if shift else frozenset())


def _minute(at: datetime, zone: ZoneInfo) -> int:
    local = at.astimezone(zone)
    return local.hour * 60 + local.minute


def _side_by_side(parts: list[tuple[int, int, Item, bool, bool]]) -> list[Block[Item]]:
    """The parts, in order of their tops, in lanes; those that touch each other share the width."""
    blocks: list[Block[Item]] = []
    cluster: list[tuple[int, int, Item, bool, bool]] = []
    farthest = 0
    for part in parts:
        if cluster and part[0] >= farthest:
            blocks += _lanes(cluster)
            cluster = []
        cluster.append(part)
        farthest = max(farthest, part[1]) if len(cluster) > 1 else part[1]
    return blocks + _lanes(cluster)


def _lanes(cluster: list[tuple[int, int, Item, bool, bool]]) -> list[Block[Item]]:
    free: list[int] = []
    places = []
    for top, bottom, *_ in cluster:
        lane = next((n for n, until in enumerate(free) if until <= top), None)
        if lane is None and len(free) < LANES:
            free.append(0)
        lane = len(free) - 1 if lane is None else lane
        free[lane] = max(free[lane], bottom)
        places.append(lane)
    return [
        Block(item, top, bottom, lane, len(free), continues, goes_on)
        for (top, bottom, item, continues, goes_on), lane in zip(cluster, places, strict=True)
    ]


def _skipped(on: date, zone: ZoneInfo) -> frozenset[int]:
    """The hours of the day that no clock shows."""
    return frozenset(
        hour
        for hour in range(24)
        if (local := datetime.combine(on, time(hour), zone)).astimezone(UTC).astimezone(zone).hour
        != local.hour
    )


def hours(columns: Iterable[Column[Item]]) -> range:
    """The hours that are shown: those of the day, and wherever a meeting is."""
    blocks = [block for column in columns for block in column.blocks]
    first = min([EARLIEST, *(block.top // 60 for block in blocks)])
    last = max([LATEST, *(-(-block.bottom // 60) for block in blocks)])
    return range(first, last)
