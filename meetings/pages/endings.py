"""Why a personal link leads nowhere, and what to do next: in true words, for whoever opens it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from meetings import links, words
from meetings.models import Meeting, PersonalLink
from outbox.models import Letter

ADMINISTRATOR = "The administrator of this site"


@dataclass(frozen=True)
class Explanation:
    """What the page says: what happened, what it means, and the one thing to do next."""

    # For tests and templates; no word of it is shown.
    reason: str
    heading: str
    text: str
    step: str
    status: int = 410
    # The button: a page for whoever reads it.
    page: str = "/"
    button: str = "To the first page"


def explain(request: HttpRequest, error: links.LinkError) -> Explanation:
    """What to say about a link that let nobody in, to whoever asks."""
    link = error.link
    if link is None:
        return Explanation(
            "unknown",
            "We do not know this link",
            "Part of it may be missing: mail programs break long links in two.",
            "Open it from the letter once more, or copy all of it, to the last character.",
            404,
            *_way_on(request),
        )
    meeting = link.attendee.meeting
    organizer = meeting.organizer.get_short_name()
    match error:
        case links.MeetingCancelled():
            who = ADMINISTRATOR if meeting.cancelled_by else organizer
            # The title is not told to whoever has a link that was ended before.
            what = "it" if link.revoked_at else f"“{meeting.title}”"
            said = (
                "cancelled",
                "This meeting was cancelled",
                f"{who} called off {what}{_on(meeting.cancelled_at)}.",
                "If it still stands in your calendar, the file in the letter about it takes it out.",
            )
        case links.NoLongerInvited():
            # No title: it is told to nobody who is not invited any more.
            said = (
                "removed",
                "This invitation was taken back",
                f"{organizer} took you off the list{_on(link.attendee.removed_at)}.",
                f"If you think that is a mistake, reply to the letter: {organizer} gets it.",
            )
        case links.AccountClosed():
            # No title either: the account may be closed because somebody else got into it.
            said = (
                "closed",
                "This account is switched off",
                "It belongs to an account that an administrator of this site has switched off. "
                "The links in letters to it are closed too.",
                f"If you think that is a mistake, ask them, or {organizer}.",
            )
        case links.AccountDeleted():
            said = (
                "deleted",
                "This account was deleted",
                f"The link belonged to an account that was deleted{_on(link.attendee.account_deleted_at)}.",
                f"If you want to come as a guest, ask {organizer} to send you the invitation again.",
            )
        case links.MeetingLongOver():
            said = (
                "over",
                "This meeting is over",
                f"“{meeting.title}” took place{_on(_last_end(meeting))}, and the links to it ended"
                f" {words.counted(links.KEPT.days, 'day', 'days')} later.",
                f"To meet again, ask {organizer} for a new invitation.",
            )
        case _:
            said = ("revoked", *_revoked(link))
    return Explanation(*said, 410, *_way_on(request, link))


def of_session(request: HttpRequest, meeting: Meeting) -> Explanation | None:
    """The same about the link by which this browser came to the meeting; None without one that ended."""
    link_id = request.session.get(links.SESSION_KEY, {}).get(meeting.code)
    link = PersonalLink.objects.select_related("attendee__meeting__organizer").filter(pk=link_id).first()
    if link is None or link.attendee.meeting_id != meeting.pk:
        return None
    try:
        links.check(link)
    except links.LinkError as error:
        return explain(request, error)
    return None


def _revoked(link: PersonalLink) -> tuple[str, str, str]:
    """Of a link that was ended while its person is invited: heading, text and step, as things stand now."""
    organizer = link.attendee.meeting.organizer.get_short_name()
    who = ADMINISTRATOR if link.revoked_by else organizer
    match link.revoked_for:
        case links.Ending.REPLACED:
            heading, text = (
                "This link was replaced",
                f"{who} replaced it with a new one{_on(link.revoked_at)}.",
            )
        case links.Ending.DELETED:
            heading, text = (
                "This link was ended",
                f"It ended with the account that it belonged to{_on(link.revoked_at, ', on')}.",
            )
        case links.Ending.ENDED:
            heading, text = "This link was ended", f"{who} ended it{_on(link.revoked_at)}."
        case _:
            # From before we noted why.
            heading, text = (
                "This link was ended",
                f"It lets nobody in any more{_on(link.revoked_at, ' since')}.",
            )
    newer, step = _newer(link, organizer)
    return heading, f"{text} {newer}", step


def _newer(link: PersonalLink, organizer: str) -> tuple[str, str]:
    """What there is of a newer letter to the same person, and what they can do about it."""
    letter: Letter | None = link.attendee.letter
    if link.attendee.meeting.is_over:
        return "The meeting is over by now.", f"To meet again, ask {organizer} for a new invitation."
    ask = f"You are still invited: reply to the letter, and ask {organizer} for a new link."
    if letter is not None and not letter.is_moot:
        if letter.dead_at or letter.bounced_at:
            return (
                "A newer letter could not be delivered.",
                f"You are still invited: tell {organizer} at which address letters reach you.",
            )
        if not letter.sent_at:
            return "A newer letter is on its way to you.", "Open the link in it when it has come."
    working = link.attendee.links.working().order_by("-pk")
    if newer := working.filter(pk__gt=link.pk).first():
        return f"A newer letter went out to you{_on(newer.created_at)}.", "Open the link in that one."
    if working.exists():
        return "The link in an earlier letter to you still works.", "Open that one."
    return "There is no newer one.", ask


def _last_end(meeting: Meeting) -> datetime:
    """When the last date that took place ended."""
    last = meeting.occurrences.filter(cancelled_at=None).order_by("-ends_at").first()
    return last.ends_at if last else meeting.ends_at


def _on(moment: datetime | None, word: str = " on") -> str:
    """On Monday, 25 November; on the reader's clock."""
    if moment is None:
        return ""
    here = timezone.localtime(moment)
    return f"{word} {words.day(here, timezone.localdate())}, {words.clock(here)}"


def _way_on(request: HttpRequest, link: PersonalLink | None = None) -> tuple[str, str]:
    """Where the button leads: to the meeting for whoever has it in their account, else home."""
    user = request.user
    if not isinstance(user, User):
        return "/", "To the first page"
    if link is not None:
        attendee, meeting = link.attendee, link.attendee.meeting
        if meeting.organizer_id == user.pk or (attendee.user_id == user.pk and not attendee.removed_at):
            return meeting.get_absolute_url(), "To the page of the meeting"
    return reverse("meetings:list"), "My meetings"
