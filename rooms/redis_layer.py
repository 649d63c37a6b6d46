"""A channel layer on what Redis publishes: a letter goes to who listens now, and nowhere else.

channels_redis keeps each letter in Redis until it is fetched, which takes about eight commands; we need no
more than that it usually arrives, at once, and that the sender hears when nobody was there
(docs/decisions/0017). The interface is that of Channels' layers.
"""

from __future__ import annotations

import asyncio
import logging
import weakref
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from rooms.seats import new_id

logger = logging.getLogger(__name__)
Message = dict[str, Any]

# Who takes longer to answer is away (seconds).
PATIENCE = 2.0
# While Redis is away we try again so often; while it is silent we ask so often whether it is there.
PAUSE = 1.0
CHECK = 10.0
# How many letters may wait for one who listens.
MOST_WAITING = 10_000


class NobodyListens(Exception):
    """There is no such channel, or not any more."""


class RedisLayer:
    """The layer of a process; each event loop that listens has connections of its own."""

    extensions = ("groups",)

    def __init__(self, url: str, prefix: str = "roundtable") -> None:
        self._url = url
        self._prefix = prefix
        self._voices: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Redis]
        self._voices = weakref.WeakKeyDictionary()
        self._ears: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Ears] = weakref.WeakKeyDictionary()
        self._waiting: dict[str, asyncio.Queue[bytes]] = {}

    async def new_channel(self, prefix: str = "specific") -> str:
        """A channel of our own; it works from the moment when Redis is there."""
        channel = f"{self._prefix}.{prefix}.{new_id()}"
        queue = self._waiting[channel] = asyncio.Queue(MOST_WAITING)
        loop = asyncio.get_running_loop()
        if loop not in self._ears:
            self._ears[loop] = Ears(self._url)
            self._voices[loop] = _connect(self._url)
        self._ears[loop].want(channel, queue)
        return channel

    async def receive(self, channel: str) -> Message:
        """The next message of a channel of ours."""
        message: Message = msgspec.msgpack.decode(await self._waiting[channel].get())
        return message

    async def send(self, channel: str, message: Message) -> None:
        """Send to one process. Raises NobodyListens, and what Redis raises when it is away."""
        if not await self._publish(channel, message):
            raise NobodyListens(channel)

    async def group_add(self, group: str, channel: str) -> None:
        """Hear the group's messages on a channel of ours; Redis knows when this returns."""
        ears = self._ears[asyncio.get_running_loop()]
        await ears.hear(self._name_of(group), self._waiting[channel])

    async def group_discard(self, group: str, channel: str) -> None:
        """Hear them no more."""
        await self._ears[asyncio.get_running_loop()].forget(self._name_of(group))

    async def group_send(self, group: str, message: Message) -> None:
        """Send to everybody in the group, ourselves included."""
        await self._publish(self._name_of(group), message)

    async def close(self) -> None:
        """Let go of the connections of this event loop."""
        loop = asyncio.get_running_loop()
        if (ears := self._ears.pop(loop, None)) is not None:
            await ears.close()
        if (voice := self._voices.pop(loop, None)) is not None:
            await voice.aclose()

    async def _publish(self, name: str, message: Message) -> int:
        data = msgspec.msgpack.encode(message)
        voice = self._voices.get(asyncio.get_running_loop())
        if voice is not None:
            return int(await voice.publish(name, data))
        # A web request says one thing and is over.
        async with _connect(self._url) as voice:
            return int(await voice.publish(name, data))

    def _name_of(self, group: str) -> str:
        return f"{self._prefix}.{group}"


class Ears:
    """What one event loop listens to, over one connection, which is made again when it breaks."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._wanted: dict[str, asyncio.Queue[bytes]] = {}
        self._confirmed: set[str] = set()
        # Set when Redis has confirmed, or is away.
        self._answered: dict[str, asyncio.Event] = {}
        self._pubsub: PubSub | None = None
        self._is_away = False
        self._task = asyncio.get_running_loop().create_task(self._listen())

    def want(self, name: str, queue: asyncio.Queue[bytes]) -> None:
        """What is published under this name goes to the queue, as soon as Redis is there."""
        self._wanted[name] = queue

    async def hear(self, name: str, queue: asyncio.Queue[bytes]) -> None:
        """The same, and return when Redis has confirmed. Raises ConnectionError while it is away."""
        self.want(name, queue)
        if name in self._confirmed:
            return
        if not self._is_away:
            answered = self._answered.setdefault(name, asyncio.Event())
            if self._pubsub is not None:
                await self._pubsub.subscribe(name)
            await answered.wait()
        if name not in self._confirmed:
            raise ConnectionError("Redis is away")

    async def forget(self, name: str) -> None:
        """Listen to this no more."""
        self._wanted.pop(name, None)
        self._confirmed.discard(name)
        if self._pubsub is not None:
            await self._pubsub.unsubscribe(name)

    async def close(self) -> None:
        """Listen to nothing any more."""
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _listen(self) -> None:
        while True:
            try:
                async with _connect(self._url) as redis, redis.pubsub() as pubsub:
                    asked: set[str] = set()
                    while missing := self._wanted.keys() - asked:
                        await pubsub.subscribe(*missing)
                        asked |= missing
                    self._pubsub, self._is_away = pubsub, False
                    while True:
                        self._take(await pubsub.parse_response(block=False, timeout=CHECK))
            except (RedisError, OSError) as error:
                logger.warning("Redis is away; listening again soon: %r", error)
            finally:
                self._pubsub, self._is_away = None, True
                self._confirmed.clear()
                for answered in self._answered.values():
                    answered.set()
                self._answered.clear()
            await asyncio.sleep(PAUSE)

    def _take(self, answer: Any) -> None:
        match answer:
            case [b"message", name, data]:
                queue = self._wanted.get(name.decode())
                if queue is not None and not queue.full():
                    queue.put_nowait(data)
            case [b"subscribe", name, _]:
                self._confirmed.add(name.decode())
                if answered := self._answered.pop(name.decode(), None):
                    answered.set()


def _connect(url: str) -> Redis:
    return Redis.from_url(
        url,
        single_connection_client=True,
        socket_connect_timeout=PATIENCE,
        socket_timeout=PATIENCE,
        socket_keepalive=True,
        health_check_interval=CHECK,
        # A connection that Redis has closed meanwhile is made again, once.
        retry=Retry(NoBackoff(), 1),
    )
