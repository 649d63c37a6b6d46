"""Django's sessions in the database (SESSION_ENGINE).

They say when one ends or gets another key, and have a row only once something is to be kept of a browser that
has come back (accounts/promises.py).
"""

from __future__ import annotations

from django.contrib.sessions.backends.base import CreateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from accounts import promises, sign_ins
from accounts.signals import session_replaced


class SessionStore(DatabaseStore):
    """A session whose end is news, and whose beginning may be a key alone."""

    # Whether this session has a key of ours and no row.
    is_promised = False

    def load(self) -> dict[str, object]:
        asked = self._session_key
        data: dict[str, object] = super().load()
        if self._session_key is None and asked and promises.is_promise(asked):
            self._session_key = asked
            self.is_promised = True
        return data

    def save(self, must_create: bool = False) -> None:
        is_first = self.is_promised and not must_create
        self.is_promised = False
        try:
            super().save(must_create=must_create or is_first)
        except CreateError:
            if not is_first:
                raise
            # Two requests of one browser at once, or an old row that has not been cleared.
            super().save()

    def promise(self) -> None:
        """Give this session a key and no row: nothing is kept until the browser brings the key."""
        self._session_key = promises.new_promise()
        self.is_promised = True
        self.modified = False

    def delete(self, session_key: str | None = None) -> None:
        """End it; or an earlier one of the same browser, whose place it takes (`cycle_key`)."""
        ended, mine = session_key or self.session_key, self.session_key
        if ended and mine and ended != mine:
            # Whoever looks finds one of the two in the database, at every moment.
            self.save()
            session_replaced.send_robust(sender=SessionStore, old=ended, new=mine)
        super().delete(session_key)
        sign_ins.note(session=ended)
