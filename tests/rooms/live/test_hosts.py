"""Hosts who become so, or are so no more, in the middle of a call."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async

from meetings import links
from meetings.models import Attendee
from meetings.plans import invitations
from rooms.live import this_process
from rooms.live.bridge import Message
from rooms.models import Participant
from rooms.roster import lobby
from tests.rooms.conftest import came_by_letter
from tests.rooms.live.asking import is_let_in, who_waits

pytestmark = pytest.mark.django_db(transaction=True)


def make_cohost(attendee, on=True):
    invitations.make_cohost(attendee, on=on)


async def test_who_is_made_a_cohost_in_the_middle_of_a_call_is_one_at_once(
    with_lobby, host, asks, bobs_invitation
):
    bob, _ = await asks("Bob", await sync_to_async(came_by_letter)(bobs_invitation))
    await host.says("admit", knocks=[(await who_waits(host))["id"]])
    await is_let_in(bob)
    carol, _ = await asks("Carol")
    await bob.is_quiet()
    await sync_to_async(make_cohost)(bobs_invitation)
    news = [await bob.hears(), await bob.hears()]
    assert {frame["type"] for frame in news} == {"participant-updated", "lobby"}
    [lobby] = [frame for frame in news if frame["type"] == "lobby"]
    assert [knock["name"] for knock in lobby["knocks"]] == ["Carol"]
    await sync_to_async(make_cohost)(bobs_invitation, False)
    news = [await bob.hears(), await bob.hears()]
    assert {"type": "lobby", "knocks": []} in news
    await bob.says("admit", knocks=[lobby["knocks"][0]["id"]])
    assert (await bob.hears("failed"))["error"] == "not-allowed"
    await carol.is_quiet()


async def test_a_seat_follows_who_they_are_by_now(standup, enter, open_socket, guest, bobs_invitation):
    """Bob comes by the meeting's link, finds his letter with the key in it, and comes back by that one."""

    client = await sync_to_async(guest)()
    bob = await enter("Bob", client)
    await bob.goes()
    await Attendee.objects.aupdate(cohost=True)
    await sync_to_async(client.get)(links.path(await sync_to_async(links.mint)(bobs_invitation)))
    again = await open_socket(client)
    assert (await again.hears("ready"))["role"] == "host"
    welcome = await again.joins("Bob", bob.token, fresh=False)
    assert (welcome["resumed"], welcome["participants"][0]["role"]) == (True, "host")
    await bobs_invitation.arefresh_from_db()
    await sync_to_async(make_cohost)(bobs_invitation, False)
    assert (await again.hears("participant-updated"))["participant"]["role"] == "participant"
    await sync_to_async(invitations.remove)(bobs_invitation)
    await again.is_closed("forbidden", 4403)


async def test_an_organizer_who_tried_an_attendees_link_first_stays_host(
    standup, enter, open_socket, alice, bobs_invitation
):
    client = await sync_to_async(came_by_letter)(bobs_invitation)
    alices = await enter("Alice", client)
    await alices.goes()
    await sync_to_async(client.force_login)(alice)
    again = await open_socket(client)
    await again.hears("ready")
    welcome = await again.joins("Alice", alices.token, fresh=False)
    assert (welcome["resumed"], welcome["participants"][0]["role"]) == (True, "host")
    await this_process.heartbeat().check_doors()
    await again.is_quiet()


async def test_letters_about_a_role_that_come_in_the_wrong_order_leave_the_last_word(
    standup, enter, bobs_invitation, monkeypatch
):
    letters: list[Message] = []
    registry = this_process.registry()
    monkeypatch.setattr(registry.bridge, "publish", letters.append)
    bob = await enter("Bob", await sync_to_async(came_by_letter)(bobs_invitation))
    socket = registry.rooms[standup.code].inside[bob.me]
    letters.clear()
    for cohost in (True, False):
        await Attendee.objects.aupdate(cohost=cohost)
        await this_process.heartbeat().check_doors()
    assert (socket.who.is_host, len(letters)) == (False, 2)
    registry.hear(letters[0])
    assert socket.who.is_host is False
    for _ in range(2):
        await bob.hears("participant-updated")
    await bob.says("admit", knocks=["x" * 22])
    assert (await bob.hears("failed"))["error"] == "not-allowed"


async def test_a_role_of_which_no_letter_told_is_found_by_the_heartbeat(standup, enter, bobs_invitation):
    registry = this_process.registry()
    bob = await enter("Bob", await sync_to_async(came_by_letter)(bobs_invitation))
    socket = registry.rooms[standup.code].inside[bob.me]
    await Participant.objects.filter(pk=bob.me).aupdate(role="host")
    await this_process.heartbeat().check_seats()
    assert socket.who.is_host is True
    await bob.says("admit", knocks=["x" * 22])
    assert (await bob.hears("lobby"))["knocks"] == []


async def test_cohosts_who_were_changed_in_a_heap_are_found_by_the_heartbeat(standup, enter, bobs_invitation):
    bob = await enter("Bob", await sync_to_async(came_by_letter)(bobs_invitation))
    await Attendee.objects.aupdate(cohost=True)
    await this_process.heartbeat().check_doors()
    assert (await bob.hears("participant-updated"))["participant"]["role"] == "host"
    await this_process.heartbeat().check_doors()
    await bob.is_quiet()


async def test_a_prank_with_many_browsers_is_slowed_down(with_lobby, asks, monkeypatch):
    monkeypatch.setattr(lobby, "MOST_IN_A_MINUTE", 1)
    bob, _ = await asks("Bob")
    await bob.goes()
    with pytest.raises(AssertionError, match="'reason': 'too-fast'"):
        await asks("Carol")


async def test_who_was_let_in_before_the_door_opened_does_not_come_in_again_when_it_does(
    tomorrow, host, asks
):
    bob, _ = await asks("Bob")
    await host.says("admit", knocks=[(await who_waits(host))["id"]])
    welcome = await is_let_in(bob)
    await bob.is_quiet()
    # What the clock does when it strikes.
    this_process.registry().rooms[tomorrow.code].inside[welcome["me"]].wake()
    await bob.is_quiet()
    await bob.is_quiet()
