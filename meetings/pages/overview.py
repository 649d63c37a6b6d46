"""What a person sees of their meetings: rows and days, and what is up next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from meetings import words
from meetings.models import (
    LONGEST,
    Attendee,
    Meeting,
    MeetingQuerySet,
    Occurrence,
    OccurrenceQuerySet,
)
from meetings.pages import paging
from meetings.pages.responses import responses_to
from meetings.pages.row import Row
from meetings.signals import insiders

# A call that began so long before its meeting belongs to it.
EARLY = timedelta(hours=1)
# So many of a series on its page at once.
SERIES_PAGE = 12
# What a row needs beside its occurrence.
SHOWN = ("meeting__organizer", "meeting__last_series", "series")


def loaded(meetings: MeetingQuerySet) -> MeetingQuerySet:
    """With everything that a meeting's page shows, in two queries however many they are."""
    return meetings.select_related("organizer", "last_series").prefetch_related(_attendees())


def _attendees() -> Prefetch[str]:
    return Prefetch("attendees", Attendee.objects.invited().select_related("letter").with_answers())


def coming(user: User) -> OccurrenceQuerySet:
    """What goes on and what comes, in the order of time; cancelled ones too, until their time is over."""
    now = timezone.now()
    mine = Occurrence.objects.of(user).filter(ends_at__gt=now, starts_at__gt=now - LONGEST)
    return mine.select_related(*SHOWN).order_by("starts_at", "pk")


def over(user: User) -> OccurrenceQuerySet:
    """What has been, the latest first."""
    mine = Occurrence.objects.of(user).filter(ends_at__lte=timezone.now(), starts_at__lt=timezone.now())
    return mine.select_related(*SHOWN).order_by("-starts_at", "-pk")


# -- rows ---------------------------------------------------------------------------------------


@dataclass
class Day:
    """The meetings that begin on one day, or go on now."""

    on: date
    heading: str
    line: str
    now: bool = False
    rows: list[Row] = field(default_factory=list)


def rows(
    occurrences: Iterable[Occurrence],
    viewer: User,
    inside: Mapping[int, int] | None = None,
    then: Mapping[int, str] | None = None,
) -> list[Row]:
    """In the zone that is active for the viewer. `inside` is who is in the rooms, where that matters.

    `then`, by occurrence, is what follows in a list where one row stands for a series.
    """
    then = then or {}
    now = timezone.localtime()
    occurrences = list(occurrences)
    pairs = [(occurrence.meeting, occurrence) for occurrence in occurrences]
    found, asked, taken = [], set(), set()
    for occurrence, responses in zip(occurrences, responses_to(pairs, viewer), strict=True):
        meeting = occurrence.meeting
        there = 0
        is_near = occurrence.starts_at - EARLY <= now and not occurrence.is_cancelled
        if inside and is_near and meeting.pk not in taken:
            there = inside.get(meeting.pk, 0)
            taken.add(meeting.pk)
        is_first = meeting.pk not in asked
        row = Row(meeting, occurrence, viewer, now, responses, there, is_first, then.get(occurrence.pk, ""))
        if row.unanswered and not row.is_cancelled:
            asked.add(meeting.pk)
        found.append(row)
    return found


def row(meeting: Meeting, viewer: User, occurrence: Occurrence | None = None) -> Row:
    """A meeting as its page shows it: at that occurrence, else at the one that comes next."""
    occurrence = occurrence or meeting.occurrence_at(timezone.now())
    if occurrence is not None:
        # The same object, with what was loaded for it.
        occurrence.meeting = meeting
    [responses] = responses_to([(meeting, occurrence)], viewer)
    inside = insiders(Meeting.objects.filter(pk=meeting.pk)).get(meeting.pk, 0)
    return Row(meeting, occurrence, viewer, timezone.localtime(), responses, inside)


def still_to_come(meeting: Meeting, viewer: User, number: str | None) -> paging.Page[Row]:
    """The occurrences of a series that are not over, moved and cancelled ones among them."""
    now = timezone.now()
    coming = meeting.occurrences.filter(ends_at__gt=now).select_related("series")
    page = paging.page(coming, number, SERIES_PAGE)
    for occurrence in page.items:
        occurrence.meeting = meeting
    return paging.Page(rows(page.items, viewer), page.number, page.has_next)


def elsewhere(inside: Mapping[int, int], rows: Iterable[Row], viewer: User) -> list[Row]:
    """The calls that go on in rooms of which `rows` has none: a personal room, or long past the time."""
    known = {row.meeting.pk for row in rows if row.inside}
    meetings = list(
        Meeting.objects.filter(pk__in=inside.keys() - known, cancelled_at=None).select_related(
            "organizer", "last_series"
        )
    )
    now = timezone.localtime()
    pairs: list[tuple[Meeting, Occurrence | None]] = [(meeting, None) for meeting in meetings]
    return [
        Row(meeting, None, viewer, now, responses, inside[meeting.pk])
        for meeting, responses in zip(meetings, responses_to(pairs, viewer), strict=True)
    ]


def days(rows: Iterable[Row], *, after: Row | None = None) -> list[Day]:
    """`rows` by day, in their order: first what goes on now, and below something of today "Later today"."""
    rows = list(rows)
    found: list[Day] = []
    today = timezone.localdate()
    if live := [row for row in rows if row.goes_on]:
        found.append(Day(today, _("Now"), "", now=True, rows=live))
    later = bool(live) or (after is not None and (after.goes_on or after.starts.date() <= today))
    for row in rows:
        if row.goes_on:
            continue
        on = row.starts.date()
        if not found or found[-1].now or found[-1].on != on:
            heading, line = words.day_name(on, row.now.date(), later=later)
            found.append(Day(on, heading, line))
        found[-1].rows.append(row)
    return found


def up_next(rows: Iterable[Row]) -> Row | None:
    """What the page begins with: a call that goes on, else the meeting that is now or comes next.

    Never one that the viewer said no to; a room that was opened by "Meet now" and is empty comes last.
    """
    open_ = [row for row in rows if not row.is_cancelled and not row.declined]
    chosen = min(open_, key=lambda row: 0 if row.inside else 2 if row.meeting.instant else 1, default=None)
    if chosen is not None:
        prefetch_related_objects([chosen.meeting], _attendees())
    return chosen


def summary(rows: Iterable[Row], first: Row | None) -> str:
    """Two more meetings today. One waits for your answer."""
    standing = [row for row in rows if not row.is_cancelled]
    today = [row for row in standing if row is not first and row.starts.date() <= row.now.date()]
    waiting = len({row.meeting.pk for row in standing if row.unanswered})
    is_today = first is not None and (first.goes_on or first.starts.date() <= first.now.date())
    parts = []
    if today:
        count = len(today)
        more = ngettext("%(count)s more meeting today.", "%(count)s more meetings today.", count)
        only = ngettext("%(count)s meeting today.", "%(count)s meetings today.", count)
        parts.append(words.numbered(more if is_today else only, count))
    elif first and not is_today:
        parts.append(_("Nothing today."))
    if waiting:
        text = ngettext("%(count)s waits for your answer.", "%(count)s wait for your answer.", waiting)
        parts.append(words.numbered(text, waiting))
    return " ".join(parts)
