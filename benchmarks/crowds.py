"""Many at once: who comes to one room, to two hundred, and what two thousand who sit still weigh."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from benchmarks.servers import Product, free_port, product, resident_kib, running
from benchmarks.signals import guest_cookie

CROWD, SEATS = 50, 12
ROOMS, SIZE, SPREAD = 200, 4, 10.0
IDLE, AT_ONE_DOOR = 2000, 8
PATIENCE = 60.0


async def come(server: Product, code: str, cookie: str) -> ClientConnection:
    """A socket at the door."""
    address = f"{server.url.replace('http', 'ws', 1)}ws/rooms/{code}/"
    connection = await connect(
        address,
        additional_headers={"Cookie": cookie},
        origin=Origin(server.url.rstrip("/")),
        compression=None,
        open_timeout=PATIENCE,
        ping_interval=None,
    )
    while json.loads(await connection.recv())["type"] != "ready":
        pass
    return connection


class Guest:
    """Somebody who clicks, and what they hear of it."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.answer = ""
        self.seconds = 0.0
        self.roster: set[str] = set()

    async def join(self, everybody: int) -> None:
        """Click, and listen until the roster has so many, or there is no seat."""
        began = time.monotonic()
        await self.connection.send(
            json.dumps({"type": "join", "name": "Guest", "token": None, "fresh": True})
        )
        try:
            async with asyncio.timeout(PATIENCE):
                while not self.answer or (self.answer == "welcome" and len(self.roster) < everybody):
                    self._hear(json.loads(await self.connection.recv()), began)
        except (ConnectionClosed, TimeoutError):
            self.answer = self.answer or "nothing"

    def _hear(self, frame: dict[str, Any], began: float) -> None:
        match frame["type"]:
            case "welcome":
                self.answer, self.seconds = "welcome", time.monotonic() - began
                self.roster |= {participant["id"] for participant in frame["participants"]}
            case "bye":
                self.answer, self.seconds = frame["reason"], time.monotonic() - began
            case "participant-joined":
                self.roster.add(frame["participant"]["id"])


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def one_room(server: Product) -> str:
    """Fifty click at once on a room with twelve seats."""
    code = server.meeting()
    cookies = [guest_cookie(server, code) for _ in range(CROWD)]
    guests = [Guest(await come(server, code, cookie)) for cookie in cookies]
    await asyncio.gather(*(guest.join(SEATS) for guest in guests))
    answers = Counter(guest.answer for guest in guests)
    knowing = sum(len(guest.roster) == SEATS for guest in guests if guest.answer == "welcome")
    for guest in guests:
        await guest.connection.close()
    late = percentile([guest.seconds for guest in guests], 0.99)
    said = f"{answers['welcome']} in, {answers['full']} told it is full, {knowing} know everyone"
    return f"| {CROWD} click at once, one room of {SEATS} | {said} | {late * 1000:.0f} ms |"


async def many_rooms(server: Product) -> str:
    """Two hundred rooms of four fill within ten seconds."""
    codes = server.meetings(ROOMS)
    rooms = []
    for code in codes:
        # One person has two seats at most.
        cookies = [guest_cookie(server, code) for _ in range((SIZE + 1) // 2)]
        rooms.append([Guest(await come(server, code, cookies[n // 2])) for n in range(SIZE)])

    async def fill(room: list[Guest], after: float) -> None:
        await asyncio.sleep(after)
        await asyncio.gather(*(guest.join(SIZE) for guest in room))

    began = time.monotonic()
    await asyncio.gather(*(fill(room, SPREAD * n / ROOMS) for n, room in enumerate(rooms)))
    took = time.monotonic() - began
    guests = [guest for room in rooms for guest in room]
    inside = sum(guest.answer == "welcome" for guest in guests)
    knowing = sum(len(guest.roster) == SIZE for guest in guests)
    for guest in guests:
        await guest.connection.close()
    late = percentile([guest.seconds for guest in guests], 0.99)
    return (
        f"| {ROOMS} rooms of {SIZE}, all within {SPREAD:.0f} s | {inside} in, {knowing} know everyone, "
        f"after {took:.1f} s | {late * 1000:.0f} ms |"
    )


async def idle(server: Product) -> float:
    """KiB of each of two thousand sockets at the doors."""
    codes = server.meetings(IDLE // AT_ONE_DOOR)
    cookies = {code: guest_cookie(server, code) for code in codes}
    warm = await come(server, codes[0], cookies[codes[0]])
    before = resident_kib(server.pid)
    connections = [warm]
    for code, cookie in cookies.items():
        connections += [await come(server, code, cookie) for _ in range(AT_ONE_DOOR - (code == codes[0]))]
    used = resident_kib(server.pid) - before
    assert len(connections) == IDLE
    for connection in connections:
        await connection.close()
    return used / IDLE


async def idle_bare(url: str, pid: int) -> float:
    """The same on the bare relay."""
    address = url.replace("http", "ws", 1) + "relay"
    connections = [await connect(address, compression=None, ping_interval=None)]
    before = resident_kib(pid)
    connections += [await connect(address, compression=None, ping_interval=None) for _ in range(IDLE - 1)]
    used = resident_kib(pid) - before
    for connection in connections:
        await connection.close()
    return used / IDLE


def run() -> Iterator[str]:
    """The lines of two Markdown tables."""
    yield "| one daphne on SQLite | | p99 of the answer to the click |"
    yield "|---|---|---:|"
    with product() as [server]:
        yield asyncio.run(one_room(server))
        yield asyncio.run(many_rooms(server))
    yield ""
    yield "| memory per idle socket, 2,000 of them | KiB |"
    yield "|---|---:|"
    url = f"http://localhost:{(port := free_port())}/"
    with running([sys.executable, "-m", "benchmarks.bare.relay", str(port)], url) as pid:
        yield f"| bare relay on `websockets` | {asyncio.run(idle_bare(url, pid)):.0f} |"
    with product() as [server]:
        yield f"| daphne | {asyncio.run(idle(server)):.0f} |"
    with product(on_uvicorn=True) as [server]:
        yield f"| uvicorn with uvloop | {asyncio.run(idle(server)):.0f} |"
