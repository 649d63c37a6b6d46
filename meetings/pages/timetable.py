"""A person's meetings as they stand in a week or a month (calendar.grid): many, so only what these show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from language import formats
from meetings import words
from meetings.calendar import grid
from meetings.inbox import reply_support
from meetings.models import LONGEST, Answer, Attendee, Occurrence

PartStat = Attendee.PartStat
# More in one month than anybody can look at.
MOST_BLOCKS = 2000


@dataclass(frozen=True)
class Block:
    """A meeting as it stands in a week or a month."""

    title: str
    code: str
    # Of one of a series.
    pk: int | None
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    organizes: bool
    # What the viewer said; empty for the organizer.
    partstat: str

    @property
    def repeats(self) -> bool:
        return self.pk is not None

    @property
    def url(self) -> str:
        if self.pk is None:
            return reverse("meetings:meeting", args=[self.code])
        return reverse("meetings:occurrence", args=[self.code, self.pk])

    @property
    def starts(self) -> datetime:
        return timezone.localtime(self.starts_at)

    @property
    def ends(self) -> datetime:
        return timezone.localtime(self.ends_at)

    @property
    def state(self) -> str:
        """What sets it apart, in a word; empty for one that takes place with the viewer."""
        if self.cancelled:
            return _("Cancelled")
        match self.look:
            case "not-going":
                return _("Not going")
            case "maybe":
                return _("Maybe")
            case "no-answer":
                return reply_support.no_answer()
        return ""

    @property
    def look(self) -> str:
        """The class that draws it (static/css/week-places.css)."""
        if self.cancelled:
            return "cancelled"
        looks = {"DECLINED": "not-going", "TENTATIVE": "maybe", "NEEDS-ACTION": "no-answer"}
        return "going" if self.organizes else looks.get(self.partstat, "going")

    @property
    def until(self) -> str:
        """01:30 on Thursday."""
        ends = {"clock": words.clock(self.ends), "day": formats.weekday(self.ends.weekday())}
        return ends["clock"] if self.ends.date() == self.starts.date() else _("%(clock)s on %(day)s") % ends


def blocks(user: User, start: datetime, end: datetime) -> list[grid.Timed[Block]]:
    """All of which some part lies in [start, end), in three queries and without loading whole rows."""
    found = Occurrence.objects.of(user).between(start, end).filter(starts_at__gt=start - LONGEST)
    invited_to = set(Attendee.objects.invited().filter(user=user).values_list("meeting", flat=True))
    answers = Answer.objects.filter(attendee__user=user, attendee__removed_at=None)
    about = Q(occurrence=None, series__in=found.values("series")) | Q(occurrence__in=found.values("pk"))
    said = answers.filter(about).said()
    columns = (
        *("pk", "starts_at", "ends_at", "title", "cancelled_at", "meeting", "series", "series__title"),
        *("meeting__code", "series__rrule", "meeting__cancelled_at", "meeting__organizer"),
    )
    timed = []
    for row in found.order_by("starts_at", "pk").values_list(*columns)[:MOST_BLOCKS]:
        pk, starts_at, ends_at, title, gone, meeting_id, series, whole, code, rrule, all_gone, organizer = row
        silent = PartStat.NEEDS_ACTION if meeting_id in invited_to else ""
        block = Block(
            title=title or whole,
            code=code,
            pk=pk if rrule else None,
            starts_at=starts_at,
            ends_at=ends_at,
            cancelled=bool(gone or all_gone),
            organizes=organizer == user.pk,
            partstat=said.to(series, pk if rrule else None, silent=silent),
        )
        timed.append(grid.Timed(starts_at, ends_at, block))
    return timed
