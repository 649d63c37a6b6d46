"""Answers that are given on pages."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.forms.answer import AnswerForm
from meetings.models import Attendee, Meeting, Occurrence
from meetings.pages.posting import post_only, to_meeting
from meetings.pages.visitor import signed_in
from meetings.plans import invitations


@login_required
@post_only(to_meeting)
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """The answer of somebody with an account, from the list or the meeting's page."""
    found = get_object_or_404(Meeting.objects.not_cancelled().ending_after(timezone.now()), code=code)
    # Invited by two addresses of one account, somebody answers for both.
    mine = list(found.attendees.invited().filter(user=signed_in(request)))
    if not mine:
        raise Http404
    form = AnswerForm(request.POST)
    one = one_of(found, request.POST.get("occurrence", ""))
    taken = [respond(attendee, form, one) for attendee in mine] if form.is_valid() else []
    if not all(taken):
        changed = _(
            "The time changed while the page was open, so your answer was not taken. Here is the new one."
        )
        messages.warning(request, changed)
    return redirect("meetings:list" if request.POST.get("from") == "list" else one or found)


def respond(attendee: Attendee, form: AnswerForm, one: Occurrence | None = None) -> bool:
    """Record what the form says; False if it is about a time that is no longer the meeting's."""
    data = form.cleaned_data
    return invitations.respond(attendee, form.partstat, data["note"], data["about"], one)


def one_of(meeting: Meeting, pk: str) -> Occurrence | None:
    """The occurrence of a series that is named, if it is one of its own."""
    if not (pk.isdecimal() and meeting.repeats):
        return None
    return meeting.occurrences.select_related("meeting").filter(pk=int(pk[:18])).first()
