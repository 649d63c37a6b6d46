"""Sockets that lead nowhere: they are opened, so that the browser sees why they are closed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rooms.protocol import messages
from rooms.protocol.messages import ByeReason

Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]


async def accept(receive: Receive, send: Send) -> None:
    """Open the socket."""
    await receive()
    await send({"type": "websocket.accept"})


async def turn_away(send: Send, reason: ByeReason) -> None:
    """Say why, and close."""
    await send({"type": "websocket.send", "text": messages.dump(messages.Bye(reason))})
    await send({"type": "websocket.close", "code": messages.CLOSE_CODES[reason]})


async def wait_for_close(receive: Receive) -> None:
    """Stay until the server has closed: daphne counts on the application to be there."""
    while (await receive())["type"] != "websocket.disconnect":
        pass
