"""Keys of sessions that have no row yet: a row is only for whoever comes back (accounts/sessions.py).

Whoever opens a meeting's page without a cookie may be a robot, a preview or a scanner: they get a key and no
row. A key that we gave out is known again by its second half, so the row can be made when the browser first
uses it (its socket does, a moment later). A key that we did not give out opens nothing, as ever.
"""

from __future__ import annotations

from typing import Literal, cast

from django.conf import settings
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.http import HttpResponse
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

# Halves of a key: chance, and what shows that it is ours; 36 letters and digits to the 16th are 82 bits.
HALF = 16


def new_promise() -> str:
    """A key for a session that has no row yet."""
    chance = get_random_string(HALF, VALID_KEY_CHARS)
    return chance + _proof(chance)


def is_promise(key: str) -> bool:
    return len(key) == 2 * HALF and constant_time_compare(key[HALF:], _proof(key[:HALF]))


def _proof(chance: str) -> str:
    digest = salted_hmac("accounts.sessions", chance, algorithm="sha256").digest()
    return "".join(VALID_KEY_CHARS[byte % len(VALID_KEY_CHARS)] for byte in digest[:HALF])


def hand_out(response: HttpResponse, key: str) -> None:
    """Have the browser bring this key from now on, as Django does once a session is saved."""
    response.set_cookie(
        settings.SESSION_COOKIE_NAME,
        key,
        max_age=settings.SESSION_COOKIE_AGE,
        domain=settings.SESSION_COOKIE_DOMAIN,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=settings.SESSION_COOKIE_HTTPONLY,
        samesite=cast(Literal["Lax", "Strict"], settings.SESSION_COOKIE_SAMESITE),
    )
