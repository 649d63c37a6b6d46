"""Cancelling a meeting: all of a series, what follows, or one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from meetings import signals, words
from meetings.letters import dates, part_letters
from meetings.models import Meeting
from meetings.pages.subject import Subject, Unchangeable, subject_of
from meetings.plans import invitations
from meetings.plans.invitations import Sent


@login_required
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, code: str) -> HttpResponse:
    """Ask first, and how much of a series; then cancel it."""
    try:
        subject = subject_of(request, code)
        if subject.meeting.is_over:
            raise Unchangeable(_("This meeting is over and stays as it was."))
    except Unchangeable as reason:
        messages.warning(request, str(reason))
        return redirect("meetings:meeting", code)
    meeting = subject.meeting
    if request.method == "POST":
        # Named while they are still there.
        what = _what_is_cancelled(subject)
        told = _cancel_subject(subject).updates
        meeting.refresh_from_db()
        if meeting.is_cancelled:
            # Without its last date nothing of it is left.
            what = _all_is_cancelled(subject)
        also = _("Everybody who was invited gets a letter.")
        messages.success(request, f"{what} {also}" if told else what)
        return redirect("meetings:list") if meeting.is_cancelled else redirect(meeting)
    count = meeting.attendees.invited().count()
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
        "letters": _letters(meeting, count) if count else "",
        "inside": _inside(inside) if inside else "",
    }
    return render(request, "meetings/cancel.html", context)


def _letters(meeting: Meeting, count: int) -> str:
    """Three people get a letter; and what calendars need beside what people read."""
    if not part_letters.going(meeting):
        text = ngettext("%(count)s person gets a letter.", "%(count)s people get a letter.", count)
    else:
        text = ngettext(
            "%(count)s person gets a letter, and a short one for each earlier part of the series, which"
            " calendars keep apart.",
            "%(count)s people get a letter, and a short one for each earlier part of the series, which"
            " calendars keep apart.",
            count,
        )
    return words.numbered(text, count)


def _inside(count: int) -> str:
    text = ngettext(
        "%(count)s person is in the call right now", "%(count)s people are in the call right now", count
    )
    return words.numbered(text, count)


def _cancel_subject(subject: Subject) -> Sent:
    if subject.one:
        return invitations.cancel_occurrence(subject.one)
    if subject.since:
        return invitations.cancel_from(subject.since)
    return invitations.cancel(subject.meeting)


def _all_is_cancelled(subject: Subject) -> str:
    return _("The series is cancelled.") if subject.occurrence else _("The meeting is cancelled.")


def _what_is_cancelled(subject: Subject) -> str:
    if not subject.short_day:
        return _all_is_cancelled(subject)
    if subject.is_about_one:
        return _("%(day)s is cancelled.") % {"day": subject.short_day}
    return _("Cancelled from %(day)s on.") % {"day": subject.short_day}
