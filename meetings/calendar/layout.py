"""Laying out the dates of a series: which are new, which stay, which are no more. Pure.

What is over stays as it was: it is history, and no rule of today says anything about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from meetings.calendar.differences import Timing


@dataclass(frozen=True)
class Date:
    """One date as it stands, known by what the clock shows then by the rule (its RECURRENCE-ID)."""

    recurrence_id: str
    starts_at: datetime
    ends_at: datetime
    # Put at another time than the rule's by hand.
    moved: bool = False
    # Cancelled by itself.
    is_off: bool = False


@dataclass(frozen=True)
class Layout:
    """What becomes of the dates; those that are in none of the three are over, and stay as they were."""

    fresh: tuple[Date, ...] = ()
    # By the RECURRENCE-ID until now, what it is from now on.
    kept: Mapping[str, Date] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    # Of those that are kept, the ones that are the rule's again: without words of their own, and not off.
    renewed: frozenset[str] = frozenset()


def lay_out(timing: Timing, known: Iterable[Date], now: datetime) -> Layout:
    """Make the dates those of the rule, or the one that there is without a rule."""
    dates = {date.recurrence_id: date for date in known}
    # The only date of a meeting is given another time, be it over.
    history = {key for key, date in dates.items() if date.ends_at <= now} if len(dates) > 1 else set()
    free = _free(timing, dates, history)
    fresh: list[Date] = []
    kept: dict[str, Date] = {}
    renewed: set[str] = set()
    for key in timing.keys:
        if key in history:
            continue
        starts_at = timing.moment(key)
        date = Date(key, starts_at, starts_at + timing.duration)
        was = dates.get(key) or free.get(key[:10])
        # One that was to be over by now, and was moved by hand to a time to come, stays there.
        is_put_off = was is not None and was.moved and was.ends_at > now >= date.ends_at
        if history and date.ends_at <= now and not is_put_off:
            continue
        if was is None:
            fresh.append(date)
        elif was.recurrence_id == key and was.moved and timing.rrule:
            kept[key] = was
        else:
            if was.recurrence_id != key or not timing.rrule:
                for day in (was.recurrence_id[:10], key[:10]):
                    free.pop(day, None)
                renewed.add(was.recurrence_id)
            stays = replace(was, recurrence_id=key) if is_put_off else replace(date, is_off=was.is_off)
            kept[was.recurrence_id] = stays
    gone = dates.keys() - history - kept.keys() - set(timing.keys)
    # Nobody gives a meeting new times to have all of them cancelled.
    is_begun_anew = not timing.rrule or not (fresh or any(not date.is_off for date in kept.values()))
    return Layout(tuple(fresh), kept, frozenset(gone), frozenset(renewed if is_begun_anew else ()))


def _free(timing: Timing, dates: dict[str, Date], history: set[str]) -> dict[str, Date]:
    """By day, the dates that the rule does not name as they are, and may name at another time of day.

    Another time of day makes no other date of it: it stays cancelled, or keeps its own title.
    """
    wanted = timing.keys
    free = {key: date for key, date in dates.items() if key not in wanted and key not in history}
    if not timing.rrule and len(free) == 1 and wanted[0] not in dates:
        return {wanted[0][:10]: date for date in free.values()}
    return {key[:10]: date for key, date in free.items()}
