from __future__ import annotations

import errno
import fcntl
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import OperationalError, connections
from django.urls import reverse

from accounts import first
from config.launch import cluster, preparations, turn
from config.launch.front import (
    THIS_MACHINE,
    CannotStart,
    address,
    answers,
    listen,
    require_port,
    words_for_others,
)
from config.launch.keys import kept_key
from config.launch.supervisor import Child, stop_all
from meetings import returns
from outbox import access

# Refused by the protocol above 64 KiB, with a reason that the page can show; cut off above this.
LARGEST_FRAME = "262144"
LOOK_SECONDS = 0.2
# A server that falls so often before it was ever ready will not get up.
FALLS_AT_START = 3
# Everything has ended by then, after SIGTERM: the children after `supervisor.PATIENCE`.
STOPS_WITHIN = 7.5
# The static files, a copy of the database before it is changed, and some way to go.
LEAST_DISK = 64 * 2**20


class Command(BaseCommand):
    """Prepares everything, runs the server and the mail worker, and stops them on Ctrl-C or SIGTERM."""

    help = __doc__ or ""
    # They would load every page of the site first; the server does so anyway.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default=THIS_MACHINE, help="0.0.0.0 answers other machines too")
        parser.add_argument("--turn", action="store_true", help="start a relay (coturn) beside it")
        parser.add_argument("--servers", type=int, help="so many behind nginx; called by `cluster`")

    def handle(
        self, *args: Any, port: int, host: str, turn: bool, servers: int | None, **options: Any
    ) -> None:
        try:
            self.run(port, host, with_relay=turn, servers=servers)
        except CannotStart as error:
            sys.exit(str(error))

    def run(self, port: int, host: str, *, with_relay: bool, servers: int | None = None) -> None:
        # Each child keeps its own log on this terminal; `up` itself only speaks of what it does.
        logging.getLogger("config").setLevel(logging.INFO)
        if not os.environ.get("PUBLIC_URL"):
            settings.PUBLIC_URL = os.environ["PUBLIC_URL"] = address(host, port)
        os.environ["DATA_DIR"] = str(settings.DATA_DIR)

        # Nothing runs yet that would have to be stopped.
        on_stop(lambda: sys.exit(0))
        require_port(port)
        make_writable()
        require_disk()
        with ExitStack() as held:
            listener = held.enter_context(listen(host, port))
            held.enter_context(only_copy(port))
            front = listener.getsockname()[:2]
            listeners = [listener]
            if servers is not None:
                # nginx listens in its stead.
                listener.close()
                listeners = [held.enter_context(listen(THIS_MACHINE, 0)) for _ in range(servers)]
            # The children read about it in their environment.
            relay = own_relay(host) if with_relay else None
            with in_a_sentence():
                preparations.migrate()
                preparations.collect_static_files()
            server, *others = [
                Child("server", daphne_arguments(one), keep_open=[one.fileno()]) for one in listeners
            ]
            if servers is not None:
                others.append(proxy_child(front, listeners))
            children = [server, *others, Child("worker", []), *([relay_child(relay)] if relay else [])]
            self.children = children
            on_stop(self.stop)
            try:
                for child in children:
                    child.start()
                # Put together while the server starts.
                words = self.announcement(relay, host, port)
                # Whoever closes the database last writes it down, and a slow disk may take long for that.
                connections.close_all()
                ready = False
                while not self.is_stopping:
                    for child in children:
                        child.look_after()
                    if ready:
                        time.sleep(LOOK_SECONDS)
                    else:
                        if server.falls >= FALLS_AT_START:
                            raise CannotStart("The server does not start; what it said stands above.")
                        if servers is not None and others[-1].falls >= FALLS_AT_START:
                            raise CannotStart(
                                f"nginx does not start; what it said is in {proxy_folder()}/log."
                            )
                        if relay and children[-1].falls >= FALLS_AT_START:
                            raise CannotStart(
                                f"The relay does not start; what it said is in {relay_folder()}/log."
                            )
                        if ready := answers(front) and (relay is None or relay.answers()):
                            self.stdout.write(words)
                            self.stdout.flush()
            finally:
                stop_all(children)

    # Plain facts, and no Event: setting one takes a lock that the interrupted thread may hold.
    is_stopping = False
    children: Sequence[Child] = ()

    def stop(self) -> None:
        self.is_stopping = True
        # At once: what was interrupted may be stuck, as a line is in a terminal that does not scroll.
        for child in self.children:
            child.ask_to_stop()

    def announcement(self, relay: turn.Relay | None, host: str, port: int) -> str:
        lines = [*settings.SLIPS]
        if token := first.new_token():
            link = settings.PUBLIC_URL + reverse("account:first", args=[token])
            lines.append(f"First administrator: {link}")
        if access.is_shown_locally():
            way = reverse("outbox:open", args=[access.secret()])
            lines.append(f"Letters: {settings.PUBLIC_URL}{way}")
        if relay:
            lines.append(f"Relay: turn:{relay.name}:{relay.port}")
        lines += returns.advice()
        lines += words_for_others(host, port)
        return "\n".join([*lines, f"Ready: {settings.PUBLIC_URL}/"])


def own_relay(host: str) -> turn.Relay:
    """A relay for people who cannot reach each other, and what tells the server about it."""
    if os.environ.get("TURN_URLS"):
        raise CannotStart("TURN_URLS names a relay already. Leave out one of the two: TURN_URLS or --turn.")
    public_name = urlsplit(settings.PUBLIC_URL).hostname or ""
    try:
        relay = turn.relay(host, public_name, kept_key(settings.DATA_DIR / "turn-secret"))
    except turn.NoRelay as error:
        raise CannotStart(str(error)) from error
    os.environ.update(relay.settings())
    return relay


def relay_folder() -> Path:
    folder: Path = settings.DATA_DIR / "turn"
    return folder


def relay_child(relay: turn.Relay) -> Child:
    configuration, log = relay.write_configuration(relay_folder()), relay_folder() / "log"
    log.write_text("")
    return Child("relay", [str(log), turn.program(), "-c", str(configuration)])


def proxy_folder() -> Path:
    folder: Path = settings.DATA_DIR / "cluster" / "nginx"
    return folder


def proxy_child(front: tuple[str, int], listeners: Sequence[socket.socket]) -> Child:
    """nginx in front of the servers."""
    folder = proxy_folder()
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711)
    log, configuration = folder / "log", folder / "nginx.conf"
    log.write_text("")
    ports = [listener.getsockname()[1] for listener in listeners]
    configuration.write_text(cluster.nginx_configuration(folder, *front, ports))
    nginx = cluster.programs().nginx
    return Child("proxy", [str(log), nginx, "-e", str(log), "-p", str(folder), "-c", str(configuration)])


def on_stop(act: Callable[[], object], within: float = STOPS_WITHIN) -> None:
    """What Ctrl-C and SIGTERM do from now on; after so many seconds the system ends us, whatever is stuck."""

    def stop(*_: object) -> None:
        # Nothing of ours hears this alarm: it ends a process also where Python cannot.
        if not any(signal.getitimer(signal.ITIMER_REAL)):
            signal.setitimer(signal.ITIMER_REAL, within)
        act()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)


def make_writable() -> None:
    """Make the data directory and try to write there; what is in it is from now on for our eyes only.

    Whoever could read the sessions and codes of the database could be whoever they like. A directory
    that was there may hold other things too, so in that one only our own files are closed.
    """
    os.umask(0o077)
    try:
        settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.DATA_DIR):
            pass
        for file in settings.DATA_DIR.glob("roundtable.sqlite3*"):
            file.chmod(0o600)
    except OSError as error:
        raise CannotStart(
            f"Roundtable cannot write to {settings.DATA_DIR} ({error.strerror}). "
            "Choose another folder: ./run --data FOLDER"
        ) from error


def require_disk() -> None:
    """Raises CannotStart where the disk is all but full: the database, above all, would stop half-way."""
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < LEAST_DISK:
        raise CannotStart(no_room(f"{free // 2**20} MB are free, and {LEAST_DISK // 2**20} MB needed"))


@contextmanager
def in_a_sentence() -> Iterator[None]:
    """Says in a sentence what keeps things from being in place: a full disk, or tables of a newer version."""
    try:
        yield
    except preparations.NewerTables as error:
        raise CannotStart(str(error)) from error
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise CannotStart(no_room(error.strerror or str(error))) from error
    except OperationalError as error:
        if "disk is full" not in str(error):  # SQLITE_FULL
            raise
        raise CannotStart(no_room(str(error))) from error


def no_room(what: str) -> str:
    return (
        f"The disk that holds {settings.DATA_DIR} is full ({what}). "
        "Make room, or choose another folder: ./run --data FOLDER"
    )


@contextmanager
def only_copy(port: int, folder: Path | None = None) -> Iterator[None]:
    """Holds the data directory for this copy; the system lets go of it however the copy ends."""
    with ((folder or settings.DATA_DIR) / "lock").open("w") as lock:
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
