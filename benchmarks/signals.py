"""What a relayed signal costs the server: CPU time a message, against a bare relay."""

from __future__ import annotations

import asyncio
import http.cookiejar
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from benchmarks.servers import Product, cpu_seconds, free_port, product, running

MESSAGES = 4000
# Below the limit of a room: forty a second and a burst of two hundred for each of the senders.
PAUSE = 1 / 38
SENDERS = 10
BODY = "x" * 160


def guest_cookie(server: Product, code: str) -> str:
    """The session cookie of somebody who opened the meeting link."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
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


async def ours(here: Product, there: Product, pids: list[int]) -> float:
    """CPU microseconds per signal from participants on `here` to one each on `there`."""
    code = here.meeting()
    pairs = []
    for n in range(SENDERS // 2):
        sender, receiver = await enter(here, code, f"From {n}"), await enter(there, code, f"To {n}")
        # A signal to somebody whose arrival has not come through yet cannot be delivered.
        while (await _next(sender[0], "participant-joined"))["participant"]["id"] != receiver[1]:
            pass
        pairs.append((sender, receiver))

    async def talk(sender: ClientConnection, receiver: ClientConnection, to: str) -> None:
        signal = json.dumps(
            {
                "type": "candidates",
                "to": to,
                "generation": 1000,
                "candidates": [
                    {"candidate": BODY, "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "abcd"}
                ],
            }
        )
        for _ in range(MESSAGES // SENDERS):
            await sender.send(signal)
            await _next(receiver, "candidates")
            await asyncio.sleep(PAUSE)

    before = sum(map(cpu_seconds, pids))
    await asyncio.gather(*(talk(a, b, to) for (a, _), (b, to) in pairs))
    used = sum(map(cpu_seconds, pids)) - before
    for (a, _), (b, _) in pairs:
        await asyncio.gather(a.close(), b.close())
    return used / (MESSAGES // SENDERS * len(pairs)) * 1e6


async def theirs(url: str, pid: int) -> float:
    """CPU microseconds per message of the bare relay, at the same pace."""

    async def person() -> tuple[ClientConnection, str]:
        connection = await connect(url.replace("http", "ws", 1) + "relay", compression=None)
        return connection, json.loads(await connection.recv())["welcome"]

    pairs = [(await person(), await person()) for _ in range(SENDERS // 2)]

    async def talk(sender: ClientConnection, receiver: ClientConnection, to: str) -> None:
        text = json.dumps({"to": to, "candidate": {"candidate": BODY, "sdpMid": "0", "sdpMLineIndex": 0}})
        for _ in range(MESSAGES // SENDERS):
            await sender.send(text)
            await receiver.recv()
            await asyncio.sleep(PAUSE)

    before = cpu_seconds(pid)
    await asyncio.gather(*(talk(a, b, to) for (a, _), (b, to) in pairs))
    used = cpu_seconds(pid) - before
    for (a, _), (b, _) in pairs:
        await asyncio.gather(a.close(), b.close())
    return used / (MESSAGES // SENDERS * len(pairs)) * 1e6


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


def run() -> Iterator[str]:
    """The lines of a Markdown table."""
    url = f"http://localhost:{(port := free_port())}/"
    with running([sys.executable, "-m", "benchmarks.bare.relay", str(port)], url) as pid:
        bare = asyncio.run(theirs(url, pid))
    with product() as [server]:
        inside = asyncio.run(ours(server, server, [server.pid]))
    with redis() as redis_url, product(processes=2, redis_url=redis_url) as [one, two]:
        across = asyncio.run(ours(one, two, [one.pid, two.pid]))
    yield "| server CPU per relayed signal | µs | ratio |"
    yield "|---|---:|---:|"
    yield f"| bare relay on `websockets` | {bare:.0f} | 1.0 |"
    yield f"| in one process | {inside:.0f} | {inside / bare:.1f} |"
    yield f"| between two processes, over Redis (both together) | {across:.0f} | {across / bare:.1f} |"
