"""How much a request may bring. For any ASGI server; `config.server` refuses it before it is spooled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.http import parse_cookie

from accounts.session_keys import is_of_account

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Any, Any], Awaitable[None]]

# A file of more than a megabyte is refused by its form, which keeps what was typed. This is more than that,
# for browsers that signed in here: their key proves it, so nobody has to ask the database about a flood.
LARGEST_BODY = 8 * 1024 * 1024
# Forms that are there for strangers, and for guests, are short.
LARGEST_BODY_OF_STRANGERS = 1024 * 1024


def largest_body(cookies: bytes) -> int:
    """How many bytes a request with this `Cookie` header may bring."""
    key = parse_cookie(cookies.decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")
    return LARGEST_BODY if is_of_account(key) else LARGEST_BODY_OF_STRANGERS


class TooLarge(Exception):
    """The body has become larger than it may be."""


class BodyLimit:
    """ASGI middleware: a body that is too large is refused (413) before anything of it is kept."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        most = left = largest_body(headers.get(b"cookie", b""))
        has_begun = False

        async def bounded() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise TooLarge
            return message

        async def watched(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            declared = headers.get(b"content-length", b"0")
            if declared.isdigit() and int(declared) > most:
                raise TooLarge
            await self._application(scope, bounded, watched)
        except TooLarge:
            if has_begun:
                raise
            await send({"type": "http.response.start", "status": 413, "headers": [(b"connection", b"close")]})
            await send({"type": "http.response.body", "body": b""})
