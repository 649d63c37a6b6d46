from __future__ import annotations

import errno
import fcntl
import http.client
import logging
import os
import signal
import socket
import sys
import tempfile
import threading
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand
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


class CannotStart(Exception):
    """Something is in the way; says what, and what to do."""


class Command(BaseCommand):
    """Prepares everything, runs the server and the mail worker, and stops them on Ctrl-C or SIGTERM."""

    help = __doc__ or ""
    # They would load every page of the site first; the server does so anyway.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 answers other machines too")

    def handle(self, *args: Any, port: int, host: str, **options: Any) -> None:
        try:
            self.run(port, host)
        except CannotStart as error:
            sys.exit(str(error))

    def run(self, port: int, host: str) -> None:
        # Each child keeps its own log on this terminal; `up` itself only speaks of what it does.
        logging.getLogger("config").setLevel(logging.INFO)
        self.local_url = f"http://localhost:{port}"
        if "PUBLIC_URL" not in os.environ:
            settings.PUBLIC_URL = os.environ["PUBLIC_URL"] = self.local_url
        os.environ["DATA_DIR"] = str(settings.DATA_DIR)

        # Nothing runs yet that would have to be stopped.
        on_stop(lambda: sys.exit(0))
        make_writable()
        with listen(host, port) as listener, only_copy(port):
            preparations.migrate()
            preparations.collect_static_files()
            server = Child("server", daphne_arguments(listener), keep_open=[listener.fileno()])
            children = [server, Child("worker", [])]
            stopping = threading.Event()
            on_stop(stopping.set)
            try:
                for child in children:
                    child.start()
                # Put together while the server starts.
                words = self.announcement()
                ready = False
                while not stopping.wait(LOOK_SECONDS if ready else 0):
                    for child in children:
                        child.look_after()
                    if not ready:
                        if server.falls >= FALLS_AT_START:
                            raise CannotStart("The server does not start; what it said stands above.")
                        if ready := answers(listener):
                            self.stdout.write(words)
                            self.stdout.flush()
            finally:
                stop_all(children)

    def announcement(self) -> str:
        lines = []
        if token := first.new_token():
            link = settings.PUBLIC_URL + reverse("account:first", args=[token])
            lines.append(f"First administrator: {link}")
        if not settings.EMAIL_URL:
            lines.append(f"Letters: {self.local_url}{reverse('outbox:list')}")
        return "\n".join([*lines, f"Ready: {self.local_url}/"])


def on_stop(act: Callable[[], object]) -> None:
    """What Ctrl-C and SIGTERM do from now on."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: act())


def make_writable() -> None:
    """Make the data directory and try to write there."""
    try:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.DATA_DIR):
            pass
    except OSError as error:
        raise CannotStart(
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
        raise CannotStart(what_is_wrong_with(host, port, error)) from error
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
            raise CannotStart(
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
