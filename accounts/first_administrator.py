"""The first administrator: made through a link that works once, while there is none."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from accounts.models import User


class Taken(Exception):
    """There is an administrator already, or somebody was faster with the link."""


def is_needed() -> bool:
    return not User.objects.filter(is_superuser=True, is_active=True).exists()


def new_token() -> str:
    """The token of a fresh link, or "" if there is an administrator. A link from before stops working.

    Only the hash is kept, so that whoever reads the data directory cannot use it.
    """
    if not is_needed():
        _path().unlink(missing_ok=True)
        return ""
    token = secrets.token_urlsafe(24)
    _path().touch(mode=0o600)
    _path().write_text(_digest(token))
    return token


def path(token: str) -> str:
    """Where the page is. Written out, since `reverse` would load every page when `up` prints it."""
    return f"/account/first/{token}/"


def is_right(token: str) -> bool:
    try:
        kept = _path().read_text()
    except FileNotFoundError:
        return False
    return secrets.compare_digest(kept, _digest(token)) and is_needed()


def make(token: str, *, email: str, name: str, password: str) -> User:
    """Make the administrator, with a confirmed address, and use the token up. Raises Taken."""
    with transaction.atomic():
        if not is_right(token):
            raise Taken
        user = User.objects.create_superuser(email, password, name=name)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        _use_up()
    return user


def appoint(token: str, user: User) -> None:
    """Make somebody who has an account the administrator, and use the token up. Raises Taken."""
    with transaction.atomic():
        if not is_right(token):
            raise Taken
        user.is_staff = user.is_superuser = True
        user.save(update_fields=["is_staff", "is_superuser"])
        _use_up()


def _use_up() -> None:
    try:
        # Of two who come at the same moment, one finds the file gone.
        _path().unlink()
    except FileNotFoundError:
        raise Taken from None


def _path() -> Path:
    path: Path = settings.DATA_DIR / "first-administrator"
    return path


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
