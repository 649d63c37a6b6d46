"""The sockets' table of contents."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from django.urls import re_path

from rooms.codes import PATTERN
from rooms.live.consumers import RoomConsumer
from rooms.live.testing import SetUpConsumer
from rooms.protocol import messages


async def nowhere(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """A socket to an address that is no room."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": messages.dump(messages.Bye("not-found"))})
    await send({"type": "websocket.close", "code": messages.CLOSE_CODES["not-found"]})
    while (await receive())["type"] != "websocket.disconnect":
        pass


websocket_urlpatterns = [
    re_path(rf"^ws/rooms/(?P<code>{PATTERN})/$", RoomConsumer.as_asgi()),
    re_path(r"^ws/test/$", SetUpConsumer.as_asgi()),
    re_path(r"", nowhere),  # type: ignore[arg-type]  # an ASGI application
]
