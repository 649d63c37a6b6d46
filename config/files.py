"""Hands out static files before a request reaches Django.

A room page is some forty files. Django's middleware runs in the one thread that the database is used from,
so through it each of them would wait for the others, and for whatever the database does.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from whitenoise.middleware import WhiteNoiseMiddleware

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Any, Any], Awaitable[None]]

# What Django's SecurityMiddleware adds to every answer, as far as it concerns a file.
ALWAYS = {"x-content-type-options": "nosniff", "referrer-policy": "same-origin"}

# A file whose name has a hash stays as it is for good, so nobody asks whether it has changed; no page but
# ours takes it, and what it asks for itself is ours as well, so nobody else is told who asks. A room page is
# so many files that these lines were a twentieth of what it weighed.
UNASKED = {"etag", "last-modified", "access-control-allow-origin", "referrer-policy"}


class StaticFiles:
    """Files that WhiteNoise knows are answered here; everything else goes on to `application`."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._files = WhiteNoiseMiddleware(lambda request: None).files

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        file = self._files.get(scope["path"])
        if file is None or scope["method"] not in ("GET", "HEAD"):
            return await self._application(scope, receive, send)
        asked = {
            f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}": value.decode("latin-1")
            for name, value in scope["headers"]
        }
        answer = file.get_response(scope["method"], asked)
        body = b""
        if answer.file is not None:
            with answer.file as opened:
                body = opened.read()
        await send(
            {"type": "http.response.start", "status": int(answer.status), "headers": _lean(answer.headers)}
        )
        await send({"type": "http.response.body", "body": body})


def _lean(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    lower = {name.lower(): value for name, value in headers} | ALWAYS
    left_out = UNASKED if "immutable" in lower.get("cache-control", "") else set()
    kept = [(name, value) for name, value in lower.items() if name not in left_out]
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in kept]
