"""Time zones as people know them: by their cities, with the hour that it is there. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from language import SOURCE, current_language, formats, gettext
from language import gettext_noop as _

REGIONS = {
    "Africa": _("Africa"),
    "America": _("America"),
    "Antarctica": _("Antarctica"),
    "Arctic": _("Arctic"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific"),
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
    hour = now.replace(minute=0, second=0, microsecond=0)
    groups = [(title, list(zones)) for title, zones in _world(hour, current_language())]
    first = [(zone, _label(zone, now)) for zone in dict.fromkeys(mine)]
    return ([(gettext("Yours"), first)] if first else []) + groups


@lru_cache(maxsize=8)
def _world(now: datetime, language: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """All regions in this language, with the offsets of this hour."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for zone in inhabited():
        region = zone.partition("/")[0]
        groups.setdefault(REGIONS.get(region, region), []).append((zone, _label(zone, now)))
    world = tuple(
        (gettext(title), tuple(sorted(zones, key=lambda zone: zone[1]))) for title, zones in groups.items()
    )
    return (*world, (gettext("Everywhere"), (("UTC", "UTC"),)))


def _label(zone: str, now: datetime) -> str:
    """Berlin (Europe/Berlin), now UTC+1."""
    if zone == "UTC":
        return "UTC"
    return gettext("%(place)s (%(zone)s), now %(offset)s") % {
        "place": place(zone),
        "zone": zone,
        "offset": offset(now.astimezone(ZoneInfo(zone))),
    }


def place(zone: str) -> str:
    """The city that a zone is named for: Berlin, Buenos Aires, UTC."""
    region, __, city = zone.rpartition("/")
    if region in ("", "Etc"):
        return zone
    # In English by the name of the zone, which other programs show too.
    return city.replace("_", " ") if current_language() == SOURCE else formats.city(zone)


def offset(at: datetime) -> str:
    """UTC+1, UTC-3:30, UTC."""
    minutes = round((at.utcoffset() or timedelta()).total_seconds() / 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}{f':{rest:02}' if rest else ''}"
