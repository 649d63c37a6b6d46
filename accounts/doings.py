"""What an administrator does to somebody's account by which they sign in: its owner gets a letter."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.utils import timezone

from accounts.adapter import NEWS_LIFETIME
from accounts.mail import KIND
from accounts.models import User
from outbox.delivery import enqueue

PASSWORD, AUTHENTICATOR = "password_set_by_administrator", "authenticator_taken_by_administrator"


def tell(owners: Iterable[User], by: User, what: str) -> int:
    """One letter to each; how many. Nobody is told what they did themselves."""
    told = set(owners) - {by}
    for owner in told:
        enqueue(
            key=f"{KIND}:{uuid.uuid4()}",
            kind=KIND,
            recipient=owner.email,
            payload={"letter": what, "by": by.get_full_name(), "by_email": by.email},
            priority=0,
            expires_at=timezone.now() + NEWS_LIFETIME,
        )
    return len(told)
