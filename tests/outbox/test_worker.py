from __future__ import annotations

import signal

import pytest
from django.db import DatabaseError, InterfaceError

from outbox import delivery, worker
from outbox.worker import Worker


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch):
    for name in ("POLL_SECONDS", "PAUSE_SECONDS", "NAP_SECONDS"):
        monkeypatch.setattr(worker, name, 0)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)


@pytest.mark.parametrize("fault", [DatabaseError, InterfaceError])
def test_a_database_that_is_away_does_not_end_it(monkeypatch, fault):
    looks = []

    def deliver(*_: object, **__: object) -> int:
        looks.append(1)
        if len(looks) == 1:
            raise fault("connection already closed")
        carrier.stop()
        return 0

    carrier = Worker()
    monkeypatch.setattr(delivery, "deliver_due", deliver)
    carrier.run()
    assert len(looks) == 2


def test_it_finishes_the_letter_in_hand_and_takes_no_more(monkeypatch):
    def deliver(_: str, should_stop) -> int:
        assert not should_stop()
        carrier.stop()
        assert should_stop()
        return 1

    carrier = Worker()
    monkeypatch.setattr(delivery, "deliver_due", deliver)
    carrier.run()


def test_a_signal_in_a_pause_ends_it_though_the_pause_is_long(monkeypatch):
    monkeypatch.setattr(worker, "POLL_SECONDS", 3600)
    monkeypatch.setattr(delivery, "deliver_due", lambda *_, **__: 0)
    carrier = Worker()
    naps = []

    def nap(_: float) -> None:
        naps.append(1)
        assert len(naps) == 1, "it sleeps on"
        signal.raise_signal(signal.SIGUSR1)

    monkeypatch.setattr("outbox.worker.time.sleep", nap)
    before = signal.signal(signal.SIGUSR1, lambda *_: carrier.stop())
    try:
        carrier.run()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert naps
