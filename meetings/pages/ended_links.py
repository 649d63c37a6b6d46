"""Why a personal link leads nowhere, and what to do next: in true words, for whoever opens it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from meetings import links, words
from meetings.models import Meeting, PersonalLink
from outbox.models import Letter


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
    button: str = ""


def explain(request: HttpRequest, error: links.LinkError) -> Explanation:
    """What to say about a link that let nobody in, to whoever asks."""
    link = error.link
    if link is None:
        return Explanation(
            "unknown",
            _("We do not know this link"),
            _("Part of it may be missing: mail programs break long links in two."),
            _("Open it from the letter once more, or copy all of it, to the last character."),
            404,
            *_way_on(request),
        )
    meeting = link.attendee.meeting
    names = {
        "organizer": meeting.organizer.get_short_name(),
        "who": _administrator() if meeting.cancelled_by else meeting.organizer.get_short_name(),
        "title": meeting.title,
    }
    match error:
        case links.MeetingCancelled():
            # The title is not told to whoever has a link that was ended before.
            text = (
                _("%(who)s cancelled it on %(when)s.")
                if link.revoked_at
                else _("%(who)s cancelled “%(title)s” on %(when)s.")
            )
            said = (
                "cancelled",
                _("This meeting was cancelled"),
                text % {**names, "when": _when(meeting.cancelled_at)},
                _("If it is still in your calendar, the file in the letter about it removes it."),
            )
        case links.NoLongerInvited():
            # No title: it is told to nobody who is not invited any more.
            text = _("%(organizer)s took you off the list on %(when)s.")
            step = _("If you think that is a mistake, reply to the letter: %(organizer)s gets it.")
            said = (
                "removed",
                _("This invitation was taken back"),
                text % {**names, "when": _when(link.attendee.removed_at)},
                step % names,
            )
        case links.AccountClosed():
            # No title either: the account may be closed because somebody else got into it.
            said = (
                "closed",
                _("This account is switched off"),
                _(
                    "It belongs to an account that an administrator of this site has switched off. "
                    "The links in letters to it are closed too."
                ),
                _("If you think that is a mistake, ask them, or %(organizer)s.") % names,
            )
        case links.AccountDeleted():
            text = _("The link belonged to an account that was deleted on %(when)s.")
            step = _("If you want to come as a guest, ask %(organizer)s to send you the invitation again.")
            said = (
                "deleted",
                _("This account was deleted"),
                text % {"when": _when(link.attendee.account_deleted_at)},
                step % names,
            )
        case links.MeetingLongOver():
            text = ngettext(
                "“%(title)s” took place on %(when)s, and the links to it ended %(count)s day later.",
                "“%(title)s” took place on %(when)s, and the links to it ended %(count)s days later.",
                links.KEPT.days,
            )
            when, days = _when(_last_end(meeting)), words.number(links.KEPT.days)
            said = (
                "over",
                _("This meeting is over"),
                text % {**names, "when": when, "count": days},
                _("To meet again, ask %(organizer)s for a new invitation.") % names,
            )
        case __:
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
    names = {"who": _administrator() if link.revoked_by else organizer, "when": _when(link.revoked_at)}
    heading = _("This link was ended")
    match link.revoked_for:
        case links.Ending.REPLACED:
            heading, text = (
                _("This link was replaced"),
                _("%(who)s replaced it with a new one on %(when)s."),
            )
        case links.Ending.DELETED:
            text = _("It ended with the account that it belonged to, on %(when)s.")
        case links.Ending.ENDED:
            text = _("%(who)s ended it on %(when)s.")
        case __:
            # From before we noted why.
            text = _("It has let nobody in since %(when)s.")
    newer, step = _newer(link, organizer)
    return heading, f"{text % names} {newer}", step


def _newer(link: PersonalLink, organizer: str) -> tuple[str, str]:
    """What there is of a newer letter to the same person, and what they can do about it."""
    letter: Letter | None = link.attendee.letter
    names = {"organizer": organizer}
    if link.attendee.meeting.is_over:
        step = _("To meet again, ask %(organizer)s for a new invitation.")
        return _("The meeting is over by now."), step % names
    if letter is not None and not letter.is_moot:
        if letter.dead_at or letter.bounced_at:
            step = _("You are still invited: tell %(organizer)s at which address letters reach you.")
            return _("A newer letter could not be delivered."), step % names
        if not letter.sent_at:
            return _("A newer letter is on its way to you."), _("Open the link in it when it has come.")
    working = link.attendee.links.working().order_by("-pk")
    if newer := working.filter(pk__gt=link.pk).first():
        text = _("A newer letter went out to you on %(when)s.")
        return text % {"when": _when(newer.created_at)}, _("Open the link in that one.")
    if working.exists():
        return _("The link in an earlier letter to you still works."), _("Open that one.")
    step = _("You are still invited: reply to the letter, and ask %(organizer)s for a new link.")
    return _("There is no newer one."), step % names


def _last_end(meeting: Meeting) -> datetime:
    """When the last date that took place ended."""
    last = meeting.occurrences.filter(cancelled_at=None).order_by("-ends_at").first()
    return last.ends_at if last else meeting.ends_at


def _when(moment: datetime | None) -> str:
    """Monday, 25 November, 14:03; on the reader's clock."""
    if moment is None:
        return ""
    here = timezone.localtime(moment)
    at = {"day": words.day(here, timezone.localdate()), "clock": words.clock(here)}
    return _("%(day)s, %(clock)s") % at


def _administrator() -> str:
    return _("The administrator of this site")


def _way_on(request: HttpRequest, link: PersonalLink | None = None) -> tuple[str, str]:
    """Where the button leads: to the meeting for whoever has it in their account, else home."""
    user = request.user
    if not isinstance(user, User):
        return "/", _("To the first page")
    if link is not None:
        attendee, meeting = link.attendee, link.attendee.meeting
        if meeting.organizer_id == user.pk or (attendee.user_id == user.pk and not attendee.removed_at):
            return meeting.get_absolute_url(), _("To the page of the meeting")
    return reverse("meetings:list"), _("My meetings")
