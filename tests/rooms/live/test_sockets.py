"""A socket's queue: what waits, in which order, and when it is too much."""

from __future__ import annotations

from rooms.live import sockets
from rooms.live.sockets import Socket
from tests.rooms.protocol.somebody import somebody


async def test_frames_are_sent_in_order(socket, wire):
    for n in range(5):
        socket.send(str(n))
    await socket.flushed()
    assert wire.sent == ["0", "1", "2", "3", "4"]


async def test_what_is_held_waits_for_what_must_come_first(wire):
    socket = Socket(wire.send, somebody())
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
    monkeypatch.setattr(sockets, "MAX_UNSENT", 1000)
    wire.open.clear()
    for _ in range(20):
        socket.send("x" * 100)
    assert socket.over
    wire.open.set()
    await socket.flushed()
    assert wire.sent[-1] == 4503
    assert len(wire.sent) < 12


async def test_what_the_server_holds_back_counts_as_unsent(wire, monkeypatch):
    monkeypatch.setattr(sockets, "MAX_UNSENT", 1000)
    socket = Socket(wire.send, somebody(), unsent=lambda: 950)
    socket.release()
    wire.open.clear()
    socket.send("x" * 40)
    assert not socket.over
    socket.send("x" * 40)
    assert socket.over


async def test_a_receiver_who_keeps_up_may_get_any_amount(socket, wire, monkeypatch):
    monkeypatch.setattr(sockets, "MAX_UNSENT", 1000)
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


async def test_what_is_taken_at_once_is_sent_at_once(socket, wire):
    socket.send("now")
    assert wire.sent == ["now"]


async def test_the_rest_waits_for_a_slow_receiver(socket, wire):
    wire.open.clear()
    socket.send("1")
    socket.send("2")
    assert wire.sent == []
    wire.open.set()
    await socket.flushed()
    assert wire.sent == ["1", "2"]
