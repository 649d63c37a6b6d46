"""Coming to the door of a room, and in."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from meetings import links
from meetings.models import Attendee, Meeting
from rooms.live import consumers, this_process
from rooms.live.sockets_here import MOST_AT_DOOR
from rooms.models import Call, Participant, Removal, Room
from rooms.roster import guess_limit
from tests.rooms.conftest import came_by_letter, took_the_link_alone

pytestmark = pytest.mark.django_db(transaction=True)


# -- at the door --------------------------------------------------------------------------------


async def test_a_browser_holds_a_few_sockets_at_the_door_and_the_oldest_gives_way(open_socket, guest):
    client, other = await sync_to_async(guest)(), await sync_to_async(guest)()
    stranger = await open_socket(other)
    pages = [await open_socket(client) for _ in range(MOST_AT_DOOR)]
    for page in [stranger, *pages]:
        await page.hears("ready")
    await pages[0].joins("Bob")  # who is inside does not count
    for page in pages[1:]:
        await page.hears("participant-joined")
    for _ in range(2):
        pages.append(await open_socket(client))
        await pages[-1].hears("ready")
    await pages[1].is_closed("replaced", 4408)
    for page in [pages[0], *pages[2:]]:
        await page.is_quiet()
    await stranger.hears("participant-joined")
    await stranger.is_quiet()


async def test_a_guest_who_opened_the_meeting_link_may_enter(open_socket, guest, standup):
    page = await open_socket(await sync_to_async(guest)())
    ready = await page.hears()
    assert len(ready.pop("me")) == 22
    assert ready == {
        "type": "ready",
        "version": 1,
        "early": True,
        "room": {
            "code": standup.code,
            "title": "Standup",
            "capacity": 8,
            "access": "anyone",
            "lobby": False,
        },
        "role": "participant",
        "door": "open",
        "opens_in": None,
        "rev": 0,
        "participants": [],
        "rules": {
            "access": "anyone",
            "lobby": False,
            "locked": False,
            "share": True,
            "chat": True,
            "unmute": True,
            "record": True,
            "rename": True,
            "spotlight": None,
            "ends_in": None,
        },
        "ice_servers": [],
        "ice_expires_at": None,
        "ice_expires_in": None,
    }


async def test_the_organizer_is_host(open_socket, as_person, alice):
    page = await open_socket(await sync_to_async(as_person)(alice))
    assert (await page.hears("ready"))["role"] == "host"


async def test_the_organizer_is_host_though_a_personal_link_was_opened_in_the_same_browser(
    open_socket, as_person, alice, bobs_invitation
):
    def open_bobs_link():
        client = as_person(alice)
        client.get(links.path(links.mint(bobs_invitation)), follow=True)
        return client

    page = await open_socket(await sync_to_async(open_bobs_link)())
    assert (await page.hears("ready"))["role"] == "host"


async def test_an_attendee_enters_by_the_personal_link(open_socket, bobs_invitation):
    page = await open_socket(await sync_to_async(came_by_letter)(bobs_invitation))
    assert (await page.hears("ready"))["role"] == "participant"
    welcome = await page.joins("Bob")
    participant = await Participant.objects.aget(pk=welcome["me"])
    assert participant.person == f"attendee:{bobs_invitation.pk}"


async def test_the_socket_of_an_attendee_tells_where_their_clock_is(open_socket, bobs_invitation):
    """The page that a first link leads to learns the browser's zone only after the link was opened."""
    client = await sync_to_async(came_by_letter)(bobs_invitation)
    client.cookies["zone"] = "Asia/Tbilisi"
    page = await open_socket(client)
    await page.hears("ready")
    await bobs_invitation.arefresh_from_db()
    assert bobs_invitation.time_zone == "Asia/Tbilisi"


async def test_a_capital_code_without_dashes_leads_to_the_same_room(open_socket, guest, standup):
    path = f"/ws/rooms/{standup.code.upper().replace('-', '')}/"
    page = await open_socket(await sync_to_async(guest)(), path=path)
    assert (await page.hears("ready"))["room"]["code"] == standup.code


async def test_turn_credentials_name_nobody(open_socket, as_person, alice, settings):
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:turn.example.org"], "north"
    page = await open_socket(await sync_to_async(as_person)(alice))
    ready = await page.hears("ready")
    [server] = ready["ice_servers"]
    expiry, _, tag = server["username"].partition(":")
    assert int(expiry) == ready["ice_expires_at"]
    assert ready["ice_expires_in"] == settings.TURN_LIFETIME.total_seconds()
    assert "alice" not in server["username"].lower()
    assert len(tag) == 22
    assert tag != ready["me"]


# -- refused ------------------------------------------------------------------------------------


async def test_a_stranger_is_told_to_open_a_link(open_socket):
    page = await open_socket(Client())
    await page.is_closed("sign-in", 4401)


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://testserver.evil.example",
        "http://testserver:8001",
        "null",
        None,
    ],
)
async def test_a_foreign_page_is_refused(open_socket, guest, origin):
    page = await open_socket(await sync_to_async(guest)(), origin=origin)
    await page.is_closed("origin", 4403)


async def test_where_pages_are_encrypted_one_that_is_not_is_foreign(open_socket, guest, settings):
    settings.PUBLIC_URL = "https://testserver"
    client = await sync_to_async(guest)()
    await (await open_socket(client)).is_closed("origin", 4403)
    await (await open_socket(client, origin="https://testserver")).hears("ready")


@pytest.mark.parametrize("path", ["/ws/rooms/kfpx-tvwqm-m3xz/", "/ws/rooms/nonsense/", "/ws/", "/"])
async def test_an_unknown_room_is_said_to_be_so(open_socket, guest, path):
    page = await open_socket(await sync_to_async(guest)(), path=path)
    await page.is_closed("not-found", 4404)


async def test_wrong_codes_on_sockets_are_counted_with_those_on_pages(
    open_socket, guest, standup, monkeypatch
):
    monkeypatch.setattr(guess_limit, "MOST_OF_ADDRESS", 2)
    monkeypatch.setattr(consumers, "PATIENCE_WITH_GUESSES", 0.0)
    await sync_to_async(cache.clear)()
    client = await sync_to_async(guest)()
    for _ in range(2):
        page = await open_socket(client, path="/ws/rooms/kfpx-tvwqm-m3xz/", address="192.0.2.7")
        await page.is_closed("not-found", 4404)
    wrong = await sync_to_async(Client(REMOTE_ADDR="192.0.2.7").get)("/kfpx-tvwqm-m3xz/")
    assert wrong.status_code == 429
    # And a right code opens from there all the same.
    await (await open_socket(client, address="192.0.2.7")).hears("ready")
    await sync_to_async(cache.clear)()


async def test_the_row_of_a_session_is_made_when_the_socket_comes(open_socket, guest, standup):
    client = await sync_to_async(guest)()
    assert not await Session.objects.aexists()
    page = await open_socket(client)
    await page.hears("ready")
    session = await Session.objects.aget()
    assert session.session_key == client.cookies["session"].value
    welcome = await page.joins("Bob")
    seat = await Participant.objects.aget(pk=welcome["me"])
    # A second tab is the same guest.
    await sync_to_async(client.get)(standup.room_url)
    assert (await sync_to_async(lambda: client.session["guest_key"])()) == seat.guest_key


async def test_nobody_enters_a_cancelled_meeting(open_socket, guest, standup):
    client = await sync_to_async(guest)()
    await Meeting.objects.aupdate(cancelled_at=standup.starts_at)
    await (await open_socket(client)).is_closed("cancelled", 4410)


async def test_a_revoked_link_lets_nobody_in(open_socket, bobs_invitation):
    client = await sync_to_async(came_by_letter)(bobs_invitation)
    await sync_to_async(links.revoke)(bobs_invitation)
    await (await open_socket(client)).is_closed("forbidden", 4403)


async def test_who_was_taken_off_the_list_may_not_enter(open_socket, as_person, bob, bobs_invitation):
    bobs_invitation.user, bobs_invitation.removed_at = bob, bobs_invitation.invited_at
    await bobs_invitation.asave()
    page = await open_socket(await sync_to_async(as_person)(bob))
    await page.is_closed("forbidden", 4403)


async def test_a_meeting_that_was_cancelled_after_ready_is_not_entered(open_socket, guest, standup):
    page = await open_socket(await sync_to_async(guest)())
    await page.hears("ready")
    await Meeting.objects.aupdate(cancelled_at=standup.starts_at)
    await page.says("join", name="Bob")
    await page.is_closed("cancelled", 4410)


# -- joining ------------------------------------------------------------------------------------


async def test_two_people_meet(enter, standup):
    alice = await enter("Alice")
    bob = await enter("Bob")
    joined = await alice.hears("participant-joined")
    assert joined["participant"]["id"] == bob.me
    assert joined["participant"]["name"] == "Bob"
    await alice.is_quiet()
    await bob.is_quiet()
    call = await Call.objects.aget(room__meeting=standup, ended_at=None)
    assert await call.participants.acount() == 2


async def test_welcome_is_the_roster_at_its_rev(enter, open_socket, guest):
    alice = await enter("Alice")
    page = await open_socket(await sync_to_async(guest)())
    ready = await page.hears("ready")
    assert [p["id"] for p in ready["participants"]] == [alice.me]
    welcome = await page.joins("Bob")
    assert welcome["rev"] == ready["rev"] + 1
    assert welcome["resumed"] is False
    first, second = welcome["participants"]
    assert (first["id"], first["name"], first["away"]) == (alice.me, "Alice", False)
    assert (second["id"], second["name"], second["role"]) == (page.me, "Bob", "participant")
    assert second["seat"] > first["seat"]
    assert second["arrival"] > first["arrival"]
    assert len(page.me) == 22


async def test_somebody_who_waits_hears_who_comes(enter, open_socket, guest):
    page = await open_socket(await sync_to_async(guest)())
    await page.hears("ready")
    alice = await enter("Alice")
    assert (await page.hears("participant-joined"))["participant"]["id"] == alice.me


async def test_somebody_who_waits_is_not_in_the_roster(enter, open_socket, guest):
    page = await open_socket(await sync_to_async(guest)())
    await page.hears("ready")
    alice = await enter("Alice")
    await alice.says("sync")
    assert [p["id"] for p in (await alice.hears("snapshot"))["participants"]] == [alice.me]


async def test_a_name_is_cleaned_before_anybody_sees_it(enter):
    alice = await enter("Alice")
    await enter(" \u202eB\u200bob\x07 <script> ")
    assert (await alice.hears("participant-joined"))["participant"]["name"] == "Bob <script>"


async def test_a_guest_finds_the_name_filled_in_the_next_time(open_socket, guest, standup):
    client = await sync_to_async(guest)()
    page = await open_socket(client)
    await page.hears("ready")
    await page.joins("Dave")
    await page.goes()

    await this_process.registry().idle()
    response = await sync_to_async(client.get)(standup.room_url)
    assert response.context["name"] == "Dave"


async def test_the_room_is_full_when_every_seat_is_taken(enter, open_socket, guest, settings):
    settings.ROOM_CAPACITY = 2
    alice, bob = await enter("Alice"), await enter("Bob")
    carol = await open_socket(await sync_to_async(guest)())
    await carol.hears("ready")
    await carol.says("join", name="Carol")
    await carol.is_closed("full", 4409)
    await alice.hears("participant-joined")
    await alice.is_quiet()

    # A seat that is given up is free at once.
    await bob.says("leave")
    await bob.is_closed_with(1000)
    await alice.hears("participant-left")
    assert (await enter("Carol")).me


async def test_who_clicks_before_the_door_has_answered_is_in_or_learns_why_not(open_socket, guest, settings):
    settings.ROOM_CAPACITY = 1
    bob = await open_socket(await sync_to_async(guest)())
    await bob.says("join", name="Bob")
    assert (await bob.hears("ready"))["participants"] == []
    await bob.hears("welcome")
    carol = await open_socket(await sync_to_async(guest)())
    await carol.says("join", name="Carol")
    await carol.hears("ready")
    await carol.is_closed("full", 4409)


async def test_a_kept_seat_is_taken(enter, open_socket, guest, settings):
    settings.ROOM_CAPACITY = 1
    bob = await enter("Bob")
    await bob.goes()
    carol = await open_socket(await sync_to_async(guest)())
    await carol.hears("ready")
    await carol.says("join", name="Carol")
    await carol.is_closed("full", 4409)


# -- being removed ------------------------------------------------------------------------------


async def test_a_host_removes_somebody_who_then_cannot_come_back(
    enter, open_socket, as_person, alice, guest, standup
):
    host = await enter("Alice", await sync_to_async(as_person)(alice))
    bobs = await sync_to_async(guest)()
    bob = await enter("Bob", bobs)
    carol = await enter("Carol")
    for page, count in ((host, 2), (bob, 1)):
        for _ in range(count):
            await page.hears("participant-joined")

    await host.says("remove", participant=bob.me)
    await bob.is_closed("removed", 4403)
    for page in (host, carol):
        left = await page.hears("participant-left")
        assert (left["id"], left["reason"]) == (bob.me, "removed")
        order = await page.hears("order")
        assert (order["order"], order["by"], order["participants"]) == ("remove", host.me, [bob.me])
        assert order["name"] == "Bob"
        await page.is_quiet()
    removal = await Removal.objects.aget()
    assert (removal.name, removal.removed_by) == ("Bob", "Alice")

    # Not by the socket, not by the page, and not by his token from another browser.
    await (await open_socket(bobs)).is_closed("removed", 4403)
    response = await sync_to_async(bobs.get)(standup.room_url)
    assert (response.status_code, response.context["reason"]) == (403, "removed")


async def test_who_is_removed_may_not_even_wait_on_another_tab(enter, open_socket, as_person, alice, guest):
    host = await enter("Alice", await sync_to_async(as_person)(alice))
    bobs = await sync_to_async(guest)()
    bob, second_tab = await enter("Bob", bobs), await open_socket(bobs)
    await second_tab.hears("ready")
    await host.says("remove", participant=bob.me)
    await bob.is_closed("removed", 4403)
    await second_tab.is_closed("removed", 4403)


async def test_who_waited_while_being_removed_does_not_get_in(enter, open_socket, guest):
    """Nor when the news of it did not come."""
    bobs = await sync_to_async(guest)()
    bob, second_tab = await enter("Bob", bobs), await open_socket(bobs)
    await second_tab.hears("ready")
    seat = await Participant.objects.select_related("call").aget(pk=bob.me)
    await Removal.objects.acreate(room_id=seat.call.room_id, person=seat.person, guest_key=seat.guest_key)
    await second_tab.says("join", name="Not Bob", token=bob.token)
    await second_tab.is_closed("removed", 4403)


async def test_a_lost_word_of_a_removal_is_found_by_the_heartbeat(enter, open_socket, guest):
    bobs = await sync_to_async(guest)()
    bob, second_tab = await enter("Bob", bobs), await open_socket(bobs)
    await second_tab.hears("ready")
    seat = await Participant.objects.select_related("call").aget(pk=bob.me)
    await Removal.objects.acreate(room_id=seat.call.room_id, person=seat.person, guest_key=seat.guest_key)
    await this_process.heartbeat().check_grants()
    await second_tab.is_closed("removed", 4403)


async def test_who_is_removed_may_not_even_wait_as_another_person(
    enter, open_socket, as_person, alice, bob, bobs_invitation
):
    """Removed as the attendee, before the sign-in in the same browser; at the door as the account."""
    host = await enter("Alice", await sync_to_async(as_person)(alice))
    client = await sync_to_async(came_by_letter)(bobs_invitation)
    page = await enter("Bob", client)
    await sync_to_async(client.force_login)(bob, "allauth.account.auth_backends.AuthenticationBackend")
    await Participant.objects.filter(pk=page.me).aupdate(guest_key="")
    await page.is_closed("session", 4412)
    waiting = await open_socket(client)
    await waiting.hears("ready")
    await host.hears("participant-joined")
    await host.says("remove", participant=page.me)
    while (await host.hears())["type"] != "participant-left":
        pass
    await waiting.is_closed("removed", 4403)


async def test_removing_somebody_removes_every_tab_of_theirs(enter, as_person, alice, guest):
    host = await enter("Alice", await sync_to_async(as_person)(alice))
    bobs = await sync_to_async(guest)()
    bob, other_tab = await enter("Bob", bobs), await enter("Bob again", bobs)
    await bob.hears("participant-joined")
    await host.says("remove", participant=bob.me)
    await bob.is_closed("removed", 4403)
    await other_tab.is_closed("removed", 4403)


@pytest.fixture
async def bobs_account(bob, bobs_invitation):
    """Bob's invitation is his account's."""
    bobs_invitation.user = bob
    await bobs_invitation.asave()
    return bob


@pytest.mark.parametrize("first", ["by account", "by letter"])
async def test_who_is_removed_by_account_does_not_come_back_by_letter_in_another_browser_nor_the_other_way(
    enter, open_socket, as_person, alice, bobs_account, bobs_invitation, first
):
    host = await enter("Alice", await sync_to_async(as_person)(alice))
    account = await sync_to_async(as_person)(bobs_account)
    letter = await sync_to_async(came_by_letter)(bobs_invitation)
    one, other = (account, letter) if first == "by account" else (letter, account)
    page, waiting = await enter("Bob", one), await open_socket(other)
    await waiting.hears("ready")
    await host.says("remove", participant=page.me)
    await page.is_closed("removed", 4403)
    await waiting.is_closed("removed", 4403)
    await (await open_socket(other)).is_closed("removed", 4403)


async def test_every_seat_of_a_removed_person_is_gone_by_whatever_they_came(
    enter, as_person, alice, bobs_account, bobs_invitation
):
    host = await enter("Alice", await sync_to_async(as_person)(alice))
    by_account = await enter("Bob", await sync_to_async(as_person)(bobs_account))
    by_letter = await enter("Robert", await sync_to_async(came_by_letter)(bobs_invitation))
    await by_account.hears("participant-joined")
    await host.says("remove", participant=by_account.me)
    await by_account.is_closed("removed", 4403)
    await by_letter.is_closed("removed", 4403)


async def test_another_invitation_of_the_same_account_is_no_way_back(
    enter, open_socket, as_person, alice, bobs_account, standup
):
    by_work = await Attendee.objects.acreate(meeting=standup, email="bob@work.example", user=bobs_account)
    host = await enter("Alice", await sync_to_async(as_person)(alice))
    page = await enter("Bob", await sync_to_async(as_person)(bobs_account))
    await host.hears("participant-joined")
    await host.says("remove", participant=page.me)
    await page.is_closed("removed", 4403)
    client = await sync_to_async(took_the_link_alone)(by_work)
    await (await open_socket(client)).is_closed("removed", 4403)


async def test_who_makes_an_account_after_having_been_removed_as_invited_stays_removed(
    enter, open_socket, as_person, alice, bob, bobs_invitation
):
    host = await enter("Alice", await sync_to_async(as_person)(alice))
    page = await enter("Bob", await sync_to_async(came_by_letter)(bobs_invitation))
    await host.hears("participant-joined")
    await host.says("remove", participant=page.me)
    await page.is_closed("removed", 4403)
    bobs_invitation.user = bob
    await bobs_invitation.asave()
    await (await open_socket(await sync_to_async(as_person)(bob))).is_closed("removed", 4403)


async def test_a_participant_removes_nobody(enter, as_person, alice):
    host = await enter("Alice", await sync_to_async(as_person)(alice))
    bob = await enter("Bob")
    await bob.says("remove", participant=host.me)
    assert (await bob.hears("failed"))["error"] == "not-allowed"


async def test_a_host_cannot_remove_who_is_not_inside(enter, as_person, alice):
    host = await enter("Alice", await sync_to_async(as_person)(alice))
    await host.says("remove", participant="x" * 22)
    assert (await host.hears("failed"))["error"] == "no-participant"


async def test_the_organizer_is_not_removed_from_another_tab(enter, as_person, alice):
    client = await sync_to_async(as_person)(alice)
    host, other_tab = await enter("Alice", client), await enter("Alice", client)
    await host.hears("participant-joined")
    await host.says("remove", participant=other_tab.me)
    assert (await host.hears("failed"))["error"] == "not-allowed"
    assert not await Removal.objects.aexists()


# -- leaving ------------------------------------------------------------------------------------


async def test_who_leaves_is_gone_at_once(enter):
    alice, bob = await enter("Alice"), await enter("Bob")
    await alice.hears("participant-joined")
    await bob.says("leave")
    await bob.is_closed_with(1000)
    left = await alice.hears("participant-left")
    assert (left["id"], left["reason"]) == (bob.me, "left")
    await alice.is_quiet()


async def test_a_call_ends_when_the_last_one_leaves_and_the_next_begins_another(enter, standup):

    bob = await enter("Bob")
    await bob.says("leave")
    await bob.is_closed_with(1000)
    await this_process.registry().idle()
    first = await Call.objects.aget()
    assert first.ended_at is not None
    again = await enter("Bob")
    assert again.me != bob.me
    assert await Call.objects.acount() == 2
    # Numbers go on: nobody mistakes this arrival for the earlier one.
    room = await Room.objects.aget(meeting=standup)
    participant = await Participant.objects.aget(pk=again.me)
    assert room.rev == participant.arrival > (await Participant.objects.aget(pk=bob.me)).arrival
