"""The loop that carries letters away. Any number may run beside each other."""

from __future__ import annotations

import logging
import threading
import uuid

from django.db import DatabaseError, close_old_connections

from outbox import delivery

log = logging.getLogger(__name__)

# How long a new letter lies at most before somebody looks. The look is one read of a partial index.
POLL_SECONDS = 0.5
# After a fault of the database.
PAUSE_SECONDS = 5.0


class Worker:
    """Delivers what is due until it is told to stop; then finishes the letter in hand."""

    def __init__(self) -> None:
        # A name of its own for each run, so that a lease is never taken for a predecessor's.
        self.id = uuid.uuid4().hex
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.is_set():
            close_old_connections()
            try:
                handled = delivery.deliver_due(self.id, should_stop=self._stopping.is_set)
            except DatabaseError:
                log.exception("the database did not answer; trying again in %.0f s", PAUSE_SECONDS)
                self._stopping.wait(PAUSE_SECONDS)
                continue
            if not handled:
                self._stopping.wait(POLL_SECONDS)

    def stop(self) -> None:
        """Ask it to end; safe to call from a signal handler."""
        self._stopping.set()
