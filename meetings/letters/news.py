"""What is new in a letter about the whole of a meeting, against what its reader was told before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import ngettext
from msgspec.structs import replace

from meetings import words
from meetings.calendar import differences, recurrence
from meetings.calendar.differences import Difference, Kind
from meetings.letters import announced, dates
from meetings.letters.announced import Announced
from meetings.letters.payloads import AboutMeeting, CancelledDates
from meetings.letters.sentences import joined
from meetings.models import Meeting

# So many of the dates that are new, or are no more, are named.
MOST_NAMED, MOST_ADDED = 6, 4


@dataclass
class News:
    """What a letter says (kinds.SAYS), what stands in its places, and what was otherwise before."""

    says: str
    # Why it asks again (kinds.ASKS).
    asks: str = ""
    places: dict[str, str] = field(default_factory=dict)
    # What the plural of the lead goes by.
    number: int | None = None
    # When the meeting is, if not as it is now; and the time in the subject, if that is another.
    times: dates.When | None = None
    subject_times: dates.When | None = None
    old_title: str = ""
    old_times: dates.When | None = None
    new_dates: str = ""
    off_dates: str = ""
    # What was said holds for the dates that are new; and, of what becomes a series, for this one day.
    holds_for_new: bool = False
    first_day: str = ""
    # It is about the end of a series: from this day on, or the last date.
    since: str = ""
    is_tail: bool = False
    is_once: bool = False


def of(
    meeting: Meeting, payload: AboutMeeting, before: Announced | None, zone: str, *, changed: bool
) -> News:
    """`payload` is the letter's, `before` what its reader knows: None for an invitation.

    `changed` if it is written because of a change.
    """
    if before is None:
        return News("invitation")
    now = announced.of(meeting)
    what = differences.between(before.timing, now.timing, timezone.now())
    news = _of(what, before, zone, restored=changed)
    if before.title != now.title:
        news.old_title = before.title
        if what.kind is Kind.SAME:
            news.says, news.asks = "renamed", ""
    # Since the last letter nothing else has happened.
    is_next = before == payload.before
    if is_next and payload.off:
        return _cut(payload.off, zone, news.old_title)
    if is_next and payload.was:
        return _from_one_on(news, meeting, payload, (before, payload.was), zone)
    return news


def _of(what: Difference, before: Announced, zone: str, *, restored: bool) -> News:
    """What the times alone say."""
    length = "-longer" if what.takes_longer else "-shorter" if what.takes_less else ""
    old_times = dates.when_told(before, zone)
    match what.kind:
        case Kind.SAME:
            # After a change that was undone before they heard of it there is nothing to strike through.
            return News("restored", "restored") if restored else News("invitation")
        case Kind.SHORTER:
            gone = what.gone
            return _cut(CancelledDates(since=gone[0], dates=len(gone), first=list(gone[:MOST_NAMED])), zone)
        case Kind.SERIES:
            first_day = day(before.starts_at, zone)
            news = News(f"series{length}", "series", first_day=first_day)
            news.old_times = old_times if length else None
            return news
        case Kind.LONGER:
            news = _added(what.added, zone)
        case Kind.DATES:
            news = News(f"dates{length}", "longer" if what.takes_longer else "")
            news.new_dates = listed(what.added[:MOST_NAMED], len(what.added), zone)
            news.off_dates = listed(what.gone[:MOST_NAMED], len(what.gone), zone)
            news.holds_for_new = bool(what.added)
        case Kind.LENGTH:
            news = News("longer", "longer") if what.takes_longer else News("shorter")
        case Kind.ONCE:
            news = News(f"once{length}", "longer" if what.takes_longer else "")
        case _:
            news = News(what.kind.value, what.kind.value)
    news.old_times = old_times
    return news


def _added(added: Sequence[datetime], zone: str) -> News:
    """A series goes on for longer."""
    last = day(added[-1], zone)
    if len(added) == 1:
        return News("one-more", places={"last": last}, holds_for_new=True)
    count = words.number(len(added))
    return News(
        "more",
        places={"last": last, "count": count},
        number=len(added),
        new_dates=listed(added[:MOST_ADDED], len(added), zone),
        holds_for_new=True,
    )


def _cut(off: CancelledDates, zone: str, old_title: str = "") -> News:
    """A series ends earlier."""
    news = News("less", old_title=old_title, is_tail=True)
    news.off_dates = listed(off.first, off.dates, zone)
    if off.dates == 1 and off.first:
        news.says, news.places = "one-less", {"last": day(off.first[0], zone)}
        news.subject_times = dates.when(off.first[0], timedelta(), zone)
        return news
    # The next one takes place, and is not to be taken for one that does not.
    news.number = off.dates
    news.places = {
        "count": words.number(off.dates),
        "since": day(off.since, zone),
        "since_short": short_day(off.since, zone),
    }
    return news


def _from_one_on(
    news: News, meeting: Meeting, payload: AboutMeeting, known: tuple[Announced, Announced], zone: str
) -> News:
    """A series changed from one date on; `known` are both as they were."""
    before, was = known
    what = payload.what or ("moved" if payload.moved else "same")
    takes_longer = what in (Kind.LENGTH, Kind.DATES) and meeting.duration > was.duration
    verb = "moved" if what == Kind.MOVED else "changed"
    # The rule begins later, and what it says of the rest need not be new.
    told = News(verb, old_title=news.old_title, is_tail=True)
    if news.old_times and what != Kind.SAME:
        told.old_times = dates.when_told(_from(before, was), zone)
    told.asks = what if what in (Kind.MOVED, Kind.DAYS) else "longer" if takes_longer else ""
    left = list(dates.upcoming(meeting, series=meeting.last_series))
    # No rule: that one is all there is to say.
    told.is_once = len(left) == 1 or not meeting.repeats
    told.times = (
        dates.when(left[0] if left else meeting.starts_at, meeting.duration, zone)
        if told.is_once
        else dates.series_when(announced.of(meeting), zone, left)
    )
    if told.is_once and payload.dates == 1:
        if told.old_times:
            told.old_times = dates.when_told(was, zone)
        told.says, told.places = f"{verb}-last", {"last": day(was.starts_at, zone)}
        return told
    told.since = day(was.starts_at, zone)
    told.says = f"{verb}-since"
    told.places = {"since": told.since, "since_short": short_day(was.starts_at, zone)}
    return told


def _from(before: Announced, was: Announced) -> Announced:
    """A series as it was told, from the date on that is changed. That some come before is not new."""
    key = recurrence.wall_clock(was.starts_at, ZoneInfo(before.time_zone or "UTC"))
    if not before.rrule or key not in before.timing.keys:
        return before
    rule = recurrence.rest(before.rrule, recurrence.written(before.first), key)
    return replace(before, rrule=rule, wall_clock=key, starts_at=was.starts_at)


def day(moment: datetime, zone: str) -> str:
    """Monday, 9 December 2030."""
    return words.day(moment.astimezone(ZoneInfo(zone)))


def short_day(moment: datetime, zone: str) -> str:
    """Mon 9 Dec."""
    return words.short_day(moment.astimezone(ZoneInfo(zone)))


def listed(moments: Sequence[datetime], count: int, zone: str) -> str:
    """Wed 9 Dec, 17:30; Thu 10 Dec, 17:30; and two more; of `count` in all. Empty if there are none."""
    named = [dates.day_and_clock(moment.astimezone(ZoneInfo(zone))) for moment in moments]
    left = count - len(named)
    if not named or left <= 0:
        return joined(named)
    more = ngettext("and %(count)s more", "and %(count)s more", left) % {"count": words.number(left)}
    return joined([*named, more])
