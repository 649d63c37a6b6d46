"""What a plan would overlap with: other meetings of the same person."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from meetings import words
from meetings.models import Attendee, Meeting, Occurrence, said_to_date

DECLINED = Attendee.PartStat.DECLINED
# So many are named; the rest is a number.
MOST_NAMED = 3
# Meetings begin on the half hour, where nobody says otherwise.
STEP = timedelta(minutes=30)

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Overlap:
    """Another meeting that takes place during one of the times planned."""

    title: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Conflicts:
    """Of the times planned, how many are taken, and by what."""

    planned: int
    taken: int = 0
    overlaps: list[Overlap] = field(default_factory=list)
    # Names them all, so that the form knows which ones somebody was told of.
    key: str = ""

    def __bool__(self) -> bool:
        return bool(self.overlaps)

    @property
    def heading(self) -> str:
        if self.planned == 1:
            count = len(self.overlaps)
            return ngettext("You have another meeting then", "You have other meetings then", count)
        text = ngettext(
            "%(count)s of %(all)s overlaps with another meeting of yours",
            "%(count)s of %(all)s overlap with other meetings of yours",
            self.taken,
        )
        return words.numbered(text, self.taken, all=words.number(self.planned))

    def lines(self, zone: ZoneInfo, today: datetime) -> list[str]:
        """“Ticket machines” on Monday, 23 November, 14:00 to 15:00."""
        said = []
        for overlap in self.overlaps[:MOST_NAMED]:
            starts, ends = overlap.starts_at.astimezone(zone), overlap.ends_at.astimezone(zone)
            names = {
                "title": overlap.title,
                "day": words.day(starts.date(), today.astimezone(zone).date()),
                "span": words.span(starts, ends),
            }
            same_day = self.planned == 1 and starts.date() == ends.date()
            text = _("“%(title)s”, %(span)s.") if same_day else _("“%(title)s”, on %(day)s, %(span)s.")
            said.append(text % names)
        if (more := len(self.overlaps) - MOST_NAMED) > 0:
            said.append(
                ngettext("And %(count)s more.", "And %(count)s more.", more) % {"count": words.number(more)}
            )
        return said


def find(user: User, spans: Sequence[Span], besides: Meeting | Occurrence | None = None) -> Conflicts:
    """The user's meetings during any of `spans`, which come in their order; one query for any number.

    What the user said no to is none, nor is what began by "Meet now". `besides` is what is being changed.
    """
    if not spans:
        return Conflicts(0)
    longest = max((ends - starts for starts, ends in spans), default=timedelta())
    starts_in_order = [starts for starts, _ in spans]
    taken: set[int] = set()
    overlaps: list[Overlap] = []
    keys: list[str] = []
    for other in _others(user, spans[0][0], spans[-1][1], besides):
        # Of the spans that begin before it ends, those that are not over when it starts.
        at = bisect_left(starts_in_order, other.ends_at) - 1
        hit = []
        while at >= 0 and starts_in_order[at] > other.starts_at - longest:
            if spans[at][1] > other.starts_at:
                hit.append(at)
            at -= 1
        if hit:
            taken.update(hit)
            overlaps.append(Overlap(other.shown_title, other.starts_at, other.ends_at))
            keys.append(f"{other.pk}")
    key = hashlib.sha256(" ".join(keys).encode()).hexdigest()[:16] if keys else ""
    return Conflicts(len(spans), len(taken), overlaps, key)


def first_free(user: User, start: datetime, length: timedelta) -> datetime:
    """The first half hour from `start`, on the same day, at which a meeting overlaps with none of the user's.

    `start` itself when the day has no such time. One query.
    """
    next_day = start.date() + timedelta(days=1)
    midnight = datetime.combine(next_day, time(), start.tzinfo).astimezone(UTC)
    at = start.astimezone(UTC)
    taken = [(other.starts_at, other.ends_at) for other in _others(user, at, midnight + length, None)]
    while at < midnight:
        if not any(starts < at + length and at < ends for starts, ends in taken):
            return at.astimezone(start.tzinfo)
        at += STEP
    return start


def _others(
    user: User, start: datetime, end: datetime, besides: Meeting | Occurrence | None
) -> QuerySet[Occurrence]:
    found = Occurrence.objects.of(user).not_cancelled().between(start, end).filter(meeting__instant=False)
    found = found.alias(said=said_to_date(user)).exclude(~Q(meeting__organizer=user), said=DECLINED)
    if isinstance(besides, Occurrence):
        found = found.exclude(pk=besides.pk)
    elif besides is not None:
        found = found.exclude(meeting=besides)
    return found.select_related("series")
