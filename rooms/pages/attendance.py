"""Who was there, from when to when: a page for the organizer and the co-hosts, and the same as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from meetings import words
from meetings.models import Attendee, Meeting, Occurrence
from meetings.pages import overview, paging
from rooms.models import Call, Participant

CALLS = 10
COLUMNS = (
    *(_("Meeting"), _("Call"), _("Name"), _("E-mail"), _("Role"), _("From"), _("To"), _("Minutes")),
    *(_("Time zone"), _("From (ISO 8601)"), _("To (ISO 8601)")),
)
# What a table program takes for the beginning of a formula, and what it skips before one; in full width too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Stay:
    """From when to when; None for somebody who is inside."""

    starts: datetime
    ends: datetime | None

    @property
    def length(self) -> timedelta:
        return max((self.ends or timezone.now()) - self.starts, timedelta())


@dataclass
class Presence:
    """Somebody in a call, however often they came."""

    name: str
    email: str
    is_host: bool = False
    stays: list[Stay] = field(default_factory=list)

    @property
    def role(self) -> str:
        return gettext("Host") if self.is_host else gettext("Participant")

    @property
    def length(self) -> str:
        whole = sum((stay.length for stay in self.stays), timedelta())
        return gettext("less than a minute") if whole < timedelta(minutes=1) else words.length(whole)


@dataclass(frozen=True)
class Sitting:
    """One call: when it was, and who was there, in the order in which they came."""

    call: Call
    starts: datetime
    ends: datetime | None
    people: list[Presence]

    @property
    def day(self) -> str:
        return words.day(self.starts.date(), timezone.localdate())

    @property
    def span(self) -> str:
        if self.ends:
            return words.span(self.starts, self.ends)
        return gettext("since %(clock)s") % {"clock": words.clock(self.starts)}

    @property
    def count(self) -> str:
        text = ngettext("%(count)s person", "%(count)s people", len(self.people))
        return words.numbered(text, len(self.people))


@login_required
@never_cache
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    meeting = _meeting(request, code)
    one = _occurrence(request, meeting)
    calls = paging.page(_calls(meeting, one), request.GET.get("page"), CALLS)
    context = {
        "section": "past",
        "meeting": meeting,
        "occurrence": one,
        "page": calls,
        "sittings": [sitting(call) for call in calls.items],
        "zone": timezone.get_current_timezone_name(),
    }
    return render(request, "rooms/attendance.html", context)


@login_required
@never_cache
@require_safe
def table(request: HttpRequest, code: str) -> HttpResponse:
    """For table programs: UTF-8 with the mark by which they know it, a line for each stay."""
    meeting = _meeting(request, code)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    zone = timezone.get_current_timezone_name()
    calls = _calls(meeting, _occurrence(request, meeting))
    for number, call in enumerate(calls.reverse(), 1):
        for person in sitting(call).people:
            for stay in person.stays:
                writer.writerow(harmless(_line(meeting, number, person, stay, zone)))
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="attendance-{meeting.code}.csv"'
    return response


def _line(meeting: Meeting, number: int, person: Presence, stay: Stay, zone: str) -> list[str]:
    ends = stay.ends
    return [
        meeting.title,
        str(number),
        person.name,
        person.email,
        person.role,
        f"{stay.starts:%Y-%m-%d %H:%M:%S}",
        f"{ends:%Y-%m-%d %H:%M:%S}" if ends else "",
        str(round(stay.length.total_seconds() / 60)) if ends else "",
        zone,
        stay.starts.isoformat(timespec="seconds"),
        ends.isoformat(timespec="seconds") if ends else "",
    ]


def harmless(cells: Iterable[str]) -> list[str]:
    """With an apostrophe before what a table program would calculate (CSV injection, OWASP)."""
    return [f"'{cell}" if cell.lstrip(" \u00a0").startswith(FORMULA) else cell for cell in cells]


def sitting(call: Call) -> Sitting:
    """The call in the viewer's zone; one person is one line, however often they came."""
    people: dict[str, Presence] = {}
    for participant in sorted(call.participants.all(), key=lambda one: one.joined_at):
        person = people.setdefault(participant.person, Presence("", ""))
        # What they were called last.
        person.name = participant.name
        person.email = _address(participant) or person.email
        person.is_host = person.is_host or participant.is_host
        person.stays.append(Stay(timezone.localtime(participant.joined_at), _local(participant.left_at)))
    return Sitting(call, timezone.localtime(call.started_at), _local(call.ended_at), list(people.values()))


def _meeting(request: HttpRequest, code: str) -> Meeting:
    """One that the user organizes or is co-host of; nobody else is told who was there."""
    user = cast(User, request.user)
    hosted = Attendee.objects.invited().filter(user=user, cohost=True).values("meeting")
    return get_object_or_404(
        Meeting.objects.select_related("organizer", "last_series").filter(
            Q(organizer=user) | Q(pk__in=hosted)
        ),
        code=code,
    )


def _occurrence(request: HttpRequest, meeting: Meeting) -> Occurrence | None:
    """The one of a series that the address asks for; None for all."""
    number = request.GET.get("occurrence", "")
    if not number:
        return None
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Http404
    return get_object_or_404(meeting.occurrences.all(), pk=int(number))


def _calls(meeting: Meeting, one: Occurrence | None) -> QuerySet[Call]:
    """The latest first. To one of a series belongs whatever went on at its time, or a little before it."""
    everybody = Participant.objects.select_related("user", "attendee")
    calls = Call.objects.filter(room__meeting=meeting).order_by("-started_at", "-pk")
    if one is not None:
        lasted = Q(ended_at=None) | Q(ended_at__gt=one.starts_at - overview.EARLY)
        calls = calls.filter(lasted, started_at__lt=one.ends_at)
    return calls.prefetch_related(Prefetch("participants", everybody))


def _address(participant: Participant) -> str:
    if participant.attendee:
        return participant.attendee.email
    return participant.user.email if participant.user else ""


def _local(at: datetime | None) -> datetime | None:
    return at and timezone.localtime(at)
