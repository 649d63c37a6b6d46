"""Reminders as pages show them: when somebody has them, and the page to choose others."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from meetings import words
from meetings.letters import reminders
from meetings.models import Attendee, Meeting
from meetings.pages.row import Row


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose_reminders(request: HttpRequest, token: str) -> HttpResponse:
    """When to be reminded of one meeting, without a session: the address itself is the permission.

    Mail programs send `List-Unsubscribe=One-Click` by themselves when their button is pressed, without a
    cookie and from anywhere (RFC 8058, 3.2). GET changes nothing, since scanners open every link.
    """
    subject = reminders.find(token)
    if subject is None:
        return render(request, "meetings/reminders.html", {"unknown": True}, status=404)
    if request.method == "POST":
        reminders.choose(subject, _chosen(request, subject))
        if "List-Unsubscribe" in request.POST:
            return HttpResponse(_("Done."), content_type="text/plain")
        return redirect(f"{request.path}?saved")
    is_organizer = isinstance(subject, Meeting)
    meeting = subject if isinstance(subject, Meeting) else subject.meeting
    chosen = _set(subject)
    offered = {
        **{minutes: str(label) for minutes, label in reminders.CHOICES.items()},
        **{
            m: _("%(length)s before") % {"length": words.ahead(m)}
            for m in chosen
            if m not in reminders.CHOICES
        },
    }
    context = {
        "meeting": meeting,
        "is_organizer": is_organizer,
        "choices": [] if is_organizer else [(m, offered[m], m in chosen) for m in sorted(offered)],
        "times": _listed(chosen),
        "usual": reminders.usual(meeting),
        "turned_off": isinstance(subject, Attendee) and reminders.is_turned_off(subject),
        "saved": "saved" in request.GET,
        "ended": meeting.is_cancelled or meeting.is_over,
    }
    return render(request, "meetings/reminders.html", context)


def _set(subject: Attendee | Meeting) -> list[int]:
    if isinstance(subject, Attendee):
        return reminders.wanted(subject)
    return reminders.wanted_by_organizer(subject)


def _chosen(request: HttpRequest, subject: Attendee | Meeting) -> list[int] | None:
    """What the form says; nothing at all is a wish too."""
    if "List-Unsubscribe" in request.POST or request.POST.get("do") == "stop":
        return []
    if isinstance(subject, Meeting):
        return None
    return [int(value) for value in request.POST.getlist("minutes") if value.isdecimal() and len(value) < 6]


@dataclass(frozen=True)
class Reminded:
    """When somebody is reminded of a meeting, as its page says it, and the way to another choice."""

    words: str
    url: str = ""
    link: str = ""


def reminded(row: Row) -> Reminded | None:
    """To the organizer what holds for attendees, to an attendee what holds for them; None for others."""
    if row.organizes:
        return _reminded_by_default(row.meeting)
    if row.mine is None:
        return None
    if row.declined:
        return Reminded(_("You said no, so you are not reminded"))
    url = reminders.settings_url(row.mine)
    if not (times := reminders.wanted(row.mine)):
        link = _("Turn reminders back on") if reminders.is_turned_off(row.mine) else _("Remind me")
        return Reminded(_("You are not reminded by mail"), url, link)
    said = _("You are reminded by mail %(times)s before the start") % {"times": _listed(times)}
    return Reminded(said, url, _("At another time, or not"))


def _reminded_by_default(meeting: Meeting) -> Reminded:
    if not (times := reminders.usual(meeting)):
        return Reminded(_("Nobody is reminded by mail, unless they choose to be"))
    if meeting.remind_organizer:
        said = _("Attendees and you are reminded by mail %(times)s before the start")
        return Reminded(said % {"times": _listed(times)})
    said = _("Attendees are reminded by mail %(times)s before the start, you are not")
    return Reminded(said % {"times": _listed(times)}, reminders.settings_url(meeting), _("Remind me too"))


def _listed(times: list[int]) -> str:
    return words.listed([words.ahead(minutes) for minutes in times])
