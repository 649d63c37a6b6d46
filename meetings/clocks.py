"""From a date, a time and a zone to a moment, where the clocks are put forward and back. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from meetings import words


class SkippedTime(ValueError):
    """A time of day that the clocks jump over; `starts` and `ends` say from where to where."""

    def __init__(self, starts: datetime, ends: datetime) -> None:
        super().__init__(
            f"That time does not exist on {starts.day} {starts:%B}: the clocks go from "
            f"{starts.hour}:{starts:%M} to {ends.hour}:{ends:%M}. Choose {ends.hour}:{ends:%M} or later."
        )
        self.starts, self.ends = starts, ends


def moment(on: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, when the clocks of `zone` show it; the first one where they show it twice.

    Raises SkippedTime where they never do.
    """
    # Without a fold, the first of two equal times (PEP 495; RFC 5545, 3.3.5).
    local = datetime.combine(on, at.replace(fold=0), tzinfo=zone)
    utc = local.astimezone(UTC)
    if utc.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise SkippedTime(*_gap(local))
    return utc


def _gap(local: datetime) -> tuple[datetime, datetime]:
    """What the clocks of a zone show before and after the jump over `local`."""
    zone = local.tzinfo
    # Read with the offset after the jump it lies before it, and the other way round (PEP 495).
    before, after = local.replace(fold=1).astimezone(UTC), local.astimezone(UTC)
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    # Clocks jump at whole seconds, and the jump lies less than one before `after`.
    jump = after.replace(microsecond=0)
    return (jump + (old or timedelta())).replace(tzinfo=None), jump.astimezone(zone).replace(tzinfo=None)


# -- zones to choose from -----------------------------------------------------------------------

REGIONS = {
    "Africa": "Africa",
    "America": "America",
    "Antarctica": "Antarctica",
    "Arctic": "Arctic",
    "Asia": "Asia",
    "Atlantic": "Atlantic",
    "Australia": "Australia",
    "Europe": "Europe",
    "Indian": "Indian Ocean",
    "Pacific": "Pacific",
}


@lru_cache(maxsize=1)
def inhabited() -> tuple[str, ...]:
    """One zone for each part of the world that keeps a time of its own, without the old spellings."""
    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text()
    return tuple(
        sorted(line.split("\t")[2] for line in table.splitlines() if line and not line.startswith("#"))
    )


def choices(mine: tuple[str, ...], now: datetime) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a list of zones offers: those in `mine` first, then all, by region and name."""
    groups = [(title, list(zones)) for title, zones in _world(now.replace(minute=0, second=0, microsecond=0))]
    first = [(zone, _label(zone, now)) for zone in dict.fromkeys(mine)]
    return ([("Yours", first)] if first else []) + groups


@lru_cache(maxsize=2)
def _world(now: datetime) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """All regions, with the offsets of this hour."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for zone in inhabited():
        region = zone.partition("/")[0]
        groups.setdefault(REGIONS.get(region, region), []).append((zone, _label(zone, now)))
    world = tuple((title, tuple(sorted(zones, key=lambda zone: zone[1]))) for title, zones in groups.items())
    return (*world, ("Everywhere", (("UTC", "UTC"),)))


def _label(zone: str, now: datetime) -> str:
    """Berlin (Europe/Berlin), now UTC+1."""
    if zone == "UTC":
        return "UTC"
    return f"{words.place(zone)} ({zone}), now {words.offset(now.astimezone(ZoneInfo(zone)))}"
