"""What is cleared away."""

from __future__ import annotations

from datetime import timedelta

from accounts.sessions import SessionStore
from outbox.chores import chore


@chore(every=timedelta(hours=1))
def clear_sessions() -> None:
    """Those that have expired: of visitors, nobody else ever would."""
    SessionStore.clear_expired()
