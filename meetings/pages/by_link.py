"""What personal links lead to, without an account: the room, an answer, a file for a calendar."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts.models import User
from accounts.zones import cookie_zone
from meetings import links
from meetings.calendar.said import ONE_BY_ONE
from meetings.forms.answer import ANSWERS, AnswerForm
from meetings.letters import dates, events
from meetings.pages import ended_links
from meetings.pages.answering import dates_to_answer, one_of, respond, respond_to_several, said_by
from meetings.pages.meeting_page import as_file
from meetings.pages.posting import post_only


@never_cache
@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Let this browser in as the attendee and strip the secret from the address. Signs nobody in."""
    return _let_in(request, token, "room")


@never_cache
@require_safe
def test_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The same, on to where camera, microphone and network are tried."""
    return _let_in(request, token, "room_test")


def _let_in(request: HttpRequest, token: str, page: str) -> HttpResponse:
    try:
        link = links.find(token)
    except links.LinkError as error:
        return _refused(request, error)
    links.use(link, cookie_zone(request))
    links.remember(request.session, link)
    return redirect(page, link.attendee.meeting.code)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_by_link(request: HttpRequest, token: str, pk: int | None = None) -> HttpResponse:
    """GET only asks, since mail scanners open every link; POST records. With `pk`, for that one alone."""
    try:
        link = links.find(token)
    except links.LinkError as error:
        return _refused(request, error)
    attendee, meeting = link.attendee, link.attendee.meeting
    one = one_of(meeting, str(pk or ""))
    if pk and one is None:
        # Moved with the series, or cancelled with what follows: the whole is what can be answered.
        return redirect("meetings:answer_by_link", token)
    said = one.answer_of(attendee) if one else attendee.answer
    given_ = said.partstat if one else meeting.current.said_to_whole(said_by([attendee]))
    given = next((name for name, partstat in ANSWERS.items() if partstat == given_), "")
    is_one_by_one = given_ == ONE_BY_ONE
    has_answered = bool(given) or is_one_by_one
    over = (one or meeting).is_over or (one is not None and one.is_cancelled)
    # A word that was said to all is no word to one.
    note = "" if one and said.occurrence_id is None else said.note
    form = AnswerForm((not over and request.POST) or None, initial={"note": note})
    # What was sent counts more than what the letter chose.
    asked, moved = (request.POST if form.is_bound else request.GET).get("answer", ""), False
    if form.is_valid():
        links.use(link, cookie_zone(request))
        if respond(attendee, form, one):
            return redirect(request.path)
        one = one_of(meeting, str(pk or ""))
        asked_about = one or meeting
        if attendee.removed_at or (pk and not one) or asked_about.is_over or asked_about.is_cancelled:
            # There was something to answer until a moment ago.
            return redirect(request.path)
        asked, moved = form.cleaned_data["answer"], True
    zone = cookie_zone(request) or dates.zone_of(attendee)
    # Of a series, whether the next is at another time on the reader's clock.
    at = one or meeting.occurrence_at(timezone.now()) or meeting
    unsent = asked in ANSWERS and asked != given and not moved
    context = {
        "attendee": attendee,
        "written_in": zone,
        "theirs": dates.clock_in(at.starts_at, at.duration, meeting.time_zone, beside=zone),
        "meeting": meeting,
        "one": one,
        "title": one.shown_title if one else meeting.title,
        "appointment": (one or meeting).appointment,
        "asked_from": dates.AskedFrom() if one else dates.asked_from(meeting, zone),
        "exceptions": [] if one else dates.exceptions(meeting, zone),
        "form": form,
        "when": dates.when(one.starts_at, one.duration, zone) if one else dates.when_of(meeting, zone),
        "asked": asked if asked in ANSWERS else "",
        "given": given,
        # Chosen in the letter, and only chosen: mail scanners choose as well.
        "unsent": unsent,
        # Whoever has answered sees that first; the form is one step away.
        "is_one_by_one": is_one_by_one,
        "has_answered": has_answered,
        "asks": not has_answered or unsent or moved or bool(form.errors) or "change" in request.GET,
        "note": note,
        "over": over,
        "moved": moved,
        "join_url": links.path(token),
        "file": reverse("meetings:file_by_link", args=[token]),
        "coming": [] if one else dates_to_answer(meeting, [attendee], zone),
        "token": token,
    }
    return render(request, "meetings/answer.html", context)


def _to_answer(request: HttpRequest, token: str) -> tuple[str, str]:
    return ("meetings:answer_by_link", token)


@never_cache
@post_only(_to_answer)
def answer_several_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Record one answer to several dates of a series, whichever of its parts they are of."""
    try:
        link = links.find(token)
    except links.LinkError as error:
        return _refused(request, error)
    links.use(link, cookie_zone(request))
    respond_to_several(request, [link.attendee])
    return redirect("meetings:answer_by_link", token)


@never_cache
@require_GET
def file_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The meeting as a file for the calendar of somebody without account."""
    try:
        link = links.find(token)
    except links.LinkError as error:
        return _refused(request, error)
    return as_file(events.download(link.attendee.meeting), link.attendee.meeting)


def _refused(request: HttpRequest, error: links.LinkError) -> HttpResponse:
    said = ended_links.explain(request, error)
    # An account that has a zone keeps to it, wherever its browser is.
    fixed = isinstance(request.user, User) and request.user.time_zone
    context = {"said": said, "written_in": "" if fixed else timezone.get_current_timezone_name()}
    return render(request, "meetings/link_refused.html", context, status=said.status)
