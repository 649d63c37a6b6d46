"""What this process holds: the registry of its sockets and its heartbeat, joined here and nowhere else."""

from __future__ import annotations

import asyncio
import weakref

from rooms.live.heartbeat import Heartbeat
from rooms.live.registry import Registry


def registry() -> Registry:
    """The registry of the running loop."""
    return _of_loop()[0]


def heartbeat() -> Heartbeat:
    """The heartbeat of the running loop's registry."""
    return _of_loop()[1]


def _of_loop() -> tuple[Registry, Heartbeat]:
    loop = asyncio.get_running_loop()
    if loop not in _by_loop:
        made = Registry()
        made.checks = beats = Heartbeat(made)
        _by_loop[loop] = made, beats
    return _by_loop[loop]


_by_loop: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[Registry, Heartbeat]]
_by_loop = weakref.WeakKeyDictionary()
