"""The sockets' table of contents."""

from __future__ import annotations

from typing import Any

from django.urls import re_path

from rooms.codes import PATTERN
from rooms.live import goodbyes
from rooms.live.consumers import RoomConsumer
from rooms.live.goodbyes import Receive, Send
from rooms.live.set_up import SetUpConsumer


async def nowhere(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """A socket to an address that is no room."""
    await goodbyes.accept(receive, send)
    await goodbyes.turn_away(send, "not-found")
    await goodbyes.wait_for_close(receive)


websocket_urlpatterns = [
    re_path(rf"^ws/rooms/(?P<code>{PATTERN})/$", RoomConsumer.as_asgi()),
    re_path(r"^ws/test/$", SetUpConsumer.as_asgi()),
    re_path(r"", nowhere),  # type: ignore[arg-type]  # an ASGI application
]
