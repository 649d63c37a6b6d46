"""What a client may send, and how long it may take for it."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from accounts.session_keys import new_key_of_account, new_provisional
from config import body_limit
from tests.rooms.server import Copy, Process
from tests.servers import PATIENCE

LARGE = b"x" * 65536


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Iterator[Copy]:
    copy = Copy(tmp_path_factory.mktemp("body-limit"))
    yield copy
    copy.stop()


@pytest.fixture(scope="module")
def server(copy: Copy) -> Process:
    return copy.start()


@pytest.fixture(scope="module")
def keys(copy: Copy) -> dict[str, str]:
    """Of sessions, as the server would hand them out: to a `visitor`, and to whoever `signed_in`."""
    made = "from accounts import session_keys as k; print(k.new_provisional(), k.new_key_of_account())"
    printed = copy.manage("shell", "--no-imports", "--command", made).split()
    return dict(zip(("visitor", "signed_in"), printed[-2:], strict=True)) | {"made_up": "x" * 32}


class Line:
    """A connection over which a test says what it likes."""

    def __init__(self, server: Process) -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=60)
        self.host = f"Host: localhost:{server.port}\r\n".encode()

    def post(self, *headers: str) -> None:
        lines = b"".join(f"{header}\r\n".encode() for header in headers)
        self.socket.sendall(b"POST /account/login/ HTTP/1.1\r\n" + self.host + lines + b"\r\n")

    def answer(self) -> str:
        """The first line of the answer; "" if there is none before the end."""
        return self.socket.makefile("rb").readline().decode().strip()

    def send_until_refused(self, piece: bytes, most: int) -> int:
        """How many bytes were taken."""
        sent = 0
        self.socket.settimeout(5)
        while sent < most:
            try:
                self.socket.sendall(piece)
            except OSError:
                break
            sent += len(piece)
        return sent


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(server):
    line = Line(server)
    line.post(f"Content-Length: {body_limit.LARGEST_BODY_OF_STRANGERS + 1}")
    assert line.answer() == "HTTP/1.1 413 Content Too Large"


def test_one_that_does_not_say_how_large_it_is_is_cut_off(server):
    line = Line(server)
    line.post("Transfer-Encoding: chunked")
    chunk = b"%x\r\n" % len(LARGE) + LARGE + b"\r\n"
    line.send_until_refused(chunk, body_limit.LARGEST_BODY_OF_STRANGERS + 2 * len(LARGE))
    assert line.answer() == "HTTP/1.1 413 Content Too Large"


@pytest.mark.parametrize("whose", ["made_up", "visitor"])
def test_nobody_may_send_more_by_a_cookie_that_shows_no_account(server, keys, whose):
    line = Line(server)
    line.post(f"Cookie: session={keys[whose]}", f"Content-Length: {body_limit.LARGEST_BODY_OF_STRANGERS + 1}")
    assert line.answer() == "HTTP/1.1 413 Content Too Large"


def test_whoever_is_known_may_send_a_list_of_people(server, keys):
    line = Line(server)
    known = f"Cookie: a=b; session={keys['signed_in']}"
    line.post(known, f"Content-Length: {body_limit.LARGEST_BODY_OF_STRANGERS + 1}")
    line.send_until_refused(LARGE, body_limit.LARGEST_BODY_OF_STRANGERS)
    line.socket.sendall(b"x")
    assert line.answer() == "HTTP/1.1 403 Forbidden", "by the form, which misses its token"
    line = Line(server)
    line.post(known, f"Content-Length: {body_limit.LARGEST_BODY + 1}")
    assert line.answer() == "HTTP/1.1 413 Content Too Large"


def test_a_connection_goes_on_after_a_request(server):
    line = Line(server)
    for _ in range(2):
        line.socket.sendall(b"GET /health/ HTTP/1.1\r\n" + line.host + b"\r\n")
        received = b""
        while not received.endswith(b"ok\n"):
            received += line.socket.recv(65536)
        assert received.startswith(b"HTTP/1.1 200 OK")


def test_a_head_that_drips_is_cut_off_also_behind_another_request(copy):
    server = copy.start(program="tests.config.impatient_server")
    first, second = Line(server), Line(server)
    head = b"GET /health/ HTTP/1.1\r\n" + first.host
    first.socket.sendall(head + b"X-Slow: ")
    second.socket.sendall(head + b"\r\n" + head + b"X-Slow: ")
    answers = {first: b"", second: b""}
    waiting, deadline = [first, second], time.monotonic() + PATIENCE
    while waiting and time.monotonic() < deadline:
        for line in list(waiting):
            line.socket.settimeout(0.1)
            try:
                line.socket.sendall(b"x")
                answers[line] += line.socket.recv(65536)
            except TimeoutError:
                continue
            except OSError:
                waiting.remove(line)
            if b"408 Request Timeout" in answers[line] and line in waiting:
                waiting.remove(line)
    assert answers[first].startswith(b"HTTP/1.1 408 Request Timeout")
    assert answers[second].startswith(b"HTTP/1.1 200 OK")
    assert b"HTTP/1.1 408 Request Timeout" in answers[second]


# -- for any other server -------------------------------------------------------------------------


async def ask(headers: list[tuple[bytes, bytes]], pieces: int) -> tuple[int, int]:
    """Status, and how many bytes the application was given."""
    given, status = 0, 0

    async def application(scope, receive, send):
        nonlocal given
        more = True
        while more:
            message = await receive()
            given += len(message["body"])
            more = message["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})

    left = pieces

    async def receive():
        nonlocal left
        left -= 1
        return {"type": "http.request", "body": LARGE, "more_body": left > 0}

    async def send(message):
        nonlocal status
        status = message.get("status", status)

    await body_limit.BodyLimit(application)({"type": "http", "headers": headers}, receive, send)
    return status, given


async def test_an_asgi_server_hands_on_no_more_than_it_may():
    most = body_limit.LARGEST_BODY_OF_STRANGERS // len(LARGE)
    assert await ask([], most) == (200, body_limit.LARGEST_BODY_OF_STRANGERS)
    assert await ask([], most + 1) == (413, body_limit.LARGEST_BODY_OF_STRANGERS)
    assert await ask([(b"content-length", b"999999999")], 1) == (413, 0)
    for forged in (
        b"session=x",
        b"session=" + b"a" * 32,
        b"session=" + new_provisional().encode(),
        b"\xff;=\xe9",
    ):
        assert await ask([(b"cookie", forged)], most + 1) == (413, body_limit.LARGEST_BODY_OF_STRANGERS)
    assert await ask([(b"cookie", b"a=b; session=" + new_key_of_account().encode())], most + 1) == (
        200,
        body_limit.LARGEST_BODY_OF_STRANGERS + len(LARGE),
    )
