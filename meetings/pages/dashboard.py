"""The organizer's dashboard: what became of each invitation, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from meetings import links, words
from meetings.inbox import reply_support
from meetings.letters import dates, delivery_state, digests, quota, tags
from meetings.letters.quota import TooManyLetters
from meetings.models import Answer, Attendee, Meeting, Occurrence, PersonalLink
from meetings.pages import overview
from meetings.pages.posting import post_only, to_meeting
from meetings.pages.visitor import signed_in
from meetings.plans import invitations

# So many letters may reach one person within a few minutes when their link is replaced.
MOST_REPLACED = 3
# So many attendees stand on a page.
PEOPLE = 100
NO_LETTER = gettext_lazy("No letter was written: there is nothing to invite to any more.")
PartStat = Attendee.PartStat
# An answer to the whole holds for all.
ALL = dates.AskedFrom()


# -- who was asked ------------------------------------------------------------------------------


@dataclass(frozen=True)
class InvitationRow:
    """One attendee in the organizer's table."""

    attendee: Attendee
    partstat: str
    note: str
    answered_at: datetime | None
    state: delivery_state.LetterState | None
    # To which date the answer was given, if the series has another one from them.
    only: str = ""
    # That no link of theirs works, since when and by whom.
    link_end: str = ""

    @property
    def is_waiting(self) -> bool:
        """Whether their letter is still on its way, so that the page looks again."""
        return _waits(self.state)


def invitation_rows(
    attendees: list[Attendee],
    occurrence: Occurrence | None,
    states: dict[int, delivery_state.LetterState | None],
    *,
    of_series: bool = False,
    last_part: dates.AskedFrom = ALL,
) -> list[InvitationRow]:
    """What each said to this date, and their letter; with `of_series` on the page of the whole series.

    `last_part` are the dates that an answer to the whole holds for, if not for all.
    """
    own, to_all = _answers(occurrence) if occurrence and occurrence.is_one_of_many else ({}, None)
    found, ended = [], links.ended(attendees)
    for attendee in attendees:
        whole = attendee.answer if to_all is None else to_all.get(attendee.pk, Answer())
        said, only = own.get(attendee.pk, whole), ""
        if occurrence is not None and of_series and said.partstat != attendee.answer.partstat:
            only = _only(occurrence, attendee, last_part)
        elif occurrence is not None and not of_series and said.partstat != whole.partstat:
            only = _("To this one")
        answer = (said.partstat, said.note, said.answered_at)
        link_end = _link_end(attendee, ended.get(attendee.pk))
        found.append(InvitationRow(attendee, *answer, states[attendee.pk], only, link_end))
    return found


def _answers(occurrence: Occurrence) -> tuple[dict[int, Answer], dict[int, Answer]]:
    """By attendee, what was said to a date alone, and to the whole of its series."""
    answers = occurrence.series.answers.exclude(partstat="").filter(
        Q(occurrence=None) | Q(occurrence=occurrence)
    )
    own, to_all = dict[int, Answer](), dict[int, Answer]()
    for answer in answers:
        (own if answer.occurrence_id else to_all)[answer.attendee_id] = answer
    return own, to_all


def _link_end(attendee: Attendee, link: PersonalLink | None) -> str:
    """Link ended on Tue 3 Dec, 14:03, by the administrator of this site."""
    if attendee.account_deleted_at:
        return _(
            "Their account was deleted, and nothing lets them in; “Send it again” invites them as a guest"
        )
    if link is None or link.revoked_at is None:
        return ""
    here = timezone.localtime(link.revoked_at)
    since = {"day": words.short_day(here), "clock": words.clock(here)}
    if link.revoked_for == links.Ending.REPLACED:
        return _("Link replaced %(day)s, %(clock)s; the new one is in this letter") % since
    if link.revoked_by:
        return _("Link ended %(day)s, %(clock)s, by the administrator of this site") % since
    return _("Link ended %(day)s, %(clock)s") % since


def _only(occurrence: Occurrence, attendee: Attendee, last_part: dates.AskedFrom) -> str:
    """To the next one. To the series: No answer. Or: From Monday, 9 December on: No answer."""
    if occurrence.series_id != attendee.meeting.last_series_id and not last_part.day:
        return ""
    partstat = PartStat(attendee.answer.partstat)
    answer = reply_support.no_answer() if partstat == PartStat.NEEDS_ACTION else str(partstat.label)
    said = {"day": last_part.day, "answer": answer}
    if last_part.is_last:
        whole = _("On %(day)s: %(answer)s") % said
    elif last_part.day:
        whole = _("From %(day)s on: %(answer)s") % said
    else:
        whole = _("To the series: %(answer)s") % said
    if occurrence.starts_at > timezone.now():
        return f"{_('To the next one.')} {whole}"
    if occurrence.is_over:
        return f"{_('To the last one.')} {whole}"
    return f"{_('To this one.')} {whole}"


def _waits(state: delivery_state.LetterState | None) -> bool:
    return state is not None and not state.failed and state.sent_at is None


def under_way(states: list[delivery_state.LetterState | None]) -> str:
    """Three letters are on their way; empty when none is."""
    if not (count := sum(_waits(state) for state in states)):
        return ""
    text = ngettext("%(count)s letter is on its way", "%(count)s letters are on their way", count)
    return words.numbered(text, count)


def for_page(
    meeting: Meeting, occurrence: Occurrence | None, request: HttpRequest, at: Occurrence | None = None
) -> dict[str, Any]:
    """What the page of a meeting shows of the attendees: so many as a page holds.

    How far the letters are is said of all. The meeting is one of `overview.loaded`; the page of a series
    says what was answered to the date `at`.
    """
    attendees = list(meeting.attendees.all())
    people = Paginator(attendees, PEOPLE).get_page(request.GET.get("people"))
    told = delivery_state.letters_to(meeting, occurrence)
    states = {attendee.pk: delivery_state.letter_state(told.get(attendee.pk)) for attendee in attendees}
    of_series = occurrence is None
    last_part = dates.asked_from(meeting, timezone.get_current_timezone_name()) if of_series else ALL
    shown = invitation_rows(list(people), occurrence or at, states, of_series=of_series, last_part=last_part)
    return {
        "people": people,
        "entries": shown,
        "under_way": under_way(list(states.values())),
        "unheard": not tags.are_used() and any(entry.partstat == PartStat.NEEDS_ACTION for entry in shown),
        "returned": [
            (attendee, state) for attendee in attendees if (state := states[attendee.pk]) and state.failed
        ],
    }


@login_required
@never_cache
@require_safe
def letters(request: HttpRequest, code: str) -> HttpResponse:
    """The cells of the table that change by themselves; its page fetches them again and again."""
    mine = Meeting.objects.organized_by(signed_in(request))
    meeting = get_object_or_404(overview.loaded(mine), code=code)
    asked = request.GET.get("occurrence", "")
    one = meeting.occurrences.filter(pk=int(asked[:18])).first() if asked.isdecimal() else None
    if one is not None:
        one.meeting = meeting
    return render(request, "meetings/_letters.html", for_page(meeting, one, request))


# -- what is done about one of them -------------------------------------------------------------

Act = Callable[[HttpRequest, Attendee], None]


def about_an_attendee(act: Act) -> Callable[..., HttpResponse]:
    """A view by POST about the attendee of a meeting of the user’s that takes place; returns to its page."""

    @login_required
    @post_only(to_meeting)
    @wraps(act)
    def view(request: HttpRequest, code: str, pk: int) -> HttpResponse:
        attendee = get_object_or_404(
            Attendee.objects.invited().select_related("meeting__organizer", "user", "letter"),
            pk=pk,
            meeting__code=code,
            meeting__organizer=signed_in(request),
            meeting__cancelled_at=None,
        )
        try:
            act(request, attendee)
        except TooManyLetters as error:
            messages.warning(request, str(error))
        return redirect(attendee.meeting)

    return view


@about_an_attendee
def resend(request: HttpRequest, attendee: Attendee) -> None:
    if pause := quota.wait(attendee, timezone.now()):
        messages.warning(request, _too_soon(attendee, pause))
    elif invitations.resend(attendee):
        messages.success(request, _("A letter to %(name)s is on the way.") % _name(attendee))
    else:
        messages.warning(request, NO_LETTER)


@about_an_attendee
def replace_link(request: HttpRequest, attendee: Attendee) -> None:
    # At once, since a link got into the wrong hands; but not as a way to write again and again.
    if pause := quota.wait(attendee, timezone.now(), MOST_REPLACED):
        said = _("%(too_soon)s To end the old link at once, choose “End their link”.")
        messages.warning(request, said % {"too_soon": _too_soon(attendee, pause)})
    elif invitations.replace_link(attendee):
        said = _("The old link is dead. %(name)s gets a letter with a new one.")
        messages.success(request, said % _name(attendee))
    else:
        messages.warning(request, NO_LETTER)


@about_an_attendee
def revoke_link(request: HttpRequest, attendee: Attendee) -> None:
    """Without a letter: for a link that got into the wrong hands, or a person who is to come another way."""
    links.revoke(attendee)
    said = _("The links of %(name)s let nobody in any more. %(name)s is still invited.")
    messages.success(request, said % _name(attendee))


@about_an_attendee
def remove(request: HttpRequest, attendee: Attendee) -> None:
    invitations.remove(attendee)
    messages.success(request, _("%(name)s is no longer invited.") % _name(attendee))


@about_an_attendee
def make_cohost(request: HttpRequest, attendee: Attendee) -> None:
    invitations.make_cohost(attendee, on=request.POST.get("on") == "1")
    on, off = _("%(name)s is a host in the room too."), _("%(name)s is no longer a host.")
    messages.success(request, (on if attendee.cohost else off) % _name(attendee))


@about_an_attendee
def make_optional(request: HttpRequest, attendee: Attendee) -> None:
    attendee.optional = request.POST.get("on") == "1"
    attendee.save(update_fields=["optional"])
    on = _("%(name)s is optional now. Their next letter says so.")
    off = _("%(name)s is required now. Their next letter says so.")
    messages.success(request, (on if attendee.optional else off) % _name(attendee))


def _too_soon(attendee: Attendee, pause: timedelta) -> str:
    minutes = max(1, -(-int(pause.total_seconds()) // 60))
    said = _("A letter to %(name)s has only just gone out. You can send another in %(length)s.")
    return said % {**_name(attendee), "length": words.length(timedelta(minutes=minutes))}


def _name(attendee: Attendee) -> dict[str, str]:
    return {"name": attendee.display_name}


@login_required
@post_only(to_meeting)
def turn_digest(request: HttpRequest, code: str) -> HttpResponse:
    """Letters about new answers, to all meetings of the organizer: on or off."""
    meeting = get_object_or_404(Meeting.objects.filter(organizer=signed_in(request)), code=code)
    on = request.POST.get("on") == "1"
    digests.turn(signed_in(request), on=on)
    if on:
        messages.success(request, _("You get a letter when people answer, several answers in one."))
    else:
        messages.success(request, _("You get no more letters about answers. The answers are listed below."))
    return redirect(meeting)
