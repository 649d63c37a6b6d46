"""SIGTERM ends everything that `./run` has started, whatever its clients, its disk and its terminal do."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import pytest

from config.launch import front
from config.launch.supervisor import STOPS_WITHIN, Child, stop_all
from tests.config.launch.copies import Copy, is_alive
from tests.servers import answers, spare_port, wait_until
from tests.settings import BASE_DIR

# What was promised, and what a busy machine adds.
SECONDS = 10


@pytest.fixture
def copy(tmp_path) -> Iterator[Copy]:
    copy = Copy(tmp_path / "data", spare_port(), DEBUG="1")
    yield copy.wait_until_ready()
    for pid in copy.children().values():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    copy.end()


def gone_after(copy: Copy) -> float:
    """Seconds from SIGTERM until nothing is left."""
    children = copy.children()
    began = time.monotonic()
    copy.process.terminate()
    copy.process.wait(30)
    wait_until(lambda: not any(is_alive(pid) for pid in children.values()), "the children end too")
    return time.monotonic() - began


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
    seconds = gone_after(copy)
    assert seconds < SECONDS
    # On a machine that is busy with other things, the last resort may come first: it, too, is in time.
    assert copy.process.returncode == 0 or (
        copy.process.returncode == -signal.SIGALRM and seconds >= STOPS_WITHIN
    )
    for client in clients:
        client.close()


@pytest.mark.parametrize("name", ["server", "worker"])
def test_no_child_that_hangs_holds_it_up(copy, name):
    os.kill(copy.children()[name], signal.SIGSTOP)
    assert gone_after(copy) < SECONDS


def test_no_terminal_that_stands_still_holds_it_up(tmp_path):
    """As with Ctrl-S, or a pipe that nobody reads: it never comes to say that it is ready."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writer, b"x" * 512)
    os.set_blocking(writer, True)
    port = spare_port()
    settings = {"DATA_DIR": str(tmp_path / "data"), "DJANGO_SETTINGS_MODULE": "config.settings"}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up", "--port", str(port)],
        cwd=BASE_DIR,
        env=os.environ | settings | {"DEBUG": "1"},
        stdout=writer,
        stderr=writer,
    )
    try:
        wait_until(lambda: answers(port), "it listens", 60)
        wait_until(lambda: len(descendants(process.pid)) >= 2, "the children run", 60)
        wait_until(lambda: front.answers(("127.0.0.1", port)), "it is ready", 60)
        wait_until(lambda: is_stuck(process.pid), "it is stuck in what it has to say")
        children = descendants(process.pid)
        began = time.monotonic()
        process.terminate()
        process.wait(30)
        wait_until(lambda: not any(map(is_alive, children)), "the children end too")
        assert time.monotonic() - began < SECONDS
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


class Unkillable:
    """A process that waits for a disk: signals reach it when the disk answers."""

    stdin = None
    returncode = None

    def __init__(self) -> None:
        self.signals: list[str] = []

    def poll(self) -> None:
        return None

    def terminate(self) -> None:
        self.signals.append("TERM")

    def kill(self) -> None:
        self.signals.append("KILL")

    def wait(self, timeout: float | None = None) -> int:
        assert timeout is not None, "waiting for ever"
        time.sleep(timeout)
        raise subprocess.TimeoutExpired("server", timeout)


def test_a_process_that_waits_for_a_disk_is_not_waited_for(monkeypatch):
    children: Sequence[Child] = [Child("server", []), Child("worker", [])]
    stuck = [Unkillable(), Unkillable()]
    for child, process in zip(children, stuck, strict=True):
        monkeypatch.setattr(child, "_process", process)
    began = time.monotonic()
    stop_all(children, patience=0.2)
    assert time.monotonic() - began < 3
    assert [process.signals for process in stuck] == [["TERM", "KILL"]] * 2


def test_a_child_is_asked_once(monkeypatch):
    child, process = Child("server", []), Unkillable()
    monkeypatch.setattr(child, "_process", process)
    ask: Callable[[], None] = child.ask_to_stop
    ask()
    ask()
    assert process.signals == ["TERM"]
