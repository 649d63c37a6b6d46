"""One copy from its start to its end: everything is put in place, then the server and the mail worker run."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from django.conf import settings
from django.db import connections

from accounts import first_administrator
from config.launch import children, preparations, turn
from config.launch.data_directory import in_a_sentence, make_writable, only_copy, require_disk
from config.launch.front import (
    THIS_MACHINE,
    CannotStart,
    address,
    answers,
    listen,
    require_port,
    words_for_others,
)
from config.launch.supervisor import Child, on_stop, stop_all
from meetings.inbox import reply_support
from outbox import access

LOOK_SECONDS = 0.2
# A server that falls so often before it was ever ready will not get up.
FALLS_AT_START = 3


class Up:
    """Prepares everything, runs the server and the mail worker, and stops them on Ctrl-C or SIGTERM."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

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
                # nginx listens instead of it.
                listener.close()
                listeners = [held.enter_context(listen(THIS_MACHINE, 0)) for _ in range(servers)]
            # The children read about it in their environment.
            relay = children.own_relay(host) if with_relay else None
            with in_a_sentence():
                preparations.migrate()
                preparations.compile_catalogs()
                preparations.collect_static_files()
            server, *others = [
                Child("server", children.daphne_arguments(one), keep_open=[one.fileno()]) for one in listeners
            ]
            if servers is not None:
                others.append(children.proxy_child(front, listeners))
            started = [
                server,
                *others,
                Child("worker", []),
                *([children.relay_child(relay)] if relay else []),
            ]
            self.started = started
            on_stop(self.stop)
            try:
                for child in started:
                    child.start()
                # Put together while the server starts.
                words = self.announcement(relay, host, port)
                # Whoever closes the database last writes it down, and a slow disk may take long for that.
                connections.close_all()
                ready = False
                while not self.is_stopping:
                    for child in started:
                        child.look_after()
                    if ready:
                        time.sleep(LOOK_SECONDS)
                    else:
                        if server.falls >= FALLS_AT_START:
                            raise CannotStart("The server does not start; what it said stands above.")
                        if servers is not None and others[-1].falls >= FALLS_AT_START:
                            raise CannotStart(
                                f"nginx does not start; what it said is in {children.proxy_folder()}/log."
                            )
                        if relay and started[-1].falls >= FALLS_AT_START:
                            raise CannotStart(
                                f"The relay does not start; what it said is in {children.relay_folder()}/log."
                            )
                        if ready := answers(front) and (relay is None or relay.answers()):
                            self._say(words)
            finally:
                stop_all(started)

    # Plain facts, and no Event: setting one takes a lock that the interrupted thread may hold.
    is_stopping = False
    started: Sequence[Child] = ()

    def stop(self) -> None:
        self.is_stopping = True
        # At once: what was interrupted may be stuck, as a line is in a terminal that does not scroll.
        for child in self.started:
            child.ask_to_stop()

    def announcement(self, relay: turn.Relay | None, host: str, port: int) -> str:
        lines = [*settings.MISSPELLED]
        if token := first_administrator.new_token():
            lines.append(f"First administrator: {settings.PUBLIC_URL}{first_administrator.path(token)}")
        if access.is_shown_locally():
            lines.append(f"Letters: {settings.PUBLIC_URL}{access.printed_path()}")
        if relay:
            lines.append(f"Relay: turn:{relay.name}:{relay.port}")
        lines += reply_support.advice()
        lines += words_for_others(host, port)
        return "\n".join([*lines, f"Ready: {settings.PUBLIC_URL}/"])
