"""Two processes and a layer that loses, delays, repeats and reorders letters: nobody may notice for long."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import websockets

from rooms.protocol.messages import CLOSE_CODES, ByeReason
from tests.rooms.server import Copy, Line, Process
from tests.servers import PATIENCE

STEPS = 70


@pytest.fixture(params=[1, 2])
def seed(request) -> int:
    return int(request.param)


@pytest.fixture
def copy(seed, tmp_path, redis_url) -> Iterator[Copy]:
    copy = Copy(
        tmp_path / "copy",
        REDIS_URL=redis_url,
        ROOM_CAPACITY="12",
        DJANGO_SETTINGS_MODULE="tests.rooms.live.lossy_settings",
        LAYER_SEED=str(seed),
    )
    yield copy
    copy.stop()


class Page:
    """A participant's page: it follows the numbers of the events, as docs/signaling.md says."""

    def __init__(self, line: Line, welcome: dict[str, Any]) -> None:
        self.line = line
        self.me = line.me
        self.roster: dict[str, bool] = {}
        self.rev = 0
        self.signals: Counter[int] = Counter()
        self.bye: str | None = None
        # Why the test has it closed, if it has.
        self.expected: set[ByeReason] = set()
        self._know(welcome)
        self.task = asyncio.create_task(self._read())

    def _know(self, snapshot: dict[str, Any]) -> None:
        self.rev = snapshot["rev"]
        self.roster = {p["id"]: p["away"] for p in snapshot["participants"]}

    async def _read(self) -> None:
        try:
            while True:
                await self._take(await self.line.hears())
        except (websockets.ConnectionClosed, TimeoutError):
            pass

    async def _take(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "snapshot" if frame["rev"] >= self.rev:
                self._know(frame)
            case "participant-joined" | "participant-updated" | "participant-left":
                if frame["rev"] > self.rev + 1:
                    await self.line.says("sync")
                elif frame["rev"] == self.rev + 1:
                    self._apply(frame)
            case "need-offer":
                self.signals[frame["generation"]] += 1
            case "bye":
                self.bye = frame["reason"]

    def _apply(self, event: dict[str, Any]) -> None:
        self.rev = event["rev"]
        if event["type"] == "participant-left":
            self.roster.pop(event["id"], None)
        else:
            self.roster[event["participant"]["id"]] = event["participant"]["away"]


class Meeting:
    """A room in which things happen by chance."""

    def __init__(self, processes: list[Process], facts: dict[str, str], seed: int) -> None:
        self.processes = processes
        self.code, self.host_session = facts["code"], facts["alice"]
        self.chance = random.Random(seed)
        self.generations = itertools.count(1)
        self.pages: list[Page] = []
        self.gone: list[Page] = []

    async def enter(self, session: str | None = None, *, process: Process | None = None) -> Page:
        line = await (process or self.chance.choice(self.processes)).enter(self.code, "Bob", session)
        # What they know, they know from the room itself.
        await line.says("sync")
        page = Page(line, await line.hears_at_last("snapshot"))
        self.pages.append(page)
        return page

    async def move(self, page: Page) -> None:
        """To another process, on a new socket."""
        page.expected |= {"replaced", "restart"}
        line = await self.chance.choice(self.processes).socket(self.code, page.line.session)
        await line.hears("ready")
        welcome = await line.joins("Bob", page.line.token, fresh=False)
        assert welcome["me"] == page.me
        self._retire(page)
        self.pages.append(Page(line, welcome))

    async def leave(self, page: Page) -> None:
        self._retire(page)
        await page.line.says("leave")

    async def remove(self, page: Page) -> None:
        # Whatever they still have open.
        for open_page in [page, *(old for old in self.gone if old.me == page.me)]:
            open_page.expected.add("removed")
        await self.pages[0].line.says("remove", participant=page.me)
        self._retire(page)

    async def signal(self) -> None:
        sender, receiver = self.chance.sample(self.pages, 2)
        await sender.line.says("need-offer", to=receiver.me, generation=next(self.generations), reason="ice")

    def _retire(self, page: Page) -> None:
        self.pages.remove(page)
        self.gone.append(page)

    async def step(self) -> None:
        others = self.pages[1:]
        what = self.chance.choice(("enter", "enter", "move", "move", "leave", "remove", *["signal"] * 6))
        if what == "enter" and len(self.pages) < 10:
            await self.enter()
        elif what in ("move", "leave", "remove") and len(others) > 2:
            await getattr(self, what)(self.chance.choice(others))
        else:
            await self.signal()

    async def settle(self) -> None:
        """Wait until every page shows what the database says, to whoever asks it."""
        observer = await self.processes[0].socket(self.code, await self.processes[0].guest(self.code))
        async with asyncio.timeout(PATIENCE):
            while True:
                await observer.says("sync")
                snapshot = await observer.hears_at_last("snapshot")
                truth = {p["id"]: p["away"] for p in snapshot["participants"]}
                here = {page.me: False for page in self.pages}
                if truth == here and all(page.roster == truth for page in self.pages):
                    break
                await asyncio.sleep(0.2)
        await observer.goes()


async def test_what_the_layer_does_is_not_noticed(copy, seed):
    processes = [await asyncio.to_thread(copy.start) for _ in range(2)]
    facts = copy.meeting()
    meeting = Meeting(processes, facts, seed)
    await meeting.enter(facts["alice"])
    for process in processes * 2:
        await meeting.enter(process=process)
    for _ in range(STEPS):
        await meeting.step()
    await meeting.settle()

    for page in meeting.pages:
        assert page.bye is None
        assert not page.task.done()
    for page in meeting.gone:
        async with asyncio.timeout(PATIENCE):
            await page.task
        assert page.bye is None or page.bye in page.expected
        closings = {1000, *(CLOSE_CODES[reason] for reason in page.expected)}
        assert page.line.connection.close_code in closings
    signals = sum((page.signals for page in meeting.pages + meeting.gone), Counter())
    assert set(signals.values()) == {1}

    # And whoever is inside now can be reached from everywhere.
    alice = meeting.pages[0]
    for page in meeting.pages[1:]:
        generation = next(meeting.generations)
        async with asyncio.timeout(PATIENCE):
            while not page.signals[generation]:
                await alice.line.says("need-offer", to=page.me, generation=generation, reason="ice")
                await asyncio.sleep(0.2)
    for page in meeting.pages:
        page.task.cancel()
        await page.line.goes()
