"""The organizer's dashboard: what became of each invitation, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from meetings import links, words
from meetings.letters import dates, delivery_state, digests, quota, tags
from meetings.letters.quota import TooManyLetters
from meetings.models import Attendee, Meeting, Occurrence, PersonalLink
from meetings.pages import answers_told, overview
from meetings.pages.posting import post_only, to_meeting
from meetings.pages.visitor import signed_in
from meetings.plans import invitations

# So many letters may reach one person within a few minutes when their link is replaced.
MOST_REPLACED = 3
# So many attendees stand on a page.
PEOPLE = 100
NO_LETTER = gettext_lazy("No letter was written: there is nothing to invite to any more.")


# -- who was asked ------------------------------------------------------------------------------


@dataclass(frozen=True)
class InvitationRow:
    """One attendee in the organizer's table."""

    attendee: Attendee
    told: answers_told.Told
    state: delivery_state.LetterState | None
    # That no link of theirs works, since when and by whom.
    link_end: str = ""

    @property
    def partstat(self) -> str:
        return self.told.answer.partstat

    @property
    def is_waiting(self) -> bool:
        """Whether their letter is still on its way, so that the page looks again."""
        return _waits(self.state)


def invitation_rows(
    attendees: list[Attendee],
    told: dict[int, answers_told.Told],
    states: dict[int, delivery_state.LetterState | None],
) -> list[InvitationRow]:
    """What each said, and their letter."""
    ended = links.ended(attendees)
    return [
        InvitationRow(
            attendee, told[attendee.pk], states[attendee.pk], _link_end(attendee, ended.get(attendee.pk))
        )
        for attendee in attendees
    ]


def _told(
    meeting: Meeting, attendees: list[Attendee], one: Occurrence | None, at: Occurrence | None
) -> dict[int, answers_told.Told]:
    date = one or at
    if date is None or not date.is_one_of_many:
        return answers_told.to_the_whole(attendees)
    if one is not None:
        return answers_told.to_date(attendees, one)
    last_part = dates.asked_from(meeting, timezone.get_current_timezone_name())
    return answers_told.to_series(attendees, date, meeting.current, last_part)


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
    shown = invitation_rows(list(people), _told(meeting, list(people), occurrence, at), states)
    return {
        "people": people,
        "entries": shown,
        "under_way": under_way(list(states.values())),
        "unheard": not tags.are_used() and any(entry.told.lacks_answer for entry in shown),
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
        messages.warning(request, too_soon(attendee, pause))
    elif invitations.resend(attendee):
        messages.success(request, _("A letter to %(name)s is on the way.") % _name(attendee))
    else:
        messages.warning(request, NO_LETTER)


@about_an_attendee
def replace_link(request: HttpRequest, attendee: Attendee) -> None:
    # At once, since a link got into the wrong hands; but not as a way to write again and again.
    if pause := quota.wait(attendee, timezone.now(), MOST_REPLACED):
        said = _("%(too_soon)s To end the old link at once, choose “End their link”.")
        messages.warning(request, said % {"too_soon": too_soon(attendee, pause)})
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


def too_soon(attendee: Attendee, pause: timedelta) -> str:
    """That, and when, they can be written to again."""
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
