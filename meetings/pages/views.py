from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts.models import FirstDay, User
from accounts.zones import cookie_zone
from meetings import links, signals, words
from meetings.calendar import grid
from meetings.forms import drafts
from meetings.forms.answer import ANSWERS, AnswerForm
from meetings.letters import dates, events
from meetings.models import Answer, Attendee, Meeting, Occurrence
from meetings.pages import desk, endings, folding, overview, paging, search, timetable, whither
from meetings.pages.desk import signed_in
from meetings.pages.posting import post_only, to_list, to_meeting
from meetings.plans import invitations, personal

# So many of what comes on a page.
COMING = 30
# So many of what comes, and of what has been, are found at once.
FOUND = 50
ONE_BY_ONE = 60
# What a week or a month is shown of.
FIRST_YEAR, LAST_YEAR = 2000, 2150


# -- the list -----------------------------------------------------------------------------------


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My meetings; for a stranger, what this is."""
    if not request.user.is_authenticated:
        return render(request, "meetings/welcome.html")
    me = signed_in(request)
    inside = signals.insiders(Meeting.objects.of(me))
    coming = overview.coming(me)
    page = paging.page(folding.first_of_each(coming), request.GET.get("page"), COMING)
    rows = overview.rows(page.items, me, inside, folding.lines(page.items, coming))
    first, waiting = None, ""
    if page.number == 1:
        rows = overview.elsewhere(inside, rows, me) + rows
        first = overview.door(rows)
        waiting = overview.summary(rows, first)
    context = {
        "section": "meetings",
        "view": "agenda",
        "page": page,
        "today": words.day(timezone.localdate(), timezone.localdate()),
        "door": first,
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
    to = request.GET.get("to", "")[: whither.LONGEST]
    try:
        return redirect(whither.path(to, request.get_host()))
    except whither.Nowhere as reason:
        return render(request, "meetings/welcome.html", {"to": to, "wrong": str(reason)})


@login_required
@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """Seven days, hour by hour."""
    on, me = _day(request), signed_in(request)
    days, today, now = grid.week_of(on, me.week_starts), timezone.localdate(), timezone.localtime()
    zone = ZoneInfo(timezone.get_current_timezone_name())
    columns = grid.columns(timetable.entries(me, *grid.bounds(days, zone)), days, zone)
    hours = range(24) if request.GET.get("hours") == "all" else grid.hours(columns)
    context = {
        **_calendar_page("week", on, days[0] - grid.DAY * 7, days[0] + grid.DAY * 7),
        "heading": words.week(days[0], days[-1]),
        # Weeks are numbered from Monday (ISO 8601); others have no number of their own.
        "number": days[0].isocalendar().week if me.week_starts == FirstDay.MONDAY else None,
        "columns": columns,
        "hours": hours,
        "all_hours": len(hours) == 24,
        "now": grid.at_minute(now.hour * 60 + now.minute) if now.hour in hours and today in days else "",
    }
    return render(request, "meetings/week.html", context)


@login_required
@require_safe
def month(request: HttpRequest) -> HttpResponse:
    """A month, day by day."""
    on, me = _day(request), signed_in(request)
    weeks = grid.month_of(on, me.week_starts)
    zone = ZoneInfo(timezone.get_current_timezone_name())
    days = [day for week in weeks for day in week]
    columns = grid.columns(timetable.entries(me, *grid.bounds(days, zone)), days, zone)
    first = on.replace(day=1)
    context = {
        **_calendar_page(
            "month", on, (first - grid.DAY).replace(day=1), (first + 31 * grid.DAY).replace(day=1)
        ),
        "heading": f"{on:%B %Y}",
        "month": on.month,
        "weeks": [columns[n : n + 7] for n in range(0, len(columns), 7)],
        "is_empty": not any(column.blocks for column in columns if column.on.month == on.month),
    }
    return render(request, "meetings/month.html", context)


def _day(request: HttpRequest) -> date:
    """The day that the address asks for, else today."""
    try:
        on = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return timezone.localdate()
    return on if FIRST_YEAR <= on.year <= LAST_YEAR else timezone.localdate()


def _calendar_page(view: str, on: date, earlier: date, later: date) -> dict[str, object]:
    return {
        "section": "meetings",
        "view": view,
        "on": on,
        "today": timezone.localdate(),
        "earlier": earlier,
        "later": later,
        "zone": timezone.get_current_timezone_name(),
    }


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
        ahead = paging.page(folding.first_of_each(coming), None, FOUND)
        been = paging.page(search.matching(overview.over(me), question), None, FOUND)
        context |= {
            "coming": overview.days(overview.rows(ahead.items, me, then=folding.lines(ahead.items, coming))),
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
        messages.warning(request, "Somebody is in your room. It can move when they have left.")
    else:
        messages.success(request, "Your room has a new address. The old one leads nowhere.")
    return redirect("meetings:list")


@login_required
@post_only(to_list)
def meet_now(request: HttpRequest) -> HttpResponse:
    meeting = invitations.meet_now(signed_in(request), timezone.get_current_timezone_name())
    return redirect(meeting.room_url)


# -- one meeting --------------------------------------------------------------------------------


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
    one = get_object_or_404(found.occurrences.select_related("earlier"), pk=pk)
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
        "clocks": overview.other_clocks(found, row.starts, zone) if row.organizes else [],
        "link": found.public_url,
        "short_link": found.public_url.partition("://")[2].rstrip("/"),
        **desk.for_page(found, one, request, row.occurrence),
        "entry": overview.entry(found),
        "reminded": None if row.is_over or row.is_cancelled else desk.reminded(row),
        "change_query": _change_query(one, row.occurrence if is_series else None),
        "sees_attendance": row.organizes or (row.mine is not None and row.mine.cohost),
    }
    return render(request, "meetings/meeting.html", context)


def _change_query(one: Occurrence | None, next_one: Occurrence | None) -> str:
    """What "Change" is about: the one of the page, or of a series the part that the page calls next."""
    if one is not None:
        return f"?occurrence={one.pk}"
    if next_one is not None and next_one.earlier_id is not None and not next_one.is_over:
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
    return _file(events.download(found), found)


@login_required
@require_GET
def occurrence_file(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One of a series, as an event by itself."""
    one = get_object_or_404(
        Occurrence.objects.of(signed_in(request)).select_related("meeting__organizer", "earlier"),
        pk=pk,
        meeting__code=code,
    )
    if one.is_cancelled:
        return _nothing_to_add(request, one)
    return _file(events.download_occurrence(one), one.meeting)


def _nothing_to_add(request: HttpRequest, what: Meeting | Occurrence) -> HttpResponse:
    """Of an address from before it was cancelled, the page that says so."""
    messages.warning(request, "This is cancelled: there is nothing to put into a calendar.")
    return redirect(what)


def _file(ical: bytes, meeting: Meeting) -> HttpResponse:
    return HttpResponse(
        ical,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="meeting-{meeting.code}.ics"'},
    )


@login_required
@post_only(to_meeting)
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """The answer of somebody with an account, from the list or the meeting's page."""
    found = get_object_or_404(Meeting.objects.standing().ending_after(timezone.now()), code=code)
    # Invited by two addresses of one account, somebody answers for both.
    mine = list(found.attendees.invited().filter(user=signed_in(request)))
    if not mine:
        raise Http404
    form = AnswerForm(request.POST)
    one = _one_of(found, request.POST.get("occurrence", ""))
    taken = [_respond(attendee, form, one) for attendee in mine] if form.is_valid() else []
    if not all(taken):
        changed = (
            "The time changed while the page was open, so your answer was not taken. Here is the new one."
        )
        messages.warning(request, changed)
    return redirect("meetings:list" if request.POST.get("from") == "list" else one or found)


# -- personal links -----------------------------------------------------------------------------


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
    one = _one_of(meeting, str(pk or ""))
    if pk and one is None:
        # Moved with the series, or called off with what follows: the whole is what can be answered.
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
        if _respond(attendee, form, one):
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


@never_cache
@require_GET
def file_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The meeting as a file for the calendar of somebody without account."""
    try:
        link = links.find(token)
    except links.LinkError as error:
        return _refused(request, error)
    return _file(events.download(link.attendee.meeting), link.attendee.meeting)


# -- parts --------------------------------------------------------------------------------------


def _respond(attendee: Attendee, form: AnswerForm, one: Occurrence | None = None) -> bool:
    """Record what the form says; False if it is about a time that is no longer the meeting's."""
    data = form.cleaned_data
    return invitations.respond(attendee, form.partstat, data["note"], data["about"], one)


def _one_of(meeting: Meeting, pk: str) -> Occurrence | None:
    """The occurrence of a series that is named, if it is one of its own."""
    if not (pk.isdecimal() and meeting.repeats):
        return None
    return meeting.occurrences.select_related("meeting").filter(pk=int(pk[:18])).first()


def _coming(attendee: Attendee, zone: str) -> list[dict[str, object]]:
    """The next times of a series, each with the attendee's answer and a page to answer it alone."""
    standing = attendee.meeting.occurrences.filter(cancelled_at=None, ends_at__gt=timezone.now())
    own = dict(Answer.objects.filter(attendee=attendee).values_list("occurrence", "partstat"))
    return [
        {
            "pk": occurrence.pk,
            "when": dates.when(occurrence.starts_at, occurrence.duration, zone),
            "partstat": own.get(occurrence.pk) or attendee.partstat,
        }
        for occurrence in standing[:ONE_BY_ONE]
    ]


def _refused(request: HttpRequest, error: links.LinkError) -> HttpResponse:
    said = endings.explain(request, error)
    # An account that has a zone keeps to it, wherever its browser is.
    fixed = isinstance(request.user, User) and request.user.time_zone
    context = {"said": said, "written_in": "" if fixed else timezone.get_current_timezone_name()}
    return render(request, "meetings/link_refused.html", context, status=said.status)
