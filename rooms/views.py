from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from meetings import mail
from meetings.models import Meeting
from rooms import entrance, roster
from rooms.admission import Admission
from rooms.codes import canonical

logger = logging.getLogger(__name__)

# So many wrong codes from one address, in so many seconds, before it has to wait.
MAX_WRONG_CODES = 30
WRONG_CODES_WITHIN = 300
# What refused.html says, and with which status, for a reason of the socket's `bye`.
REFUSALS = {"cancelled": ("cancelled", 410), "removed": ("removed", 403), "forbidden": ("revoked", 403)}


@never_cache
@require_safe
def room(request: HttpRequest, code: str) -> HttpResponse:
    """The one page from the link to the goodbye. Needs no account: who has the code is a guest."""
    if code != canonical(code):
        return redirect("room", canonical(code))
    if _guesses(request):
        return render(request, "429.html", status=429)
    meeting_exists = Meeting.objects.filter(code=code).exists()
    if not meeting_exists:
        _count_wrong_code(request)
        return _refused(request, "unknown", 404)
    entrance.let_through(request.session)
    door = entrance.approach(code, request.user, request.session)
    if door is None:
        return _refused(request, "unknown", 404)
    if not isinstance(door.answer, Admission):
        return _refused(request, *REFUSALS[door.answer.reason])
    response = render(request, "rooms/room.html", _context(door.meeting, door.answer))
    # The code is the key of the door; no other site is told where somebody came from.
    response["Referrer-Policy"] = "no-referrer"
    return response


def _context(meeting: Meeting, admission: Admission) -> dict[str, Any]:
    inside = roster.snapshot(entrance.room_of(meeting).pk).participants
    is_host = admission.role == "host"
    return {
        "meeting": meeting,
        "room_info": {
            "code": meeting.code,
            "title": meeting.title,
            "link": meeting.public_url,
            "socket": f"/ws/rooms/{meeting.code}/",
            "name": admission.name,
            "host": is_host,
            "starts_at": None if meeting.instant else meeting.starts_at.isoformat(),
            "ends_at": None if meeting.instant else meeting.ends_at.isoformat(),
            "home": "/",
        },
        "inside": [participant.name for participant in inside],
        "name": admission.name,
        "is_host": is_host,
        "when": _when(meeting),
    }


def _when(meeting: Meeting) -> str:
    """Day and hours on the visitor's clock; nothing for a meeting that just began."""
    if meeting.instant:
        return ""
    when = mail.when(meeting.starts_at, meeting.duration, timezone.get_current_timezone_name())
    return f"{when.day}, {when.span}, {when.zone}"


def _refused(request: HttpRequest, reason: str, status: int) -> HttpResponse:
    response = render(request, "rooms/refused.html", {"reason": reason}, status=status)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _guesses(request: HttpRequest) -> bool:
    """Whether this address has tried too many codes that do not exist; those who are known may go on."""
    if request.user.is_authenticated or entrance.GUEST_KEY in request.session:
        return False
    try:
        return int(cache.get(_counter(request), 0)) >= MAX_WRONG_CODES
    except RedisError as error:
        # Then there is no limit; that is better than no meeting.
        logger.warning("cannot look up wrong codes: %s", error)
        return False


def _count_wrong_code(request: HttpRequest) -> None:
    key = _counter(request)
    try:
        if not cache.add(key, 1, WRONG_CODES_WITHIN):
            cache.incr(key)
    except ValueError:
        cache.set(key, 1, WRONG_CODES_WITHIN)  # it expired in between
    except RedisError as error:
        logger.warning("cannot count wrong codes: %s", error)


def _counter(request: HttpRequest) -> str:
    return f"wrong-codes:{get_adapter().get_client_ip(request)}"
