"""A channel layer that does to letters what at-most-once allows, and more: one in twenty of each kind."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from rooms.redis_layer import RedisLayer

SHARE = 0.05
LONGEST_DELAY = 1.5


class LossyLayer(RedisLayer):
    """Drops, delays, repeats and reorders; chosen by the seed."""

    def __init__(self, url: str, seed: int) -> None:
        super().__init__(url)
        self._chance = random.Random(seed)
        self._held: list[tuple[str, dict[str, Any]]] = []
        self._late: set[asyncio.Task[None]] = set()

    async def _publish(self, name: str, message: dict[str, Any]) -> int:
        fate = self._chance.random() / SHARE
        if fate < 1:
            return 1  # lost, and nobody knows
        if fate < 2:
            task = asyncio.get_running_loop().create_task(self._later(name, message))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
            return 1
        if fate < 3:
            self._held.append((name, message))  # until after the next one
            return 1
        heard = await super()._publish(name, message)
        if fate < 4:
            await super()._publish(name, message)
        while self._held:
            await super()._publish(*self._held.pop())
        return heard

    async def _later(self, name: str, message: dict[str, Any]) -> None:
        await asyncio.sleep(self._chance.uniform(0.05, LONGEST_DELAY))
        await super()._publish(name, message)
