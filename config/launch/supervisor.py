"""Child processes that are started again when they fall, and stopped together."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

log = logging.getLogger(__name__)

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
# A child that ran for so long starts with the first pause again.
STEADY_AFTER = 60.0
# Longer than daphne needs to tell every socket that it goes (config.launch.server.STOP_SECONDS).
PATIENCE = 6.0
# The last resort against what waits without a limit: from SIGTERM until the children are waited for, and from
# then to the end. Longer than PATIENCE; the end of orphans included, it is over within ten seconds.
STUCK_AFTER = 7.2
# What a killed process may still take. One that waits for a disk ends when that answers: nobody waits for it.
KILLED_WITHIN = 0.5


class Child:
    """One program that ends with `up`, in a session of its own: the terminal's Ctrl-C reaches only `up`."""

    def __init__(self, name: str, arguments: Sequence[str], keep_open: Sequence[int] = ()) -> None:
        self.name = name
        self.falls = 0
        self._arguments = list(arguments)
        self._keep_open = tuple(keep_open)
        self._process: subprocess.Popen[bytes] | None = None
        self._asked_at: float | None = None
        self._started_at = 0.0
        self._start_again_at = 0.0

    def start(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
            [sys.executable, "-m", "config.launch.orphans", self.name, *self._arguments],
            stdin=subprocess.PIPE,
            pass_fds=self._keep_open,
            start_new_session=True,
        )
        self._asked_at = None
        self._started_at = time.monotonic()

    def look_after(self) -> None:
        """Start it again if it has fallen, after a pause that doubles with each fall."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._start_again_at:
                self.start()
        elif self._process.poll() is not None:
            self.falls = 1 if now - self._started_at > STEADY_AFTER else self.falls + 1
            pause = min(FIRST_PAUSE * 2 ** (self.falls - 1), LONGEST_PAUSE)
            log.error("the %s ended (%s); again in %.1f s", self.name, self._process.returncode, pause)
            self._forget()
            self._start_again_at = now + pause

    def status(self) -> int | None:
        """Its exit status, if it has ended."""
        return self._process.poll() if self._process else None

    def ask_to_stop(self) -> None:
        """Once; safe to call from a signal handler."""
        if self._process and self._asked_at is None:
            self._asked_at = time.monotonic()
            self._process.terminate()

    def wait_until_stopped(self, patience: float) -> None:
        """For so many seconds since it was asked, then the hard way."""
        if self._process is None:
            return
        waited = time.monotonic() - self._asked_at if self._asked_at is not None else 0.0
        try:
            self._process.wait(max(0.0, patience - waited))
        except subprocess.TimeoutExpired:
            self._process.kill()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(KILLED_WITHIN)
        self._forget()

    def _forget(self) -> None:
        if self._process and self._process.stdin:
            self._process.stdin.close()
        self._process = None


def stop_all(children: Sequence[Child], patience: float = PATIENCE) -> None:
    """Ask all at once, then wait for each, for so many seconds in all."""
    for child in children:
        child.ask_to_stop()
    with _no_last_resort():
        for child in children:
            child.wait_until_stopped(patience)


def on_stop(act: Callable[[], object]) -> None:
    """What Ctrl-C and SIGTERM do from now on; if we are stuck then, the system ends us."""

    def stop(*_: object) -> None:
        # Nothing of ours hears this alarm: it ends a process also where Python cannot.
        if not any(signal.getitimer(signal.ITIMER_REAL)):
            signal.setitimer(signal.ITIMER_REAL, STUCK_AFTER)
        act()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)


@contextmanager
def _no_last_resort() -> Iterator[None]:
    """For what waits with a limit of its own, later on a machine that is slow; then it counts anew."""
    is_set = any(signal.setitimer(signal.ITIMER_REAL, 0))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, STUCK_AFTER if is_set else 0)
