"""Inviting somebody while the call goes on: what the page of the room asks on behalf of its organizer.

The same verbs as on the page of the meeting, with the same limits. Answers are JSON: what is wrong is a whole
sentence in `words`, to stand beside the field.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from language import formats
from meetings.forms import addresses
from meetings.forms.meeting import MOST_ATTENDEES, too_many
from meetings.letters import delivery_state, quota
from meetings.models import Attendee, Meeting
from meetings.pages.dashboard import NO_LETTER, too_soon
from meetings.pages.visitor import signed_in
from meetings.plans import invitations
from meetings.plans.address import Address

# Of what is typed; so many addresses are a list, which the form of the meeting takes.
LONGEST = 2000
MOST_AT_ONCE = 10
# Of so many letters the page follows how far they are.
MOST_FOLLOWED = 50


class Refused(Exception):
    """Nobody is invited, in words for the organizer."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, code: str) -> JsonResponse:
    """POST invites whoever stands in `address`; GET says how it stands with those in `?attendees=`."""
    if not request.user.is_authenticated:
        return _refused(_("You are signed out by now. Sign in again in another tab, and send it then."), 401)
    mine = Meeting.objects.organized_by(signed_in(request)).not_cancelled()
    meeting = mine.select_related("organizer", "last_series").filter(code=code).first()
    if meeting is None:
        return _refused(_("Only the organizer of this meeting writes to people."), 404)
    if request.method != "POST":
        return JsonResponse(
            {
                # The page of the room has no form: with this it may send one.
                "token": get_token(request),
                "hint": _hint(meeting),
                "closed": _closed(meeting),
                "letters": [_told(one) for one in _asked(meeting, request.GET.get("attendees", ""))],
            }
        )
    try:
        letters = _invite(meeting, request.POST.get("address", ""))
    except Refused as refusal:
        # Somebody mistyped, and nothing is wrong with the request: no error for the browser's log.
        return _refused(str(refusal), 200)
    except quota.TooManyLetters as refusal:
        return _refused(str(refusal), 429)
    return JsonResponse({"letters": letters})


def _refused(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"words": sentence}, status=status)


def _hint(meeting: Meeting) -> str:
    if meeting.repeats:
        return _("They get a letter at once, with a link of their own to all dates of this series.")
    return _("They get a letter at once, with a link of their own.")


def _closed(meeting: Meeting) -> str:
    """Why nobody is written to any more; empty while letters go out."""
    if meeting.personal:
        return _("Nobody is invited to a room of one’s own by letter. Its link lets people in.")
    if meeting.is_over:
        return _("The time that was planned is over, and no letters go out about it any more.")
    return ""


def _asked(meeting: Meeting, asked: str) -> Iterable[Attendee]:
    numbers = [int(one[:18]) for one in asked.split(",")[:MOST_FOLLOWED] if one.isdecimal()]
    return meeting.attendees.invited().filter(pk__in=numbers).select_related("letter")


@transaction.atomic
def _invite(meeting: Meeting, typed: str) -> list[dict[str, Any]]:
    """Invite them all, or nobody; what is to be told of each. Raises Refused, TooManyLetters."""
    if closed := _closed(meeting):
        raise Refused(closed)
    wanted = _read(typed)
    fresh = invitations.invite(meeting, wanted.values())
    _give_places(fresh, wanted)
    invited = meeting.attendees.invited()
    if fresh and (count := invited.count()) > MOST_ATTENDEES:
        raise Refused(too_many(count))
    here = [one for one in invited.select_related("letter", "meeting") if one.email.lower() in wanted]
    if not here:
        raise Refused(_("That is your own address, and you are inside."))
    known = {one.pk for one in here}.difference(one.pk for one in fresh)
    return [_written_again(one) if one.pk in known else _told(one) for one in here]


def _read(typed: str) -> dict[str, Address]:
    if len(typed) > LONGEST:
        length = {"length": formats.figure(len(typed)), "most": formats.figure(LONGEST)}
        raise Refused(_("That is %(length)s characters long. %(most)s is the most.") % length)
    parsed = addresses.parse(typed)
    if parsed.wrong:
        raise Refused(" ".join(parsed.complaints))
    if not parsed.addresses:
        raise Refused(_("Type the address of whoever is to come."))
    if len(parsed.addresses) > MOST_AT_ONCE:
        figures = {"count": formats.figure(len(parsed.addresses)), "most": formats.figure(MOST_AT_ONCE)}
        said = _(
            "That is %(count)s addresses, and %(most)s at once is the most here. "
            "“Change” on the page of the meeting takes longer lists."
        )
        raise Refused(said % figures)
    return {address.email.lower(): address for address in parsed.addresses}


def _give_places(attendees: Iterable[Attendee], wanted: dict[str, Address]) -> None:
    """As is said behind an address."""
    for attendee in attendees:
        address = wanted[attendee.email.lower()]
        if address.optional:
            attendee.optional = True
            attendee.save(update_fields=["optional"])
        if address.cohost:
            invitations.make_cohost(attendee, on=True)


def _written_again(attendee: Attendee) -> dict[str, Any]:
    """Of somebody who was invited before: they get a letter once more, unless they have just got one."""
    if pause := quota.wait(attendee, timezone.now()):
        return _told(attendee) | {"state": "told", "words": too_soon(attendee, pause)}
    if not invitations.resend(attendee):
        return _told(attendee) | {"state": "told", "words": str(NO_LETTER)}
    return _told(Attendee.objects.select_related("letter").get(pk=attendee.pk))


def _told(attendee: Attendee) -> dict[str, Any]:
    """How far the letter to somebody is."""
    state = delivery_state.letter_state(attendee.letter)
    if state is None:
        name = "invited"
    elif state.failed:
        name = "returned"
    else:
        name = "sent" if state.sent_at else "waiting"
    return {
        "attendee": attendee.pk,
        "address": attendee.email,
        "state": name,
        "words": state.detail if state else "",
    }
