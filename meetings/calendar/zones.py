"""A time zone as iCalendar's VTIMEZONE: complete for a span of time, and small. Pure.

RFC 5545, 3.6.5. Made from the zone's own transitions, since what libraries make of a zone is either
decades long or an hour off after the first change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vText

# No zone waits longer for its next change, if it has one at all.
SEARCH = timedelta(days=400)
STEP = timedelta(days=7)


@dataclass(frozen=True)
class Transition:
    """The clocks of a zone are changed."""

    at: datetime
    # UTC offsets before and after.
    before: timedelta
    after: timedelta
    name: str
    is_daylight: bool


def transitions(zone: ZoneInfo, first: datetime, last: datetime) -> list[Transition]:
    """The changes in (first, last], both UTC; to the second, from week to week."""
    found = []
    at = first
    while at < last:
        following = min(at + STEP, last)
        if _state(at, zone) != _state(following, zone):
            low, high = at, following
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                if _state(middle, zone) == _state(at, zone):
                    low = middle
                else:
                    high = middle
            high = high.replace(microsecond=0)
            found.append(_transition(zone, high, low))
            # There may be another change in the same week (Ramadan in Morocco is weeks long, but who knows).
            following = high
        at = following
    return found


def _state(at: datetime, zone: ZoneInfo) -> tuple[timedelta | None, timedelta | None, str | None]:
    local = at.astimezone(zone)
    return local.utcoffset(), local.dst(), local.tzname()


def _transition(zone: ZoneInfo, at: datetime, earlier: datetime) -> Transition:
    before, after = earlier.astimezone(zone), at.astimezone(zone)
    return Transition(
        at,
        before.utcoffset() or timedelta(),
        after.utcoffset() or timedelta(),
        after.tzname() or "",
        bool(after.dst()),
    )


@lru_cache(maxsize=256)
def _observances(name: str, first: datetime, last: datetime) -> tuple[Transition, ...]:
    """What is in force at `first`, then every change until `last`."""
    zone = ZoneInfo(name)
    earlier = transitions(zone, first - SEARCH, first)
    if earlier:
        start = earlier[-1]
    else:
        # It has been so for long: any moment before will do, without a change of offset.
        local = first.astimezone(zone)
        offset = local.utcoffset() or timedelta()
        long_ago = datetime(1970, 1, 1, tzinfo=UTC) - offset
        start = Transition(long_ago, offset, offset, local.tzname() or "", bool(local.dst()))
    return (start, *transitions(zone, first, last))


def component(name: str, first: datetime, last: datetime) -> Timezone:
    """The VTIMEZONE of a zone, right for every moment from `first` to `last` (aware)."""
    # Whole days, so that the many meetings of one zone share the work.
    first = first.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    last = last.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
    timezone = Timezone()
    timezone.add("tzid", name)
    kinds: dict[tuple[timedelta, timedelta, str, bool], list[Transition]] = {}
    for change in _observances(name, first, last):
        kinds.setdefault((change.before, change.after, change.name, change.is_daylight), []).append(change)
    for (before, after, abbreviation, is_daylight), changes in kinds.items():
        observance = TimezoneDaylight() if is_daylight else TimezoneStandard()
        # Onsets are told in the time before the change (RFC 5545, 3.6.5).
        onsets = [(change.at + before).replace(tzinfo=None) for change in changes]
        observance.add("dtstart", onsets[0])
        if len(onsets) > 1:
            # The first as well, and one a line: one parser takes the dates listed here for all there are, and
            # of a line the first.
            for onset in onsets:
                observance.add("rdate", onset)
        observance.add("tzoffsetfrom", before)
        observance.add("tzoffsetto", after)
        # Zones without letters of their own are named by their offset, such as -03.
        observance["tzname"] = vText(abbreviation)
        timezone.add_component(observance)
    return timezone


def forget() -> None:
    """Look zones up anew: their rules have changed."""
    _observances.cache_clear()
