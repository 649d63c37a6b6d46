"""Personal links: random, stored as a hash, revocable. A link lets in; it never signs anybody in."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import known_time_zones
from meetings.models import Attendee, Meeting, PersonalLink, PersonalLinkQuerySet
from meetings.signals import links_revoked

SESSION_KEY = "attendees"
# So long after the last date a link still leads into the room: people go on talking, or look up a note.
KEPT = timedelta(days=7)
Ending = PersonalLink.Ending


class LinkError(Exception):
    """A personal link that does not let in; each kind says why."""

    def __init__(self, link: PersonalLink | None = None) -> None:
        super().__init__(self.__class__.__name__)
        self.link = link


class UnknownLink(LinkError):
    """Mistyped, cut off by a mail program, or never ours."""


class RevokedLink(LinkError):
    """It was ended, or another one has taken its place; whoever it was made for is still invited."""


class MeetingLongOver(LinkError):
    """The last date was so long ago that nobody comes any more."""


class NoLongerInvited(LinkError):
    """The attendee was removed from the meeting."""


class AccountClosed(LinkError):
    """The attendee has an account, and it is switched off: an old letter is no way around that."""


class AccountDeleted(LinkError):
    """They had an account, and it was deleted: what could be done with it is not a guest's to do now."""


class MeetingCancelled(LinkError):
    """There is nothing to enter."""


def mint(attendee: Attendee) -> str:
    """A new secret for the attendee, known only to the caller; the earlier ones still work."""
    token = secrets.token_urlsafe(32)
    PersonalLink.objects.create(attendee=attendee, digest=_digest(token))
    return token


def path(token: str) -> str:
    return reverse("meetings:link", args=[token])


def find(token: str) -> PersonalLink:
    """The link with this secret, its attendee and meeting loaded. Raises a LinkError if it lets nobody in."""
    try:
        links = PersonalLink.objects.select_related(
            "attendee__meeting__organizer", "attendee__meeting__last_series", "attendee__user"
        )
        link = links.get(digest=_digest(token))
    except PersonalLink.DoesNotExist:
        raise UnknownLink from None
    check(link)
    return link


def check(link: PersonalLink) -> None:
    """Raises a LinkError if the link lets nobody in."""
    if link.attendee.removed_at:
        raise NoLongerInvited(link)
    if link.attendee.meeting.is_cancelled:
        raise MeetingCancelled(link)
    if link.attendee.user is not None and not link.attendee.user.is_active:
        raise AccountClosed(link)
    if link.attendee.account_deleted_at:
        raise AccountDeleted(link)
    if link.revoked_at:
        raise RevokedLink(link)
    if is_long_over(link.attendee.meeting):
        raise MeetingLongOver(link)


def is_long_over(meeting: Meeting) -> bool:
    """Whether its personal links have ended with it."""
    return meeting.ends_at <= timezone.now() - KEPT


def use(link: PersonalLink, time_zone: str = "") -> None:
    """Note that the link was opened, and the attendee's zone if their browser named one."""
    PersonalLink.objects.filter(pk=link.pk).update(used_at=timezone.now())
    learn_zone(link.attendee, time_zone)


def learn_zone(attendee: Attendee, time_zone: str) -> None:
    """Note where the attendee's clock is, if their browser named a zone."""
    if time_zone in known_time_zones() and time_zone != attendee.time_zone:
        attendee.time_zone = time_zone
        attendee.save(update_fields=["time_zone"])


def revoke(*attendees: Attendee, why: str = Ending.ENDED) -> int:
    """Make every link of the attendees useless; how many that were. `why` is said to whoever opens one."""
    return end(PersonalLink.objects.filter(attendee__in=attendees), why)


def end(links: PersonalLinkQuerySet, why: str, by: str = "") -> int:
    """Make these links useless, also for those who are in a room by them; how many still worked.

    `by`: the administrator who does it, if one does.
    """
    working = dict(links.working().values_list("pk", "attendee"))
    if working:
        ended = PersonalLink.objects.filter(pk__in=working)
        ended.update(revoked_at=timezone.now(), revoked_for=why, revoked_by=by)
        attendees = set(working.values())
        transaction.on_commit(lambda: links_revoked.send_robust(sender=PersonalLink, attendees=attendees))
    return len(working)


def remember(session: SessionBase, link: PersonalLink) -> None:
    """Let this browser in as the link's attendee, until the link is revoked or ends with its meeting."""
    session[SESSION_KEY] = {**session.get(SESSION_KEY, {}), link.attendee.meeting.code: link.pk}


def attendee_in(session: SessionBase, meeting: Meeting) -> Attendee | None:
    """Who came to this meeting by a personal link in this browser; None if nobody, or no longer."""
    pk = session.get(SESSION_KEY, {}).get(meeting.code)
    if pk is None:
        return None
    if is_long_over(meeting):
        return None
    invited = Attendee.objects.entitled().filter(meeting=meeting)
    return invited.filter(links__pk=pk, links__revoked_at=None).first()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def ended(attendees: Iterable[Attendee]) -> dict[int, PersonalLink]:
    """Of those attendees who have no link that works, the one that was ended last."""
    found: dict[int, PersonalLink] = {}
    working: set[int] = set()
    for link in PersonalLink.objects.filter(attendee__in=list(attendees)).order_by("revoked_at", "pk"):
        if link.revoked_at is None:
            working.add(link.attendee_id)
        else:
            found[link.attendee_id] = link
    return {attendee: link for attendee, link in found.items() if attendee not in working}
