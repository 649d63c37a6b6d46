"""The socket of the set-up test: it says where a relay is, and answers a ping. It leads into no room."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from channels.consumer import AsyncConsumer
from django.conf import settings

from rooms import entrance, ice, messages
from rooms.messages import Bye, ByeReason, Ping, ProtocolError, SetUp
from rooms.seats import new_id
from rooms.session import TokenBucket

# Long enough for a test, too short to be of use for anything else (seconds).
RELAY_LIFETIME = 120
# A test pings a few times.
BURST = 30
PINGS_PER_SECOND = 1.0

Event = dict[str, Any]


class SetUpConsumer(AsyncConsumer):
    """One test, from handshake to close."""

    async def __call__(
        self, scope: Event, receive: Callable[[], Awaitable[Event]], send: Callable[[Event], Awaitable[None]]
    ) -> None:
        self.send_raw = send
        await receive()
        await send({"type": "websocket.accept"})
        is_open = True
        if not scope["same_origin"]:
            is_open = await self.turn_away("origin")
        elif not (scope["user"].is_authenticated or entrance.GUEST_KEY in scope["session"]):
            is_open = await self.turn_away("sign-in")
        else:
            await self.say(self.greeting())
        bucket = TokenBucket(BURST, PINGS_PER_SECOND, time.monotonic)
        while (event := await receive())["type"] != "websocket.disconnect":
            if is_open:
                is_open = await self.answer(event.get("text"), bucket)

    def greeting(self) -> SetUp:
        given = ice.servers(
            settings.STUN_URLS,
            settings.TURN_URLS,
            secret=settings.TURN_SECRET,
            lifetime=RELAY_LIFETIME,
            now=time.time(),
            tag=new_id(),
        )
        return SetUp(given.ice_servers)

    async def answer(self, frame: str | None, bucket: TokenBucket) -> bool:
        """Answer a ping; whether the socket stays open."""
        if not bucket.take():
            return await self.turn_away("too-fast")
        try:
            message = messages.parse(frame)
        except ProtocolError:
            message = None
        if not isinstance(message, Ping):
            return await self.turn_away("protocol")
        await self.say(messages.Pong())
        return True

    async def turn_away(self, reason: ByeReason) -> bool:
        await self.say(Bye(reason))
        await self.send_raw({"type": "websocket.close", "code": messages.CLOSE_CODES[reason]})
        return False

    async def say(self, message: messages.ServerMessage) -> None:
        await self.send_raw({"type": "websocket.send", "text": messages.dump(message)})
