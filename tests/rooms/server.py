"""Server processes of our own, and sockets to them over the network."""

from __future__ import annotations

import asyncio
import http.cookiejar
import json
import os
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import websockets

from config.launch.children import LARGEST_FRAME
from tests.prepared import begin_with_prepared
from tests.servers import PATIENCE, answers, spare_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
Frame = dict[str, Any]

# For every line that it reads: Alice, a new meeting and a browser in which she is signed in, as JSON.
SEED = """
import json, sys
import django
django.setup()
from django.db import connection
from django.test import Client
from django.utils import timezone
from accounts.models import User
from meetings.plans import occurrences
for line in sys.stdin:
    alice, _ = User.objects.get_or_create(email="alice@example.org", defaults={"name": "Alice"})
    meeting = occurrences.create(alice, "Standup", timezone.now())
    browser = Client()
    browser.force_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    print(json.dumps({"code": meeting.code, "alice": browser.cookies["session"].value}), flush=True)
    connection.close()
"""


class Copy:
    """One installation: a data directory, a database, and as many server processes as a test starts."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        own = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        # What is lost is found soon, but nobody is taken for lost because the machine was busy.
        quick = {"HEARTBEAT_SECONDS": "0.5", "LEASE_SECONDS": "10", "SEAT_KEPT_SECONDS": "600"}
        self.environment = own | quick | {"DATA_DIR": str(folder / "data"), "DEBUG": "1"} | environment
        self.processes: list[Process] = []
        self._seeder: subprocess.Popen[str] | None = None
        begin_with_prepared(folder / "data")
        if "DATABASE_URL" in environment:
            self.manage("migrate", "--verbosity", "0")

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def meeting(self) -> Frame:
        """A new meeting's `code`, and `alice`: the session of its organizer."""
        if self._seeder is None:
            self._seeder = subprocess.Popen(
                [sys.executable, "-c", SEED],
                cwd=ROOT,
                env={"DJANGO_SETTINGS_MODULE": "config.settings"} | self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._seeder.stdin
        assert self._seeder.stdout
        print(file=self._seeder.stdin, flush=True)
        found: Frame = json.loads(self._seeder.stdout.readline())
        return found

    def let_time_of_seats_pass(self) -> None:
        """The seats of all who are away now have been kept for long enough."""
        with closing(
            sqlite3.connect(self.folder / "data" / "roundtable.sqlite3", timeout=PATIENCE)
        ) as database:
            database.execute(
                "update rooms_participant set away_until = '2000-01-01 00:00:00' where away_until is not null"
            )
            database.commit()

    def start(self, port: int | None = None, program: str = "config.server") -> Process:
        process = Process(self, port or spare_port(), program)
        self.processes.append(process)
        return process

    def stop(self) -> None:
        for process in self.processes:
            process.end(signal.SIGKILL)
        if self._seeder:
            self._seeder.communicate()


class Process:
    """A server process, listening."""

    def __init__(self, copy: Copy, port: int, program: str) -> None:
        self.port = port
        self.log = copy.folder / f"server-{port}.log"
        command = [
            *(sys.executable, "-m", program, "--port", str(port), "--verbosity", "0"),
            *("--websocket-max-message-size", LARGEST_FRAME, "--websocket-max-frame-size", LARGEST_FRAME),
            *("--websocket_connect_timeout", f"{PATIENCE:.0f}"),
            "config.asgi:application",
        ]
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                command, cwd=ROOT, env=copy.environment, stdout=log, stderr=subprocess.STDOUT
            )
        wait_until(lambda: answers(port) or self.child.poll() is not None, "the server listens")
        assert self.child.poll() is None, self.log.read_text()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def end(self, how: signal.Signals) -> None:
        if self.child.poll() is None:
            self.child.send_signal(how)
            self.child.wait(PATIENCE)

    async def says(self, words: str) -> None:
        """Wait until its log has these words."""
        await asyncio.to_thread(wait_until, lambda: words in self.log.read_text(), f"{words!r} in the log")

    async def guest(self, code: str) -> str:
        """The session of a browser that has opened the meeting link."""
        return await asyncio.to_thread(self._open_link, code)

    def _open_link(self, code: str) -> str:
        jar = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        with browser.open(f"{self.url}/{code}/", timeout=PATIENCE) as response:
            assert response.status == 200
        return next(str(cookie.value) for cookie in jar if cookie.name == "session")

    async def socket(self, code: str, session: str, *, origin: str | None = None, **options: Any) -> Line:
        """A socket to the room with this session, as a page would open it."""
        connection = await websockets.connect(
            f"ws://localhost:{self.port}/ws/rooms/{code}/",
            origin=websockets.Origin(origin or self.url),
            additional_headers={"Cookie": f"session={session}"},
            compression=None,
            open_timeout=PATIENCE,
            ping_interval=None,
            proxy=None,
            **options,
        )
        return Line(connection, session)

    async def enter(self, code: str, name: str, session: str | None = None) -> Line:
        """Somebody of this name, inside."""
        line = await self.socket(code, session or await self.guest(code))
        await line.hears("ready")
        await line.joins(name)
        return line


class Line:
    """A page's end of a socket."""

    def __init__(self, connection: websockets.ClientConnection, session: str) -> None:
        self.connection = connection
        self.session = session
        self.me = ""
        self.token = ""

    async def hears(self, *types: str) -> Frame:
        """The next frame; it has one of these types, if any are named."""
        async with asyncio.timeout(PATIENCE):
            frame: Frame = json.loads(await self.connection.recv())
        assert not types or frame["type"] in types, frame
        return frame

    async def hears_at_last(self, kind: str, **members: Any) -> Frame:
        """The next frame of this type with these members; others are passed over."""
        async with asyncio.timeout(PATIENCE):
            while True:
                frame = await self.hears()
                if frame["type"] == kind and members.items() <= frame.items():
                    return frame

    async def says(self, kind: str, **members: Any) -> None:
        await self.connection.send(json.dumps({"type": kind, **members}))

    async def joins(self, name: str, token: str | None = None, *, fresh: bool = True) -> Frame:
        await self.says("join", name=name, token=token, fresh=fresh)
        welcome = await self.hears_at_last("welcome")
        self.me, self.token = welcome["me"], welcome["token"]
        return welcome

    async def knows(self, *, away: dict[str, bool]) -> None:
        """Ask until the roster is this: participant id -> whether they are away."""
        async with asyncio.timeout(PATIENCE):
            while True:
                await self.says("sync")
                snapshot = await self.hears_at_last("snapshot")
                if {p["id"]: p["away"] for p in snapshot["participants"]} == away:
                    return
                await asyncio.sleep(0.1)

    async def is_quiet(self) -> None:
        """Nothing has come before the answer to a ping."""
        await self.says("ping")
        await self.hears("pong")

    async def close_code(self) -> int | None:
        """The code with which the server closes; what comes before is passed over."""
        async with asyncio.timeout(PATIENCE):
            with suppress(websockets.ConnectionClosed):
                while True:
                    await self.connection.recv()
        return self.connection.close_code

    async def goes(self, code: int = 1000) -> None:
        await self.connection.close(code)


async def assert_exactly(seats: int, processes: list[Process], code: str, *, of: int) -> None:
    """So many get a seat, everybody else hears that the room is full, and those inside know each other."""
    # One person has two seats at most.
    sessions = [await processes[n % len(processes)].guest(code) for n in range((of + 1) // 2)]
    lines = [await processes[n % len(processes)].socket(code, sessions[n % len(sessions)]) for n in range(of)]
    for line in lines:
        await line.hears_at_last("ready")

    async def join(n: int) -> bool:
        await lines[n].says("join", name=f"Person {n}")
        while (frame := await lines[n].hears())["type"] not in ("welcome", "bye"):
            pass
        if frame["type"] == "bye":
            assert frame["reason"] == "full"
            assert await lines[n].close_code() == 4409
            return False
        lines[n].me = frame["me"]
        return True

    inside = [
        line
        for line, seated in zip(lines, await asyncio.gather(*map(join, range(of))), strict=True)
        if seated
    ]
    assert len(inside) == seats
    everybody = {line.me: False for line in inside}
    await asyncio.gather(*(line.knows(away=everybody) for line in inside))
    await asyncio.gather(*(line.goes() for line in inside))
