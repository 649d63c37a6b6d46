"""Rooms, and pages that open sockets to them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.test import Client
from django.utils import timezone

from accounts.models import User
from meetings import links
from meetings.models import Attendee, Meeting
from meetings.plans import occurrences
from meetings.signals import doors_changed
from rooms.live import this_process
from rooms.live.sockets import Socket
from tests.rooms.protocol.somebody import somebody
from tests.servers import PATIENCE

Frame = dict[str, Any]


@pytest.fixture
def standup(alice: User) -> Meeting:
    """Alice's meeting, which has begun."""
    return occurrences.create(alice, "Standup", timezone.now() - timedelta(minutes=1))


@pytest.fixture
def bobs_invitation(standup: Meeting) -> Attendee:
    """Bob is invited to the stand-up, by his address."""
    return Attendee.objects.create(meeting=standup, email="bob@example.org", name="Bob")


@pytest.fixture
def guest(standup: Meeting) -> Callable[[], Client]:
    """`guest()`: a browser without an account that has opened the meeting link."""

    def opened() -> Client:
        client = Client()
        assert client.get(standup.room_url).status_code == 200
        return client

    return opened


async def changed(meeting: Meeting) -> None:
    """Save it as a verb of meetings does: whoever stands at its door hears of it."""
    await meeting.asave()
    await sync_to_async(doors_changed.send)(sender=Meeting, meeting=meeting)


def came_by_letter(attendee: Attendee) -> Client:
    """A browser in which the attendee's personal link was opened."""
    client = Client()
    assert client.get(links.path(links.mint(attendee)), follow=True).status_code == 200
    return client


def took_the_link_alone(attendee: Attendee) -> Client:
    """A browser in which the attendee's personal link was opened, but not the page that it leads to."""
    client = Client()
    assert client.get(links.path(links.mint(attendee))).status_code == 302
    return client


class Page:
    """A page's end of a socket, in this process."""

    def __init__(self, communicator: WebsocketCommunicator) -> None:
        self.communicator = communicator
        self.me = ""
        self.token = ""

    async def event(self) -> Frame:
        event: Frame = await self.communicator.receive_output(PATIENCE)
        return event

    async def hears(self, *types: str) -> Frame:
        """The next frame; it has one of these types, if any are named."""
        event = await self.event()
        assert event["type"] == "websocket.send", event
        frame: Frame = json.loads(event["text"])
        assert not types or frame["type"] in types, frame
        return frame

    async def says(self, kind: str, **members: Any) -> None:
        await self.says_text(json.dumps({"type": kind, **members}))

    async def says_text(self, text: str) -> None:
        await self.communicator.send_input({"type": "websocket.receive", "text": text})

    async def is_quiet(self) -> None:
        """Everything that was sent has been read: the next thing to come is the answer to a ping."""
        await self.says("ping")
        await self.hears("pong")

    async def joins(self, name: str = "Bob", token: str | None = None, *, fresh: bool = True) -> Frame:
        """Join, and be welcomed."""
        await self.says("join", name=name, token=token, fresh=fresh)
        welcome = await self.hears("welcome")
        self.me, self.token = welcome["me"], welcome["token"]
        return welcome

    async def is_closed(self, reason: str, code: int) -> None:
        assert await self.hears() == {"type": "bye", "reason": reason}
        await self.is_closed_with(code)

    async def is_closed_with(self, code: int) -> None:
        assert await self.event() == {"type": "websocket.close", "code": code}
        await self.goes(code)

    async def goes(self, code: int = 1006) -> None:
        """The connection ends: 4001 is a page that goes away, 1006 a network that does."""
        await self.communicator.send_input({"type": "websocket.disconnect", "code": code})
        await self.communicator.wait(PATIENCE)


Opener = Callable[..., Awaitable[Page]]


@pytest.fixture
async def open_socket(standup: Meeting) -> AsyncIterator[Opener]:
    """`await open_socket(client)`: a socket to the stand-up with the client's cookies, accepted."""
    from config.asgi import application

    pages: list[Page] = []

    async def open_it(
        client: Client | None = None,
        *,
        path: str = f"/ws/rooms/{standup.code}/",
        origin: str | None = "http://testserver",
        address: str = "127.0.0.1",
    ) -> Page:
        cookies = "; ".join(f"{c.key}={c.value}" for c in client.cookies.values()) if client else ""
        headers = [(b"host", b"testserver"), (b"cookie", cookies.encode())]
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        communicator = WebsocketCommunicator(application, path, headers=headers)
        communicator.scope["client"] = [address, 50000]
        await communicator.send_input({"type": "websocket.connect"})
        assert (await communicator.receive_output(PATIENCE))["type"] == "websocket.accept"
        page = Page(communicator)
        pages.append(page)
        return page

    yield open_it
    for page in pages:
        if not page.communicator.future.done():
            await page.goes()
    registry = this_process.registry()
    await registry.idle()
    await registry.stop()


@pytest.fixture
def enter(open_socket: Opener, guest: Callable[[], Client]) -> Opener:
    """`await enter("Bob")`: a guest of that name who is inside; or whoever the client is."""

    async def enter_it(name: str = "Bob", client: Client | None = None) -> Page:
        page = await open_socket(client or await sync_to_async(guest)())
        await page.hears("ready")
        await page.joins(name)
        return page

    return enter_it


@pytest.fixture
def wait_outside(
    open_socket: Opener, guest: Callable[[], Client]
) -> Callable[[], Awaitable[tuple[Page, Frame]]]:
    """`await wait_outside()`: a guest who waits in the lobby, and the `ready` that they got."""

    async def wait() -> tuple[Page, Frame]:
        page = await open_socket(await sync_to_async(guest)())
        return page, await page.hears("ready")

    return wait


class Wire:
    """Where a socket sends to; it can be made to wait."""

    def __init__(self):
        self.sent = []
        self.open = asyncio.Event()
        self.open.set()
        self.broken = False

    async def send(self, event):
        await self.open.wait()
        if self.broken:
            raise ConnectionError("gone")
        self.sent.append(event.get("text", event.get("code")))


@pytest.fixture
async def wire():
    return Wire()


@pytest.fixture
async def socket(wire):
    made = Socket(wire.send, somebody())
    made.release()
    return made
