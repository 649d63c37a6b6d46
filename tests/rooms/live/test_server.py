"""Over the network, against a real server process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import urllib.request
from collections.abc import AsyncIterator, Iterator

import pytest
import websockets

from tests.rooms.server import Copy, Process, assert_exactly

# Keeps the fast loop free of servers.
pytestmark = pytest.mark.usefixtures("copy")


@pytest.fixture(scope="module")
def installation(tmp_path_factory) -> Iterator[Copy]:
    copy = Copy(tmp_path_factory.mktemp("rooms"))
    yield copy
    copy.stop()


@pytest.fixture
def copy(installation: Copy) -> Copy:
    return installation


@pytest.fixture(scope="module")
def shared(installation: Copy) -> Process:
    """A process for those tests that leave it alive."""
    return installation.start()


@pytest.fixture
def code(copy: Copy) -> str:
    return str(copy.meeting()["code"])


async def test_two_people_meet_over_the_network(shared, code):
    alice, bob = await shared.enter(code, "Alice"), await shared.enter(code, "Bob")
    await alice.hears("participant-joined")
    await bob.says("description", to=alice.me, generation=2000, description={"type": "offer", "sdp": "v=0"})
    assert (await alice.hears("description"))["sender"] == bob.me
    await bob.goes(4001)
    assert (await alice.hears("participant-updated"))["participant"]["away"] is True


async def test_a_foreign_page_sees_why_it_is_closed(shared, code):
    line = await shared.socket(code, await shared.guest(code), origin="http://evil.example")
    assert await line.hears() == {"type": "bye", "reason": "origin"}
    assert await line.close_code() == 4403


async def test_a_socket_to_nowhere_sees_why_it_is_closed(shared):
    connection = await websockets.connect(f"ws://localhost:{shared.port}/ws/chat/", proxy=None)
    assert json.loads(await connection.recv()) == {"type": "bye", "reason": "not-found"}
    with contextlib.suppress(websockets.ConnectionClosed):
        await connection.recv()
    assert connection.close_code == 4404


async def test_a_frame_that_is_too_large_is_refused_and_a_huge_one_closes_the_socket(shared, code):
    alice, bob = await shared.enter(code, "Alice"), await shared.enter(code, "Bob")
    await alice.hears("participant-joined")
    await bob.connection.send(json.dumps({"type": "ping", "x": "x" * 65_536}))
    assert (await bob.hears("failed"))["error"] == "too-large"
    await bob.connection.send("x" * 2_000_000)
    assert await bob.close_code() in (1006, 1009)
    assert (await alice.hears("participant-updated"))["participant"]["away"] is True


async def test_fifty_come_at_once_and_twelve_get_in(installation, tmp_path):
    copy = Copy(tmp_path / "copy", ROOM_CAPACITY="12")
    try:
        process, code = copy.start(), copy.meeting()["code"]
        await assert_exactly(12, [process], code, of=50)
    finally:
        copy.stop()


# -- the process ends ---------------------------------------------------------------------------


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
async def test_a_restart_loses_no_seat_and_no_role(copy, how):
    meeting = copy.meeting()
    process = copy.start()
    alice = await process.enter(meeting["code"], "Alice", meeting["alice"])
    bob = await process.enter(meeting["code"], "Bob")
    before = (await alice.hears("participant-joined"))["participant"]

    await asyncio.to_thread(process.end, how)
    if how is signal.SIGTERM:
        assert await alice.hears_at_last("bye") == {"type": "bye", "reason": "restart"}
        assert await alice.close_code() == 4503
        assert await bob.close_code() == 4503
    else:
        assert await alice.close_code() == 1006

    process = await asyncio.to_thread(copy.start, process.port)
    again = await process.socket(meeting["code"], alice.session)
    await again.hears("ready")
    welcome = await again.joins("Alice", alice.token, fresh=False)
    [me] = [p for p in welcome["participants"] if p["id"] == alice.me]
    assert (welcome["me"], welcome["resumed"], me["role"]) == (alice.me, True, "host")

    bobs = await process.socket(meeting["code"], bob.session)
    await bobs.hears("ready")
    welcome = await bobs.joins("Bob", bob.token, fresh=False)
    assert before in welcome["participants"]
    # And they reach each other as before.
    await bobs.says("need-offer", to=alice.me, generation=1, reason="ice")
    assert (await again.hears_at_last("need-offer"))["sender"] == bob.me
    await again.goes()
    await bobs.goes()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
async def test_a_reload_after_a_restart_keeps_the_seat(copy, how):
    """The page is new too, and must not be taken for a duplicate of the one that the old process knew."""
    meeting = copy.meeting()
    process = copy.start()
    bob = await process.enter(meeting["code"], "Bob")
    await asyncio.to_thread(process.end, how)
    process = await asyncio.to_thread(copy.start, process.port)
    again = await process.socket(meeting["code"], bob.session)
    await again.hears("ready")
    welcome = await again.joins("Bob", bob.token, fresh=True)
    assert (welcome["me"], welcome["resumed"]) == (bob.me, True)


async def test_whoever_does_not_come_back_after_a_crash_is_gone_in_the_end(copy):
    meeting = copy.meeting()
    process = copy.start()
    alice, bob = await process.enter(meeting["code"], "Alice"), await process.enter(meeting["code"], "Bob")
    await asyncio.to_thread(process.end, signal.SIGKILL)
    process = await asyncio.to_thread(copy.start, process.port)
    again = await process.socket(meeting["code"], alice.session)
    await again.hears("ready")
    welcome = await again.joins("Alice", alice.token, fresh=False)
    assert (welcome["me"], welcome["resumed"]) == (alice.me, True)
    await again.knows(away={alice.me: False, bob.me: True})
    copy.let_time_of_seats_pass()
    await again.knows(away={alice.me: False})


# -- a receiver who does not read ---------------------------------------------------------------


@contextlib.asynccontextmanager
async def deaf(process: Process, code: str) -> AsyncIterator[str]:
    """A participant who joins and then reads nothing any more; their id."""
    line = await process.socket(code, await process.guest(code), max_queue=1)
    line.connection.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    await line.hears("ready")
    await line.joins("Deaf")
    line.connection.transport.pause_reading()
    yield line.me
    line.connection.transport.abort()


async def test_a_receiver_who_does_not_read_is_dropped_and_the_room_goes_on(shared, code):
    alice, bob = await shared.enter(code, "Alice"), await shared.enter(code, "Bob")
    await alice.hears("participant-joined")
    async with deaf(shared, code) as deaf_id:
        await alice.hears("participant-joined")
        large = {"description": {"type": "offer", "sdp": "x" * 49_000}, "generation": 1}
        gone = asyncio.create_task(alice.hears_at_last("participant-updated"))
        while not gone.done():
            # As fast as is allowed, from both.
            for line in (alice, bob):
                await line.says("description", to=deaf_id, **large)
            await asyncio.sleep(1 / 39)
        participant = gone.result()["participant"]
        assert (participant["id"], participant["away"]) == (deaf_id, True)
    await bob.says("need-offer", to=alice.me, generation=1, reason="ice")
    assert (await alice.hears_at_last("need-offer"))["sender"] == bob.me


def test_the_page_is_served_by_the_same_process(shared, code):
    with urllib.request.urlopen(f"{shared.url}/{code}/") as response:
        assert b"Standup" in response.read()
