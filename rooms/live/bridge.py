"""The bridge to the other processes: messages over the channel layer, which delivers at most once.

Each process has one channel, and one subscription for each room that somebody here is connected to
(docs/decisions/0009).
"""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from rooms.protocol import messages
from rooms.protocol.messages import RulesChanged
from rooms.protocol.outcomes import Change

logger = logging.getLogger(__name__)
Message = dict[str, Any]

# A layer that takes longer is taken for broken.
LAYER_TIMEOUT = 3.0
LAYER_PAUSE = 1.0
# How many messages to other processes may wait.
MOST_WAITING = 10_000
# A message that comes again is known among so many.
MOST_HEARD = 4096
# So many attendees are named in a message to all processes.
MOST_NAMED = 200
# What every process hears, whatever rooms it has.
EVERYBODY = ""


class Bridge:
    """What one process sends to the others and hears from them."""

    def __init__(self, origin: str, hear: Callable[[Message], None]) -> None:
        self.channel = ""
        self.layer: Any = get_channel_layer()
        self._origin = origin
        self._hear = hear
        self._number = 0
        self._heard: dict[tuple[str, int], None] = {}
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._post: asyncio.Queue[tuple[Callable[[], Awaitable[None]], Callable[[], None] | None]]
        self._post = asyncio.Queue(MOST_WAITING)

    async def open(self) -> None:
        """Take a channel of our own."""
        self.channel = await self.layer.new_channel("process")

    # -- sending --------------------------------------------------------------------------------

    def send(self, channel: str, message: Message, failed: Callable[[], None] | None = None) -> None:
        """Send to one process, in order and without waiting; `failed` is called if that cannot be done."""
        signed = self._signed(message)
        self._mail(lambda: self.layer.send(channel, signed), failed)

    def publish(self, message: Message) -> None:
        """Send to every process that has somebody in the room of this message."""
        signed = self._signed(message)
        self._mail(lambda: self.layer.group_send(_group(message["code"]), signed))

    def _signed(self, message: Message) -> Message:
        self._number += 1
        return {**message, "origin": self._origin, "number": self._number}

    def is_idle(self) -> bool:
        """Whether nothing waits to be sent."""
        return self._post.empty()

    def _mail(self, deliver: Callable[[], Awaitable[None]], failed: Callable[[], None] | None = None) -> None:
        try:
            self._post.put_nowait((deliver, failed))
        except asyncio.QueueFull:
            if failed is not None:
                failed()

    async def deliver(self) -> None:
        """Send what waits, for as long as the process runs."""
        while True:
            deliver, failed = await self._post.get()
            try:
                async with asyncio.timeout(LAYER_TIMEOUT):
                    await deliver()
            except Exception as error:
                # A layer that is full or away. What was lost is found again by the numbers of the events.
                logger.warning("could not reach another process: %r", error)
                if failed is not None:
                    failed()

    async def say_at_once(self, change: Change) -> None:
        """Tell the others about a change without queueing: this process ends."""
        async with asyncio.timeout(LAYER_TIMEOUT):
            await self.layer.group_send(_group(change.code), self._signed(message_about(change)))

    # -- hearing --------------------------------------------------------------------------------

    async def listen(self) -> None:
        """Hear the others' messages, for as long as the process runs."""
        while True:
            try:
                message = await self.layer.receive(self.channel)
            except Exception as error:
                logger.warning("the channel layer is away; listening again soon: %r", error)
                await asyncio.sleep(LAYER_PAUSE)
                continue
            try:
                if self._is_news(message):
                    self._hear(message)
            except Exception:
                logger.exception("a message from another process was not understood")

    def _is_news(self, message: Message) -> bool:
        """Whether it is neither our own nor one that we have heard before."""
        if message.get("origin") == self._origin:
            return False
        if "number" in message:
            signature = message["origin"], message["number"]
            if signature in self._heard:
                return False
            self._heard[signature] = None
            if len(self._heard) > MOST_HEARD:
                del self._heard[next(iter(self._heard))]
        return True

    async def subscribe(self, code: str) -> bool:
        """Hear what is published about a room, or to EVERYBODY; whether that could be done."""
        try:
            async with self._lock_of(code), asyncio.timeout(LAYER_TIMEOUT):
                await self.layer.group_add(_group(code), self.channel)
        except Exception as error:
            # Tried again with the next check; until then the heartbeat brings the news.
            logger.warning("could not subscribe to a room: %r", error)
            return False
        return True

    def unsubscribe(self, code: str, unless: Callable[[], bool]) -> None:
        """Hear no more about a room, unless somebody has come back when it is our turn."""
        self._mail(lambda: self._unsubscribe(code, unless))

    async def _unsubscribe(self, code: str, unless: Callable[[], bool]) -> None:
        async with self._lock_of(code):
            if not unless():
                await self.layer.group_discard(_group(code), self.channel)

    def _lock_of(self, code: str) -> asyncio.Lock:
        """Coming and going of one room go one after the other, or the last to leave shuts out the next."""
        lock = self._locks.get(code)
        if lock is None:
            lock = self._locks[code] = asyncio.Lock()
        return lock


# -- messages ------------------------------------------------------------------------------------


def message_about(change: Change) -> Message:
    """What the processes are told of a change."""
    return {
        "type": "change",
        "code": change.code,
        "events": [(event.rev, messages.dump(event)) for event in change.events],
        "where": change.where,
        "roles": {
            event.participant.id: event.participant.role
            for event in change.events
            if isinstance(event, messages.ParticipantJoined | messages.ParticipantUpdated)
        },
        "gone": [event.id for event in change.events if isinstance(event, messages.ParticipantLeft)],
        "endings": change.endings,
        "removed": change.removed,
        "ended": change.ended,
        "doors": change.doors,
        "call_ended": change.call_ended,
        "rules": next((_rules_of(e) for e in reversed(change.events) if isinstance(e, RulesChanged)), None),
    }


def _rules_of(event: RulesChanged) -> dict[str, Any]:
    """What the processes themselves go by."""
    return {"access": event.access, "lobby": event.lobby, "ends_in": event.ends_in}


def publish_from_thread(change: Change) -> None:
    """Tell every process about a change that was made outside of the sockets: by a web request."""
    _say_from_thread(message_about(change))


def have_doors_checked(code: str) -> None:
    """Somebody has changed, by a web request, who may enter this room or when."""
    _say_from_thread({"type": "doors", "code": code})


def have_grants_checked(
    *, users: Iterable[int] = (), sessions: Iterable[str] = (), attendees: Iterable[int] = ()
) -> None:
    """What open sockets rest on may have ended: whoever holds some of these people's looks.

    Of more attendees than fit into a message each process looks at all that it has.
    """
    numbers = list(attendees)
    many = len(numbers) > MOST_NAMED
    who = {
        "users": list(users),
        "sessions": list(sessions),
        "attendees": [] if many else numbers,
        "many": many,
    }
    _say_from_thread({"type": "passes", "code": EVERYBODY, **who})


def _say_from_thread(message: Message) -> None:
    try:
        async_to_sync(_send_to_all)(message)
    except Exception as error:
        # The heartbeat of each process finds it in the database.
        logger.warning("could not announce a change: %r", error)


async def _send_to_all(message: Message) -> None:
    layer: Any = get_channel_layer()
    # Whoever pressed the button does not wait for a layer that swallows everything.
    async with asyncio.timeout(LAYER_TIMEOUT):
        await layer.group_send(_group(message["code"]), message)


def _group(code: str) -> str:
    return f"room.{code}" if code != EVERYBODY else "processes"
