"""When things end halfway: clients that are gone, databases that fail, letters that are lost or late."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.utils import timezone

from rooms.live import bridge, processes, retry, room_here, this_process
from rooms.models import Participant, Room, ServerProcess
from rooms.protocol import messages, seating
from rooms.protocol.outcomes import Arrived, Change, Waits
from rooms.roster import arrivals, departures, seats
from tests.rooms.conftest import Page
from tests.servers import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


async def until(holds: Callable[[], Any]) -> None:
    """Wait for a condition on the event loop."""
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.005)


@pytest.fixture
async def pausing(monkeypatch):
    """`arrived = pausing()`: from now on a join waits in the database's thread until `arrived.set()`."""
    import threading

    real, go_on, began = arrivals.arrive, threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(*args: Any, **kwargs: Any) -> Arrived | Waits:
        loop.call_soon_threadsafe(began.set)
        assert go_on.wait(PATIENCE)
        return real(*args, **kwargs)

    monkeypatch.setattr(arrivals, "arrive", slow)
    yield began, go_on
    go_on.set()


def failing(monkeypatch, name: str, *, after: bool, times: int = 1, module: Any = arrivals) -> None:
    """So many times this function fails, before or after it has done its work."""
    real = getattr(module, name)
    left = [times]

    def unreliable(*args: Any, **kwargs: Any) -> Any:
        if left[0]:
            left[0] -= 1
            if after:
                real(*args, **kwargs)
            raise OperationalError("the connection is lost")
        return real(*args, **kwargs)

    monkeypatch.setattr(module, name, unreliable)


# -- a client that is gone ----------------------------------------------------------------------


async def test_a_join_that_the_server_gives_up_concerns_nobody_else(enter, open_socket, guest, pausing):
    """daphne cancels an application that has not noticed in ten seconds that its client is gone."""
    began, go_on = pausing
    go_on.set()
    alice = await enter("Alice")
    go_on.clear()
    began.clear()
    page = await open_socket(await sync_to_async(guest)())
    await page.hears("ready")
    await page.says("join", name="Bob")
    await asyncio.wait_for(began.wait(), PATIENCE)
    page.communicator.future.cancel()
    go_on.set()
    await page.communicator.wait(PATIENCE)
    assert page.communicator.future.cancelled()

    registry = this_process.registry()
    assert not registry.is_stopping
    await registry.idle()
    [here] = registry.rooms.values()
    assert set(here.inside) == {alice.me}
    assert len(here.sockets) == 1
    # Whether his seat was given or not, nobody sits in it for ever.
    assert not await Participant.objects.exclude(pk=alice.me).filter(away_until=None).aexists()
    await alice.says("sync")
    while (await alice.hears())["type"] != "snapshot":
        pass
    assert (await enter("Carol")).me


# -- a database that fails in the middle --------------------------------------------------------


async def test_a_socket_that_never_became_ready_is_forgotten(open_socket, guest, monkeypatch):
    client = await sync_to_async(guest)()
    failing(monkeypatch, "snapshot", after=False, module=seats)
    page = await open_socket(client)
    with pytest.raises(OperationalError):
        await page.communicator.wait(PATIENCE)
    assert this_process.registry().rooms == {}


async def test_a_process_that_starts_on_the_second_try_is_found_under_its_address(
    open_socket, guest, monkeypatch
):
    client = await sync_to_async(guest)()
    failing(monkeypatch, "end_predecessors", after=False, module=processes)
    page = await open_socket(client)
    with pytest.raises(OperationalError):
        await page.communicator.wait(PATIENCE)
    await (await open_socket(client)).hears("ready")
    process = await ServerProcess.objects.aget()
    assert process.channel == this_process.registry().channel


async def test_a_seat_whose_commit_was_not_confirmed_is_found_on_the_next_try(enter, monkeypatch, settings):
    alice = await enter("Alice")
    monkeypatch.setattr(seating, "RETRY_PAUSE", 0)
    failing(monkeypatch, "arrive", after=True)
    bob = await enter("Bob")
    [here] = this_process.registry().rooms.values()
    assert set(here.inside) == {alice.me, bob.me}
    assert await Participant.objects.filter(left_at=None).acount() == 2


async def test_the_token_of_such_a_seat_is_good(enter, open_socket, guest, monkeypatch):
    client = await sync_to_async(guest)()
    monkeypatch.setattr(seating, "RETRY_PAUSE", 0)
    failing(monkeypatch, "arrive", after=True)
    bob = await enter("Bob", client)
    await bob.goes()
    await this_process.registry().idle()
    again = await open_socket(client)
    await again.hears("ready")
    welcome = await again.joins("Bob", bob.token, fresh=False)
    assert (welcome["me"], welcome["resumed"]) == (bob.me, True)


async def test_a_join_that_fails_for_good_leaves_no_ghost(enter, open_socket, guest, monkeypatch):
    alice = await enter("Alice")
    monkeypatch.setattr(seating, "RETRY_PAUSE", 0)
    monkeypatch.setattr(seating, "PATIENCE", -1)
    failing(monkeypatch, "arrive", after=True)
    page = await open_socket(await sync_to_async(guest)())
    await page.hears("ready")
    await page.says("join", name="Bob")
    with pytest.raises(OperationalError):
        await page.communicator.wait(PATIENCE)
    await this_process.registry().idle()
    bob = await Participant.objects.exclude(pk=alice.me).aget()
    assert bob.away_until is not None
    [here] = this_process.registry().rooms.values()
    assert set(here.inside) == {alice.me}


async def test_a_ghost_that_an_outage_left_is_away_at_the_next_check(enter, monkeypatch, settings):
    """The socket closed, and for longer than anybody tries again nobody could write that down."""
    alice, bob = await enter("Alice"), await enter("Bob")
    await alice.hears("participant-joined")
    monkeypatch.setattr(retry, "RETRY_PAUSE", 0)
    real = departures.go_away

    def out_of_reach(*args: Any) -> Change:
        raise RuntimeError("given up")

    monkeypatch.setattr(departures, "go_away", out_of_reach)
    await bob.goes()
    await this_process.registry().idle()
    monkeypatch.setattr(departures, "go_away", real)
    assert (await Participant.objects.aget(pk=bob.me)).away_until is None

    await this_process.heartbeat().check_seats()
    await this_process.registry().idle()
    updated = await alice.hears("participant-updated")
    assert (updated["participant"]["id"], updated["participant"]["away"]) == (bob.me, True)
    await this_process.heartbeat().check_seats()
    await this_process.registry().idle()
    await alice.is_quiet()


# -- letters that are lost or late --------------------------------------------------------------


async def removed_elsewhere(page: Page) -> None:
    """A host on another process removed them, and the letter about it was lost."""
    left = {"left_at": timezone.now(), "left_reason": "removed", "server": None, "socket": ""}
    await Participant.objects.filter(pk=page.me).aupdate(**left)


async def test_who_was_removed_is_shown_out_though_later_news_came_in_time(enter, standup, monkeypatch):
    alice, bob = await enter("Alice"), await enter("Bob")
    await alice.hears("participant-joined")
    room = await Room.objects.aget(meeting=standup)
    await removed_elsewhere(bob)
    await Room.objects.filter(pk=room.pk).aupdate(rev=room.rev + 2)
    monkeypatch.setattr(room_here, "REORDER", 0)
    [here] = this_process.registry().rooms.values()
    here.hear(room.rev + 2, messages.dump(messages.ParticipantLeft(room.rev + 2, "x" * 22, "left")))
    await until(lambda: here.seen == room.rev + 2)
    await this_process.heartbeat().beat()
    await bob.hears("participant-left")
    await bob.is_closed("removed", 4403)


async def test_who_was_removed_and_asks_for_the_roster_is_shown_out(enter):
    bob = await enter("Bob")
    await removed_elsewhere(bob)
    await bob.says("sync")
    await bob.hears("snapshot")
    await bob.is_closed("removed", 4403)


async def test_the_regular_check_shows_out_who_was_removed(enter):
    bob = await enter("Bob")
    await removed_elsewhere(bob)
    await this_process.heartbeat().check_seats()
    await bob.is_closed("removed", 4403)


async def test_the_regular_check_finds_who_has_come_back_on_another_process(enter):
    bob = await enter("Bob")
    other = await ServerProcess.objects.acreate(id="o" * 22, channel="process.other!1")
    await Participant.objects.filter(pk=bob.me).aupdate(server=other, socket="s" * 22)
    await this_process.heartbeat().check_seats()
    await bob.is_closed("replaced", 4408)


async def test_a_late_letter_about_an_older_socket_does_not_end_the_newest(enter, standup):
    alice, bob = await enter("Alice"), await enter("Bob")
    await alice.hears("participant-joined")
    registry = this_process.registry()
    letter = {
        "type": "replaced",
        "code": standup.code,
        "participant": bob.me,
        "socket": "an older one",
        "where": {bob.me: "process.other!1"},
    }
    registry.hear(letter)
    await bob.is_quiet()
    await alice.says("need-offer", to=bob.me, generation=1, reason="ice")
    await bob.hears("need-offer")

    registry.hear({**letter, "socket": registry.rooms[standup.code].inside[bob.me].who.key})
    await bob.is_closed("replaced", 4408)


# -- a layer that is slow -----------------------------------------------------------------------


class SlowLayer:
    """Takes its time to subscribe, and remembers what it was asked."""

    def __init__(self, real: Any) -> None:
        self.real = real
        self.asked: list[str] = []
        self.ready = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    async def group_add(self, group: str, channel: str) -> None:
        if group.startswith("room."):
            self.asked.append("add")
            await self.ready.wait()
        await self.real.group_add(group, channel)

    async def group_discard(self, group: str, channel: str) -> None:
        self.asked.append("discard")
        await self.real.group_discard(group, channel)


async def test_nobody_is_ready_before_the_room_is_subscribed_to(open_socket, guest, monkeypatch):
    registry = this_process.registry()
    slow = SlowLayer(registry.bridge.layer)
    monkeypatch.setattr(registry.bridge, "layer", slow)
    monkeypatch.setattr(bridge, "LAYER_TIMEOUT", PATIENCE)
    first = await open_socket(await sync_to_async(guest)())
    second = await open_socket(await sync_to_async(guest)())
    await until(lambda: sum(len(here.sockets) for here in registry.rooms.values()) == 2)
    assert await first.communicator.receive_nothing()
    assert await second.communicator.receive_nothing()
    slow.ready.set()
    await first.hears("ready")
    await second.hears("ready")
    assert slow.asked == ["add"]


async def test_the_last_to_leave_does_not_shut_out_the_next(open_socket, guest, monkeypatch, standup):
    registry = this_process.registry()
    slow = SlowLayer(registry.bridge.layer)
    slow.ready.set()
    monkeypatch.setattr(registry.bridge, "layer", slow)
    first = await open_socket(await sync_to_async(guest)())
    await first.hears("ready")
    room = await Room.objects.aget()
    slow.ready.clear()
    [here] = registry.rooms.values()
    # The last one goes and the next one comes, before the post is delivered.
    for socket in list(here.sockets):
        registry.closed(here, socket)
    again = registry.open(socket, room.pk, standup.code)
    slow.ready.set()
    await registry.subscribed(again)
    await until(registry.bridge.is_idle)
    assert slow.asked == ["add", "add"]
    registry.closed(again, socket)
    await until(lambda: slow.asked[-1] == "discard")


def test_a_web_request_does_not_wait_for_a_layer_that_swallows_everything(monkeypatch):
    class Silent:
        async def group_send(self, group: str, message: dict[str, Any]) -> None:
            await asyncio.Event().wait()

    monkeypatch.setattr(bridge, "get_channel_layer", Silent)
    monkeypatch.setattr(bridge, "LAYER_TIMEOUT", 0.01)
    bridge.publish_from_thread(Change("kfpx-tvwqm-m3xz"))
