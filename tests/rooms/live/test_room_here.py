"""A room of which this process has somebody: the order of events, and where the others are."""

from __future__ import annotations

import asyncio

import pytest

from rooms.live import room_here
from rooms.live.room_here import RoomHere
from rooms.protocol.messages import Participant, Rules
from rooms.protocol.outcomes import Snapshot
from tests.servers import PATIENCE

HERE, THERE = "process.here!1", "process.there!2"


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
    monkeypatch.setattr(room_here, "REORDER", 0.01)
    room.hear(13, "13")
    room.hear(12, "12")
    async with asyncio.timeout(PATIENCE):
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
    room.show(
        Snapshot(12, [Participant("b" * 22, "Bob", "participant", 1, 1, False)], {}, Rules("anyone", False))
    )
    room.hear(14, "14")
    await socket.flushed()
    assert '"rev":12' in wire.sent[0]
    room.hear(15, "15")
    assert await heard(socket, wire) == [wire.sent[0], "13", "14", "15"]


async def test_it_learns_who_is_connected_elsewhere(room):
    room.locate({"alice": HERE, "bob": THERE}, HERE, 11)
    assert room.elsewhere == {"bob": THERE}
    room.locate({"bob": HERE}, HERE, 12)
    assert room.elsewhere == {}
    room.locate({"bob": THERE}, HERE, 11)  # late
    assert room.elsewhere == {}
