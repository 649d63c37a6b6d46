"""Who gets a seat: two for a person, one for a host, and a wait for whoever was let in to a full room."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import sync_to_async

from meetings import links
from rooms.live import this_process
from rooms.models import JoinRequest
from tests.rooms.conftest import came_by_letter, changed

pytestmark = pytest.mark.django_db(transaction=True)


async def asks_in_vain(open_socket, client, reason="elsewhere", name="Bob"):
    page = await open_socket(client)
    await page.hears("ready")
    await page.says("join", name=name)
    await page.is_closed(reason, 4409)


async def test_one_browser_has_two_seats_and_no_more(enter, open_socket, guest):
    client = await sync_to_async(guest)()
    for _ in range(2):
        await enter("Bob", client)
    await asks_in_vain(open_socket, client)
    assert (await enter("Carol")).me


async def test_one_link_that_goes_round_has_two_seats_and_no_more(enter, open_socket, bobs_invitation):
    for name in ("Bob", "Carol"):
        await enter(name, await sync_to_async(came_by_letter)(bobs_invitation))
    await asks_in_vain(open_socket, await sync_to_async(came_by_letter)(bobs_invitation))


async def test_an_account_and_its_invitation_are_one_person(
    enter, open_socket, as_person, bob, bobs_invitation
):
    bobs_invitation.user = bob
    await bobs_invitation.asave()
    await enter("Bob", await sync_to_async(as_person)(bob))
    await enter("Robert", await sync_to_async(came_by_letter)(bobs_invitation))
    await asks_in_vain(open_socket, await sync_to_async(as_person)(bob))


async def test_a_seat_that_is_kept_for_a_lost_page_gives_way_to_another_page_of_the_same_person(enter, guest):
    client = await sync_to_async(guest)()
    first, second = await enter("Bob", client), await enter("Bob", client)
    await first.goes()
    assert (await second.hears())["type"] == "participant-updated"
    third = await enter("Bob", client)
    left = await second.hears("participant-left")
    assert (left["id"], left["reason"]) == (first.me, "timeout")
    await third.is_quiet()


async def test_a_host_gets_a_seat_in_a_full_room_and_not_a_second_one(
    enter, open_socket, as_person, alice, settings
):
    settings.ROOM_CAPACITY = 2
    for name in ("Bob", "Carol"):
        await enter(name)
    client = await sync_to_async(as_person)(alice)
    host = await enter("Alice", client)
    assert host.me
    await asks_in_vain(open_socket, client, "full", "Alice")


async def test_a_host_gets_a_seat_in_a_room_that_another_host_has_filled_up(
    enter, as_person, alice, bobs_invitation, settings
):
    settings.ROOM_CAPACITY = 2
    bobs_invitation.cohost = True
    await bobs_invitation.asave()
    for _ in range(2):
        await enter("Bob", await sync_to_async(came_by_letter)(bobs_invitation))
    assert (await enter("Alice", await sync_to_async(as_person)(alice))).me


async def test_who_has_no_seat_is_not_given_one_because_hosts_got_more(
    enter, open_socket, guest, as_person, alice, settings
):
    settings.ROOM_CAPACITY = 2
    bob = await enter("Bob")
    await enter("Carol")
    await enter("Alice", await sync_to_async(as_person)(alice))
    await bob.says("leave")
    await asks_in_vain(open_socket, await sync_to_async(guest)(), "full", "Dave")


async def test_many_pages_of_one_person_at_once_get_two_seats(open_socket, guest):
    client = await sync_to_async(guest)()
    pages = [await open_socket(client) for _ in range(6)]
    for page in pages:
        await page.hears("ready")

    async def join(page):
        await page.says("join", name="Bob")
        while (frame := await page.hears())["type"] not in {"welcome", "bye"}:
            pass
        return frame.get("reason", "seated")

    answers = await asyncio.gather(*(join(page) for page in pages))
    assert sorted(answers) == ["elsewhere"] * 4 + ["seated"] * 2


# -- admitted beyond the last seat --------------------------------------------------------------


@pytest.fixture
async def waits_for_a_seat(standup, enter, as_person, alice, open_socket, guest, settings):
    """A full room with a lobby, and Carol, who was admitted to it: host, bob, carol."""
    settings.ROOM_CAPACITY = 2
    host = await enter("Alice", await sync_to_async(as_person)(alice))
    bob = await enter("Bob")
    await host.hears("participant-joined")
    standup.lobby = True
    await changed(standup)
    for page in (host, bob):
        await page.hears("rules")
    carol = await open_socket(await sync_to_async(guest)())
    await carol.hears("ready")
    await carol.says("join", name="Carol")
    assert (await carol.hears("waiting"))["door"] == "lobby"
    [knock] = (await host.hears("lobby"))["knocks"]
    await host.says("admit", knocks=[knock["id"]])
    return host, bob, carol


async def test_who_is_admitted_beyond_the_last_seat_waits_for_one(waits_for_a_seat):
    host, bob, carol = waits_for_a_seat
    assert await carol.hears() == {"type": "waiting", "door": "full", "host": "Alice", "opens_in": None}
    assert (await host.hears("lobby"))["knocks"] == []
    await this_process.heartbeat().beat()
    await carol.is_quiet()
    await bob.says("leave")
    await bob.is_closed_with(1000)
    await carol.hears("ice-servers")
    await carol.hears("welcome")


async def test_of_two_who_wait_for_a_seat_one_comes_in_and_the_other_waits_on(
    waits_for_a_seat, open_socket, guest
):
    host, bob, carol = waits_for_a_seat
    await carol.hears("waiting")
    dave = await open_socket(await sync_to_async(guest)())
    await dave.hears("ready")
    await dave.says("join", name="Dave")
    await dave.hears("waiting")
    while not (knocks := (await host.hears("lobby"))["knocks"]):
        pass
    await host.says("admit", knocks=[knocks[0]["id"]])
    assert (await dave.hears("waiting"))["door"] == "full"
    await bob.says("leave")
    await bob.is_closed_with(1000)
    await carol.hears("ice-servers")
    await carol.hears("welcome")
    await dave.is_quiet()
    await carol.says("leave")
    await dave.hears("ice-servers")
    await dave.hears("welcome")


async def test_who_waits_for_a_seat_may_stop_waiting(waits_for_a_seat):
    _, _, carol = waits_for_a_seat
    await carol.hears("waiting")
    await carol.says("leave")
    await carol.is_closed_with(1000)


async def test_who_waited_for_a_host_waits_for_a_seat_as_well(
    standup, enter, as_person, alice, open_socket, guest, settings
):
    """Nobody is sent away because they came early."""
    settings.ROOM_CAPACITY = 2
    standup.personal = True
    await standup.asave()
    early = []
    for name in ("Bob", "Carol"):
        page = await open_socket(await sync_to_async(guest)())
        await page.hears("ready")
        await page.says("join", name=name)
        await page.hears("waiting")
        early.append(page)
    await enter("Alice", await sync_to_async(as_person)(alice))

    async def outcome(page):
        while (frame := await page.hears())["type"] not in {"welcome", "bye"}:
            if frame["type"] == "waiting" and frame["door"] == "full":
                break
        return frame["type"]

    assert sorted([await outcome(page) for page in early]) == ["waiting", "welcome"]


# -- counted by invitation ----------------------------------------------------------------------


@pytest.fixture
async def lobby_host(standup, enter, as_person, alice):
    standup.lobby = True
    await standup.asave()
    return await enter("Alice", await sync_to_async(as_person)(alice))


async def asks(open_socket, attendee, name="Bob"):
    page = await open_socket(await sync_to_async(came_by_letter)(attendee))
    await page.hears("ready")
    await page.says("join", name=name)
    return page


async def test_a_refusal_holds_for_the_invitation_in_whatever_browser(
    lobby_host, open_socket, bobs_invitation
):
    page = await asks(open_socket, bobs_invitation)
    await page.hears("waiting")
    [knock] = (await lobby_host.hears("lobby"))["knocks"]
    await lobby_host.says("refuse", knocks=[knock["id"]])
    await page.is_closed("refused", 4403)
    again = await asks(open_socket, bobs_invitation)
    await again.is_closed("refused", 4403)


async def test_one_invitation_asks_twice_at_the_same_time_and_no_more(
    lobby_host, open_socket, bobs_invitation
):
    for _ in range(2):
        await (await asks(open_socket, bobs_invitation)).hears("waiting")
    third = await asks(open_socket, bobs_invitation)
    await third.is_closed("too-fast", 4429)


async def test_a_letter_that_is_opened_in_one_browser_after_the_other_asks_once(
    lobby_host, open_socket, bobs_invitation
):
    for _ in range(5):
        page = await asks(open_socket, bobs_invitation)
        await page.hears("waiting")
        await page.goes()
        await this_process.registry().idle()
    assert await JoinRequest.objects.acount() == 1


async def test_whose_letter_the_organizer_has_opened_takes_no_seat_of_theirs(
    enter, as_person, alice, bobs_invitation
):
    """Bob sends Alice his own link, and sits in two browsers."""
    client = await sync_to_async(as_person)(alice)
    await sync_to_async(client.get)(links.path(await sync_to_async(links.mint)(bobs_invitation)), follow=True)
    bobs = [await enter("Bob", await sync_to_async(came_by_letter)(bobs_invitation)) for _ in range(2)]
    await bobs[0].hears("participant-joined")
    await enter("Alice", client)
    for bob in bobs:
        await bob.hears("participant-joined")
        await bob.is_quiet()
