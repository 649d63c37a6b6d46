"""What personal links lead to, without an account: the room, an answer, a file for a calendar."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts.models import User
from accounts.zones import cookie_zone
from meetings import links
from meetings.forms.answer import ANSWERS, AnswerForm, SeveralForm
from meetings.letters import dates, events
from meetings.models import Answer, Attendee, Occurrence
from meetings.pages import ended_links
from meetings.pages.answering import one_of, respond
from meetings.pages.meeting_page import as_file
from meetings.pages.posting import post_only
from meetings.plans import invitations

# So many of the next times of a series are answered one by one.
ONE_BY_ONE = 60


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
    mine = Answer.objects.filter(attendee=attendee, occurrence=one).first() if one else None
    said = (mine and mine.partstat) or attendee.partstat
    given = next((name for name, partstat in ANSWERS.items() if partstat == said), "")
    over = (one or meeting).is_over or (one is not None and one.is_cancelled)
    note = (mine.note if mine else "") if one else attendee.note
    form = AnswerForm((not over and request.POST) or None, initial={"note": note})
    # What was sent counts more than what the letter chose.
    asked, moved = (request.POST if form.is_bound else request.GET).get("answer", ""), False
    if form.is_valid():
        links.use(link, cookie_zone(request))
        if respond(attendee, form, one):
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
        "asked_for": "" if one else dates.asked_for(meeting, zone),
        "exceptions": [] if one else dates.exceptions(meeting, zone),
        "form": form,
        "when": dates.when(one.starts_at, one.duration, zone) if one else dates.when_of(meeting, zone),
        "asked": asked if asked in ANSWERS else "",
        "given": given,
        # Chosen in the letter, and only chosen: mail scanners choose as well.
        "unsent": unsent,
        # Whoever has answered sees that first; the form is one step away.
        "asks": not given or unsent or moved or bool(form.errors) or "change" in request.GET,
        "note": note,
        "over": over,
        "moved": moved,
        "join_url": links.path(token),
        "file": reverse("meetings:file_by_link", args=[token]),
        "coming": _coming(attendee, zone) if meeting.repeats and not one else [],
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
    attendee = link.attendee
    dates_ = {date.pk: date for date in _dates_to_answer(attendee)[:ONE_BY_ONE]}
    form = SeveralForm(request.POST, choices=(_choice(date) for date in dates_.values()))
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
        return redirect("meetings:answer_by_link", token)
    links.use(link, cookie_zone(request))
    data = form.cleaned_data
    taken = [
        invitations.respond(attendee, form.partstat, data["note"], about, dates_[pk])
        for pk, about in data["dates"]
    ]
    said = ngettext(
        "Your answer to %(count)s date is noted.", "Your answer to %(count)s dates is noted.", sum(taken)
    )
    messages.success(request, said % {"count": sum(taken)})
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


def _coming(attendee: Attendee, zone: str) -> list[dict[str, object]]:
    """The next times of a series, each with the attendee's answer and a page to answer it alone."""
    answerable = _dates_to_answer(attendee)
    own = dict(Answer.objects.filter(attendee=attendee).values_list("occurrence", "partstat"))
    return [
        {
            "pk": occurrence.pk,
            "choice": _choice(occurrence),
            "when": dates.when(occurrence.starts_at, occurrence.duration, zone),
            "partstat": own.get(occurrence.pk) or attendee.partstat,
        }
        for occurrence in answerable[:ONE_BY_ONE]
    ]


def _dates_to_answer(attendee: Attendee) -> QuerySet[Occurrence]:
    return attendee.meeting.occurrences.filter(cancelled_at=None, ends_at__gt=timezone.now())


def _choice(occurrence: Occurrence) -> str:
    """What the page says of a date that is ticked (forms.answer.SeveralForm)."""
    return f"{occurrence.pk}:{occurrence.appointment}"


def _refused(request: HttpRequest, error: links.LinkError) -> HttpResponse:
    said = ended_links.explain(request, error)
    # An account that has a zone keeps to it, wherever its browser is.
    fixed = isinstance(request.user, User) and request.user.time_zone
    context = {"said": said, "written_in": "" if fixed else timezone.get_current_timezone_name()}
    return render(request, "meetings/link_refused.html", context, status=said.status)
