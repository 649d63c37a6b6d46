"""Planning a meeting and changing it: all of a series, a part of it, or one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from meetings import words
from meetings.forms import drafts, initial_values, rescope, spreadsheets
from meetings.forms.access import OwnRoomForm
from meetings.forms.meeting import MeetingForm
from meetings.forms.times import OccurrenceForm, TimedForm
from meetings.letters.quota import TooManyLetters
from meetings.models import Draft, Meeting
from meetings.pages.checking import conflicts_shown, people_read, rule_said
from meetings.pages.posting import post_only, to_list
from meetings.pages.subject import (
    ALL,
    FOLLOWING,
    ONE,
    Subject,
    Unchangeable,
    form_for,
    initial_of,
    overlaps,
    subject_of,
)
from meetings.pages.visitor import signed_in
from meetings.plans import invitations, personal
from meetings.plans.address import HOST, OPTIONAL
from meetings.plans.conflicts import Conflicts
from meetings.plans.invitations import InThePast, Sent

T = TypeVar("T")


def _initial(request: HttpRequest, subject: Subject | None) -> dict[str, Any]:
    if subject is not None:
        return initial_of(subject)
    now = timezone.localtime()
    initial = initial_values.new(signed_in(request), now, request.GET)
    if like := request.GET.get("like"):
        model = get_object_or_404(
            Meeting.objects.organized_by(signed_in(request)).filter(personal=False), code=like
        )
        return {**initial, **initial_values.copy_of(model, now)}
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
    form = form_for(request, None, _initial(request, None) | (draft.content if draft else {}))
    found = None
    if request.POST.get("do") == "keep":
        try:
            drafts.keep(me, cast(QueryDict, form.data), draft)
        except drafts.CannotKeep as error:
            form.add_error("title", str(error))
            return _page(request, form, None, draft=draft)
        messages.success(request, _("Kept as a draft. Nobody has been written to."))
        return redirect("meetings:list")
    if isinstance(form, MeetingForm) and form.is_valid() and not (found := _warnings(request, form, None)):
        plan = form.plan
        if meeting := _within_limits(form, lambda: invitations.schedule(me, plan)):
            count = meeting.attendees.count()
            text = ngettext(
                "%(count)s invitation is on the way.", "%(count)s invitations are on the way.", count
            )
            said = words.numbered(text, count) if count else _("The meeting is planned.")
            messages.success(request, said)
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
    messages.success(request, _("The draft was deleted."))
    return redirect("meetings:list")


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a meeting; `?occurrence=` and `?scope=` say how much of a series."""
    try:
        subject = subject_of(request, code)
        if subject.meeting.is_over:
            raise Unchangeable(_("This meeting is over and stays as it was. Plan one like it instead."))
        if subject.scope == FOLLOWING and subject.begins_last_part:
            subject = replace(subject, scope=ALL)
    except Unchangeable as reason:
        messages.warning(request, str(reason))
        return redirect("meetings:meeting", code)
    form = form_for(request, subject, _initial(request, subject))
    if before := request.POST.get("rescope_from"):
        form, held = _rescoped(request, subject, before)
        return _page(request, form, subject, held=held)
    found = None
    if form.is_valid() and not (found := _warnings(request, form, subject)):
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
    old = form_for(request, was, _initial(request, was))
    typed = rescope.typed(old, request.POST)
    initial = rescope.begin_with(_initial(request, subject), typed, old)
    form = form_for(request, subject, initial, is_sent=False)
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
        return _("Saved.")
    if subject.is_about_one and len(form.spans) == 1:
        return _("%(day)s is changed.") % {"day": subject.short_day}
    return _("Changed from %(day)s on.") % {"day": subject.short_day}


@dataclass(frozen=True)
class Warnings:
    """What a person has to be told before their plan is saved."""

    conflicts: Conflicts | None
    # Whether it begins on another day than the one that they wrote down.
    begins_later: bool

    def __bool__(self) -> bool:
        return bool(self.conflicts) or self.begins_later


def _warnings(request: HttpRequest, form: TimedForm, subject: Subject | None) -> Warnings:
    """What of this they have not been told yet; told once, they save in spite of it."""
    found = overlaps(request, form, subject)
    first = form.begins_later
    return Warnings(
        found if found and found.key != request.POST.get("anyway") else None,
        bool(first) and first != request.POST.get("begins"),
    )


def _within_limits(form: TimedForm, act: Callable[[], T]) -> T | None:
    """What `act` gives; None if that would have been too many letters, which the form says then."""
    try:
        return act()
    except TooManyLetters as error:
        form.add_error("people" if "people" in form.fields else "title", str(error))
        return None
    except InThePast:
        form.add_error("date", _("That would leave nothing still to come. To end it, cancel it."))
        return None


def _page(
    request: HttpRequest,
    form: TimedForm,
    subject: Subject | None,
    warnings: Warnings | None = None,
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
        "said": rule_said(form),
        "conflicts": conflicts_shown(form, warnings.conflicts) if warnings and warnings.conflicts else None,
        "begins_later": warnings is not None and warnings.begins_later,
        # Said already, and to be said again only when they are others.
        "anyway": request.POST.get("anyway", ""),
        "seats": settings.ROOM_CAPACITY,
        "others": settings.ROOM_CAPACITY - 1,
        # What stands behind the address of whoever is that.
        "marks": {"optional": OPTIONAL, "cohost": HOST},
        "people_read": people_read(form) if isinstance(form, MeetingForm) else None,
        "largest": spreadsheets.LARGEST,
        "is_crowded": isinstance(form, MeetingForm) and form.count_people() >= settings.ROOM_CAPACITY,
    }
    return render(request, "meetings/schedule.html", context)


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
        messages.success(request, _("The settings of your room are saved."))
        return redirect("meetings:list")
    context = {
        "section": "meetings",
        "form": form,
    }
    return render(request, "meetings/own_room.html", context)


def _what_was_sent(sent: Sent) -> str:
    parts = []
    if sent.updates:
        text = ngettext(
            "%(count)s letter about the change", "%(count)s letters about the change", sent.updates
        )
        parts.append(text % {"count": words.number(sent.updates)})
    if sent.invitations:
        text = ngettext("%(count)s invitation", "%(count)s invitations", sent.invitations)
        parts.append(text % {"count": words.number(sent.invitations)})
    if sent.removals:
        text = ngettext(
            "%(count)s letter to somebody taken off the list",
            "%(count)s letters to those taken off the list",
            sent.removals,
        )
        parts.append(text % {"count": words.number(sent.removals)})
    if not parts:
        return _("Nobody needed a letter for that.")
    total = sent.updates + sent.invitations + sent.removals
    # Translators: %(letters)s is a list: two letters about the change and three invitations.
    text = ngettext("%(letters)s is on the way.", "%(letters)s are on the way.", total)
    return words.sentence(text % {"letters": words.listed(parts)})
