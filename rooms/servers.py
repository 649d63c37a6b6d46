"""What ASGI does not tell: how much a server holds back for a slow socket, and, by daphne, that it stops."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any


def unsent_bytes(send: Any) -> int:
    """How much the server still holds for the socket behind ASGI's `send`.

    daphne's `send` returns at once however slow the receiver is, and tells nobody; so this looks at the
    buffers of its transport. With a server that makes the sender wait it is 0, and the queue grows instead.
    """
    while hasattr(send, "__self__") and hasattr(send.__self__, "real_send"):
        send = send.__self__.real_send
    protocol = next(iter(getattr(send, "args", ())), None)
    transport = getattr(protocol, "transport", None)
    return len(getattr(transport, "dataBuffer", b"")) + int(getattr(transport, "_tempDataLen", 0))


def before_shutdown(work: Callable[[], asyncio.Future[None]]) -> None:
    """Have `work` done before the server stops, if it is daphne, which has no `lifespan`.

    daphne cancels its applications when it stops, but for one case: a socket that was opened in the last
    second makes it fail on a KeyError and cancel none (daphne 4.2.3, Server.kill_all_applications).
    """
    reactor = sys.modules.get("twisted.internet.reactor")
    if reactor is None or not reactor.running:
        return
    from twisted.internet.defer import Deferred

    def trigger() -> Deferred[None]:
        return Deferred.fromFuture(work())

    reactor.addSystemEventTrigger("before", "shutdown", trigger)
