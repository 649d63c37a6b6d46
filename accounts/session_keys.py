"""Keys of sessions, which show by themselves that they are ours: their second half proves the first.

Some have no row yet: a row is only for whoever comes back (accounts/sessions.py). Whoever opens a meeting's
page without a cookie may be a robot, a preview or a scanner: they get a key and no row. A key that we gave
out is known again, so the row can be made when the browser first uses it (its socket does, a moment later).
A key that we did not give out opens nothing, as ever.

Others are of browsers that signed in. That can be told without the database, before anything of a request is
read; it says who once signed in, never that they still are.
"""

from __future__ import annotations

from typing import Literal, cast

from django.conf import settings
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.http import HttpResponse
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac

# Halves of a key: chance, and what shows that it is ours; 36 letters and digits to the 16th are 82 bits.
HALF = 16
PROVISIONAL, SIGNED_IN = "accounts.sessions", "accounts.sessions.signed-in"


def new_provisional() -> str:
    """A key for a session that has no row yet."""
    return _new(PROVISIONAL)


def is_provisional(key: str) -> bool:
    return _is_proved(PROVISIONAL, key)


def new_key() -> str:
    """A key for a session that has a row, and shows nothing by itself."""
    return get_random_string(2 * HALF, VALID_KEY_CHARS)


def new_key_of_account() -> str:
    """A key for the session of a browser that signs in."""
    return _new(SIGNED_IN)


def is_of_account(key: str) -> bool:
    """Whether the browser with this key signed in when it got it."""
    return _is_proved(SIGNED_IN, key)


def _new(salt: str) -> str:
    chance = get_random_string(HALF, VALID_KEY_CHARS)
    return chance + _proof(salt, chance)


def _is_proved(salt: str, key: str) -> bool:
    return len(key) == 2 * HALF and constant_time_compare(key[HALF:], _proof(salt, key[:HALF]))


def _proof(salt: str, chance: str) -> str:
    digest = salted_hmac(salt, chance, algorithm="sha256").digest()
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
