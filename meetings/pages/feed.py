"""Somebody's meetings as a calendar, at a secret address to which calendar programs subscribe."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.counts import count, network_of
from accounts.models import User
from meetings.calendar import itip
from meetings.calendar.said import Said
from meetings.letters import events
from meetings.models import Answer, Attendee, CalendarFeed, Meeting, Occurrence, Series
from meetings.plans.subscriptions import EndedFeed, UnknownFeed, address, find, renew

PartStat = Attendee.PartStat
# What is longer over than this is left out: a calendar that is read every hour stays small.
KEPT = timedelta(days=90)
# Programs of several devices ask every hour, and some of them much more often.
MOST_READS, READS_WITHIN = 120, 3600
# Wrong secrets from one address; those of a calendar that was given up are asked for again and again.
MOST_GUESSES, GUESSES_WITHIN = 60, 3600
# The page says when it was last read, to the hour.
READ_AGAIN = timedelta(hours=1)
UNKNOWN = gettext_lazy(
    "Nobody's calendar is at this address. It was replaced or given up, or part of it is missing.\n"
    "On this site, under Meetings, “See these in my own calendar” makes a new one.\n"
)
ENDED = gettext_lazy(
    "The administrator of this site ended this calendar address.\n"
    "On this site, under Meetings, “See these in my own calendar” makes a new one.\n"
)
LATER = gettext_lazy("This calendar was asked for too often. Once an hour is enough.\n")


# -- what stands in it --------------------------------------------------------------------------

Entries = list[tuple[itip.Facts, tuple[int, ...]]]


@dataclass(frozen=True)
class Contents:
    """All that a calendar holds, before it is written out."""

    series: Entries

    @property
    def tag(self) -> str:
        """The same as long as nothing has changed (ETag, RFC 9110, 8.8.3)."""
        return hashlib.sha256(repr(self.series).encode()).hexdigest()[:32]

    def written(self) -> bytes:
        return itip.feed(self.series, timezone.now(), name=settings.SITE_NAME)


def contents(user: User) -> Contents:
    """What the user organizes or is invited to and did not say no to, the last three months included.

    In six queries, however much it is.
    """
    since = timezone.now() - KEPT
    found = Meeting.objects.of(user).not_cancelled().filter(personal=False, ends_at__gt=since)
    meetings = {meeting.pk: meeting for meeting in found.select_related("organizer", "last_series")}
    invitations = Attendee.objects.invited().filter(user=user).by_answer()
    mine = {invitation.meeting_id: invitation for invitation in invitations}
    parts = list(Series.objects.not_cancelled().filter(meeting__in=meetings))
    for part in parts:
        part.meeting = meetings[part.meeting_id]
    dates = _dates({part.pk: part for part in parts if part.repeats})
    answers = Answer.objects.filter(attendee__user=user, attendee__removed_at=None)
    said = answers.said()
    has_declined = PartStat.DECLINED in {*said.to_all.values(), *said.to_one.values()}
    series: Entries = []
    for part in parts:
        meeting = part.meeting
        # Whoever organizes comes, whatever an invitation of theirs to it says.
        me = None if meeting.organizer_id == user.pk else mine.get(meeting.pk)
        its_dates = dates.get(part.pk, ())
        left: itip.Facts | None = events.facts(part, None, its_dates)
        if left and me and has_declined:
            left = _without_declined(left, part, its_dates, said)
        if left is not None:
            reminders = meeting.reminders if me is None or me.reminders is None else me.reminders
            series.append((left, tuple(reminders)))
    return Contents(series)


def _dates(parts: dict[int, Series]) -> dict[int, list[Occurrence]]:
    """The occurrences of each series."""
    found: dict[int, list[Occurrence]] = {}
    for occurrence in Occurrence.objects.filter(series__in=parts):
        occurrence.series = parts[occurrence.series_id]
        occurrence.meeting = occurrence.series.meeting
        found.setdefault(occurrence.series_id, []).append(occurrence)
    return found


def _without_declined(
    facts: itip.Facts, series: Series, dates: Iterable[Occurrence], said: Said[str]
) -> itip.Facts | None:
    """What is left when the dates are gone to which the user said no; None for nothing."""
    if not series.repeats:
        return None if said.to(series.pk) == PartStat.DECLINED else facts
    known = {date.recurrence_id: date.pk for date in dates}
    keys = series.keys
    declined = {key for key in keys if said.to(series.pk, known.get(key)) == PartStat.DECLINED}
    if not declined:
        return facts
    if len(declined) == len(keys):
        return None
    return replace(
        facts,
        changes=tuple(change for change in facts.changes if change.recurrence_id not in declined),
        without=tuple(sorted(declined | set(facts.without))),
    )


# -- pages --------------------------------------------------------------------------------------


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """The calendar's own page: make the address, replace it, give it up. It is shown once."""
    user = cast(User, request.user)
    shown = ""
    match request.POST.get("do"):
        case "renew":
            shown = address(renew(user))
        case "stop":
            CalendarFeed.objects.filter(user=user).delete()
            messages.success(request, _("The address no longer works."))
            return redirect("meetings:subscribe")
    mine = CalendarFeed.objects.filter(user=user).first()
    is_ended = mine is not None and mine.ended_at is not None
    context = {
        "section": "meetings",
        "feed": None if is_ended else mine,
        "ended": mine if is_ended else None,
        "address": shown,
        # What calendar programs take for "subscribe" instead of "download".
        "webcal": f"webcal://{shown.partition('://')[2]}" if shown else "",
    }
    return render(request, "meetings/subscribe.html", context)


@require_safe
def read(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar, for whoever has its secret address; there is no account and no cookie."""
    try:
        feed = find(secret)
    except UnknownFeed as error:
        # Only whoever guesses is slowed down: many others may have the same address on the internet.
        if _is_guessing(request):
            return _later(GUESSES_WITHIN)
        words = ENDED if isinstance(error, EndedFeed) else UNKNOWN
        return _private(HttpResponseNotFound(words, content_type="text/plain; charset=utf-8"))
    if count(f"calendar-reads:{feed.digest}", READS_WITHIN) > MOST_READS:
        return _later(READS_WITHIN)
    now = timezone.now()
    if feed.read_at is None or feed.read_at < now - READ_AGAIN:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=now)
    found = contents(feed.user)
    # Weak: the moment at which it was written stands in it, too (DTSTAMP).
    tag = f'W/"{found.tag}"'
    known = get_conditional_response(request, etag=tag)
    if known is not None:
        return _private(known)
    ical = found.written()
    response = HttpResponse(ical, content_type="text/calendar; charset=utf-8", headers={"ETag": tag})
    response["Content-Disposition"] = 'inline; filename="roundtable.ics"'
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-cache"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _is_guessing(request: HttpRequest) -> bool:
    """Count an address that is nobody's; whether there were too many."""
    network = network_of(get_adapter().get_client_ip(request))
    return count(f"calendar-guesses:{network}", GUESSES_WITHIN) > MOST_GUESSES


def _later(within: int) -> HttpResponse:
    response = HttpResponse(LATER, status=429, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = str(within)
    return _private(response)
