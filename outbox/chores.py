"""What the worker does from time to time beside carrying letters. Apps register it; the outbox knows none."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import close_old_connections, connections

log = logging.getLogger(__name__)

Do = Callable[[], object]
# How often somebody looks whether a chore is due.
LOOK_SECONDS = 1.0


@dataclass
class _Chore:
    name: str
    do: Do
    every: timedelta
    due_at: float = 0.0


_chores: list[_Chore] = []


def chore(*, every: timedelta) -> Callable[[Do], Do]:
    """Register a function to be called again and again by every worker.

    Several workers may be in it at once, and one may be killed in the middle: doing it twice must be as
    good as doing it once.
    """

    def register(do: Do) -> Do:
        _chores.append(_Chore(f"{do.__module__}.{do.__qualname__}", do, every))
        return do

    return register


def do_due(now: float) -> int:
    """Do what is due at `now`, a reading of the monotonic clock; how many that were."""
    due = [chore for chore in _chores if chore.due_at <= now]
    for chore in due:
        chore.due_at = now + chore.every.total_seconds()
        try:
            chore.do()
        except Exception:
            # It comes round again; the others must not wait for its repair.
            log.exception("%s failed", chore.name)
    return len(due)


class Chores:
    """A thread of its own: a mailbox that does not answer holds up no letter."""

    def __init__(self) -> None:
        self._ending = threading.Event()
        # It ends with the process at the latest, in the middle of whatever it does.
        self._thread = threading.Thread(target=self._run, name="chores", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, patience: float = 5.0) -> None:
        """Ask it to end and wait for a while; not to be called from a signal handler."""
        self._ending.set()
        self._thread.join(patience)

    def _run(self) -> None:
        try:
            while not self._ending.is_set():
                close_old_connections()
                do_due(time.monotonic())
                self._ending.wait(LOOK_SECONDS)
        finally:
            connections.close_all()
