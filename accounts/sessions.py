"""Django's sessions in the database (SESSION_ENGINE).

They say when one ends or gets another key, and have a row only once something is to be kept of a browser that
has come back (accounts/session_keys.py). One that is used goes on: its time begins anew, at most once a day.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts import session_keys, sign_ins
from accounts.signals import session_replaced

_AGE_SECONDS: int = settings.SESSION_COOKIE_AGE
# What Django, and allauth where people stay signed in, note of an age that is not special.
_USUAL = (None, _AGE_SECONDS)
_AGE, _STEP = timedelta(seconds=_AGE_SECONDS), timedelta(days=1)


class SessionStore(DatabaseStore):
    """A session whose end is news, and whose beginning may be a key alone."""

    # Whether this session has a key of ours and no row.
    is_provisional = False
    # When its row expires, as it was read.
    expires_at: datetime | None = None
    _signs_in = False

    def load(self) -> dict[str, object]:
        asked = self.session_key or ""
        row = Session.objects.filter(session_key=asked, expire_date__gt=timezone.now()).first()
        if row is not None:
            self.expires_at = row.expire_date
            data: dict[str, object] = self.decode(row.session_data)
            return data
        self.is_provisional = session_keys.is_provisional(asked)
        if not self.is_provisional:
            self._session_key = None
        return {}

    def save(self, must_create: bool = False) -> None:
        is_first = self.is_provisional and not must_create
        self.is_provisional = False
        try:
            super().save(must_create=must_create or is_first)
        except CreateError:
            if not is_first:
                raise
            # Two requests of one browser at once, or an old row that has not been cleared.
            self._join()

    def _join(self) -> None:
        """Add what is to be kept to what another first request of the same browser has kept meanwhile."""
        with transaction.atomic():
            rows = Session.objects.select_for_update().filter(expire_date__gt=timezone.now())
            stored = rows.filter(session_key=self.session_key).first()
            self._session_cache = _joined(stored.get_decoded() if stored else {}, dict(self.items()))
            super().save()

    def _get_new_session_key(self) -> str:
        """Of a browser that signs in, one that proves it (session_keys.is_of_account)."""
        if self._signs_in or SESSION_KEY in getattr(self, "_session_cache", {}):
            return session_keys.new_key_of_account()
        return session_keys.new_key()

    def cycle_key(self) -> None:
        """Another key for the same session, as Django does when somebody signs in, and nobody else."""
        self._signs_in = True
        super().cycle_key()
        self._signs_in = False

    def begin_provisionally(self) -> None:
        """Give this session a key and no row: nothing is kept until the browser brings the key."""
        self._session_key = session_keys.new_provisional()
        self.is_provisional = True
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


# -- those that are used ------------------------------------------------------------------------


def renew(keys: Collection[str]) -> None:
    """Have these sessions go on, which are used: each is written once a day at most.

    What they hold is not touched, one that ended meanwhile stays so, and so does one that is to end soon.
    """
    now = timezone.now()
    alive = Session.objects.filter(session_key__in=keys, expire_date__gt=now)
    rows = alive.filter(expire_date__lt=now + _AGE - _STEP)
    # From what is read already: after a restart all open sockets' sessions may be due at once.
    due = [row.session_key for row in rows if row.get_decoded().get("_session_expiry") in _USUAL]
    if due:
        alive.filter(session_key__in=due).update(expire_date=now + _AGE)


class RenewalMiddleware:
    """Has a session that a page used go on, with its cookie. Stands after SessionMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = request.session
        if not isinstance(session, SessionStore) or session.expires_at is None or session.modified:
            # Nobody used it, or it is saved anyway.
            return response
        is_due = session.expires_at < timezone.now() + _AGE - _STEP
        if session.session_key and is_due and session.get("_session_expiry") in _USUAL:
            renew([session.session_key])
            session_keys.hand_out(response, session.session_key)
        return response


def _joined(stored: dict[str, object], kept: dict[str, object]) -> dict[str, object]:
    """Both; of two words of the same name the later one, of two tables the rows of both."""
    joined = {**stored, **kept}
    for name, table in kept.items():
        earlier = stored.get(name)
        if isinstance(earlier, dict) and isinstance(table, dict):
            joined[name] = {**earlier, **table}
    return joined
