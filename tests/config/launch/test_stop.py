"""SIGTERM ends everything that `./run` has started, whatever its clients, its disk and its terminal do."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from config.launch import cluster_up, front, supervisor
from config.launch.children import daphne_arguments
from config.launch.orphans import GRACE_SECONDS
from config.launch.supervisor import KILLED_WITHIN, STOPPED_WITHIN, STUCK_AFTER, Child, on_stop, stop_all
from tests.config.launch.copies import Copy, is_alive
from tests.prepared import begin_with_prepared
from tests.servers import PATIENCE, answers, spare_port, wait_until
from tests.settings import BASE_DIR


@pytest.fixture
def copy(tmp_path) -> Iterator[Copy]:
    begin_with_prepared(tmp_path / "data")
    copy = Copy(tmp_path / "data", spare_port())
    yield copy.wait_until_ready()
    for pid in copy.children().values():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    copy.end()


def stop(copy: Copy) -> None:
    """SIGTERM, until nothing is left. Had `up` got stuck, its alarm would give another status."""
    children = copy.children()
    copy.process.terminate()
    assert copy.process.wait(PATIENCE) == 0
    assert not any(is_alive(pid) for pid in children.values())


def rude_clients(port: int) -> list[socket.socket]:
    host = f"Host: localhost:{port}\r\n".encode()
    key = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    origin = f"Origin: http://localhost:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n".encode()
    upgrade = b"GET /ws/test/ HTTP/1.1\r\n" + host + origin + key + b"\r\n"
    opened = []
    for said in (
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\n" + host + b"X-Slow: ",
        b"POST /account/login/ HTTP/1.1\r\n" + host + b"Content-Length: 100000\r\n\r\nabc",
        b"POST /account/login/ HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
        # Answers that nobody reads.
        (b"GET /account/login/ HTTP/1.1\r\n" + host + b"\r\n") * 20,
        upgrade[:-4],
        upgrade,
    ):
        for _ in range(5):
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            client.connect(("127.0.0.1", port))
            client.sendall(said)
            opened.append(client)
    return opened


def test_no_client_holds_it_up(copy):
    clients = rude_clients(copy.port)
    stop(copy)
    for client in clients:
        client.close()


def test_no_client_holds_up_the_server_and_nobody_has_to_kill_it(tmp_path, monkeypatch):
    begin_with_prepared(tmp_path / "data")
    monkeypatch.chdir(BASE_DIR)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "config.settings")
    port = spare_port()
    with front.listen("127.0.0.1", port) as listener:
        server = Child("server", daphne_arguments(listener), keep_open=[listener.fileno()])
        server.start()
        try:
            wait_until(lambda: front.answers(("127.0.0.1", port)), "it is ready")
            clients = rude_clients(port)
            server.ask_to_stop()
            wait_until(lambda: server.status() is not None, "it ends")
            # Before everything was told, or by its own limit for that (STOP_SECONDS).
            assert server.status() in (0, -signal.SIGALRM)
        finally:
            stop_all([server], patience=0)
        for client in clients:
            client.close()


@pytest.mark.parametrize("name", ["server", "worker"])
def test_no_child_that_hangs_holds_it_up(copy, name):
    children = copy.children()
    hanging = children[name]
    os.kill(hanging, signal.SIGSTOP)
    copy.process.terminate()
    # On a slow machine its last resort may come first in the end. It is in time, as is reckoned below.
    assert copy.process.wait(PATIENCE) in (0, -signal.SIGALRM)
    # It cannot end itself, as orphans do: it is gone if `up` did not wait for it, and killed it.
    wait_until(lambda: not is_alive(hanging), f"the {name} was killed")
    wait_until(lambda: not any(map(is_alive, children.values())), "the other child ends too")


def test_no_terminal_that_stands_still_holds_it_up(tmp_path):
    """As with Ctrl-S, or a pipe that nobody reads: it never comes to say that it is ready."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writer, b"x" * 512)
    os.set_blocking(writer, True)
    port = spare_port()
    begin_with_prepared(tmp_path / "data")
    settings = {"DATA_DIR": str(tmp_path / "data"), "DJANGO_SETTINGS_MODULE": "config.settings"}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up", "--port", str(port)],
        cwd=BASE_DIR,
        env=os.environ | settings,
        stdout=writer,
        stderr=writer,
    )
    try:
        wait_until(lambda: answers(port), "it listens")
        wait_until(lambda: len(descendants(process.pid)) >= 2, "the children run")
        wait_until(lambda: front.answers(("127.0.0.1", port)), "it is ready")
        wait_until(lambda: is_stuck(process.pid), "it is stuck in what it has to say")
        children = descendants(process.pid)
        process.terminate()
        assert process.wait(PATIENCE) == -signal.SIGALRM
        wait_until(lambda: not any(map(is_alive, children)), "the children end too")
    finally:
        process.kill()
        process.wait()
        os.close(reader)
        os.close(writer)


def descendants(parent: int) -> list[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    return [int(pid) for pid, of in map(str.split, listed.stdout.splitlines()) if int(of) == parent]


def is_stuck(pid: int) -> bool:
    """Whether it waits for a pipe, as far as this system tells what a process waits for."""
    asked = ["ps", "-o", "wchan=", "-p", str(pid)]
    waits_for = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    return "pipe" in waits_for or waits_for in ("-", "0", "")


# -- how long it may take -------------------------------------------------------------------------


class Clock:
    """The system's, as the supervisor knows it, with its alarm: time passes when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.rings_at: float | None = None
        self.handlers: dict[signal.Signals, Callable[..., None]] = {}
        # When Ctrl-C is pressed, in the middle of whatever waits then.
        self.presses: list[float] = []

    def wait(self, seconds: float) -> None:
        until = self.now + seconds
        while self.presses and self.presses[0] <= until:
            self.now = self.presses.pop(0)
            self.handlers[signal.SIGINT]()
        self.now = until
        assert self.rings_at is None or self.now < self.rings_at, "the alarm has ended us"

    def setitimer(self, which: int, seconds: float) -> tuple[float, float]:
        before = self.getitimer(which)
        self.rings_at = self.now + seconds if seconds else None
        return before

    def getitimer(self, which: int) -> tuple[float, float]:
        assert which == signal.ITIMER_REAL
        return (self.rings_at - self.now, 0.0) if self.rings_at is not None else (0.0, 0.0)


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", lambda: clock.now)
    monkeypatch.setattr(signal, "setitimer", clock.setitimer)
    monkeypatch.setattr(signal, "getitimer", clock.getitimer)
    monkeypatch.setattr(signal, "signal", clock.handlers.__setitem__)
    monkeypatch.setattr(supervisor, "_last_resort", supervisor.LastResort())
    return clock


class Process:
    """A process that ends so long after SIGTERM; None: never, since it waits for a disk."""

    stdin = None
    returncode = None

    def __init__(self, clock: Clock, takes: float | None = None) -> None:
        self.clock, self.takes = clock, takes
        self.signals: list[str] = []
        self.ends_at = float("inf")

    def poll(self) -> None:
        return None

    def terminate(self) -> None:
        self.signals.append("TERM")
        if self.takes is not None:
            self.ends_at = self.clock.now + self.takes

    def kill(self) -> None:
        self.signals.append("KILL")

    def wait(self, timeout: float | None = None) -> int:
        assert timeout is not None, "waiting for ever"
        self.clock.wait(min(timeout, max(0.0, self.ends_at - self.clock.now)))
        if self.clock.now < self.ends_at:
            raise subprocess.TimeoutExpired("server", timeout)
        return 0


def running(*processes: Process) -> list[Child]:
    children = [Child(name, []) for name, _ in zip(("server", "worker", "relay"), processes, strict=False)]
    for child, process in zip(children, processes, strict=True):
        child._process = process  # type: ignore[assignment]
    return children


def test_a_process_that_waits_for_a_disk_is_not_waited_for(clock):
    stuck = [Process(clock), Process(clock), Process(clock)]
    stop_all(running(*stuck))
    assert clock.now == pytest.approx(supervisor.PATIENCE + KILLED_WITHIN)
    assert [process.signals for process in stuck] == [["TERM", "KILL"]] * 3


def test_a_child_that_ends_in_time_is_waited_for_and_not_killed(clock):
    slow, quick = Process(clock, takes=5.9), Process(clock, takes=1)
    stop_all(running(slow, quick))
    assert clock.now == pytest.approx(5.9)
    assert slow.signals == quick.signals == ["TERM"]


def test_whatever_is_stuck_when_the_signal_comes_is_over_within_ten_seconds(clock):
    on_stop(lambda: None)
    clock.handlers[signal.SIGTERM]()
    left, _ = clock.getitimer(signal.ITIMER_REAL)
    assert supervisor.PATIENCE < left < STOPPED_WITHIN - GRACE_SECONDS
    # The impatient, who press once more, put nothing off.
    clock.wait(1)
    clock.handlers[signal.SIGINT]()
    assert clock.getitimer(signal.ITIMER_REAL)[0] == pytest.approx(left - 1)


@pytest.mark.parametrize("lost", [0, 3, STUCK_AFTER - 0.1])
def test_whatever_is_stuck_at_every_step_it_is_over_within_ten_seconds(clock, lost):
    """It comes late to its children, which were asked; they hang; and what follows them is stuck as well."""
    children = running(*(Process(clock) for _ in range(3)))

    def ask_all() -> None:
        for child in children:
            child.ask_to_stop()

    on_stop(ask_all)
    clock.handlers[signal.SIGTERM]()
    clock.wait(lost)
    stop_all(children)
    assert clock.rings_at == pytest.approx(STOPPED_WITHIN) == pytest.approx(10)


def test_time_that_was_lost_before_is_not_given_to_the_children_again(clock):
    """As in a terminal that stood still for a while, when they had been asked already."""
    children = running(Process(clock), Process(clock, takes=1))

    def ask_all() -> None:
        for child in children:
            child.ask_to_stop()

    on_stop(ask_all)
    clock.handlers[signal.SIGTERM]()
    clock.wait(5)
    stop_all(children)
    assert clock.now == pytest.approx(supervisor.PATIENCE + KILLED_WITHIN)


def test_no_alarm_ends_a_stop_that_goes_on(clock):
    """A slow machine may take longer for every step; what follows the children has some time even then."""
    children = running(Process(clock, takes=5.9), Process(clock))
    on_stop(lambda: None)
    clock.handlers[signal.SIGTERM]()
    clock.wait(6)
    stop_all(children)
    assert clock.now > STOPPED_WITHIN
    assert clock.getitimer(signal.ITIMER_REAL)[0] >= 2


def test_no_alarm_ends_a_stop_that_goes_on_for_those_who_press_again(clock):
    on_stop(lambda: None)
    clock.handlers[signal.SIGTERM]()
    clock.presses = [1.0]
    stop_all(running(Process(clock, takes=9)), cluster_up.HOUSE_PATIENCE)
    assert clock.presses == []
    assert clock.now == pytest.approx(9)


def test_a_signal_during_a_stop_that_began_by_itself_ends_what_is_stuck_after_it(clock):
    """As when the server does not start, and somebody presses Ctrl-C while the others end."""
    on_stop(lambda: None)
    clock.presses = [1.0]
    stop_all(running(Process(clock, takes=2)))
    assert clock.rings_at == pytest.approx(1 + STOPPED_WITHIN)


def test_without_a_signal_there_is_no_alarm(clock):
    stop_all(running(Process(clock, takes=1)))
    assert clock.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_cluster_waits_for_an_up_that_keeps_to_its_limits(clock):
    up = Process(clock, takes=STOPPED_WITHIN)
    stop_all(running(up), cluster_up.HOUSE_PATIENCE)
    assert up.signals == ["TERM"]


def test_a_cluster_that_is_stuck_at_every_step_is_over_within_fifteen_seconds(clock):
    on_stop(lambda: None)
    clock.handlers[signal.SIGTERM]()
    stop_all(running(Process(clock)), cluster_up.HOUSE_PATIENCE)
    stop_all(running(Process(clock), Process(clock)), cluster_up.BASE_PATIENCE)
    assert clock.rings_at is not None
    assert STOPPED_WITHIN < clock.rings_at < 15


def test_a_child_is_asked_once(clock):
    process = Process(clock)
    [child] = running(process)
    ask: Callable[[], None] = child.ask_to_stop
    ask()
    ask()
    assert process.signals == ["TERM"]
