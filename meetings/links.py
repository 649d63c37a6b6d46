"""Personal links: random, stored as a hash, revocable. A link lets in; it never signs anybody in."""

from __future__ import annotations

import hashlib
import secrets

from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse
from django.utils import timezone

from accounts.models import known_time_zones
from meetings.models import Attendee, Meeting, PersonalLink

SESSION_KEY = "attendees"


class LinkError(Exception):
    """A personal link that does not let in; each kind says why."""

    def __init__(self, link: PersonalLink | None = None) -> None:
        super().__init__(self.__class__.__name__)
        self.link = link


class UnknownLink(LinkError):
    """Mistyped, cut off by a mail program, or never ours."""


class RevokedLink(LinkError):
    """Another link has taken its place."""


class NoLongerInvited(LinkError):
    """The attendee was removed from the meeting."""


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
        link = PersonalLink.objects.select_related("attendee__meeting__organizer").get(digest=_digest(token))
    except PersonalLink.DoesNotExist:
        raise UnknownLink from None
    if link.attendee.meeting.is_cancelled:
        raise MeetingCancelled(link)
    if link.attendee.removed_at:
        raise NoLongerInvited(link)
    if link.revoked_at:
        raise RevokedLink(link)
    return link


def use(link: PersonalLink, time_zone: str = "") -> None:
    """Note that the link was opened, and the attendee's zone if their browser named one."""
    PersonalLink.objects.filter(pk=link.pk).update(used_at=timezone.now())
    learn_zone(link.attendee, time_zone)


def learn_zone(attendee: Attendee, time_zone: str) -> None:
    """Note where the attendee's clock is, if their browser named a zone."""
    if time_zone in known_time_zones() and time_zone != attendee.time_zone:
        attendee.time_zone = time_zone
        attendee.save(update_fields=["time_zone"])


def revoke(*attendees: Attendee) -> int:
    """Make every link of the attendees useless; how many that were."""
    working = PersonalLink.objects.filter(attendee__in=attendees, revoked_at=None)
    return working.update(revoked_at=timezone.now())


def remember(session: SessionBase, link: PersonalLink) -> None:
    """Let this browser in as the link's attendee, until the link is revoked."""
    session[SESSION_KEY] = {**session.get(SESSION_KEY, {}), link.attendee.meeting.code: link.pk}


def attendee_in(session: SessionBase, meeting: Meeting) -> Attendee | None:
    """Who came to this meeting by a personal link in this browser; None if nobody, or no longer."""
    pk = session.get(SESSION_KEY, {}).get(meeting.code)
    if pk is None:
        return None
    return Attendee.objects.filter(
        links__pk=pk, links__revoked_at=None, meeting=meeting, removed_at=None
    ).first()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
