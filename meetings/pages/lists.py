"""My meetings as lists: what comes, what has been, what is found; and the ways to a room from there."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from meetings import signals, words
from meetings.forms import drafts
from meetings.models import Meeting
from meetings.pages import destination, grouping, overview, paging, search
from meetings.pages.posting import post_only, to_list
from meetings.pages.visitor import signed_in
from meetings.plans import invitations, personal

# So many of what comes on a page.
COMING = 30
# So many of what comes, and of what has been, are found at once.
FOUND = 50


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My meetings; for a stranger, what this is."""
    if not request.user.is_authenticated:
        return render(request, "meetings/welcome.html")
    me = signed_in(request)
    inside = signals.insiders(Meeting.objects.of(me))
    coming = overview.coming(me)
    page = paging.page(grouping.first_of_each(coming), request.GET.get("page"), COMING)
    rows = overview.rows(page.items, me, inside, grouping.lines(page.items, coming))
    first, waiting = None, ""
    if page.number == 1:
        rows = overview.elsewhere(inside, rows, me) + rows
        first = overview.up_next(rows)
        waiting = overview.summary(rows, first)
    context = {
        "section": "meetings",
        "view": "agenda",
        "page": page,
        "today": words.day(timezone.localdate(), timezone.localdate()),
        "up_next": first,
        "days": overview.days((row for row in rows if row is not first), after=first),
        "summary": waiting,
        "zone": timezone.get_current_timezone_name(),
        "my_room": personal.room_of(me),
        "drafts": drafts.of(me) if page.number == 1 else [],
    }
    return render(request, "meetings/list.html", context)


@require_safe
def go(request: HttpRequest) -> HttpResponse:
    """To the room of a code, or where a link leads, as somebody typed or pasted it."""
    to = request.GET.get("to", "")[: destination.LONGEST]
    try:
        return redirect(destination.path(to, request.get_host()))
    except destination.NoDestination as reason:
        return render(request, "meetings/welcome.html", {"to": to, "wrong": str(reason)})


@login_required
@require_safe
def past(request: HttpRequest) -> HttpResponse:
    me = signed_in(request)
    page = paging.page(overview.over(me), request.GET.get("page"))
    days = overview.days(overview.rows(page.items, me))
    return render(request, "meetings/past.html", {"section": "past", "page": page, "days": days})


@login_required
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """My meetings in which the words of `?q=` stand: what comes, a series in a row, and what has been."""
    me, question = signed_in(request), search.clean_question(request.GET.get("q", ""))
    context: dict[str, object] = {"section": "meetings", "question": question}
    if question:
        coming = search.matching(overview.coming(me), question)
        ahead = paging.page(grouping.first_of_each(coming), None, FOUND)
        been = paging.page(search.matching(overview.over(me), question), None, FOUND)
        context |= {
            "coming": overview.days(overview.rows(ahead.items, me, then=grouping.lines(ahead.items, coming))),
            "past": overview.days(overview.rows(been.items, me)),
            "has_more": ahead.has_next or been.has_next,
        }
    return render(request, "meetings/search.html", context)


@login_required
@post_only(to_list)
def my_room(request: HttpRequest) -> HttpResponse:
    """Make my own room, the first time, and enter it; or give it another address."""
    me = signed_in(request)
    room = personal.open_room(me, timezone.get_current_timezone_name())
    if request.POST.get("do") != "move":
        return redirect(room.room_url)
    try:
        personal.move(room)
    except personal.SomebodyIsInside:
        messages.warning(request, _("Somebody is in your room. It can move when they have left."))
    else:
        messages.success(request, _("Your room has a new address. The old one leads nowhere."))
    return redirect("meetings:list")


@login_required
@post_only(to_list)
def meet_now(request: HttpRequest) -> HttpResponse:
    meeting = invitations.meet_now(signed_in(request), timezone.get_current_timezone_name())
    return redirect(meeting.room_url)
