"""The socket of the set-up test: it says where a relay is, and answers a ping. It leads into no room."""

from __future__ import annotations

import time
from collections import Counter

from channels.consumer import AsyncConsumer
from django.conf import settings
from django.utils.crypto import salted_hmac

from rooms.live import goodbyes
from rooms.live.goodbyes import Event, Receive, Send
from rooms.protocol import ice, messages
from rooms.protocol.limits import TokenBucket
from rooms.protocol.messages import ByeReason, Ping, ProtocolError, SetUp
from rooms.roster import entrance

# Long enough for a test, too short to be of use for anything else (seconds).
RELAY_LIFETIME = 120
# However often it asks, one browser has one and the same access to the relay for so long (seconds).
RENEWAL = 60
# How many tests of one browser go on at once, in this process.
MOST_AT_ONCE = 4
# A test pings a few times.
BURST = 30
PINGS_PER_SECOND = 1.0

# How many each browser has open, by its session.
_open: Counter[str] = Counter()


class SetUpConsumer(AsyncConsumer):
    """One test, from handshake to close."""

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        self.send_raw = send
        await goodbyes.accept(receive, send)
        if not scope["same_origin"]:
            await self.turn_away("origin")
        elif not (scope["user"].is_authenticated or entrance.has_opened_link(scope["session"])):
            await self.turn_away("sign-in")
        elif _open[session_key := scope["session"].session_key or ""] >= MOST_AT_ONCE:
            await self.turn_away("too-fast")
        else:
            _open[session_key] += 1
            try:
                await self.test(session_key, receive)
            finally:
                _open[session_key] -= 1
                if not _open[session_key]:
                    del _open[session_key]
            return
        await goodbyes.wait_for_close(receive)

    async def test(self, session_key: str, receive: Receive) -> None:
        """Say where the relay is, and answer until the page closes."""
        await self.say(greeting(session_key, time.time()))
        is_open = True
        bucket = TokenBucket(BURST, PINGS_PER_SECOND, time.monotonic)
        while (event := await receive())["type"] != "websocket.disconnect":
            if is_open:
                is_open = await self.answer(event.get("text"), bucket)

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
        await goodbyes.turn_away(self.send_raw, reason)
        return False

    async def say(self, message: messages.ServerMessage) -> None:
        await self.send_raw({"type": "websocket.send", "text": messages.dump(message)})


def greeting(session_key: str, now: float) -> SetUp:
    """Where the relay is; `now` is in seconds since 1970."""
    given = ice.servers(
        settings.STUN_URLS,
        settings.TURN_URLS,
        secret=settings.TURN_SECRET,
        lifetime=RELAY_LIFETIME,
        now=now // RENEWAL * RENEWAL,
        # It stands in the relay's log, where nobody is to learn the session from it.
        tag=salted_hmac("rooms.testing", session_key).hexdigest()[:22],
    )
    return SetUp(given.ice_servers)
