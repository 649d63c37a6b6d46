"""A participant outlives their socket."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from rooms.live import processes, this_process
from rooms.models import Call, Participant, ServerProcess

pytestmark = pytest.mark.django_db(transaction=True)


async def let_seats_expire():
    """The longest time for which seats are kept has passed."""
    await let_time_pass(timedelta(hours=1))


async def let_time_pass(time):
    """So much, in which nobody who is away has come back."""
    await this_process.registry().idle()
    async for somebody in Participant.objects.filter(away_until__isnull=False):
        somebody.away_until -= time
        somebody.away_since = somebody.away_since and somebody.away_since - time
        await somebody.asave()
    await this_process.heartbeat().beat()


async def stored(page):
    await this_process.registry().idle()
    return await Participant.objects.aget(pk=page.me)


# -- the socket is lost -------------------------------------------------------------------------


async def test_who_lost_the_socket_is_away_and_keeps_the_seat(enter):
    alice, bob = await enter("Alice"), await enter("Bob")
    await alice.hears("participant-joined")
    await bob.goes(1006)
    updated = await alice.hears("participant-updated")
    assert (updated["participant"]["id"], updated["participant"]["away"]) == (bob.me, True)
    kept = (await stored(bob)).away_until - timezone.now()
    assert timedelta(seconds=20) < kept <= timedelta(seconds=30)


@pytest.mark.parametrize("code", [1001, 4001])
async def test_a_page_that_goes_away_keeps_the_seat_for_less(enter, code):
    bob = await enter("Bob")
    await bob.goes(code)
    kept = (await stored(bob)).away_until - timezone.now()
    assert timedelta(seconds=0) < kept <= timedelta(seconds=8)


async def test_who_does_not_come_back_is_gone(enter):
    alice, bob = await enter("Alice"), await enter("Bob")
    await alice.hears("participant-joined")
    await bob.goes()
    await alice.hears("participant-updated")
    await let_seats_expire()
    left = await alice.hears("participant-left")
    assert (left["id"], left["reason"]) == (bob.me, "timeout")
    await alice.is_quiet()


async def test_whoever_is_heard_keeps_the_seat_for_as_long(enter):
    alice, bob = await enter("Alice"), await enter("Bob")
    await alice.hears("participant-joined")
    await alice.says("links", links={bob.me: "connected"})
    await bob.goes()
    await alice.hears("participant-updated")
    for _ in range(3):
        await let_time_pass(timedelta(seconds=40))
        await alice.is_quiet()
    await alice.says("links", links={bob.me: "repairing"})
    await alice.is_quiet()
    await let_time_pass(timedelta(seconds=11))
    assert (await alice.hears("participant-left"))["id"] == bob.me


async def test_the_word_of_somebody_who_is_away_keeps_no_seat(enter):
    alice, bob, carol = await enter("Alice"), await enter("Bob"), await enter("Carol")
    await carol.says("links", links={bob.me: "connected"})
    await carol.is_quiet()
    for page in (bob, carol):
        await page.goes()
    await let_time_pass(timedelta(seconds=31))
    assert [somebody.pk async for somebody in Participant.objects.inside()] == [alice.me]


async def test_where_nobody_is_connected_any_more_all_seats_are_kept(enter, open_socket, guest):
    """A proxy that restarts, say."""
    bobs = await sync_to_async(guest)()
    alice, bob = await enter("Alice"), await enter("Bob", bobs)
    for page in (alice, bob):
        await page.goes()
    await let_time_pass(timedelta(minutes=3))
    again = await open_socket(bobs)
    await again.hears("ready")
    welcome = await again.joins("Bob", bob.token, fresh=False)
    assert welcome["me"] == bob.me
    assert {one["id"] for one in welcome["participants"]} == {alice.me, bob.me}


async def test_seats_that_nobody_fills_shut_nobody_out(enter, settings):
    settings.ROOM_CAPACITY = 2
    alice, bob = await enter("Alice"), await enter("Bob")
    for page in (alice, bob):
        await page.goes()
    await let_time_pass(timedelta(minutes=3))
    carol = await enter("Carol")
    assert {somebody.pk async for somebody in Participant.objects.inside()} == {bob.me, carol.me}


async def test_pages_that_went_away_keep_no_seats_though_nobody_is_connected(enter):
    await (await enter("Alice")).goes(4001)
    await let_time_pass(timedelta(seconds=9))
    assert await Call.objects.filter(ended_at=None).acount() == 0


async def test_the_call_ends_when_nobody_comes_back(enter):
    await (await enter("Alice")).goes()
    await (await enter("Bob")).goes()
    await let_seats_expire()
    assert await Call.objects.filter(ended_at=None).acount() == 0


# -- coming back --------------------------------------------------------------------------------


async def test_who_comes_back_has_the_same_id_seat_and_arrival(enter, open_socket, guest):
    bobs = await sync_to_async(guest)()
    alice, bob = await enter("Alice"), await enter("Bob", bobs)
    before = (await alice.hears("participant-joined"))["participant"]
    await bob.goes()
    await alice.hears("participant-updated")

    again = await open_socket(bobs)
    await again.hears("ready")
    welcome = await again.joins("Bob", bob.token, fresh=False)
    assert welcome["resumed"] is True
    assert (welcome["me"], welcome["token"]) == (bob.me, bob.token)
    updated = await alice.hears("participant-updated")
    assert updated["participant"] == before
    assert before in welcome["participants"]


async def test_a_reload_keeps_id_and_seat_and_has_a_new_arrival(enter, open_socket, guest):
    bobs = await sync_to_async(guest)()
    alice, bob = await enter("Alice"), await enter("Bob", bobs)
    before = (await alice.hears("participant-joined"))["participant"]
    await bob.goes(4001)
    await alice.hears("participant-updated")

    again = await open_socket(bobs)
    await again.hears("ready")
    welcome = await again.joins("Bob", bob.token, fresh=True)
    assert (welcome["resumed"], welcome["me"]) == (True, bob.me)
    after = (await alice.hears("participant-updated"))["participant"]
    assert after["arrival"] > before["arrival"]
    assert {**after, "arrival": before["arrival"]} == before


async def test_a_host_is_still_host_after_a_reload(enter, open_socket, as_person, alice):
    client = await sync_to_async(as_person)(alice)
    host = await enter("Alice", client)
    await host.goes(4001)
    again = await open_socket(client)
    await again.hears("ready")
    [me] = (await again.joins("Alice", host.token))["participants"]
    assert (me["id"], me["role"]) == (host.me, "host")


async def test_coming_back_under_another_name_tells_the_others(enter, open_socket, guest):
    bobs = await sync_to_async(guest)()
    alice, bob = await enter("Alice"), await enter("Bob", bobs)
    await alice.hears("participant-joined")
    await bob.goes()
    await alice.hears("participant-updated")
    again = await open_socket(bobs)
    await again.hears("ready")
    await again.joins("Robert", bob.token, fresh=False)
    assert (await alice.hears("participant-updated"))["participant"]["name"] == "Robert"


async def test_the_newer_socket_wins_when_only_the_socket_was_lost(enter, open_socket, guest):
    bobs = await sync_to_async(guest)()
    alice, bob = await enter("Alice"), await enter("Bob", bobs)
    await alice.hears("participant-joined")
    newer = await open_socket(bobs)
    await newer.hears("ready")
    welcome = await newer.joins("Bob", bob.token, fresh=False)
    assert welcome["me"] == bob.me
    await bob.is_closed("replaced", 4408)
    # Nothing happened for the others, and the end of the older socket means nothing.
    await this_process.registry().idle()
    await alice.is_quiet()
    assert (await stored(bob)).away_until is None
    await alice.says("need-offer", to=bob.me, generation=1, reason="ice")
    assert (await newer.hears("need-offer"))["sender"] == alice.me


async def test_a_duplicated_tab_is_somebody_of_its_own(enter, open_socket, guest):
    bobs = await sync_to_async(guest)()
    bob = await enter("Bob", bobs)
    duplicate = await open_socket(bobs)
    await duplicate.hears("ready")
    welcome = await duplicate.joins("Bob", bob.token, fresh=True)
    assert welcome["resumed"] is False
    assert welcome["me"] != bob.me
    assert welcome["token"] != bob.token
    assert (await bob.hears("participant-joined"))["participant"]["id"] == duplicate.me
    await bob.is_quiet()


async def test_an_unknown_token_makes_a_new_participant(open_socket, guest):
    page = await open_socket(await sync_to_async(guest)())
    await page.hears("ready")
    assert (await page.joins("Bob", "never-given", fresh=False))["resumed"] is False


async def test_a_token_from_too_long_ago_makes_a_new_participant(enter, open_socket, guest):
    bobs = await sync_to_async(guest)()
    bob = await enter("Bob", bobs)
    await bob.goes()
    await let_seats_expire()
    again = await open_socket(bobs)
    await again.hears("ready")
    welcome = await again.joins("Bob", bob.token, fresh=False)
    assert (welcome["resumed"], len(welcome["participants"])) == (False, 1)
    assert welcome["me"] != bob.me


async def test_a_stolen_token_is_of_no_use(enter, open_socket, guest):
    bob = await enter("Bob")
    await bob.goes()
    carol = await open_socket(await sync_to_async(guest)())
    await carol.hears("ready")
    welcome = await carol.joins("Bob", bob.token, fresh=False)
    assert welcome["resumed"] is False
    assert welcome["me"] != bob.me


async def test_somebody_comes_back_to_a_full_room(enter, open_socket, guest, settings):
    settings.ROOM_CAPACITY = 2
    bobs = await sync_to_async(guest)()
    await enter("Alice")
    bob = await enter("Bob", bobs)
    await bob.goes()
    again = await open_socket(bobs)
    await again.hears("ready")
    assert (await again.joins("Bob", bob.token, fresh=False))["resumed"] is True


async def test_who_left_does_not_come_back_by_token(enter, open_socket, guest):
    bobs = await sync_to_async(guest)()
    bob = await enter("Bob", bobs)
    await bob.says("leave")
    await bob.is_closed_with(1000)
    await this_process.registry().idle()
    again = await open_socket(bobs)
    await again.hears("ready")
    assert (await again.joins("Bob", bob.token))["resumed"] is False


# -- processes that die -------------------------------------------------------------------------


async def died(*, beats_ago=60):
    """Another process, which had people and stopped without a word."""
    process = await ServerProcess.objects.acreate(id="d" * 22, channel="process.dead!1")
    await ServerProcess.objects.filter(pk=process.pk).aupdate(
        heartbeat_at=timezone.now() - timedelta(seconds=beats_ago)
    )
    return process


async def moved_to(process, page):
    await Participant.objects.filter(pk=page.me).aupdate(server=process, socket="s" * 22)
    here = next(iter(this_process.registry().rooms.values()))
    here.inside.pop(page.me)


async def test_people_of_a_dead_process_are_away_and_keep_their_seats(enter, settings):
    settings.LEASE = timedelta(seconds=0)  # this process has been watching for long enough
    alice, bob = await enter("Alice"), await enter("Bob")
    await alice.hears("participant-joined")
    process = await died()
    await moved_to(process, bob)
    await this_process.heartbeat().beat()
    updated = await alice.hears("participant-updated")
    assert (updated["participant"]["id"], updated["participant"]["away"]) == (bob.me, True)
    assert not await ServerProcess.objects.filter(pk=process.pk).aexists()
    await let_seats_expire()
    assert (await alice.hears("participant-left"))["reason"] == "timeout"


async def test_a_process_that_dies_without_a_word_is_noticed_when_its_lease_is_over_and_not_before(
    enter, settings
):
    settings.LEASE = timedelta(hours=1)  # how long this test itself takes does not matter
    bob = await enter("Bob")
    process = await died(beats_ago=55 * 60)
    await moved_to(process, bob)
    sweep = partial(sync_to_async(processes.sweep), this_process.registry().id, end_dead=True)
    assert await sweep() == []
    assert (await stored(bob)).away_until is None

    await ServerProcess.objects.filter(pk=process.pk).aupdate(
        heartbeat_at=timezone.now() - settings.LEASE - timedelta(seconds=1)
    )
    assert len(await sweep()) == 1
    assert (await stored(bob)).away_until is not None


async def test_a_process_that_has_just_begun_to_beat_judges_nobody(enter):
    """After the database was away, everybody's heartbeat is old."""
    await enter("Alice")
    process = await died()
    await this_process.heartbeat().beat()
    assert await ServerProcess.objects.filter(pk=process.pk).aexists()


async def test_a_process_that_was_taken_for_dead_finds_its_people_again(enter):
    alice, bob = await enter("Alice"), await enter("Bob")
    await alice.hears("participant-joined")
    registry = this_process.registry()
    # What another process does when this one is silent for too long; it cannot be heard here.
    await sync_to_async(processes.end_process)(registry.id, forget_sockets=False)
    assert (await stored(bob)).away_until is not None
    await this_process.heartbeat().beat()
    for _ in range(2):
        # The two that were missed come as a gap, or as updates: in the end both are here.
        await alice.hears("participant-updated", "snapshot")
    await alice.says("sync")
    while (frame := await alice.hears())["type"] != "snapshot":
        pass
    assert [p["away"] for p in frame["participants"]] == [False, False]
    assert (await stored(bob)).server_id == registry.id


async def test_who_joins_while_the_process_was_taken_for_dead_gets_in(enter, open_socket, guest):
    page = await open_socket(await sync_to_async(guest)())
    await page.hears("ready")
    await ServerProcess.objects.all().adelete()
    welcome = await page.joins("Bob")
    assert (await stored(page)).server_id == this_process.registry().id
    assert welcome["me"] == page.me


async def test_a_seat_that_was_given_up_meanwhile_is_said_to_be_lost(enter):
    bob = await enter("Bob")
    await Participant.objects.filter(pk=bob.me).aupdate(
        left_at=timezone.now(), left_reason="timeout", server=None, socket=""
    )
    await ServerProcess.objects.all().adelete()
    await this_process.heartbeat().beat()
    await bob.is_closed("restart", 4503)


# -- what was missed ----------------------------------------------------------------------------


async def test_news_that_never_came_are_found_in_the_database(enter, standup):
    """Another process changed the room, and the layer lost what it said."""
    from rooms.models import Room
    from rooms.roster import departures

    alice, bob = await enter("Alice"), await enter("Bob")
    await alice.hears("participant-joined")
    room = await Room.objects.aget(meeting=standup)
    await sync_to_async(departures.leave)(room.pk, bob.me)
    await this_process.heartbeat().beat()  # notices
    await this_process.heartbeat().beat()  # has waited long enough
    snapshot = await alice.hears("snapshot")
    assert [p["id"] for p in snapshot["participants"]] == [alice.me]
    assert (await bob.hears("snapshot"))["rev"] == snapshot["rev"]
    await bob.is_closed("restart", 4503)
    await alice.is_quiet()
