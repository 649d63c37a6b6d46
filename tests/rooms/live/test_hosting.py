"""What hosts order in a call, at open sockets."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from meetings.models import Attendee
from rooms.live import this_process
from rooms.models import Call, HostAction, JoinRequest, Participant
from rooms.roster import ending
from tests.rooms.conftest import came_by_letter
from tests.rooms.live.asking import is_let_in, who_waits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def bob(enter, host):
    page = await enter("Bob")
    await host.hears("participant-joined")
    return page


@pytest.fixture
def at_once(monkeypatch):
    """A call that is ended ends almost at once."""
    monkeypatch.setattr(ending, "NOTICE", timedelta(seconds=0.2))


# -- what everybody hears -----------------------------------------------------------------------


async def test_everybody_hears_what_a_host_has_ordered_and_newcomers_find_it(
    host, bob, enter, open_socket, guest
):
    await host.says("mute", participants=[bob.me])
    for page in (host, bob):
        assert (await page.hears("participant-updated"))["participant"]["muted"]["by"] == host.me
        order = await page.hears("order")
        assert (order["order"], order["by"], order["participants"]) == ("mute", host.me, [bob.me])
    await host.says("set-rules", chat=False, spotlight=bob.me)
    for page in (host, bob):
        rules = await page.hears("rules")
        assert (rules["by"], rules["chat"], rules["spotlight"]) == (host.me, False, bob.me)
    carol = await open_socket(await sync_to_async(guest)())
    ready = await carol.hears("ready")
    welcome = await carol.joins("Carol")
    await carol.says("sync")
    snapshot = await carol.hears("snapshot")
    for found in (ready, welcome, snapshot):
        assert (found["rules"]["chat"], found["rules"]["spotlight"]) == (False, bob.me)
        [bobs] = [one for one in found["participants"] if one["id"] == bob.me]
        assert bobs["muted"]["by"] == host.me


async def test_a_mute_holds_through_a_lost_socket_until_its_owner_ends_it(host, enter, open_socket, guest):
    client = await sync_to_async(guest)()
    bob = await enter("Bob", client)
    await host.says("mute")
    await bob.hears("participant-updated")
    await bob.goes()
    again = await open_socket(client)
    await again.hears("ready")
    welcome = await again.joins("Bob", bob.token, fresh=False)
    [mine] = [one for one in welcome["participants"] if one["id"] == bob.me]
    assert mine["muted"]["by"] == host.me
    await again.says("unmute")
    assert "muted" not in (await again.hears("participant-updated"))["participant"]


# -- two hosts ----------------------------------------------------------------------------------


async def test_two_hosts_at_once_mute_somebody_once(host, bob, enter):
    carol = await enter("Carol")
    await host.says("set-role", participant=bob.me, role="host")
    while (await bob.hears())["type"] != "order":
        pass
    await asyncio.gather(
        host.says("mute", participants=[carol.me]), bob.says("mute", participants=[carol.me])
    )
    heard = [frame["type"] for frame in [await carol.hears() for _ in range(4)]]
    assert heard == ["participant-updated", "order", "participant-updated", "order"]
    await carol.is_quiet()
    assert await HostAction.objects.filter(action="mute").acount() == 1


async def test_each_host_hears_whom_the_other_has_let_in_or_sent_away(with_lobby, host, asks):
    bob, _ = await asks("Bob")
    await host.says("admit", knocks=[(await who_waits(host))["id"]])
    bob.me = (await is_let_in(bob))["me"]
    await host.says("set-role", participant=bob.me, role="host")
    erin, _ = await asks("Erin")
    for name, answer in (("Carol", "admit"), ("Dave", "refuse")):
        await asks(name)
        knocks = {}
        while name not in knocks:
            frame = await bob.hears()
            knocks = {knock["name"]: knock["id"] for knock in frame.get("knocks", ())}
        await bob.says(answer, knocks=[knocks[name]])
        while (told := await host.hears())["type"] != "decided":
            pass
        assert told == {"type": "decided", "by": bob.me, "admitted": answer == "admit", "names": [name]}
    await erin.is_quiet()


async def test_nobody_but_hosts_hears_who_was_sent_away(with_lobby, host, asks):
    bob, _ = await asks("Bob")
    await host.says("admit", knocks=[(await who_waits(host))["id"]])
    await is_let_in(bob)
    while (frame := await host.hears())["type"] != "participant-joined":
        pass
    carol, _ = await asks("Carol")
    while not (frame := await host.hears()).get("knocks"):
        pass
    await host.says("refuse", knocks=[frame["knocks"][0]["id"]])
    await carol.is_closed("refused", 4403)
    await bob.is_quiet()


async def test_a_host_hands_over_and_leaves_and_who_waits_is_told_of_the_new_one(with_lobby, host, asks):
    bob, _ = await asks("Bob")
    await host.says("admit", knocks=[(await who_waits(host))["id"]])
    bob.me = (await is_let_in(bob))["me"]
    carol, waiting = await asks("Carol")
    assert waiting["host"] == "Alice"
    await host.says("set-role", participant=bob.me, role="host")
    await host.says("leave")
    while (frame := await host.event())["type"] != "websocket.close":
        pass
    assert frame["code"] == 1000
    seen = {(frame := await bob.hears())["type"]: frame for _ in range(4)}
    assert seen["participant-updated"]["participant"]["role"] == "host"
    assert (seen["participant-left"]["id"], seen["participant-left"]["reason"]) == (host.me, "left")
    assert (await carol.hears("waiting"))["host"] == "Bob"
    await bob.says("admit", knocks=[seen["lobby"]["knocks"][0]["id"]])
    await is_let_in(carol)


async def test_a_guest_who_renames_themselves_is_called_so_the_next_time(standup, enter, guest):
    bob = await enter("Bob", client := await sync_to_async(guest)())
    await bob.says("rename", participant=bob.me, name="Robert")
    assert (await bob.hears("participant-updated"))["participant"]["name"] == "Robert"
    await this_process.registry().idle()
    page = await sync_to_async(client.get)(f"/{standup.code}/")
    assert page.context["room_info"]["name"] == "Robert"


async def test_who_has_lost_the_role_a_moment_ago_orders_nothing(host, bob):
    await host.says("set-role", participant=bob.me, role="host")
    while (await bob.hears())["type"] != "order":
        pass
    # Taken back in another process, and the news of it is on its way.
    await Participant.objects.filter(pk=bob.me).aupdate(given_role="participant")
    for command in ({"type": "mute"}, {"type": "end", "on": True}, {"type": "set-rules", "locked": True}):
        await bob.says(command.pop("type"), **command)
        assert (await bob.hears("failed"))["error"] == "not-allowed"
    call = await Call.objects.aget()
    assert (call.locked, call.ends_at) == (False, None)


async def test_a_host_made_in_the_call_is_one_through_a_lost_socket_and_a_reload(
    with_lobby, host, asks, guest, open_socket
):
    client = await sync_to_async(guest)()
    bob, _ = await asks("Bob", client)
    await host.says("admit", knocks=[(await who_waits(host))["id"]])
    bob.me = (welcome := await is_let_in(bob))["me"]
    await asks("Carol")
    await host.says("set-role", participant=bob.me, role="host")
    # Who waits is shown to whoever has become a host.
    seen = {(frame := await bob.hears())["type"]: frame for _ in range(3)}
    assert (seen["participant-updated"]["participant"]["role"], seen["order"]["order"]) == (
        "host",
        "set-role",
    )
    assert [knock["name"] for knock in seen["lobby"]["knocks"]] == ["Carol"]
    await bob.goes()
    for token, fresh in ((welcome["token"], False), (welcome["token"], True), (None, True)):
        again = await open_socket(client)
        ready = await again.hears("ready")
        assert (ready["role"], ready["door"]) == ("host", "open")
        me = (await again.joins("Bob", token, fresh=fresh))["me"]
        assert (await Participant.objects.aget(pk=me)).is_host
        await again.hears("lobby")
        await again.goes()


# -- locked -------------------------------------------------------------------------------------


async def test_a_locked_room_shows_hosts_who_stands_outside_and_lets_in_whom_they_admit(
    host, bob, open_socket, guest
):
    at_door = await open_socket(client := await sync_to_async(guest)())
    await at_door.hears("ready")
    await host.says("set-rules", locked=True)
    for page in (host, bob, at_door):
        assert (await page.hears("rules"))["locked"]
    await at_door.is_closed("restart", 4503)
    carol = await open_socket(client)
    ready = await carol.hears("ready")
    assert (ready["door"], ready["rules"], ready["participants"]) == ("locked", None, [])
    await carol.says("join", name="Carol")
    assert (await carol.hears("waiting"))["door"] == "locked"
    knock = await who_waits(host)
    assert knock["name"] == "Carol"
    await host.says("admit", knocks=[knock["id"]])
    await is_let_in(carol)


async def test_who_waits_comes_in_by_themselves_when_the_room_is_unlocked(host, asks):
    await host.says("set-rules", locked=True)
    await host.hears("rules")
    carol, waiting = await asks("Carol")
    assert (waiting["door"], waiting["host"]) == ("locked", "Alice")
    await host.says("set-rules", locked=False)
    await is_let_in(carol)


async def test_however_often_the_door_changes_those_outside_are_looked_at_once_more(
    standup, host, monkeypatch
):
    registry = this_process.registry()
    here = registry.rooms[standup.code]
    checked = []

    async def check(only):
        await asyncio.sleep(0)
        checked.append(only)

    monkeypatch.setattr(registry.checks, "check_doors", check)
    for _ in range(30):
        registry.look_at_doors(here)
    await registry.idle()
    assert len(checked) <= 2
    registry.look_at_doors(here)
    await registry.idle()
    assert len(checked) in (2, 3)


# -- the end ------------------------------------------------------------------------------------


async def test_a_call_that_is_ended_ends_for_everybody_and_may_begin_anew(
    host, bob, open_socket, guest, at_once
):
    await host.says("end", on=True)
    for page in (host, bob):
        rules = await page.hears("rules")
        assert rules["by"] == host.me
        assert 0 < rules["ends_in"] <= 0.2
    for page in (host, bob):
        await page.is_closed("ended", 4410)
    call = await Call.objects.aget()
    assert call.ended_at is not None
    reasons = {one.left_reason async for one in Participant.objects.all()}
    assert reasons == {"ended"}
    # The meeting is not over: whoever opens its link finds the door as always, and begins another call.
    carol = await open_socket(await sync_to_async(guest)())
    ready = await carol.hears("ready")
    assert (ready["door"], ready["participants"], ready["rules"]["ends_in"]) == ("open", [], None)
    await carol.joins("Carol")
    assert await Call.objects.filter(ended_at=None).acount() == 1


async def test_it_is_taken_back_by_any_host_and_goes_on(standup, host, bob):
    await host.says("set-role", participant=bob.me, role="host")
    await host.says("end", on=True)
    while (await bob.hears())["type"] != "rules":
        pass
    here = this_process.registry().rooms[standup.code]
    assert here.is_about_to_end
    await bob.says("end", on=False)
    rules = await bob.hears("rules")
    assert (rules["ends_in"], rules["by"]) == (None, bob.me)
    assert not here.is_about_to_end
    # Should a process not have heard of it: it looks before it does anything.
    await this_process.registry().end_call(here)
    await bob.is_quiet()


async def test_who_comes_in_the_last_seconds_sees_them_and_is_ended_with_the_others(
    host, enter, open_socket, guest
):
    await host.says("end", on=True)
    await host.hears("rules")
    carol = await open_socket(await sync_to_async(guest)())
    await carol.hears("ready")
    welcome = await carol.joins("Carol")
    assert 0 < welcome["rules"]["ends_in"] <= 10
    await Call.objects.aupdate(ends_at=timezone.now())
    await this_process.heartbeat().beat()
    await carol.is_closed("ended", 4410)


async def test_where_the_process_that_began_it_is_gone_the_heartbeat_of_another_ends_it(standup, host, bob):
    await Call.objects.aupdate(ends_at=timezone.now())
    assert not this_process.registry().rooms[standup.code].is_about_to_end
    await this_process.heartbeat().beat()
    for page in (host, bob):
        await page.is_closed("ended", 4410)


async def test_a_page_that_was_away_meanwhile_is_told_that_it_has_ended(
    host, enter, guest, open_socket, at_once
):
    bob = await enter("Bob", client := await sync_to_async(guest)())
    await bob.goes()
    while (await host.hears())["type"] != "participant-updated":
        pass
    await host.says("end", on=True)
    await host.hears("rules")
    await host.is_closed("ended", 4410)
    again = await open_socket(client)
    await again.hears("ready")
    await again.says("join", name="Bob", token=bob.token, fresh=False)
    await again.is_closed("ended", 4410)
    assert not await Call.objects.filter(ended_at=None).aexists()


@pytest.mark.parametrize("locked", [True, False], ids=["locked", "lobby"])
async def test_who_waits_outside_does_not_begin_another_call(
    standup, host, asks, open_socket, guest, at_once, locked
):
    if locked:
        await host.says("set-rules", locked=True)
    else:
        await host.says("set-lobby", on=True)
    await host.hears("rules")
    carol, _ = await asks("Carol")
    await who_waits(host)
    looks = await open_socket(await sync_to_async(guest)())
    await looks.hears("ready")
    await host.says("end", on=True)
    await host.hears("rules")
    await host.is_closed("ended", 4410)
    await carol.is_closed("ended", 4410)
    # Who has not clicked has not asked for anything.
    await looks.is_quiet()
    await this_process.registry().idle()
    assert not await Call.objects.filter(ended_at=None).aexists()
    assert not await JoinRequest.objects.waiting().aexists()


# -- the organizer ------------------------------------------------------------------------------


async def test_the_organizer_waits_in_no_lobby_of_their_own_in_a_second_browser(
    with_lobby, host, open_socket, alice
):
    """By a letter to another address of theirs, without signing in."""
    own = await Attendee.objects.acreate(
        meeting=with_lobby, email="alice@home.example", name="Alice", user=alice
    )
    second = await open_socket(await sync_to_async(came_by_letter)(own))
    ready = await second.hears("ready")
    assert (ready["role"], ready["door"]) == ("host", "open")
    await second.joins("Alice")
    await this_process.heartbeat().check_doors()
    await second.is_quiet()
