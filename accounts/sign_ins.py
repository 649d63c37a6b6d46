"""Who may be signed in no more: an account is switched off or deleted, a password is new, a session ends.

Whoever rests on a sign-in for longer than a request, as an open socket does, listens to `sign_ins_changed`
and looks in the database what has become of it. A new password also gives the browser that set it a new
session, which is saved only when the response is made; so what a request has changed is told after that.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models.signals import post_save, pre_delete, pre_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.signals import sign_ins_changed

# What being signed in stands or falls with.
SIGN_IN_FIELDS = frozenset({"is_active", "password"})
# Where an account that is being saved notes that one of these is new.
_CHANGED = "_sign_in_changed"


@dataclass
class _Changes:
    users: set[int] = field(default_factory=set)
    sessions: set[str] = field(default_factory=set)

    def tell(self) -> None:
        if self.users or self.sessions:
            sign_ins_changed.send_robust(sender=User, users=self.users, sessions=self.sessions)


# What the request that is under way has changed.
_under_way: ContextVar[_Changes | None] = ContextVar("sign_ins_under_way", default=None)


class Middleware:
    """Tells what a request has changed once its session is saved. Stands before SessionMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        changes = _Changes()
        token = _under_way.set(changes)
        try:
            return self.get_response(request)
        finally:
            _under_way.reset(token)
            changes.tell()


def note(*, user: int | None = None, session: str | None = None) -> None:
    """This account, or this session, may be signed in no more."""
    users, sessions = {user} if user else set(), {session} if session else set()
    if (changes := _under_way.get()) is not None:
        changes.users |= users
        changes.sessions |= sessions
    else:
        transaction.on_commit(_Changes(users, sessions).tell)


@receiver(pre_save, sender=User)
def compare(instance: User, update_fields: frozenset[str] | None = None, **kwargs: Any) -> None:
    """Look what is new: forms and the admin save everything, and mostly it is another field."""
    if instance._state.adding or not (update_fields is None or SIGN_IN_FIELDS & update_fields):
        return
    stored = User.objects.filter(pk=instance.pk).values(*SIGN_IN_FIELDS).first() or {}
    vars(instance)[_CHANGED] = any(value != getattr(instance, name) for name, value in stored.items())


@receiver(post_save, sender=User)
def note_saved(instance: User, **kwargs: Any) -> None:
    # Only now: outside of a transaction it is told at once, and whoever hears it looks into the database.
    if vars(instance).pop(_CHANGED, False):
        note(user=instance.pk)


@receiver(pre_delete, sender=User)
def note_deleted(instance: User, **kwargs: Any) -> None:
    note(user=instance.pk)
