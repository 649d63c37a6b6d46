from __future__ import annotations

import errno
import fcntl
import http.client
import logging
import os
import signal
import socket
import tempfile
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from accounts import first
from config import preparations
from config.supervisor import Child, stop_all

# Refused by the protocol above 64 KiB, with a reason that the page can show; cut off above this.
LARGEST_FRAME = "262144"
LOOK_SECONDS = 0.2
# A server that falls so often before it was ever ready will not get up.
FALLS_AT_START = 3
BACKLOG = 256


class Command(BaseCommand):
    """Prepares everything, runs the server and the mail worker, and stops them on Ctrl-C or SIGTERM."""

    help = __doc__ or ""
    # They would load every page of the site first; the server does so anyway.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 answers other machines too")

    def handle(self, *args: Any, port: int, host: str, **options: Any) -> None:
        # Each child keeps its own log on this terminal; `up` itself only speaks of what it does.
        logging.getLogger("config").setLevel(logging.INFO)
        self.local_url = f"http://localhost:{port}"
        if "PUBLIC_URL" not in os.environ:
            settings.PUBLIC_URL = os.environ["PUBLIC_URL"] = self.local_url
        os.environ["DATA_DIR"] = str(settings.DATA_DIR)

        stopping = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stopping.set())

        make_writable()
        with listen(host, port) as listener, only_copy(port):
            preparations.migrate()
            preparations.collect_static_files()
            server = Child("server", daphne_arguments(listener), keep_open=[listener.fileno()])
            children = [server, Child("worker", [])]
            try:
                for child in children:
                    child.start()
                announced = False
                while not stopping.wait(LOOK_SECONDS if announced else 0):
                    for child in children:
                        child.look_after()
                    if not announced:
                        if server.falls >= FALLS_AT_START:
                            raise CommandError("The server does not start; what it said stands above.")
                        announced = answers(listener)
                        if announced:
                            self.announce()
            finally:
                stop_all(children)

    def announce(self) -> None:
        if token := first.new_token():
            self.stdout.write(f"First administrator: {settings.PUBLIC_URL}{reverse('account:first', args=[token])}")
        if not settings.EMAIL_URL:
            self.stdout.write(f"Letters: {self.local_url}{reverse('outbox:list')}")
        self.stdout.write(f"Ready: {self.local_url}/")
        self.stdout.flush()


def make_writable() -> None:
    """Make the data directory and try to write there."""
    try:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.DATA_DIR):
            pass
    except OSError as error:
        raise CommandError(
            f"Roundtable cannot write to {settings.DATA_DIR} ({error.strerror}). "
            "Choose another folder: ./run --data FOLDER"
        ) from error


def listen(host: str, port: int) -> socket.socket:
    """The socket that the server inherits: while it starts again, visitors wait instead of being refused."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        raise CommandError(what_is_wrong_with(host, port, error)) from error
    return listener


def what_is_wrong_with(host: str, port: int, error: OSError | OverflowError) -> str:
    if isinstance(error, OverflowError):
        return "A port is a number from 1 to 65535: ./run --port 8001"
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken. Stop what uses it or choose another: ./run --port {port + 1}"
    if error.errno == errno.EACCES:
        return f"Port {port} is for the system's administrator only. Choose another: ./run --port 8000"
    return f"This machine has no address “{host}”. Leave --host out, or let it be 0.0.0.0 for all of them."


@contextmanager
def only_copy(port: int) -> Iterator[None]:
    """Holds the data directory for this copy; the system lets go of it however the copy ends."""
    with (settings.DATA_DIR / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CommandError(
                f"Roundtable is already running with the data in {settings.DATA_DIR}. "
                f"Stop it, or choose another folder: ./run --port {port} --data FOLDER"
            ) from error
        yield


def daphne_arguments(listener: socket.socket) -> list[str]:
    return [
        *("--fd", str(listener.fileno()), "--verbosity", "0", "--no-server-name"),
        *("--http-timeout", "60", "--websocket_timeout", "-1"),
        *("--websocket-max-message-size", LARGEST_FRAME, "--websocket-max-frame-size", LARGEST_FRAME),
        "config.asgi:application",
    ]


def answers(listener: socket.socket) -> bool:
    """Whether a request succeeds, asked the way a visitor would."""
    host, port = listener.getsockname()
    link = http.client.HTTPConnection("127.0.0.1" if host == "0.0.0.0" else host, port, timeout=1)  # noqa: S104
    try:
        link.request("GET", "/health/", headers={"Host": urlsplit(settings.PUBLIC_URL).netloc})
        return link.getresponse().status == 200
    except OSError:
        return False
    finally:
        link.close()
