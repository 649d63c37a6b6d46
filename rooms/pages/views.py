from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.session_keys import hand_out
from accounts.sessions import SessionStore
from accounts.zones import cookie_zone
from meetings import links
from meetings.letters import dates
from meetings.models import Attendee, Meeting, Occurrence
from meetings.pages import ended_links
from meetings.plans import setup_reports
from rooms.codes import canonical
from rooms.protocol.admission import Admission
from rooms.roster import doors, entrance, guess_limit, seats

# What refused.html says, and with which status, for a reason of the socket's `bye`.
REFUSALS = {
    "cancelled": ("cancelled", 410),
    "removed": ("removed", 403),
    "forbidden": ("revoked", 403),
    "sign-in": ("sign-in", 403),
    "not-invited": ("not-invited", 403),
}
# Of these, those that may come of a personal link.
OF_LINKS = {"revoked", "sign-in", "not-invited"}


@never_cache
@require_safe
def room(request: HttpRequest, code: str) -> HttpResponse:
    """The one page from the link to the goodbye. Needs no account: who has the code is a guest."""
    if code != canonical(code):
        return redirect("room", canonical(code))
    if not Meeting.objects.filter(code=code).exists():
        if _is_guessing(request):
            return render(request, "429.html", status=429)
        return _refused(request, "unknown", 404)
    session = cast(SessionStore, request.session)
    entrance.note_opened_link(session)
    approach = entrance.approach(code, request.user, request.session)
    if approach is None:
        return _refused(request, "unknown", 404)
    if not isinstance(approach.outcome, Admission):
        return _refused(request, *REFUSALS[approach.outcome.reason], approach.meeting)
    response = render(request, "rooms/room.html", _context(approach, approach.outcome, request))
    # The code is the key of the door; no other site is told where somebody came from.
    response["Referrer-Policy"] = "no-referrer"
    if session.is_provisional and not session.modified:
        hand_out(response, session.session_key or "")
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def test(request: HttpRequest) -> HttpResponse:
    """Whether this browser is good for a call, for somebody with an account; POST notes that it is."""
    if request.method == "POST":
        setup_reports.note_tested_by(cast(User, request.user))
        return HttpResponse(status=204)
    return _test_page(request)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def room_test(request: HttpRequest, code: str) -> HttpResponse:
    """The same before a meeting, for whoever may come to its door; their organizer sees it."""
    if code != canonical(code):
        return redirect("room_test", canonical(code))
    session = cast(SessionStore, request.session)
    known = request.user.is_authenticated or entrance.has_opened_link(session)
    if not (known or links.SESSION_KEY in request.session):
        # The room's page has the words for whoever has no business here, and counts those who guess.
        return redirect("room", code)
    entrance.note_opened_link(session)
    approach = entrance.approach(code, request.user, request.session, cookie_zone(request))
    if approach is None or not isinstance(approach.outcome, Admission):
        return redirect("room", code)
    attendee_id = approach.outcome.attendee_id
    if request.method == "POST":
        if attendee_id is not None:
            setup_reports.note_tested(Attendee.objects.select_related("user").get(pk=attendee_id))
        return HttpResponse(status=204)
    return _test_page(request, approach, tells=attendee_id is not None)


def _test_page(
    request: HttpRequest, approach: entrance.Approach | None = None, *, tells: bool = False
) -> HttpResponse:
    context = {
        "approach": approach,
        "organizer": approach.meeting.organizer.get_short_name() if approach else "",
        # Whether somebody learns that it went well.
        "tells": tells,
        "test_info": {"socket": "/ws/test/"},
    }
    response = render(request, "rooms/test.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _context(approach: entrance.Approach, admission: Admission, request: HttpRequest) -> dict[str, Any]:
    meeting = approach.meeting
    room = entrance.room_of(meeting)
    admission, status = doors.find(room, admission)
    # Whoever waits to be let in does not see who is inside.
    inside = list(seats.inside(room).values_list("name", flat=True)) if status.door == "open" else []
    is_host = admission.role == "host"
    times = approach.times
    may_invite = request.user.pk == meeting.organizer_id and not meeting.personal
    organizer = meeting.organizer.get_short_name()
    return {
        "meeting": meeting,
        "title": approach.title,
        "door": status.door,
        "organizer": organizer,
        "room_info": {
            "code": meeting.code,
            "title": approach.title,
            "link": meeting.public_url,
            "socket": f"/ws/rooms/{meeting.code}/",
            "name": admission.name,
            "host": is_host,
            "door": status.door,
            "opens_in": status.opens_in(timezone.now()),
            "organizer": organizer,
            "qr": reverse("room_qr", args=[meeting.code]),
            # Whoever may write to people about this meeting does so from here as well.
            "invite": reverse("meetings:invite", args=[meeting.code]) if may_invite else None,
            "starts_at": times.starts_at.isoformat() if times else None,
            "ends_at": times.ends_at.isoformat() if times else None,
        },
        "inside": inside,
        "name": admission.name,
        "is_host": is_host,
        "when": _when(times, _zone(request, meeting, admission), meeting.time_zone) if times else "",
    }


def _when(times: Occurrence, zone: str, organizers: str) -> dict[str, str]:
    """Day and hours on the visitor's clock, beside the organizer's; with what a script needs to say it."""
    theirs = dates.clock_in(times.starts_at, times.duration, organizers, beside=zone)
    mine = dates.soon(times.starts_at, times.duration, zone)
    return {
        "words": f"{mine}; {theirs}" if theirs else mine,
        "zone": zone,
        "theirs": dates.clock_in(times.starts_at, times.duration, organizers),
    }


def _zone(request: HttpRequest, meeting: Meeting, admission: Admission) -> str:
    """The visitor's, as far as it is known: else that of their letters, or the meeting's."""
    if (isinstance(request.user, User) and request.user.time_zone) or cookie_zone(request):
        return timezone.get_current_timezone_name()
    if admission.attendee_id is None:
        return meeting.time_zone
    return dates.zone_of(Attendee.objects.select_related("user", "meeting").get(pk=admission.attendee_id))


def _refused(request: HttpRequest, reason: str, status: int, meeting: Meeting | None = None) -> HttpResponse:
    context = {
        "reason": reason,
        "here": request.path,
        # Whoever came by a link of their own hears what became of that.
        "said": ended_links.of_session(request, meeting) if meeting and reason in OF_LINKS else None,
        "by_administrator": meeting is not None and bool(meeting.cancelled_by),
    }
    response = render(request, "rooms/refused.html", context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _is_guessing(request: HttpRequest) -> bool:
    """Count a code that does not exist; whether there were too many."""
    return guess_limit.note(request.user.pk, get_adapter().get_client_ip(request))
