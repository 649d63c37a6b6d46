"""Planning a meeting, changing it and calling it off: all of a series, a part of it, or one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeVar, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.zones import cookie_zone
from meetings import signals, words
from meetings.calendar import recurrence
from meetings.forms import beginnings, drafts, repeats, rescope, spreadsheets
from meetings.forms.doors import OwnRoomForm
from meetings.forms.meeting import MOST_ATTENDEES, MeetingForm
from meetings.forms.times import OccurrenceForm, TimedForm
from meetings.letters import copies, dates
from meetings.letters.postage import TooManyLetters
from meetings.models import Attendee, Draft, Meeting, Occurrence
from meetings.pages.desk import signed_in
from meetings.pages.posting import post_only, to_form, to_list
from meetings.plans import conflicts, invitations, parts, personal
from meetings.plans.address import Address
from meetings.plans.conflicts import Conflicts
from meetings.plans.invitations import InThePast, Sent

T = TypeVar("T")

ONE, FOLLOWING, ALL = "one", "following", "all"
# Of the people invited before, so many are suggested.
SUGGESTIONS = 8


@dataclass(frozen=True)
class Subject:
    """What of a meeting is to be changed or called off."""

    meeting: Meeting
    scope: str = ALL
    # Of a series: the one that the person came from, or the next.
    occurrence: Occurrence | None = None

    @property
    def since(self) -> Occurrence | None:
        return self.occurrence if self.scope == FOLLOWING else None

    @property
    def one(self) -> Occurrence | None:
        return self.occurrence if self.scope == ONE else None

    @property
    def url(self) -> str:
        return (self.one or self.meeting).get_absolute_url()

    @property
    def query(self) -> str:
        """For addresses that are about the same."""
        return f"?occurrence={self.occurrence.pk}&scope={self.scope}" if self.occurrence else ""

    @property
    def has_earlier(self) -> bool:
        """Whether something that is still to come is before the occurrence."""
        if self.occurrence is None:
            return False
        before = parts.before_in_series(self.occurrence)
        return before.filter(cancelled_at=None, ends_at__gt=timezone.now()).exists()

    @property
    def is_in_earlier_part(self) -> bool:
        return self.occurrence is not None and self.occurrence.earlier is not None

    @property
    def begins_last_part(self) -> bool:
        """Whether it and the following are what a change of all is about."""
        first = self.meeting.occurrences.filter(earlier=None).order_by("recurrence_id").first()
        return self.occurrence is not None and self.occurrence == first

    @property
    def scopes(self) -> list[tuple[str, str]]:
        """What there is to call off, in words; empty for a single meeting."""
        if self.occurrence is None:
            return []
        following = [(FOLLOWING, "This one and the following")] if self.has_earlier else []
        return [(ONE, f"Only {self._day}"), *following, (ALL, "All that are still to come")]

    @property
    def changeable(self) -> list[tuple[str, str]]:
        """What there is to change. Of a series in parts, "all" is its last part."""
        whole = self._last_part
        if self.occurrence is None or not whole:
            return self.scopes
        following = [] if self.begins_last_part else [(FOLLOWING, "This one and the following")]
        rest = f"All {whole}" if whole.startswith("from") else f"The last one, {whole}"
        return [(ONE, f"Only {self._day}"), *following, (ALL, rest)]

    @property
    def is_parted(self) -> bool:
        """Whether "all" is only its last part, since others are still to come before it."""
        return self.occurrence is not None and bool(self._last_part)

    @cached_property
    def _last_part(self) -> str:
        return dates.asked_for(self.meeting, timezone.get_current_timezone_name())

    @property
    def short_day(self) -> str:
        """The first day that is meant: "Tue 8 Dec"; empty if all are."""
        if self.occurrence is None or self.scope == ALL:
            return ""
        on = timezone.localdate(self.occurrence.starts_at)
        return words.short_day(on) + (f" {on.year}" if on.year != timezone.localdate().year else "")

    @property
    def is_about_one(self) -> bool:
        """Whether it is one date alone, be it that none follows."""
        if self.since is None:
            return self.one is not None
        before = parts.before_in_series(self.since).values("pk")
        return self.meeting.occurrences.filter(cancelled_at=None).exclude(pk__in=before).count() == 1

    @property
    def _day(self) -> str:
        if self.occurrence is None:
            raise ValueError("it is a single meeting")
        here = timezone.get_current_timezone()
        return words.day(self.occurrence.starts_at.astimezone(here), timezone.localdate())


class Unchangeable(Exception):
    """It is over or cancelled; in words for the organizer."""


def _subject(request: HttpRequest, code: str) -> Subject:
    """What the address asks for. Raises Unchangeable."""
    mine = (
        Meeting.objects.organized_by(signed_in(request))
        .standing()
        .filter(personal=False)
        .select_related("organizer")
    )
    meeting = get_object_or_404(mine, code=code)
    asked = request.GET.get("occurrence", "")
    if not meeting.repeats and not (asked and meeting.earlier_series.exists()):
        return Subject(meeting)
    one = meeting.occurrence_at(timezone.now())
    if asked:
        known = meeting.occurrences.select_related("meeting", "earlier")
        one = get_object_or_404(known, pk=int(asked[:18]) if asked.isdecimal() else 0)
    if one is None:
        return Subject(meeting)
    scope = request.POST.get("scope") or request.GET.get("scope") or (ONE if asked else ALL)
    subject = Subject(meeting, scope if scope in (ONE, FOLLOWING, ALL) else ALL, one)
    if scope == FOLLOWING and not (subject.has_earlier or subject.is_in_earlier_part):
        subject = Subject(meeting, ALL, one)
    if subject.scope != ALL and one.is_cancelled:
        raise Unchangeable("This one is cancelled and stays as it was.")
    if subject.scope != ALL and one.is_over:
        raise Unchangeable("This one is over and stays as it was.")
    return subject


def _form(
    request: HttpRequest, subject: Subject | None, initial: dict[str, Any], *, is_sent: bool = True
) -> TimedForm:
    """The form with what that scope can change, and with what was sent."""
    data, files = (request.POST, request.FILES) if request.method == "POST" and is_sent else (None, None)
    if subject is not None and subject.one is not None:
        return OccurrenceForm(data, initial=initial, occurrence=subject.one)
    was = beginnings.was_of(subject.meeting, subject.since) if subject else None
    zones = (timezone.get_current_timezone_name(), cookie_zone(request))
    form = MeetingForm(data, files, initial=initial, was=was, zones=zones)
    form.begin_week_on(signed_in(request).week_starts)
    return form


def _initial(request: HttpRequest, subject: Subject | None) -> dict[str, Any]:
    if subject is not None and subject.one is not None:
        return beginnings.of_occurrence(subject.one)
    if subject is not None:
        return beginnings.of_meeting(subject.meeting, subject.since)
    now = timezone.localtime()
    initial = beginnings.new(signed_in(request), now, request.GET)
    if like := request.GET.get("like"):
        model = get_object_or_404(
            Meeting.objects.organized_by(signed_in(request)).filter(personal=False), code=like
        )
        return {**initial, **beginnings.copy_of(model, now)}
    return initial


# -- the form -----------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Plan a meeting; `?like=<code>` begins with what an earlier one was, `?date=` and `?time=` then.

    `?draft=<pk>` goes on with what was kept, and is done with it once the meeting is planned.
    """
    me = signed_in(request)
    draft = _draft(request)
    form = _form(request, None, _initial(request, None) | (draft.content if draft else {}))
    found = None
    if request.POST.get("do") == "keep":
        try:
            drafts.keep(me, cast(QueryDict, form.data), draft)
        except drafts.CannotKeep as error:
            form.add_error("title", str(error))
            return _page(request, form, None, draft=draft)
        messages.success(request, "Kept as a draft. Nobody has been written to.")
        return redirect("meetings:list")
    if isinstance(form, MeetingForm) and form.is_valid() and not (found := _untold(request, form, None)):
        plan = form.plan
        if meeting := _within_limits(form, lambda: invitations.schedule(me, plan)):
            count = meeting.attendees.count()
            letters = words.sentence(words.counted(count, "invitation is", "invitations are"))
            messages.success(request, f"{letters} on the way." if count else "The meeting is planned.")
            if draft:
                draft.delete()
            return redirect(meeting)
    return _page(request, form, None, found, draft=draft)


def _draft(request: HttpRequest) -> Draft | None:
    """The one of mine that the address names."""
    asked = request.GET.get("draft", "")
    if not asked:
        return None
    pk = int(asked[:18]) if asked.isdecimal() else 0
    return get_object_or_404(Draft, pk=pk, organizer=signed_in(request))


@login_required
@post_only(to_list)
def throw_away(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a draft."""
    get_object_or_404(Draft, pk=pk, organizer=signed_in(request)).delete()
    messages.success(request, "The draft is gone.")
    return redirect("meetings:list")


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a meeting; `?occurrence=` and `?scope=` say how much of a series."""
    try:
        subject = _subject(request, code)
        if subject.meeting.is_over:
            raise Unchangeable("This meeting is over and stays as it was. Plan one like it instead.")
        if subject.scope == FOLLOWING and subject.begins_last_part:
            subject = replace(subject, scope=ALL)
    except Unchangeable as reason:
        messages.warning(request, str(reason))
        return redirect("meetings:meeting", code)
    form = _form(request, subject, _initial(request, subject))
    if before := request.POST.get("rescope_from"):
        form, held = _rescoped(request, subject, before)
        return _page(request, form, subject, held=held)
    found = None
    if form.is_valid() and not (found := _untold(request, form, subject)):
        # Named as they were until now.
        saved = _what_is_changed(subject, form)
        sent = _within_limits(form, lambda: _change(subject, form))
        if sent is not None:
            messages.success(request, f"{saved} {_what_was_sent(sent)}")
            return redirect(subject.url)
        # What was refused is undone in the database, and not yet here.
        subject.meeting.refresh_from_db()
        if subject.occurrence:
            subject.occurrence.refresh_from_db()
    held = rescope.held(form, rescope.typed(form, request.POST))
    return _page(request, form, subject, found, held=held)


def _rescoped(request: HttpRequest, subject: Subject, before: str) -> tuple[TimedForm, list[tuple[str, str]]]:
    """The form for this scope with what was typed into the one for `before`, and what it has no place for."""
    was = replace(subject, scope=before if before in (ONE, FOLLOWING, ALL) else ALL)
    old = _form(request, was, _initial(request, was))
    typed = rescope.typed(old, request.POST)
    initial = rescope.begin_with(_initial(request, subject), typed, old)
    form = _form(request, subject, initial, is_sent=False)
    return form, rescope.held(form, typed)


def _change(subject: Subject, form: TimedForm) -> Sent:
    if isinstance(form, OccurrenceForm):
        return invitations.change_occurrence(form.occurrence, form.plan)
    if not isinstance(form, MeetingForm):
        raise TypeError(f"{form} gives no plan")
    if subject.since and form.keeps_everything:
        # A series is not parted, and nobody is written to, for nothing.
        return Sent()
    return invitations.change(subject.meeting, form.plan, subject.since)


def _what_is_changed(subject: Subject, form: TimedForm) -> str:
    """Which dates a form that is clean changes; people, doors and reminders are those of all."""
    keeps_dates = form.keeps_times and {"title", "agenda"}.isdisjoint(form.changed_data)
    if keeps_dates or not subject.short_day:
        return "Saved."
    if subject.is_about_one and len(form.spans) == 1:
        return f"{subject.short_day} is changed."
    return f"Changed from {subject.short_day} on."


@dataclass(frozen=True)
class Untold:
    """What a person has to be told before their plan is saved."""

    conflicts: Conflicts | None
    # Whether it begins on another day than the one that they wrote down.
    begins_later: bool

    def __bool__(self) -> bool:
        return bool(self.conflicts) or self.begins_later


def _untold(request: HttpRequest, form: TimedForm, subject: Subject | None) -> Untold:
    """What of this they have not been told yet; told once, they save in spite of it."""
    found = _conflicts(request, form, subject)
    first = form.begins_later
    return Untold(
        found if found and found.key != request.POST.get("anyway") else None,
        bool(first) and first != request.POST.get("begins"),
    )


def _conflicts(request: HttpRequest, form: TimedForm, subject: Subject | None) -> Conflicts:
    """What the plan overlaps with; nothing for times that are as they were."""
    if subject is not None and form.keeps_times:
        return Conflicts(len(form.spans))
    besides = (subject.one or subject.meeting) if subject else None
    off = _days_off(subject.meeting) if subject and form.rule else set()
    days = [at.date() for at in form.times_on_the_wall]
    now = timezone.now()
    # What is over, and what stays cancelled, is in nobody's way.
    spans = [span for on, span in zip(days, form.spans, strict=True) if span[1] > now and on not in off]
    return conflicts.find(signed_in(request), spans, besides)


def _days_off(meeting: Meeting) -> set[date]:
    """The days on which one of a series is cancelled; at another time of day it stays so."""
    off = meeting.occurrences.filter(earlier=None, cancelled_at__isnull=False)
    return {recurrence.read(key).date() for key in off.values_list("recurrence_id", flat=True)}


def _within_limits(form: TimedForm, act: Callable[[], T]) -> T | None:
    """What `act` gives; None if that would have been too many letters, which the form says then."""
    try:
        return act()
    except TooManyLetters as error:
        form.add_error("people" if "people" in form.fields else "title", str(error))
        return None
    except InThePast:
        form.add_error("date", "Nothing of it would be left to come. To end it, call it off.")
        return None


def _page(
    request: HttpRequest,
    form: TimedForm,
    subject: Subject | None,
    untold: Untold | None = None,
    *,
    held: Sequence[tuple[str, str]] = (),
    draft: Draft | None = None,
) -> HttpResponse:
    is_whole = isinstance(form, MeetingForm)
    context = {
        "section": "meetings",
        "form": form,
        "held": held,
        "draft": draft,
        "whole": is_whole,
        "subject": subject,
        "meeting": subject.meeting if subject else None,
        "guess_zone": not (subject or form.is_bound or signed_in(request).time_zone),
        # What the script compares with, to say beforehand how many letters there will be.
        "before": _before(subject) if subject else None,
        "said": _said(form),
        "conflicts": _shown(form, untold.conflicts) if untold and untold.conflicts else None,
        "begins_later": untold is not None and untold.begins_later,
        # Said already, and to be said again only when they are others.
        "anyway": request.POST.get("anyway", ""),
        "seats": settings.ROOM_CAPACITY,
        "others": settings.ROOM_CAPACITY - 1,
        "most": MOST_ATTENDEES,
        "largest": spreadsheets.LARGEST,
        "is_crowded": isinstance(form, MeetingForm) and form.count_people() >= settings.ROOM_CAPACITY,
    }
    return render(request, "meetings/schedule.html", context)


def _before(subject: Subject) -> dict[str, object]:
    """What is so far."""
    if subject.one:
        initial = beginnings.of_occurrence(subject.one)
        starts_at, zone = subject.one.starts_at, subject.one.series.time_zone
    else:
        initial = beginnings.of_meeting(subject.meeting, subject.since)
        was = beginnings.was_of(subject.meeting, subject.since)
        starts_at, zone = was.starts_at, was.time_zone
    return {
        "title": initial["title"],
        "date": f"{initial['date']:%Y-%m-%d}",
        "time": f"{initial['time']:%H:%M}",
        "zone": zone,
        "starts_at": starts_at.isoformat(),
        "minutes": initial["minutes"],
        "people": [attendee.email.lower() for attendee in subject.meeting.attendees.invited()],
        "rule": _rule_fields(initial),
        "whole": subject.one is None,
        "letters": _letters_each(subject),
    }


def _letters_each(subject: Subject) -> tuple[int, int, int]:
    """How many letters a change is to one who stays, who is new, and who is taken off the list."""
    if subject.since:
        return parts.letters_of_following(subject.since)
    each = copies.letters_each(subject.meeting)
    return 1, each, each


def _rule_fields(initial: dict[str, Any]) -> list[str]:
    """As static/js/meetings/rule.js reads them from the form."""
    if not initial.get("repeats"):
        return []
    by = {
        "weekly": ",".join(str(day) for day in sorted(initial.get("days", ()))),
        "monthly": initial["monthly"],
    }
    end = str(initial["times"]) if initial["ends"] == repeats.COUNT else f"{initial['until']:%Y-%m-%d}"
    return [initial["repeats"], str(initial["every"]), by.get(initial["repeats"], ""), initial["ends"], end]


@login_required
@require_http_methods(["GET", "POST"])
def own_room(request: HttpRequest) -> HttpResponse:
    """What the room of one's own is called, and who may enter."""
    room = personal.room_of(signed_in(request))
    if room is None:
        return redirect("meetings:list")
    initial = {name: getattr(room, name) for name in ("title", "description", "access", "lobby", "capacity")}
    form = OwnRoomForm(request.POST or None, initial=initial)
    if form.is_valid():
        personal.furnish(room, **form.cleaned_data)
        messages.success(request, "Your room is as you want it.")
        return redirect("meetings:list")
    context = {
        "section": "meetings",
        "form": form,
    }
    return render(request, "meetings/own_room.html", context)


# -- what the form says while it is filled in ---------------------------------------------------


@login_required
@post_only(to_form, said="")
def check(request: HttpRequest) -> JsonResponse:
    """What the server would say to the form as it stands: its sentence, its errors, what it overlaps with."""
    code = request.GET.get("meeting")
    try:
        subject = _subject(request, code) if code else None
    except Unchangeable as reason:
        return JsonResponse({"gone": str(reason)})
    form = _form(request, subject, {})
    is_valid = form.is_valid()
    has_times = {"starts_at", "duration"} <= form.cleaned_data.keys()
    found = _conflicts(request, form, subject) if has_times else None
    return JsonResponse(
        {
            "said": _said(form),
            "errors": {}
            if is_valid
            else {name: " ".join(map(str, errors)) for name, errors in form.errors.items()},
            "conflicts": _shown(form, found) if found else None,
        }
    )


def _said(form: TimedForm) -> dict[str, str] | None:
    """How the meeting repeats, in words; None if it does not, or not yet."""
    if not isinstance(form, MeetingForm):
        return None
    found = form.times_on_the_wall if form.is_bound else []
    rule, zone = form.rule, form.zone_name
    if not form.is_bound and form.was is not None and form.was.rrule:
        rule = recurrence.parse(form.was.rrule)
        found = [recurrence.read(key) for key in recurrence.wall_clocks(form.was.rrule, form.was.wall_clock)]
        zone = form.was.time_zone
    if rule is None or not zone:
        return None
    begins = form.begins_later
    first = f"The first is on {words.day(found[0].date(), timezone.localdate())}." if begins else ""
    return {
        "rule": repeats.said(rule, found, zone),
        "dates": repeats.dates(found),
        "first": first,
        "begins": begins,
    }


def _shown(form: TimedForm, found: Conflicts) -> dict[str, Any]:
    zone = form.zone_in(form.cleaned_data)
    if zone is None:
        raise ValueError("a form without a zone has no times that could overlap")
    return {"heading": found.heading, "lines": found.lines(zone, timezone.now()), "key": found.key}


@login_required
@require_GET
def known_people(request: HttpRequest) -> JsonResponse:
    """Whom the user invited before, by a part of their name or address; the latest first."""
    asked = request.GET.get("q", "").strip()[:100]
    if not asked:
        return JsonResponse({"people": []})
    mine = Attendee.objects.filter(meeting__organizer=signed_in(request))
    found = mine.filter(Q(name__icontains=asked) | Q(email__icontains=asked)).order_by("-pk")
    people: dict[str, Address] = {}
    for email, name in found.values_list("email", "name")[:500]:
        key = email.lower()
        people[key] = people[key] | Address(email, name) if key in people else Address(email, name)
        if len(people) > SUGGESTIONS:
            break
    shown = [{"email": a.email, "name": a.name} for a in list(people.values())[:SUGGESTIONS]]
    return JsonResponse({"people": shown})


@login_required
@post_only(to_form, said="")
def read_file(request: HttpRequest) -> JsonResponse:
    """The people in a file, one a line as the form takes them; with what is wrong in it among them."""
    uploaded = request.FILES.get("file")
    if uploaded is None or uploaded.size is None:
        return JsonResponse({"trouble": "No file came."})
    try:
        if uploaded.size > spreadsheets.LARGEST:
            raise spreadsheets.WrongFile(spreadsheets.too_large(uploaded.size))
        found = spreadsheets.read(uploaded.read())
    except spreadsheets.WrongFile as wrong:
        return JsonResponse({"trouble": str(wrong)})
    return JsonResponse({"lines": [*map(str, found.addresses), *(wrong.text for wrong in found.wrong)]})


# -- calling it off -----------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Ask first, and how much of a series; then call it off."""
    try:
        subject = _subject(request, code)
        if subject.meeting.is_over:
            raise Unchangeable("This meeting is over and stays as it was.")
    except Unchangeable as reason:
        messages.warning(request, str(reason))
        return redirect("meetings:meeting", code)
    meeting = subject.meeting
    if request.method == "POST":
        whom = " Everybody who was invited gets a letter."
        # Named while they are still there.
        what = _what_is_called_off(subject)
        told = whom if _call_off(subject).updates else ""
        meeting.refresh_from_db()
        if meeting.is_cancelled:
            # Without its last date nothing of it is left.
            what = _all_is_cancelled(subject)
        messages.success(request, f"{what}{told}")
        return redirect("meetings:list") if meeting.is_cancelled else redirect(meeting)
    count = meeting.attendees.invited().count()
    people = words.counted(count, "person gets", "people get")
    inside = signals.insiders(Meeting.objects.filter(pk=meeting.pk)).get(meeting.pk, 0)
    zone = timezone.get_current_timezone_name()
    one = subject.occurrence
    context = {
        "section": "meetings",
        "meeting": meeting,
        "subject": subject,
        "title": one.shown_title if subject.one and one else meeting.title,
        "when": dates.when(one.starts_at, one.duration, zone)
        if one
        else dates.when(meeting.starts_at, meeting.duration, zone),
        "rule": dates.rule_of(meeting) if meeting.repeats else "",
        "letters": f"{words.sentence(people)} a letter{_and_short_ones(meeting)}." if count else "",
        "inside": words.sentence(words.counted(inside, "person is", "people are")) if inside else "",
    }
    return render(request, "meetings/cancel.html", context)


def _and_short_ones(meeting: Meeting) -> str:
    """What calendars need beside what people read."""
    if not copies.going(meeting):
        return ""
    return ", and a short one for each earlier part of the series, which calendars keep apart"


def _call_off(subject: Subject) -> Sent:
    if subject.one:
        return invitations.cancel_occurrence(subject.one)
    if subject.since:
        return invitations.cancel_from(subject.since)
    return invitations.cancel(subject.meeting)


def _all_is_cancelled(subject: Subject) -> str:
    return f"The {'series' if subject.occurrence else 'meeting'} is cancelled."


def _what_is_called_off(subject: Subject) -> str:
    if not subject.short_day:
        return _all_is_cancelled(subject)
    if subject.is_about_one:
        return f"{subject.short_day} is called off."
    return f"Called off from {subject.short_day} on."


def _what_was_sent(sent: Sent) -> str:
    parts = []
    if sent.updates:
        parts.append(words.counted(sent.updates, "letter about the change", "letters about the change"))
    if sent.invitations:
        parts.append(words.counted(sent.invitations, "invitation", "invitations"))
    if sent.removals:
        whom = "to somebody" if sent.removals == 1 else "to those"
        parts.append(words.counted(sent.removals, "letter", "letters") + f" {whom} taken off the list")
    if not parts:
        return "Nobody needed a letter for that."
    is_one = sent.updates + sent.invitations + sent.removals == 1
    return f"{words.sentence(words.listed(parts))} {'is' if is_one else 'are'} on the way."
