"""What is new in a letter about the whole of a meeting, against what its reader was told before: in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from meetings import words
from meetings.calendar import differences
from meetings.calendar.differences import Difference, Kind
from meetings.letters import announced, dates
from meetings.letters.payloads import AboutMeeting, CalledOff
from meetings.models import Meeting

# So many of the dates that are new, or are no more, are named.
MOST_NAMED = 6
PREFIXES = {
    "moved": "Moved",
    "days": "Changed",
    "dates": "Changed",
    "longer": "More dates",
    "series": "Now a series",
    "once": "Now once",
    "renamed": "Changed",
    "restored": "As before",
}


@dataclass
class News:
    """The kind of a letter, the two ends of its subject, when the meeting is if not as now, and what was."""

    kind: str
    prefix: str = ""
    about: str = " ({when.short_day}, {when.starts})"
    times: dates.When | None = None
    old: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        return (f"{self.prefix}: " if self.prefix else "") + "{title}" + self.about


def of(
    meeting: Meeting,
    payload: AboutMeeting,
    before: announced.Announced | None,
    zone: str,
    *,
    changed: bool,
) -> News:
    """`payload` is the letter's, `before` what its reader knows: None for an invitation.

    `changed` if it is written because of a change.
    """
    if before is None:
        return News("invitation")
    # Since the last letter nothing else has happened.
    is_next = before == payload.before
    what = differences.between(before.timing, announced.of(meeting).timing, timezone.now())
    news = _of(what, before, zone, restored=changed)
    if before.title != meeting.current.title:
        news.old["title"] = before.title
        if what.kind is Kind.SAME:
            news.kind, news.prefix = "renamed", PREFIXES["renamed"]
    if is_next and (off := payload.off):
        _call_off(news, off, zone)
    elif is_next and (was := payload.was):
        _tell_from(news, meeting, payload, was, zone)
    return news


def _of(what: Difference, before: announced.Announced, zone: str, *, restored: bool) -> News:
    """What the times alone say."""
    match what.kind:
        case Kind.SAME:
            # After a change that was undone before they heard of it there is nothing to strike through.
            news = News("restored" if restored else "invitation")
        case Kind.SHORTER:
            news = News("shortened")
            first = list(what.gone[:MOST_NAMED])
            _call_off(news, CalledOff(since=first[0], dates=len(what.gone), first=first), zone)
            return news
        case Kind.DATES:
            news = News("dates", more=_dates(what, zone))
        case Kind.LONGER:
            news = News("longer", more=_added(what.added, zone))
        case Kind.LENGTH:
            prefix = "Longer" if what.takes_longer else "Shorter"
            news = News("length", prefix)
        case _:
            news = News(what.kind.value)
    news.prefix = news.prefix or PREFIXES.get(news.kind, "")
    news.more |= {"takes_longer": what.takes_longer, "takes_less": what.takes_less}
    if what.kind is Kind.SERIES:
        news.more["first_day"] = day(before.starts_at, zone)
    if what.kind not in (Kind.SAME, Kind.SERIES) or (
        what.kind is Kind.SERIES and (what.takes_longer or what.takes_less)
    ):
        news.old["when"] = dates.when_told(before, zone)
    return news


def _dates(what: Difference, zone: str) -> dict[str, Any]:
    """Of a series whose dates are others at its ends, by name: "New" and "Called off" of a letter."""
    named = {"new_days": what.added, "off_days": what.gone}
    return {
        key: listed(moments[:MOST_NAMED], len(moments), zone) for key, moments in named.items() if moments
    }


def _added(added: Sequence[datetime], zone: str) -> dict[str, Any]:
    """Of a series that goes on for longer."""
    last = words.day(added[-1].astimezone(ZoneInfo(zone)))
    if len(added) == 1:
        return {"new_last": last}
    how_many = words.counted(len(added), "date", "dates")
    return {"new_number": how_many, "new_until": last, "new_days": listed(added[:4], len(added), zone)}


def _call_off(news: News, off: CalledOff, zone: str) -> None:
    """Of a series that ends earlier."""
    news.kind = "shortened"
    news.old.pop("when", None)
    news.more = {"off_days": listed(off.first, off.dates, zone)}
    if off.dates == 1 and off.first:
        here = off.first[0].astimezone(ZoneInfo(zone))
        news.prefix, news.about = "Cancelled", f" ({words.short_day(here)}, {words.clock(here)})"
        news.more["off_last"] = words.day(here)
        return
    how_many = words.counted(off.dates, "date", "dates")
    # The next one takes place, and is not to be taken for one that does not.
    news.prefix, news.about = f"Cancelled from {short_day(off.since, zone)} on", ""
    news.more |= {"off_number": how_many, "off_from": day(off.since, zone)}


def _tell_from(
    news: News, meeting: Meeting, payload: AboutMeeting, was: announced.Announced, zone: str
) -> None:
    """Of a series that changed from one date on."""
    what = payload.what or ("moved" if payload.moved else "same")
    # The rule begins later, and what it says of the rest need not be new.
    news.kind = what if what in (Kind.MOVED, Kind.DAYS) else "renamed"
    news.prefix, news.more = PREFIXES[news.kind], {}
    if what == Kind.SAME:
        news.old.pop("when", None)
    elif what in (Kind.LENGTH, Kind.DATES):
        length = was.duration
        news.kind = what
        news.more = {"takes_longer": meeting.duration > length, "takes_less": meeting.duration < length}
    left = list(dates.upcoming(meeting, series=meeting.last_series))
    # No rule: that one is all there is to say.
    is_one = len(left) == 1 or not meeting.repeats
    news.times = (
        dates.when(left[0] if left else meeting.starts_at, meeting.duration, zone)
        if is_one
        else dates.series_when(announced.of(meeting), zone, left)
    )
    if is_one and payload.dates == 1:
        if "when" in news.old:
            news.old["when"] = dates.when_told(was, zone)
        news.more["last"] = day(was.starts_at, zone)
    else:
        news.prefix += f" from {short_day(was.starts_at, zone)} on"
        news.more |= {"since": day(was.starts_at, zone), "only": is_one}


def day(moment: datetime, zone: str) -> str:
    """Monday, 9 December 2030."""
    return words.day(moment.astimezone(ZoneInfo(zone)))


def short_day(moment: datetime, zone: str) -> str:
    """Mon 9 Dec."""
    return words.short_day(moment.astimezone(ZoneInfo(zone)))


def listed(moments: Sequence[datetime], count: int, zone: str) -> str:
    """Wed 9 Dec, 17:30; Thu 10 Dec, 17:30; and two more; of `count` in all."""
    here = [moment.astimezone(ZoneInfo(zone)) for moment in moments]
    named = [f"{words.short_day(at)}, {words.clock(at)}" for at in here]
    more = [f"and {words.number(count - len(named))} more"] if named and count > len(named) else []
    return "; ".join(named + more)
