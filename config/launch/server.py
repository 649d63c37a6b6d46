"""daphne, with bounds on what a client sends and how long it takes, and an end that waits for no client.

`python -m config.server` runs it, with daphne's own options. All of it concerns what daphne and Twisted do
before a request gets to the application: a body is spooled to disk whole, however large, and a client that
sends a byte now and then keeps its connection for as long as it likes.
"""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, Any

from daphne.cli import CommandLineInterface
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server, reactor
from django.core.exceptions import ImproperlyConfigured

from config import body_limit
from config.logs import redact

if TYPE_CHECKING:
    HTTPChannel = Any  # of its types, those that are asked for here are missing
else:
    from twisted.web.http import HTTPChannel

# From the beginning of a connection or a request to the end of its head; then to the end of its body.
HEAD_SECONDS = 20.0
BODY_SECONDS = 120.0
# What a refused client still sends is thrown away for so long, so that it reads why.
LINGER_SECONDS = 5.0
# When everything has to be over once the server was asked to stop (`up` waits a little longer).
STOP_SECONDS = 5

TOO_LATE = b"408 Request Timeout"
TOO_LARGE = b"413 Content Too Large"


class Request(WebRequest):
    """A request whose body is refused when it gets too large, before it is read or spooled."""

    def gotLength(self, length: int | None) -> None:
        cookies = b"; ".join(self.requestHeaders.getRawHeaders(b"cookie", []))
        self.room_left = body_limit.largest_body(cookies)
        too_large = length is not None and length > self.room_left
        super().gotLength(0 if too_large else length)
        if too_large:
            self.channel.refuse(TOO_LARGE)

    def handleContentChunk(self, data: bytes) -> None:
        self.room_left -= len(data)
        if self.room_left < 0:
            self.channel.refuse(TOO_LARGE)
        else:
            super().handleContentChunk(data)


class Channel(HTTPChannel):
    """A connection whose requests arrive in time, or it ends."""

    deadline: Any = None
    refused = False

    def connectionMade(self) -> None:
        super().connectionMade()
        self.expect(HEAD_SECONDS)

    def dataReceived(self, data: bytes) -> None:
        if self.refused:
            return
        # The next request on a connection that was kept; what comes before its turn is not read yet.
        if self.deadline is None and not self._handlingRequest:
            self.expect(HEAD_SECONDS)
        super().dataReceived(data)

    def allHeadersReceived(self) -> None:
        self.expect(BODY_SECONDS)
        super().allHeadersReceived()

    def allContentReceived(self) -> None:
        self.expect(None)
        if not self.refused:
            super().allContentReceived()

    def connectionLost(self, reason: Any) -> None:
        self.expect(None)
        super().connectionLost(reason)

    def expect(self, seconds: float | None) -> None:
        """Have the next part here in so many seconds; None when nothing is due."""
        if self.deadline is not None:
            self.deadline.cancel()
        self.deadline = None if seconds is None else reactor.callLater(seconds, self._too_late)

    def _too_late(self) -> None:
        self.deadline = None
        self.refuse(TOO_LATE)

    def refuse(self, status: bytes) -> None:
        """Say why, hear nothing more, and hang up."""
        if self.refused:
            return
        self.refused = True
        self.expect(None)
        self.transport.write(b"HTTP/1.1 %b\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" % status)
        self.transport.loseWriteConnection()
        self.deadline = reactor.callLater(LINGER_SECONDS, self._hang_up)

    def _hang_up(self) -> None:
        self.deadline = None
        self.transport.abortConnection()


class Factory(HTTPFactory):
    protocol = Channel

    def buildProtocol(self, address: Any) -> Any:
        channel = super().buildProtocol(address)
        channel.requestFactory = Request
        return channel


class BoundedServer(Server):
    """daphne's server with the above."""

    _factory: Factory
    connections: dict[Any, dict[str, Any]]

    @property
    def http_factory(self) -> Factory:
        return self._factory

    @http_factory.setter
    def http_factory(self, made: HTTPFactory) -> None:
        """daphne makes its own and asks for it here."""
        self._factory = Factory(self)

    def run(self) -> None:
        # Ends the process even where it is blocked: by a disk, by a thread that waits for a database.
        reactor.addSystemEventTrigger("before", "shutdown", signal.alarm, STOP_SECONDS)
        super().run()

    def log_action(self, protocol: str, action: str, details: dict[str, Any]) -> None:
        """For the access log, in which no personal link has any business."""
        super().log_action(protocol, action, {**details, "path": redact(details["path"])})

    def kill_all_applications(self) -> Any:
        # A request that is still arriving has no application, and daphne 4.2.3 would fail and cancel none.
        self.connections = {
            protocol: details
            for protocol, details in self.connections.items()
            if "application_instance" in details
        }
        return super().kill_all_applications()


class CommandLine(CommandLineInterface):
    server_class = BoundedServer


def main(arguments: list[str]) -> None:
    """Serve until a signal comes. A wrong setting ends it in a sentence, as newer tables do (config.asgi)."""
    try:
        CommandLine().run(arguments)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
