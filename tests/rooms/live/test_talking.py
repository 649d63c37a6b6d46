"""What people in a room say to each other and to the server."""

from __future__ import annotations

import asyncio
import json

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from meetings.plans import occurrences
from rooms.live import this_process
from rooms.models import Participant
from rooms.roster import arrivals

pytestmark = pytest.mark.django_db(transaction=True)

OFFER = {"type": "offer", "sdp": "v=0\r\n"}


@pytest.fixture
async def pair(enter):
    """Alice and Bob, who have met."""
    alice, bob = await enter("Alice"), await enter("Bob")
    await alice.hears("participant-joined")
    return alice, bob


# -- signals ------------------------------------------------------------------------------------


async def test_signals_reach_whom_they_are_for_in_order(pair):
    alice, bob = pair
    await bob.says("description", to=alice.me, generation=2000, description=OFFER)
    await bob.says("candidates", to=alice.me, generation=2000, candidates=[None])
    await alice.says("need-offer", to=bob.me, generation=2000, reason="ice")
    assert await alice.hears() == {
        "type": "description",
        "sender": bob.me,
        "generation": 2000,
        "description": OFFER,
    }
    assert await alice.hears() == {
        "type": "candidates",
        "sender": bob.me,
        "generation": 2000,
        "candidates": [None],
    }
    assert await bob.hears() == {
        "type": "need-offer",
        "sender": alice.me,
        "generation": 2000,
        "reason": "ice",
    }


async def test_nobody_else_hears_a_signal(pair, enter):
    alice, bob = pair
    carol = await enter("Carol")
    await carol.says("need-offer", to=bob.me, generation=1, reason="ice")
    assert (await bob.hears("participant-joined"))["participant"]["id"] == carol.me
    assert (await bob.hears("need-offer"))["sender"] == carol.me
    await alice.hears("participant-joined")
    await alice.is_quiet()


async def test_a_sender_is_who_sends(pair):
    alice, bob = pair
    await bob.says("need-offer", to=alice.me, sender=alice.me, generation=1, reason="ice")
    assert (await alice.hears("need-offer"))["sender"] == bob.me


async def test_a_signal_to_somebody_who_does_not_exist_comes_back(pair):
    alice, _ = pair
    await alice.says("description", to="x" * 22, generation=7, description=OFFER)
    assert await alice.hears() == {"type": "undeliverable", "to": "x" * 22, "generation": 7}


async def test_a_signal_to_somebody_who_is_away_comes_back(pair):
    alice, bob = pair
    await bob.goes()
    await alice.hears("participant-updated")
    await alice.says("candidates", to=bob.me, generation=7, candidates=[None])
    assert await alice.hears() == {"type": "undeliverable", "to": bob.me, "generation": 7}


async def test_somebody_in_another_room_does_not_exist(pair, open_socket, alice):
    _, bob = pair

    def other_room():
        meeting = occurrences.create(alice, "Elsewhere", timezone.now())
        client = Client()
        client.get(meeting.room_url)
        return meeting, client

    meeting, client = await sync_to_async(other_room)()
    carol = await open_socket(client, path=f"/ws/rooms/{meeting.code}/")
    await carol.hears("ready")
    await carol.joins("Carol")
    await carol.says("description", to=bob.me, generation=7, description=OFFER)
    assert (await carol.hears())["type"] == "undeliverable"
    await bob.is_quiet()
    await carol.says("sync")
    assert [p["id"] for p in (await carol.hears("snapshot"))["participants"]] == [carol.me]


async def test_where_it_is_turned_off_who_waits_at_the_door_signals_nobody(
    pair, open_socket, guest, settings
):
    settings.EARLY_CONNECTIONS = False
    alice, _ = pair
    page = await open_socket(await sync_to_async(guest)())
    assert (await page.hears("ready"))["early"] is False
    await page.says("description", to=alice.me, generation=1, description=OFFER)
    assert (await page.hears("failed"))["error"] == "not-joined"
    await alice.is_quiet()


async def test_whoever_sees_somebody_in_the_roster_can_signal_to_them(enter, open_socket, guest, monkeypatch):
    """Bob's seat is committed and seen by Alice before his own process has told him `welcome`."""
    alice = await enter("Alice")
    bob = await open_socket(await sync_to_async(guest)())
    await bob.hears("ready")
    loop, committed, go_on = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    arrive = arrivals.arrive

    def slow_arrive(*arguments, **options):
        arrived = arrive(*arguments, **options)
        loop.call_soon_threadsafe(committed.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(10)
        return arrived

    monkeypatch.setattr(arrivals, "arrive", slow_arrive)
    await bob.says("join", name="Bob")
    await committed.wait()
    [bob_id] = [me for here in this_process.registry().rooms.values() for me in here.inside if me != alice.me]
    await alice.says("description", to=bob_id, generation=1, description=OFFER)
    await alice.is_quiet()  # not undeliverable
    go_on.set()
    assert (await bob.hears())["type"] == "welcome"
    assert (await bob.hears("description"))["sender"] == alice.me


# -- asking the server --------------------------------------------------------------------------


async def test_sync_is_answered_with_everybody_inside(pair):
    alice, bob = pair
    await alice.says("sync")
    snapshot = await alice.hears("snapshot")
    assert [p["id"] for p in snapshot["participants"]] == [alice.me, bob.me]
    assert snapshot["rev"] == 2


async def test_fresh_credentials_are_given(pair, settings):
    alice, _ = pair
    await alice.says("ice")
    none: dict[str, object] = {"ice_servers": [], "ice_expires_at": None, "ice_expires_in": None}
    assert await alice.hears() == {"type": "ice-servers", **none}


async def test_a_ping_is_answered(pair):
    await pair[0].says("ping")
    assert await pair[0].hears() == {"type": "pong"}


# -- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("nonsense", "malformed"),
        ("[]", "malformed"),
        ('{"type": "join", "name": 7}', "malformed"),
        ('{"type": "remove", "participant": {"$ne": ""}}', "malformed"),
        ('{"type": "dance"}', "unknown-type"),
        ('{"type": "participant-left", "id": "x", "rev": 9, "reason": "left"}', "unknown-type"),
        ('{"type": "ping", "x": "' + "x" * 65_536 + '"}', "too-large"),
        ('{"type": "join", "name": "Bob"}', "already-joined"),
    ],
)
async def test_a_refused_frame_is_answered_and_changes_nothing(pair, text, error):
    alice, bob = pair
    await alice.says_text(text)
    failed = await alice.hears("failed")
    assert failed["error"] == error
    assert failed["message"]
    await bob.is_quiet()
    assert await Participant.objects.inside().acount() == 2


async def test_a_binary_frame_is_malformed(pair):
    alice, _ = pair
    await alice.communicator.send_input({"type": "websocket.receive", "bytes": b'{"type": "ping"}'})
    assert (await alice.hears("failed"))["error"] == "malformed"


async def test_ten_refused_frames_close_the_socket_and_keep_the_seat(pair):
    alice, bob = pair
    for _ in range(10):
        await bob.says_text("nonsense")
    for _ in range(10):
        await bob.hears("failed")
    await bob.is_closed("protocol", 4400)
    assert (await alice.hears("participant-updated"))["participant"]["away"] is True


async def test_somebody_who_talks_too_fast_is_closed_and_nobody_else_suffers(pair):
    alice, bob = pair
    ping = json.dumps({"type": "need-offer", "to": alice.me, "generation": 1, "reason": "ice"})
    for _ in range(400):
        await bob.says_text(ping)
    for _ in range(3):
        assert (await bob.hears("failed"))["error"] == "too-fast"
    await bob.is_closed("too-fast", 4429)
    heard = 0
    while (await alice.hears("need-offer", "participant-updated"))["type"] == "need-offer":
        heard += 1
    assert 199 <= heard < 400  # his `join` was a frame too
    await alice.is_quiet()


# -- floods -------------------------------------------------------------------------------------


async def test_hosts_and_nobody_else_hear_who_has_let_go_of_whom(enter, as_person, alice):
    host = await enter("Alice", await sync_to_async(as_person)(alice))
    bob, carol = await enter("Bob"), await enter("Carol")
    await bob.hears("participant-joined")
    for _ in (bob, carol):
        await host.hears("participant-joined")
    await bob.says("flooded", participant=carol.me, by=carol.me)
    told = await host.hears("flooded")
    assert told == {"type": "flooded", "participant": carol.me, "name": "", "by": bob.me}
    await carol.is_quiet()
    await bob.is_quiet()


async def test_of_somebody_at_the_door_hosts_hear_what_is_known(enter, open_socket, as_person, alice, bob):
    host = await enter("Alice", await sync_to_async(as_person)(alice))
    visitor = await open_socket(await sync_to_async(as_person)(bob))
    me = (await visitor.hears("ready"))["me"]
    await host.says("flooded", participant=me)
    told = await host.hears("flooded")
    assert told == {"type": "flooded", "participant": me, "name": bob.name, "by": host.me}


# -- connections before the click ---------------------------------------------------------------


async def test_a_visitor_and_somebody_inside_signal_before_the_click(enter, wait_outside):
    alice = await enter("Alice")
    bob, ready = await wait_outside()
    assert ready["early"] is True
    await bob.says("description", to=alice.me, generation=0, description=OFFER)
    assert (await alice.hears("description"))["sender"] == ready["me"]
    await alice.says("candidates", to=ready["me"], generation=0, candidates=[None])
    assert await bob.hears() == {
        "type": "candidates",
        "sender": alice.me,
        "generation": 0,
        "candidates": [None],
    }
    await bob.joins("Bob")
    assert bob.me == ready["me"]
    assert (await alice.hears("participant-joined"))["participant"]["id"] == bob.me


async def test_visitors_do_not_reach_each_other(enter, wait_outside):
    await enter("Alice")
    bob, _ = await wait_outside()
    carol, hers = await wait_outside()
    await bob.says("need-offer", to=hers["me"], generation=0, reason="ice")
    assert (await bob.hears("undeliverable"))["to"] == hers["me"]
    await carol.is_quiet()


async def test_a_visitor_who_has_gone_is_out_of_reach(enter, wait_outside):
    alice = await enter("Alice")
    bob, ready = await wait_outside()
    await bob.says("need-offer", to=alice.me, generation=0, reason="ice")
    await alice.hears("need-offer")
    await bob.goes()
    await alice.says("need-offer", to=ready["me"], generation=0, reason="ice")
    assert await alice.hears() == {"type": "undeliverable", "to": ready["me"], "generation": 0}
