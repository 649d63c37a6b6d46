"""Whatever happens to the mail server or to the worker: nothing is lost, nothing is two letters."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.message import Message

import pytest
from django.db import connection
from django.utils import timezone

from outbox import delivery
from outbox.delivery import deliver_due, enqueue
from outbox.models import STUCK_AFTER, Letter
from tests.servers import PATIENCE, wait_until
from tests.settings import BASE_DIR

pytestmark = pytest.mark.django_db


class RawServer:
    """Speaks SMTP word by word, so that a test can cut it short at any of them."""

    def __init__(self) -> None:
        self.received: list[Message] = []
        # Called with the name of a step; answers what to say instead, or None; may raise Cut.
        self.at: Callable[[str], str | None] = lambda step: None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(caller,), daemon=True).start()

    def _talk(self, caller: socket.socket) -> None:
        with caller, caller.makefile("rwb") as line:

            def say(step: str, usual: str) -> bool:
                """Whether it was the usual."""
                said = self.at(step) or usual
                line.write(f"{said}\r\n".encode())
                line.flush()
                return said == usual

            try:
                say("hello", "220 ready")
                while command := line.readline().decode().upper():
                    match command.split()[0]:
                        case "DATA":
                            if not say("data", "354 go on"):
                                continue
                            content = b""
                            while not content.endswith(b"\r\n.\r\n"):
                                content += line.readline()
                            self.at("content")
                            self.received.append(message_from_bytes(content))
                            say("taken", "250 taken")
                        case "QUIT":
                            say("quit", "221 bye")
                            return
                        case word:
                            say(word.lower(), "250 fine")
            except Cut:
                # At once, not with the politeness of a close that waits.
                caller.shutdown(socket.SHUT_RDWR)


class Cut(Exception):
    """The line goes dead."""


@pytest.fixture
def server(settings) -> Iterator[RawServer]:
    found = RawServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", found.port, 10
    yield found
    found.stop()


def write(count: int = 1) -> None:
    for number in range(count):
        enqueue(key=f"note:{number}", kind="note", recipient=f"person{number}@example.org")


def as_if_pauses_had_passed() -> None:
    Letter.objects.update(not_before=timezone.now())


STEPS = ["hello", "ehlo", "mail", "rcpt", "data", "content", "taken"]


@pytest.mark.parametrize("step", STEPS)
def test_a_line_that_goes_dead_anywhere_loses_nothing(server, step):
    def cut(at: str) -> None:
        if at == step:
            raise Cut

    server.at = cut
    write()
    deliver_due("worker")
    letter = Letter.objects.waiting().get()
    assert letter.error
    assert letter.not_before > timezone.now()

    server.at = lambda at: None
    as_if_pauses_had_passed()
    deliver_due("worker")
    assert Letter.objects.get().sent_at
    # Only where the server had everything and its answer was lost can anybody have it twice.
    assert len(server.received) == (2 if step == "taken" else 1)
    assert len({message["Message-ID"] for message in server.received}) == 1


@pytest.mark.parametrize("step", STEPS)
def test_a_server_that_falls_silent_is_not_waited_for_for_long(server, settings, step, monkeypatch):
    """Each of its steps has EMAIL_TIMEOUT, and it is not asked again at once."""
    settings.EMAIL_TIMEOUT = 0.3
    silence = threading.Event()
    limits: list[float | None] = []
    heard: list[str] = []
    connect = socket.create_connection

    def connect_and_note(*where, **options):
        connected = connect(*where, **options)
        limits.append(connected.gettimeout())
        return connected

    monkeypatch.setattr(socket, "create_connection", connect_and_note)

    def wait(at: str) -> None:
        heard.append(at)
        if at == step:
            silence.wait(PATIENCE)

    server.at = wait
    write()
    deliver_due("worker")
    silence.set()
    assert limits == [0.3]
    assert heard.count(step) == 1
    settings.EMAIL_TIMEOUT = 10
    assert Letter.objects.waiting().count() == 1
    server.at = lambda at: None
    as_if_pauses_had_passed()
    deliver_due("worker")
    assert Letter.objects.get().sent_at


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "taken"])
@pytest.mark.parametrize("answer", ["421 too busy", "450 later", "451 greylisted", "452 full"])
def test_a_passing_refusal_anywhere_keeps_the_letter(server, step, answer):
    server.at = lambda at: answer if at == step else None
    write()
    deliver_due("worker")
    assert Letter.objects.waiting().get().error == f"The mail server said: {answer}"
    server.at = lambda at: None
    as_if_pauses_had_passed()
    deliver_due("worker")
    assert Letter.objects.get().sent_at


@pytest.mark.parametrize("step", ["rcpt", "data", "taken"])
def test_a_final_refusal_anywhere_buries_the_letter_and_says_why(server, step):
    server.at = lambda at: "554 5.7.1 not wanted" if at == step else None
    write()
    deliver_due("worker")
    letter = Letter.objects.get()
    assert letter.dead_at
    assert letter.error == "The mail server said: 554 5.7.1 not wanted"
    server.at = lambda at: None
    write(2)
    deliver_due("worker")
    assert Letter.objects.exclude(sent_at=None).count() == 1


# -- a worker that is killed --------------------------------------------------------------------


@contextmanager
def worker_process(database: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py worker` as a process, on the test's database."""
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
    }
    process = subprocess.Popen([sys.executable, "-m", "tests.outbox.work"], cwd=BASE_DIR, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["rcpt", "content", "taken", "quit"])
def test_a_worker_that_is_killed_leaves_its_letters_to_the_next(server, step):
    """With the signal that nobody can catch, while the server is at that step of the third letter."""
    killed = threading.Event()
    at_work: list[subprocess.Popen[bytes]] = []
    seen: Counter[str] = Counter()

    def kill(at: str) -> None:
        seen[at] += 1
        if at == step and not killed.is_set() and seen[at] >= (1 if step == "quit" else 3):
            at_work[0].send_signal(signal.SIGKILL)
            at_work[0].wait()
            killed.set()

    server.at = kill
    write(6)
    address = _address()
    with worker_process(address, server.port) as first:
        at_work.append(first)
        wait_until(killed.is_set, "the worker was killed")
    connection.close()
    # The lease of the one in hand runs out.
    Letter.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    server.at = lambda at: None
    with worker_process(address, server.port):
        wait_until(lambda: not Letter.objects.waiting().exists(), "everything is sent")
    got = Counter(message["To"] for message in server.received)
    assert set(got) == {f"person{number}@example.org" for number in range(6)}
    twice = [to for to, times in got.items() if times > 1]
    assert len(twice) <= 1
    assert all(times <= 2 for times in got.values())
    for to in twice:
        assert len({message["Message-ID"] for message in server.received if message["To"] == to}) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_everything_once(server):
    write(30)
    address = _address()
    with worker_process(address, server.port), worker_process(address, server.port):
        wait_until(lambda: not Letter.objects.waiting().exists(), "everything is sent")
    got = Counter(message["To"] for message in server.received)
    assert got == Counter(f"person{number}@example.org" for number in range(30))


def _address() -> str:
    """The test's database, for another process."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{connection.settings_dict['NAME']}"
    found = connection.settings_dict
    return f"postgres://{found['USER']}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


# -- what an administrator is told --------------------------------------------------------------


def test_a_letter_that_was_put_off_many_times_is_stuck():
    write(2)
    Letter.objects.filter(key="note:1").update(attempts=STUCK_AFTER, error="The mail server said: 451 later")
    assert [letter.key for letter in Letter.objects.stuck()] == ["note:1"]
    delivery.try_again(Letter.objects.all())
    assert not Letter.objects.stuck().exists()
