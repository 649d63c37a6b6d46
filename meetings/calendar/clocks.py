"""From a date, a time and a zone to a moment, where the clocks are put forward and back. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from language import formats
from language import gettext as _


class SkippedTime(ValueError):
    """A time of day that the clocks jump over; `starts` and `ends` say from where to where."""

    def __init__(self, starts: datetime, ends: datetime) -> None:
        super().__init__(
            _(
                "That time does not exist on %(day)s: the clocks go from %(starts)s to %(ends)s."
                " Choose %(ends)s or later."
            )
            % {
                "day": formats.dated(starts, "MMMMd"),
                "starts": f"{starts.hour}:{starts:%M}",
                "ends": f"{ends.hour}:{ends:%M}",
            }
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
