"""What a relayed signal costs the server: CPU time a message, against a bare relay in the same minutes."""

from __future__ import annotations

import asyncio
import http.cookiejar
import itertools
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from benchmarks.servers import Product, exact_cpu_seconds, free_port, product, running

PAIRS = 5
# The systems take turns, so that what else the machine does falls on all of them.
ROUNDS = 12
MESSAGES = 40
# At a quiet pace each message wakes its server up: just below what a room allows a sender for long.
PAUSE = 1 / 38
# A busy server has the next one before it sleeps: the burst that a room allows, and the time to earn another.
BURST = 180
REST = 4.6
BODY = "x" * 160
_visits = itertools.count()


@dataclass
class System:
    """Something that relays, and pairs of people who signal through it."""

    name: str
    pids: list[int]
    pairs: list[Pair]
    seconds: float = 0
    messages: int = 0

    async def talk(self, messages: int, pause: float) -> None:
        before = sum(map(exact_cpu_seconds, self.pids))
        await asyncio.gather(*(pair.talk(messages, pause) for pair in self.pairs))
        self.seconds += sum(map(exact_cpu_seconds, self.pids)) - before
        self.messages += messages * len(self.pairs)

    def microseconds(self) -> float:
        """CPU time a message since the last time that somebody asked."""
        answer = self.seconds / self.messages * 1e6
        self.seconds = self.messages = 0
        return answer


@dataclass
class Pair:
    """One who sends the same signal again and again, and one who receives it."""

    sender: ClientConnection
    receiver: ClientConnection
    signal: str

    async def talk(self, messages: int, pause: float) -> None:
        for _ in range(messages):
            await self.sender.send(self.signal)
            await self.receiver.recv()
            await asyncio.sleep(pause)


def guest_cookie(server: Product, code: str) -> str:
    """The session cookie of somebody who opened the meeting link."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    opener.addheaders = [("X-Forwarded-For", f"10.0.{next(_visits) // 50 % 256}.1")]
    opener.open(f"{server.url}{code}/").close()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


async def enter(server: Product, code: str, name: str) -> tuple[ClientConnection, str]:
    """A participant's socket and id."""
    address = f"{server.url.replace('http', 'ws', 1)}ws/rooms/{code}/"
    headers = {"Cookie": guest_cookie(server, code)}
    connection = await connect(
        address,
        additional_headers=headers,
        origin=Origin(server.url.rstrip("/")),
        compression=None,
    )
    await _next(connection, "ready")
    await connection.send(json.dumps({"type": "join", "name": name, "token": None, "fresh": True}))
    welcome = await _next(connection, "welcome")
    return connection, welcome["me"]


async def _next(connection: ClientConnection, kind: str) -> dict[str, Any]:
    async for text in connection:
        message: dict[str, Any] = json.loads(text)
        if message["type"] == kind:
            return message
    raise ConnectionError(f"closed before {kind}")


async def ours(name: str, here: Product, there: Product, pids: list[int]) -> System:
    """Participants on `here`, each with one on `there`."""
    code = here.meeting()
    pairs = []
    for n in range(PAIRS):
        (sender, _), (receiver, to) = (
            await enter(here, code, f"From {n}"),
            await enter(there, code, f"To {n}"),
        )
        # A signal to somebody whose arrival has not come through yet cannot be delivered.
        while (await _next(sender, "participant-joined"))["participant"]["id"] != to:
            pass
        candidate = {"candidate": BODY, "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "abcd"}
        signal = {"type": "candidates", "to": to, "generation": 1000, "candidates": [candidate]}
        pairs.append(Pair(sender, receiver, json.dumps(signal)))
    # Nothing but signals is under way from here on: whoever came has been told of.
    for pair in pairs:
        for connection in (pair.sender, pair.receiver):
            await connection.send(json.dumps({"type": "ping"}))
            await _next(connection, "pong")
    return System(name, pids, pairs)


async def bare(url: str, pid: int) -> System:
    """The same on the bare relay."""

    async def person() -> tuple[ClientConnection, str]:
        connection = await connect(url.replace("http", "ws", 1) + "relay", compression=None)
        return connection, json.loads(await connection.recv())["welcome"]

    pairs = []
    for _ in range(PAIRS):
        (sender, _), (receiver, to) = await person(), await person()
        signal = {"to": to, "candidate": {"candidate": BODY, "sdpMid": "0", "sdpMLineIndex": 0}}
        pairs.append(Pair(sender, receiver, json.dumps(signal)))
    return System("bare relay on `websockets`", [pid], pairs)


@contextmanager
def redis() -> Iterator[str]:
    """A private Redis; yields its address."""
    if shutil.which("redis-server") is None:
        raise SystemExit("No redis-server found. Run `./run test` once; it installs one.")
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        process = subprocess.Popen(
            ["redis-server", "--port", str(port), "--dir", folder, "--save", "", "--bind", "127.0.0.1"],
            stdout=subprocess.DEVNULL,
        )
        try:
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except ConnectionRefusedError:
                    if process.poll() is not None:
                        raise RuntimeError("redis-server did not start") from None
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait()


async def measure(systems: list[System]) -> list[tuple[str, float, float]]:
    """Name, and microseconds a message at a quiet pace and when busy."""
    quiet, busy = {}, {}
    for _ in range(ROUNDS):
        for system in systems:
            await system.talk(MESSAGES, PAUSE)
    for system in systems:
        quiet[system.name] = system.microseconds()
    await asyncio.sleep(REST)
    for _ in range(ROUNDS // 3):
        for system in systems:
            await system.talk(BURST, 0)
        await asyncio.sleep(REST)
    for system in systems:
        busy[system.name] = system.microseconds()
    return [(system.name, quiet[system.name], busy[system.name]) for system in systems]


async def _all(url: str, pid: int, daphne: Product, uvicorn: Product, two: list[Product]) -> list[System]:
    return [
        await bare(url, pid),
        await ours("one process, daphne", daphne, daphne, [daphne.pid]),
        await ours("one process, uvicorn with uvloop", uvicorn, uvicorn, [uvicorn.pid]),
        await ours("two daphnes over Redis, both together", two[0], two[1], [one.pid for one in two]),
    ]


def run() -> Iterator[str]:
    """The lines of a Markdown table."""
    url = f"http://localhost:{(port := free_port())}/"
    with ExitStack() as stack:
        relay = [sys.executable, "-m", "benchmarks.bare.relay", str(port)]
        pid = stack.enter_context(running(relay, url))
        [daphne] = stack.enter_context(product())
        [uvicorn] = stack.enter_context(product(on_uvicorn=True))
        two = stack.enter_context(product(processes=2, redis_url=stack.enter_context(redis())))

        async def whole() -> list[tuple[str, float, float]]:
            return await measure(await _all(url, pid, daphne, uvicorn, two))

        rows = asyncio.run(whole())
    _, bare_quiet, bare_busy = rows[0]
    yield "| server CPU per relayed signal | quiet | ratio | busy | ratio |"
    yield "|---|---:|---:|---:|---:|"
    for name, quiet, busy in rows:
        ratios = quiet / bare_quiet, busy / bare_busy
        yield f"| {name} | {quiet:.0f} µs | {ratios[0]:.1f} | {busy:.0f} µs | {ratios[1]:.1f} |"
