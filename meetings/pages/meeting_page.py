"""The page of a meeting, or of one of a series, and its file for a calendar."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from meetings import words
from meetings.calendar.said import ONE_BY_ONE, SILENT
from meetings.letters import dates, events
from meetings.models import Attendee, Meeting, Occurrence
from meetings.pages import dashboard, facts, overview, reminder_page
from meetings.pages.answering import dates_to_answer, said_by
from meetings.pages.row import Row
from meetings.pages.visitor import signed_in


@login_required
@require_safe
def meeting(request: HttpRequest, code: str) -> HttpResponse:
    """A meeting; a series with what is still to come."""
    me = signed_in(request)
    found = get_object_or_404(overview.loaded(Meeting.objects.of(me)), code=code)
    if found.personal:
        return redirect("meetings:list")
    return _meeting(request, found)


@login_required
@require_safe
def occurrence(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One of a series."""
    me = signed_in(request)
    found = get_object_or_404(overview.loaded(Meeting.objects.of(me)), code=code)
    one = get_object_or_404(found.occurrences.select_related("series"), pk=pk)
    if not one.is_one_of_many:
        return redirect(found)
    return _meeting(request, found, one)


def _meeting(request: HttpRequest, found: Meeting, one: Occurrence | None = None) -> HttpResponse:
    me = signed_in(request)
    row = overview.row(found, me, one)
    attendees = list(found.attendees.all())
    zone = timezone.get_current_timezone_name()
    is_series = found.repeats and one is None
    context = {
        "section": "meetings",
        "meeting": found,
        # The one of a series that the page is about.
        "occurrence": one,
        "row": row,
        "coming": overview.still_to_come(found, me, request.GET.get("page")) if is_series else None,
        "day": words.day(row.starts),
        "zone": zone,
        "elsewhere": dates.clock_in(row.starts, row.ends - row.starts, found.time_zone, beside=zone),
        "agenda": words.agenda(found.agenda if is_series else row.agenda_text),
        "length": row.length,
        "attendees": attendees,
        "clocks": facts.other_clocks(found, row.starts, zone) if row.organizes else [],
        "link": found.public_url,
        "short_link": found.public_url.partition("://")[2].rstrip("/"),
        **dashboard.for_page(found, one, request, row.occurrence),
        "access": facts.access(found, organizes=row.organizes and not row.is_over),
        "reminded": None if row.is_over or row.is_cancelled else reminder_page.reminded(row),
        "change_query": _change_query(one, row.occurrence if is_series else None),
        "given": row.partstat,
        "lacks_answer": row.unanswered,
        **_asked(row, attendees, zone, is_series=is_series),
        "sees_attendance": row.organizes or (row.mine is not None and row.mine.cohost),
    }
    return render(request, "meetings/meeting.html", context)


def _asked(row: Row, attendees: list[Attendee], zone: str, *, is_series: bool) -> dict[str, Any]:
    """Of a series, for whoever is invited: what an answer to the whole holds for, and the dates to answer."""
    found, mine = row.meeting, [attendee for attendee in attendees if attendee.user_id == row.viewer.pk]
    if not is_series or not mine or row.organizes:
        return {}
    given = found.current.said_to_whole(said_by(mine))
    return {
        "asked_from": dates.asked_from(found, zone),
        "to_answer": dates_to_answer(found, mine, zone),
        "given": given,
        "is_one_by_one": given == ONE_BY_ONE,
        "lacks_answer": row.unanswered or given == SILENT,
    }


def _change_query(one: Occurrence | None, next_one: Occurrence | None) -> str:
    """What "Change" is about: the one of the page, or of a series the part that the page calls next."""
    if one is not None:
        return f"?occurrence={one.pk}"
    if next_one and next_one.series_id != next_one.meeting.last_series_id and not next_one.is_over:
        # All of a series in parts is its last part.
        return f"?occurrence={next_one.pk}&scope=following"
    return ""


@login_required
@require_GET
def calendar(request: HttpRequest, code: str) -> HttpResponse:
    """A meeting, or a whole series, as a file for a calendar program."""
    found = get_object_or_404(
        Meeting.objects.of(signed_in(request)).filter(personal=False).select_related("organizer"), code=code
    )
    if found.is_cancelled:
        return _nothing_to_add(request, found)
    return as_file(events.download(found), found)


@login_required
@require_GET
def occurrence_file(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One of a series, as an event by itself."""
    one = get_object_or_404(
        Occurrence.objects.of(signed_in(request)).select_related("meeting__organizer", "series"),
        pk=pk,
        meeting__code=code,
    )
    if one.is_cancelled:
        return _nothing_to_add(request, one)
    return as_file(events.download_occurrence(one), one.meeting)


def _nothing_to_add(request: HttpRequest, what: Meeting | Occurrence) -> HttpResponse:
    """Of an address from before it was cancelled, the page that says so."""
    messages.warning(request, _("This is cancelled: there is nothing to put into a calendar."))
    return redirect(what)


def as_file(ical: bytes, meeting: Meeting) -> HttpResponse:
    return HttpResponse(
        ical,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="meeting-{meeting.code}.ics"'},
    )
