"""What a conversation hears: the frames of its page and, while somebody waits, that they are to ask again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

Event = dict[str, Any]
# What is heard when somebody who waits is to ask again.
WOKEN: Event = {"type": "woken"}


class Inbox:
    """One after the other, and nothing is lost: a frame that came beside a waking is the next."""

    __slots__ = ("_alarm", "_hearing", "_is_woken", "_receive", "_waker")

    def __init__(self, receive: Callable[[], Awaitable[Event]]) -> None:
        self._receive = receive
        self._hearing: asyncio.Task[Event] | None = None
        self._is_woken = False
        self._waker: asyncio.Future[None] | None = None
        self._alarm: asyncio.TimerHandle | None = None

    async def next(self, *, may_be_woken: bool) -> Event:
        """What comes from the page; or WOKEN, for those who may be."""
        if not may_be_woken:
            hearing, self._hearing = self._hearing, None
            return await (hearing or self._receive())
        self._hearing = self._hearing or asyncio.ensure_future(self._receive())
        if not self._is_woken:
            self._waker = asyncio.get_running_loop().create_future()
            try:
                either: set[asyncio.Future[Any]] = {self._hearing, self._waker}
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            finally:
                self._waker = None
        if self._hearing.done():
            event, self._hearing = self._hearing.result(), None
            return event
        self._is_woken = False
        return WOKEN

    def wake(self) -> None:
        """Something may have changed for somebody who waits."""
        self._is_woken = True
        if self._waker is not None and not self._waker.done():
            self._waker.set_result(None)

    def set_alarm(self, seconds: float | None) -> None:
        """Wake them in so many seconds, in place of any alarm before; None: not at all."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if seconds is not None:
            self._alarm = asyncio.get_running_loop().call_later(seconds, self.wake)

    def close(self) -> None:
        """Nothing is heard any more."""
        self.set_alarm(None)
        if self._hearing is not None:
            self._hearing.cancel()
