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
# Whoever was asked to stop is over within so many seconds, whatever is stuck.
STOPPED_WITHIN = 10.0
# The last resort against what waits without a limit, from SIGTERM until the children are waited for.
# Longer than PATIENCE; and orphans take a while to end too (config.launch.orphans.GRACE_SECONDS).
STUCK_AFTER = 7.2
# What killed processes may still take. One that waits for a disk ends when that answers: nobody waits for it.
KILLED_WITHIN = 0.5
# What follows the children has what is left, and so much however slow the machine was until then.
LEAST_REST = STOPPED_WITHIN - STUCK_AFTER - KILLED_WITHIN


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

    def wait(self, patience: float) -> None:
        """For its end, so many seconds since it was asked."""
        waited = time.monotonic() - self._asked_at if self._asked_at is not None else 0.0
        self._wait(patience - waited)

    def kill(self) -> None:
        """The hard way, if it has not ended."""
        if self._process:
            self._process.kill()

    def give_up(self, deadline: float) -> None:
        """Wait for the end of what was killed until then (of `time.monotonic`), and no longer."""
        self._wait(deadline - time.monotonic())
        self._forget()

    def _wait(self, seconds: float) -> None:
        if self._process:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(max(0.0, seconds))
                self._forget()

    def _forget(self) -> None:
        if self._process and self._process.stdin:
            self._process.stdin.close()
        self._process = None


class LastResort:
    """The alarm that ends us when we were asked to stop and are stuck, also where Python cannot."""

    def __init__(self) -> None:
        self._asked_at: float | None = None
        self._is_withheld = False

    def asked(self) -> None:
        """From the first signal on it counts; those who ask again put nothing off. For signal handlers."""
        if self._asked_at is None:
            self._asked_at = time.monotonic()
            if not self._is_withheld:
                # Nothing of ours hears it.
                signal.setitimer(signal.ITIMER_REAL, STUCK_AFTER)

    @contextmanager
    def withheld(self) -> Iterator[None]:
        """For what waits with a limit of its own, later on a machine that is slow. Then the rest is timed."""
        self._is_withheld = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            yield
        finally:
            self._is_withheld = False
            if self._asked_at is not None:
                left = STOPPED_WITHIN - (time.monotonic() - self._asked_at)
                signal.setitimer(signal.ITIMER_REAL, max(left, LEAST_REST))


_last_resort = LastResort()


def stop_all(children: Sequence[Child], patience: float = PATIENCE) -> None:
    """Ask all at once, then wait for each, for so many seconds in all; then the hard way."""
    for child in children:
        child.ask_to_stop()
    with _last_resort.withheld():
        for child in children:
            child.wait(patience)
        for child in children:
            child.kill()
        deadline = time.monotonic() + KILLED_WITHIN
        for child in children:
            child.give_up(deadline)


def on_stop(act: Callable[[], object]) -> None:
    """What Ctrl-C and SIGTERM do from now on; if we are stuck then, the system ends us."""

    def stop(*_: object) -> None:
        _last_resort.asked()
        act()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)
