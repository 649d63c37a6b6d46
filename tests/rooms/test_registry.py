"""The parts of the registry that need no database: a socket's queue, and a room's order of events."""

from __future__ import annotations

import asyncio

import pytest

from rooms import registry
from rooms.entrance import Pass
from rooms.messages import Participant
from rooms.registry import RoomHere, Socket
from rooms.roster import Snapshot

HERE, THERE = "process.here!1", "process.there!2"


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
    made = Socket(wire.send, Pass("session", None, None, None))
    made.release()
    return made


# -- a socket -----------------------------------------------------------------------------------


async def test_frames_are_sent_in_order(socket, wire):
    for n in range(5):
        socket.send(str(n))
    await socket.flushed()
    assert wire.sent == ["0", "1", "2", "3", "4"]


async def test_what_is_held_waits_for_what_must_come_first(wire):
    socket = Socket(wire.send, Pass("session", None, None, None))
    socket.send("joined", rev=1)
    socket.reply("ready")
    socket.release()
    await socket.flushed()
    assert wire.sent == ["ready", "joined"]


async def test_an_event_that_the_snapshot_has_told_is_not_sent_again(socket, wire):
    socket.hold()
    socket.send("old", rev=4)
    socket.send("signal")
    socket.send("new", rev=5)
    socket.rev = 4
    socket.reply("welcome")
    socket.release()
    await socket.flushed()
    assert wire.sent == ["welcome", "signal", "new"]


async def test_nothing_is_sent_after_the_end(socket, wire):
    socket.send("before")
    socket.end("removed")
    socket.send("after")
    socket.end("cancelled")
    await socket.flushed()
    assert wire.sent == ["before", '{"type":"bye","reason":"removed"}', 4403]


async def test_a_slow_receiver_does_not_hold_up_the_sender_and_is_dropped(socket, wire, monkeypatch):
    monkeypatch.setattr(registry, "MAX_UNSENT", 1000)
    wire.open.clear()
    for _ in range(20):
        socket.send("x" * 100)
    assert socket.over
    wire.open.set()
    await socket.flushed()
    assert wire.sent[-1] == 4503
    assert len(wire.sent) < 12


async def test_what_the_server_holds_back_counts_as_unsent(wire, monkeypatch):
    monkeypatch.setattr(registry, "MAX_UNSENT", 1000)
    socket = Socket(wire.send, Pass("session", None, None, None), unsent=lambda: 950)
    socket.release()
    socket.send("x" * 40)
    assert not socket.over
    socket.send("x" * 40)
    assert socket.over


async def test_a_receiver_who_keeps_up_may_get_any_amount(socket, wire, monkeypatch):
    monkeypatch.setattr(registry, "MAX_UNSENT", 1000)
    for _ in range(50):
        socket.send("x" * 900)
        await socket.flushed()
    assert len(wire.sent) == 50


async def test_a_socket_that_breaks_while_sending_is_over(socket, wire):
    wire.broken = True
    socket.send("x")
    await socket.flushed()
    assert socket.over
    socket.send("y")
    assert wire.sent == []


# -- a room -------------------------------------------------------------------------------------


@pytest.fixture
async def room(socket):
    here = RoomHere(1, "kfpx-tvwqm-m3xz")
    here.sockets.add(socket)
    here.seen = 10
    yield here
    here.forget()


async def heard(socket, wire):
    await socket.flushed()
    return wire.sent


async def test_events_are_passed_on_in_order_however_they_come(room, socket, wire):
    for rev in (12, 14, 11, 13, 12, 11):
        room.hear(rev, str(rev))
    assert await heard(socket, wire) == ["11", "12", "13", "14"]


async def test_a_late_event_is_not_waited_for_for_long(room, socket, wire, monkeypatch):
    monkeypatch.setattr(registry, "REORDER", 0.01)
    room.hear(13, "13")
    room.hear(12, "12")
    async with asyncio.timeout(5):
        while len(await heard(socket, wire)) < 2:
            await asyncio.sleep(0.005)
    assert wire.sent == ["12", "13"]
    room.hear(11, "11")  # too late: the page has seen the gap and has asked
    room.hear(14, "14")
    assert await heard(socket, wire) == ["12", "13", "14"]


async def test_the_first_event_of_all_is_passed_on(socket, wire):
    here = RoomHere(1, "kfpx-tvwqm-m3xz")
    here.sockets.add(socket)
    here.hear(7, "7")
    here.hear(8, "8")
    assert await heard(socket, wire) == ["7", "8"]


async def test_a_snapshot_makes_up_for_what_was_lost(room, socket, wire):
    room.hear(13, "13")
    room.show(Snapshot(12, [Participant("b" * 22, "Bob", "participant", 1, 1, False)], {}))
    room.hear(14, "14")
    await socket.flushed()
    assert '"rev":12' in wire.sent[0]
    room.hear(15, "15")
    assert await heard(socket, wire) == [wire.sent[0], "13", "14", "15"]


async def test_it_learns_who_is_connected_elsewhere(room):
    room.locate({"alice": HERE, "bob": THERE}, HERE)
    assert room.elsewhere == {"bob": THERE}
    room.locate({"bob": HERE}, HERE)
    assert room.elsewhere == {}
