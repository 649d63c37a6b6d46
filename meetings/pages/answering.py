"""Answers that are given on pages: to a meeting, to one of its dates, and to several at once."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings.calendar.said import Said
from meetings.forms.answer import CHANGED, AnswerForm, SeveralForm
from meetings.letters import dates
from meetings.models import Answer, Attendee, Meeting, Occurrence, OccurrenceQuerySet, Series
from meetings.pages.posting import post_only, to_meeting
from meetings.pages.visitor import signed_in
from meetings.plans import invitations

# So many of the next times of a series are answered one by one.
ONE_BY_ONE = 60


@login_required
@post_only(to_meeting)
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """The answer of somebody with an account, from the list or the meeting's page."""
    found, mine = _asked(request, code)
    form = AnswerForm(request.POST)
    try:
        one, series = _subject(found, request.POST)
    except ObjectDoesNotExist:
        # Never taken for an answer to the whole.
        messages.warning(request, _gone())
        return _back(request, found)
    if form.is_valid() and False in [respond(attendee, form, one, series) for attendee in mine]:
        now = one and _dates(found).filter(pk=one.pk).first()
        is_gone = one is not None and (now is None or now.is_cancelled or now.is_over)
        messages.warning(request, _gone() if is_gone else _changed())
        one = now
    return _back(request, one or found)


def _back(request: HttpRequest, page: Meeting | Occurrence) -> HttpResponse:
    return redirect("meetings:list" if request.POST.get("from") == "list" else page)


def _changed() -> str:
    return _("The time changed while the page was open, so your answer was not taken. Here is the new one.")


def _gone() -> str:
    return _("What you answered is over, cancelled or no more, so your answer was not taken.")


@login_required
@post_only(to_meeting)
def answer_several(request: HttpRequest, code: str) -> HttpResponse:
    """One answer of somebody with an account to several dates of a series."""
    found, mine = _asked(request, code)
    respond_to_several(request, mine)
    return redirect(found)


def _asked(request: HttpRequest, code: str) -> tuple[Meeting, list[Attendee]]:
    """A meeting to come, and the invitations of the account to it: by two of its addresses, both."""
    found = get_object_or_404(Meeting.objects.not_cancelled().ending_after(timezone.now()), code=code)
    mine = list(found.attendees.invited().filter(user=signed_in(request)))
    if not mine:
        raise Http404
    return found, mine


def respond(
    attendee: Attendee, form: AnswerForm, one: Occurrence | None = None, series: Series | None = None
) -> bool:
    """Record what the form says; False if it is about a time that is no longer the meeting's."""
    data = form.cleaned_data
    return invitations.respond(
        attendee, form.partstat, data["note"], data["about"], occurrence=one, series=series
    )


def _subject(meeting: Meeting, form: QueryDict) -> tuple[Occurrence | None, Series | None]:
    """The date or the part that a form names; neither stands for the whole.

    Raises ObjectDoesNotExist for one that is not the meeting's, or is no more.
    """
    date, part = form.get("occurrence", ""), form.get("series", "")
    one = _dates(meeting).get(pk=_number(date)) if date else None
    return one, meeting.series.get(pk=_number(part)) if part else None


def _number(said: str) -> int:
    """That of a row; of what is none, one that no row has."""
    return int(said) if said.isdecimal() and len(said) < 19 else 0


def _dates(meeting: Meeting) -> OccurrenceQuerySet:
    return meeting.occurrences.select_related("meeting", "series")


def one_of(meeting: Meeting, pk: str) -> Occurrence | None:
    """The occurrence of a series that is named, if it is one of its own."""
    return _dates(meeting).filter(pk=_number(pk)).first() if meeting.repeats else None


def said_by(mine: list[Attendee]) -> Said[str]:
    """What these invitations of one person say."""
    return Answer.objects.filter(attendee__in=mine).said()


# -- several at once ----------------------------------------------------------------------------


@dataclass(frozen=True)
class DateToAnswer:
    """A date of a series, with what was said to it."""

    occurrence: Occurrence
    when: dates.When
    partstat: str
    # A title of its own, or that of its part, where that is not the meeting's.
    title: str

    @property
    def choice(self) -> str:
        """What the page says of a date that is ticked (forms.answer.SeveralForm)."""
        return _choice(self.occurrence)


def dates_to_answer(meeting: Meeting, mine: list[Attendee], zone: str) -> list[DateToAnswer]:
    """The next dates of a series, of whichever part, and what was said by these invitations of one person."""
    if not meeting.repeats:
        return []
    said = said_by(mine)
    return [
        DateToAnswer(
            one,
            dates.when(one.starts_at, one.duration, zone),
            said.to(one.series_id, one.pk),
            one.shown_title if one.shown_title != meeting.title else "",
        )
        for one in _coming(meeting)
    ]


def respond_to_several(request: HttpRequest, mine: list[Attendee]) -> None:
    """Record one answer to the dates that are ticked, by each of these invitations of one person."""
    form = SeveralForm(request.POST, choices=map(_choice, _coming(mine[0].meeting)))
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
        return
    asked = dict(form.cleaned_data["dates"])
    if not invitations.respond_to_dates(mine, form.partstat, asked):
        messages.error(request, str(CHANGED))
        return
    count = len(asked)
    said = ngettext(
        "Your answer to %(count)s date is noted.", "Your answer to %(count)s dates is noted.", count
    )
    messages.success(request, said % {"count": count})


def _coming(meeting: Meeting) -> QuerySet[Occurrence]:
    coming = meeting.occurrences.filter(cancelled_at=None, ends_at__gt=timezone.now())
    return coming.select_related("series")[:ONE_BY_ONE]


def _choice(occurrence: Occurrence) -> str:
    return f"{occurrence.pk}:{occurrence.appointment}"
