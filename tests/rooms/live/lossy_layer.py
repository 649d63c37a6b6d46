"""A channel layer that does to letters what at-most-once allows, and more: one in twenty of each kind."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer

SHARE = 0.05
LONGEST_DELAY = 1.5


class LossyLayer(RedisPubSubChannelLayer):
    """Drops, delays, repeats and reorders; chosen by the seed."""

    def __init__(self, url: str, seed: int) -> None:
        super().__init__(hosts=[url])
        self._chance = random.Random(seed)
        self._held: list[Callable[[], Awaitable[None]]] = []
        self._late: set[asyncio.Task[None]] = set()

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        await self._meet_fate(partial(self._get_layer().send, channel, message))

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        await self._meet_fate(partial(self._get_layer().group_send, group, message))

    async def _meet_fate(self, deliver: Callable[[], Awaitable[None]]) -> None:
        fate = self._chance.random() / SHARE
        if fate < 1:
            return  # lost, and nobody knows
        if fate < 2:
            task = asyncio.get_running_loop().create_task(self._later(deliver))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
            return
        if fate < 3:
            self._held.append(deliver)  # until after the next one
            return
        await deliver()
        if fate < 4:
            await deliver()
        while self._held:
            await self._held.pop()()

    async def _later(self, deliver: Callable[[], Awaitable[None]]) -> None:
        await asyncio.sleep(self._chance.uniform(0.05, LONGEST_DELAY))
        await deliver()
