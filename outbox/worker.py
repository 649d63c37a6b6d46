"""The loop that carries letters away. Any number may run beside each other."""

from __future__ import annotations

import logging
import time
import uuid

from django.db import Error, close_old_connections

from outbox import delivery

log = logging.getLogger(__name__)

# How long a new letter lies at most before somebody looks. The look is one read of a partial index.
POLL_SECONDS = 0.5
# After a fault of the database.
PAUSE_SECONDS = 5.0
# How long it may take in a pause until a stop is noticed.
NAP_SECONDS = 0.1


class Worker:
    """Delivers what is due until it is told to stop; then finishes the letter in hand."""

    def __init__(self) -> None:
        # A name of its own for each run, so that a lease is never taken for a predecessor's.
        self.id = uuid.uuid4().hex
        # A plain fact, and no Event: setting one takes a lock that the interrupted thread may hold.
        self._is_stopping = False

    def run(self) -> None:
        while not self._is_stopping:
            try:
                close_old_connections()
                handled = delivery.deliver_due(self.id, should_stop=lambda: self._is_stopping)
            except Error:
                log.exception("the database did not answer; trying again in %.0f s", PAUSE_SECONDS)
                self._rest(PAUSE_SECONDS)
                continue
            if not handled:
                self._rest(POLL_SECONDS)

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._is_stopping and time.monotonic() < until:
            time.sleep(NAP_SECONDS)

    def stop(self) -> None:
        """Ask it to end; safe to call from a signal handler."""
        self._is_stopping = True
