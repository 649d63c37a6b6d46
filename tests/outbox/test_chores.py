"""What is done beside the letters, again and again."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from outbox import chores
from tests.servers import PATIENCE


@pytest.fixture
def _own_chores(monkeypatch) -> None:
    monkeypatch.setattr(chores, "_chores", [])


@pytest.mark.usefixtures("_own_chores")
def test_a_chore_is_done_again_after_its_time():
    done = []
    chores.chore(every=timedelta(seconds=60))(lambda: done.append(1))
    for now, count in [(0.0, 1), (59.0, 1), (60.0, 2), (61.0, 2)]:
        chores.do_due(now)
        assert len(done) == count


@pytest.mark.usefixtures("_own_chores")
def test_a_chore_that_fails_is_logged_and_does_not_keep_others_from_theirs(caplog):
    done = []

    @chores.chore(every=timedelta(seconds=60))
    def fails() -> None:
        raise ValueError("a mailbox that nobody foresaw")

    chores.chore(every=timedelta(seconds=60))(lambda: done.append(1))
    chores.do_due(0.0)
    assert done == [1]
    assert "a mailbox that nobody foresaw" in caplog.text


@pytest.mark.usefixtures("_own_chores")
@pytest.mark.django_db(transaction=True)
def test_chores_run_beside_the_worker_until_they_are_stopped():
    done = threading.Event()
    chores.chore(every=timedelta(seconds=60))(done.set)
    thread = chores.Chores()
    thread.start()
    assert done.wait(PATIENCE)
    thread.stop()
    assert not thread._thread.is_alive()
