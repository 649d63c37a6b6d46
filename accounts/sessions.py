"""Django's sessions in the database, which say when one ends or gets another key (SESSION_ENGINE)."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from accounts import sign_ins
from accounts.signals import session_replaced


class SessionStore(DatabaseStore):
    """A session whose end is news."""

    def delete(self, session_key: str | None = None) -> None:
        """End it; or an earlier one of the same browser, whose place it takes (`cycle_key`)."""
        ended, mine = session_key or self.session_key, self.session_key
        if ended and mine and ended != mine:
            # Whoever looks finds one of the two in the database, at every moment.
            self.save()
            session_replaced.send_robust(sender=SessionStore, old=ended, new=mine)
        super().delete(session_key)
        sign_ins.note(session=ended)
