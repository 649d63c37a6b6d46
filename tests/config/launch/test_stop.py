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

from config.launch import cluster_up, front
from config.launch.orphans import GRACE_SECONDS
from config.launch.supervisor import PATIENCE as PATIENCE_WITH_CHILDREN
from config.launch.supervisor import STUCK_AFTER, Child, on_stop, stop_all
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
    """SIGTERM, until nothing is left. How long that may take is reckoned below, without a machine."""
    children = copy.children()
    copy.process.terminate()
    assert copy.process.wait(PATIENCE) == 0
    wait_until(lambda: not any(is_alive(pid) for pid in children.values()), "the children end too")


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


@pytest.mark.parametrize("name", ["server", "worker"])
def test_no_child_that_hangs_holds_it_up(copy, name):
    os.kill(copy.children()[name], signal.SIGSTOP)
    stop(copy)


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

    def wait(self, seconds: float) -> None:
        self.now += seconds
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
    assert clock.now < 10
    assert [process.signals for process in stuck] == [["TERM", "KILL"]] * 3


def test_whatever_is_stuck_when_the_signal_comes_is_over_within_ten_seconds(clock):
    on_stop(lambda: None)
    clock.handlers[signal.SIGTERM]()
    left, _ = clock.getitimer(signal.ITIMER_REAL)
    assert PATIENCE_WITH_CHILDREN < left < 10 - GRACE_SECONDS
    # The impatient, who press once more, put nothing off.
    clock.wait(1)
    clock.handlers[signal.SIGINT]()
    assert clock.getitimer(signal.ITIMER_REAL)[0] == pytest.approx(left - 1)


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
    assert clock.now < 10


def test_no_alarm_ends_a_stop_that_goes_on(clock):
    """A slow machine may take longer for every step; what follows the children has the whole time again."""
    children = running(Process(clock, takes=5.9), Process(clock))
    on_stop(lambda: None)
    clock.handlers[signal.SIGTERM]()
    clock.wait(4)
    stop_all(children)
    assert clock.now > STUCK_AFTER
    assert clock.getitimer(signal.ITIMER_REAL)[0] == pytest.approx(STUCK_AFTER)


def test_without_a_signal_there_is_no_alarm(clock):
    stop_all(running(Process(clock, takes=1)))
    assert clock.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_cluster_ends_within_ten_seconds_by_the_same_reckoning(clock):
    stop_all(running(Process(clock)), cluster_up.HOUSE_PATIENCE)
    stop_all(running(Process(clock), Process(clock)), cluster_up.BASE_PATIENCE)
    assert clock.now < 10
    assert cluster_up.HOUSE_PATIENCE > STUCK_AFTER


def test_a_child_is_asked_once(clock):
    process = Process(clock)
    [child] = running(process)
    ask: Callable[[], None] = child.ask_to_stop
    ask()
    ask()
    assert process.signals == ["TERM"]
