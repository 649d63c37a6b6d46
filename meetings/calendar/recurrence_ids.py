"""Which date of a series an answer names, and whether it is about the time that we know. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from meetings.calendar import recurrence

# The clocks of the world are between twelve hours behind UTC and fourteen ahead.
FARTHEST_BEHIND, FARTHEST_AHEAD = timedelta(hours=12), timedelta(hours=14)


def named(at: date, ids: Iterable[str], zone: ZoneInfo) -> str | None:
    """Which occurrence of a series a RECURRENCE-ID names, of `ids` on the clocks of `zone`; None if none.

    A day names the one on it. A time in an unknown zone names the one at which the series' own clock shows
    it, or else the only one that it can mean at all.
    """
    if not isinstance(at, datetime):
        return next((key for key in ids if key[:10] == at.isoformat()), None)
    moments = {key: recurrence.moment(key, zone) for key in ids}
    if at.tzinfo:
        at = at.replace(second=0)
        # The clocks may show it twice, or not at all: then the moment tells, or else the clock.
        at_once = [key for key, moment in moments.items() if moment == at]
        by_clock = recurrence.wall_clock(at, zone)
        return at_once[0] if at_once else by_clock if by_clock in moments else None
    if (key := recurrence.written(at)) in moments:
        return key
    first, last = at.replace(tzinfo=UTC) - FARTHEST_AHEAD, at.replace(tzinfo=UTC) + FARTHEST_BEHIND
    possible = [key for key, moment in moments.items() if first <= moment <= last]
    return possible[0] if len(possible) == 1 else None


def shows(at: date, moment: datetime, zone: ZoneInfo) -> bool:
    """Whether this is that moment, as far as it says: a day, or a time on the clocks of `zone`."""
    if not isinstance(at, datetime):
        return at == moment.astimezone(zone).date()
    if at.tzinfo is None:
        return recurrence.written(at) == recurrence.wall_clock(moment, zone)
    return at.replace(second=0) == moment.replace(second=0, microsecond=0)
