"""One open WebSocket of this process, and what waits to be sent on it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rooms.live import eager_start
from rooms.protocol import messages
from rooms.protocol.messages import Bye, ByeReason
from rooms.protocol.who import State, Who

logger = logging.getLogger(__name__)

# A receiver who has so many bytes waiting is dropped, so that the room is not.
MAX_UNSENT = 4 * 1024 * 1024
NOBODY_WAITS = messages.dump(messages.Lobby([]))
# Who has so much waiting gets nothing from visitors any more.
MAX_UNSENT_OF_VISITORS = 256 * 1024


class Socket:
    """One open WebSocket of this process, and what waits to be sent on it.

    What is sent while it is held waits until `release`: nothing may come before `ready`, nor, for somebody
    who has just been given a seat, before `welcome`.
    """

    __slots__ = (
        "_flushing",
        "_held",
        "_is_flushing",
        "_queue",
        "_queued",
        "_send",
        "_unsent",
        "displaced",
        "lobby_shown",
        "over",
        "rev",
        "task",
        "wake",
        "who",
    )

    def __init__(
        self,
        send: Callable[[dict[str, Any]], Awaitable[None]],
        who: Who,
        unsent: Callable[[], int] = lambda: 0,
    ) -> None:
        self.who = who
        # The consumer's, to be ended with the process.
        self.task = asyncio.current_task()
        # Has somebody who waits ask again.
        self.wake: Callable[[], None] = _nothing
        # Whose place this socket has taken, until it is certain that it may.
        self.displaced: Socket | None = None
        # Who waits, as it was last told: of a change only if it is a host.
        self.lobby_shown = NOBODY_WAITS
        self.over = False
        self._send = send
        self._unsent = unsent
        # A list, since it is nearly always empty, and an empty deque takes 600 bytes.
        self._queue: list[dict[str, Any]] = []
        self._queued = 0
        # What the page knows; what is older need not be sent.
        self.rev = 0
        self._held: list[tuple[int | None, str]] | None = []
        self._is_flushing = False
        # What waits for a slow receiver.
        self._flushing: asyncio.Task[None] | None = None

    @property
    def is_held(self) -> bool:
        return self._held is not None

    @property
    def is_at_open_door(self) -> bool:
        """They have not clicked yet, and see what happens inside."""
        return self.who.is_at_open_door and not self.is_held

    @property
    def is_behind(self) -> bool:
        """So much waits for this receiver that people at the door must not add to it."""
        return self._queued + self._unsent() > MAX_UNSENT_OF_VISITORS

    def hold(self) -> None:
        """Keep what comes from others until `release`."""
        if self._held is None:
            self._held = []

    def release(self) -> None:
        """Send what was held, and from now on at once."""
        held, self._held = self._held or [], None
        for rev, text in held:
            self.send(text, rev)

    def forget_held(self) -> None:
        """Let go of what was held: it is not for them."""
        self._held = None

    def send(self, text: str, rev: int | None = None) -> None:
        """Send a frame from others; an event with its number."""
        if self._held is not None:
            if not self.over:
                self._held.append((rev, text))
        elif rev is None or rev > self.rev:
            self.reply(text)
            self.rev = max(self.rev, rev or 0)

    def reply(self, text: str) -> None:
        """Send a frame, held or not."""
        if self.over:
            return
        if self._queued + self._unsent() + len(text) > MAX_UNSENT:
            logger.warning("dropping a receiver who does not keep up")
            self._queue.clear()
            self._queued = 0
            self.close(messages.CLOSE_CODES["restart"])
            return
        self._queued += len(text)
        self._push({"type": "websocket.send", "text": text})

    def end(self, reason: ByeReason) -> None:
        """Say why, and close."""
        self.reply(messages.dump(Bye(reason)))
        self.close(messages.CLOSE_CODES[reason])

    def close(self, code: int) -> None:
        """Close, after what waits has been sent."""
        if not self.over:
            self._end()
            self._push({"type": "websocket.close", "code": code})

    def _end(self) -> None:
        self.over = True
        # Also when it was not the session that closed it.
        self.who.state = State.OVER

    def lost(self) -> None:
        """The other end is gone: nothing can be sent any more."""
        self._end()
        self._queue.clear()

    async def flushed(self) -> None:
        """Return when the server has taken everything, or after a second."""
        if self._flushing is not None:
            await asyncio.wait([self._flushing], timeout=1)

    def _push(self, event: dict[str, Any]) -> None:
        self._queue.append(event)
        if not self._is_flushing:
            self._is_flushing = True
            self._flushing = eager_start.begin(self._flush())

    async def _flush(self) -> None:
        try:
            while self._queue:
                event = self._queue.pop(0)
                # A slow receiver holds up this task, and nobody else.
                await self._send(event)
                self._queued -= len(event.get("text", ""))
        except Exception as error:
            # The server has noticed the loss before us; `websocket.disconnect` is on its way.
            logger.debug("a socket closed while sending: %r", error)
            self.lost()
        finally:
            self._is_flushing = False
            self._flushing = None


def _nothing() -> None:
    """Nobody waits on this socket."""
