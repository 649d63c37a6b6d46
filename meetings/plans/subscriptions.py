"""The secret address at which calendar programs find somebody's meetings: made, found, ended."""

from __future__ import annotations

import hashlib
import secrets

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from meetings.models import CalendarFeed


class UnknownFeed(Exception):
    """No calendar has this secret, or not any more."""


class EndedFeed(UnknownFeed):
    """An administrator ended the address."""


def renew(user: User) -> str:
    """A new secret for the user's calendar, known only to the caller; an earlier one works no more."""
    secret = secrets.token_urlsafe(32)
    fresh = {"digest": _digest(secret), "created_at": timezone.now(), "read_at": None}
    CalendarFeed.objects.update_or_create(user=user, defaults={**fresh, "ended_at": None, "ended_by": ""})
    return secret


def address(secret: str) -> str:
    """Where calendar programs find the feed."""
    return settings.PUBLIC_URL + reverse("meetings:feed", args=[secret])


def find(secret: str) -> CalendarFeed:
    """The feed with this secret. Raises UnknownFeed, or EndedFeed if an administrator ended it."""
    feed = (
        CalendarFeed.objects.select_related("user")
        .filter(digest=_digest(secret), user__is_active=True)
        .first()
    )
    if feed is None:
        raise UnknownFeed
    if feed.ended_at:
        raise EndedFeed
    return feed


def end(feed: CalendarFeed, by: str) -> bool:
    """Have the address lead nowhere; False if it does already. `by`: the administrator who does it."""
    working = CalendarFeed.objects.filter(pk=feed.pk, digest=feed.digest, ended_at=None)
    return bool(working.update(ended_at=timezone.now(), ended_by=by))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
