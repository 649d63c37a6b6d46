"""`./run --cluster 2`: the shape of a large installation, on this machine."""

from __future__ import annotations

import asyncio
import http.cookiejar
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import websockets

from config.launch import cluster
from tests.browser.server import ROOT, children_of
from tests.prepared import begin_with_prepared
from tests.rooms.server import SEED, Line
from tests.servers import PATIENCE, spare_port, wait_until

# Nobody's seat is lost because the machine was busy.
SETTINGS = {"SEAT_KEPT_SECONDS": "600", "SEAT_KEPT_LONGEST_SECONDS": "600"}


def test_it_names_everything_that_is_missing(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name, path: None)
    monkeypatch.setattr(cluster, "_postgres_folder", lambda path: None)
    with pytest.raises(cluster.NoCluster) as fault:
        cluster.programs()
    assert "Postgres and Redis and nginx" in str(fault.value)
    assert "apt-get install -y postgresql redis-server nginx-light" in str(fault.value)


class Running:
    """A cluster of two."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, spare_port()
        self.log = folder / "said"
        own = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        command = [sys.executable, "manage.py", "cluster", "--servers", "2", "--port", str(self.port)]
        with self.log.open("wb") as output:
            self.child = subprocess.Popen(
                command,
                cwd=ROOT,
                env=own | SETTINGS | {"DATA_DIR": str(folder)},
                stdout=output,
                stderr=output,
            )

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def is_ready(self) -> bool:
        assert self.child.poll() is None, self.log.read_text()
        return f"Ready: {self.url}/" in self.log.read_text()

    def processes(self) -> dict[int, str]:
        """Everything that it has started, and what these have."""
        return {pid: command for child, _ in children_of(self.child.pid) for pid, command in family(child)}

    def servers(self) -> list[int]:
        return [pid for pid, command in self.processes().items() if "config.launch.orphans server" in command]

    def meeting(self) -> dict[str, str]:
        """Asked of the database that the servers use, which only they have been told of."""
        told = Path(f"/proc/{self.servers()[0]}/environ").read_bytes().decode().split("\0")
        environment = dict(line.split("=", 1) for line in told if "=" in line)
        made = subprocess.run(
            [sys.executable, "-c", SEED],
            cwd=ROOT,
            env={"DJANGO_SETTINGS_MODULE": "config.settings"} | environment,
            input="\n",
            capture_output=True,
            text=True,
            check=True,
        )
        found: dict[str, str] = json.loads(made.stdout.splitlines()[-1])
        return found

    def guest(self, code: str) -> str:
        jar = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        browser.open(f"{self.url}/{code}/", timeout=PATIENCE).close()
        return next(str(cookie.value) for cookie in jar if cookie.name == "session")

    async def socket(self, code: str, session: str) -> Line:
        connection = await websockets.connect(
            f"ws://localhost:{self.port}/ws/rooms/{code}/",
            origin=websockets.Origin(self.url),
            additional_headers={"Cookie": f"session={session}"},
            compression=None,
            open_timeout=PATIENCE,
            ping_interval=None,
            proxy=None,
        )
        line = Line(connection, session)
        await line.hears("ready")
        return line

    async def enter(self, code: str, name: str) -> Line:
        line = await self.socket(code, await asyncio.to_thread(self.guest, code))
        await line.joins(name)
        return line

    async def come_back(self, code: str, line: Line) -> Line:
        """As a page does whose socket was closed for a restart."""
        assert await line.close_code() == 4503
        again = await self.socket(code, line.session)
        welcome = await again.joins("Back", line.token, fresh=False)
        assert (welcome["me"], welcome["resumed"]) == (line.me, True)
        return again


def family(pid: int) -> Iterator[tuple[int, str]]:
    try:
        yield pid, Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except FileNotFoundError:
        return
    for child, _ in children_of(pid):
        yield from family(child)


@pytest.fixture
def running() -> Iterator[Running]:
    # Postgres runs as somebody else where we are root, and has to get through.
    folder = Path(tempfile.mkdtemp(prefix="roundtable-cluster-"))
    folder.rmdir()
    begin_with_prepared(folder)
    running = Running(folder)
    try:
        wait_until(running.is_ready, "the cluster is ready")
        yield running
    finally:
        if running.child.poll() is None:
            running.child.send_signal(signal.SIGTERM)
            running.child.wait(PATIENCE)
        shutil.rmtree(folder)


async def test_people_meet_through_the_proxy_and_a_rolling_restart_costs_no_seat(running):
    code = (await asyncio.to_thread(running.meeting))["code"]
    lines = [await running.enter(code, f"Guest {n}") for n in range(4)]
    roster = {line.me: False for line in lines}
    for line in lines:
        await line.knows(away=roster)

    for server in running.servers():
        os.kill(server, signal.SIGTERM)
        await asyncio.to_thread(wait_until, partial(has_ended, server), "it ends")
        closed = [line for line in lines if await is_told_to_come_back(line)]
        lines = [await running.come_back(code, line) if line in closed else line for line in lines]
        for line in lines:
            await line.knows(away=roster)
        await asyncio.to_thread(wait_until, lambda: len(running.servers()) == 2, "it runs again")

    carol = await running.enter(code, "Carol")
    await carol.knows(away={**roster, carol.me: False})
    await carol.says("need-offer", to=lines[0].me, generation=1, reason="ice")
    assert (await lines[0].hears_at_last("need-offer"))["sender"] == carol.me
    for line in [*lines, carol]:
        await line.goes()

    everything = list(running.processes())
    running.child.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(running.child.wait, PATIENCE) == 0
    await asyncio.to_thread(wait_until, lambda: all(map(has_ended, everything)), "nothing of it is left")


def has_ended(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


async def is_told_to_come_back(line: Line) -> bool:
    """Whether this socket was one of the process that went: it answers no question any more."""
    try:
        await line.says("ping")
        await line.hears_at_last("pong")
    except websockets.ConnectionClosed:
        return True
    return False
