"""What ASGI does not cover: how much a server holds back, when it writes, and, by daphne, that it stops."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any


def innermost(send: Any) -> Any:
    """The server's own `send`: Channels' wrappers around it look for cookies, which a frame never sets."""
    while hasattr(send, "__self__") and hasattr(send.__self__, "real_send"):
        send = send.__self__.real_send
    return send


def unsent_by(send: Any) -> Callable[[], int]:
    """A function that says how many bytes the server still holds for the socket behind its own `send`.

    daphne's `send` returns at once however slow the receiver is, and tells nobody; so this looks at the
    buffers of its transport. With a server that makes the sender wait it is 0, and the queue grows instead.
    """
    transport = _transport(send)
    return (lambda: len(transport.dataBuffer) + int(transport._tempDataLen)) if transport else lambda: 0


def write_at_once(send: Any) -> None:
    """Have daphne write to this socket right away while it keeps up.

    Twisted asks the event loop whether it may write, for each write: that is a fifth of what a signal costs.
    """
    transport = _transport(send)
    if transport is None:
        return
    start_writing = transport.startWriting

    def write() -> None:
        is_new = transport.connected and transport._tempDataLen and not transport.dataBuffer
        # What cannot be written is left to the reactor, as are faults.
        if not is_new or transport.doWrite() is not None or transport.dataBuffer:
            start_writing()

    transport.startWriting = write


def _transport(send: Any) -> Any:
    protocol = next(iter(getattr(send, "args", ())), None)
    transport = getattr(protocol, "transport", None)
    # Twisted's, and not wrapped in TLS.
    return transport if hasattr(transport, "_tempDataLen") else None


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
