"""What a socket rests on may end while it is open."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from meetings import invitations, links
from meetings.models import Meeting
from rooms.models import Call
from rooms.registry import Registry
from tests.rooms.conftest import came_by_letter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def carols(enter, as_person, carol):
    """Carol's browser, and her page, which is inside."""
    client = await sync_to_async(as_person)(carol)
    return client, await enter("Carol", client)


async def check():
    await Registry.here().heartbeat.check_passes()


async def test_nothing_happens_as_long_as_all_is_well(carols, enter, bobs_invitation):
    _, carol = carols
    guest = await enter("Guest")
    bob = await enter("Bob", await sync_to_async(came_by_letter)(bobs_invitation))
    for _ in range(2):
        await carol.hears("participant-joined")
    await guest.hears("participant-joined")
    await check()
    for page in (carol, guest, bob):
        await page.is_quiet()


async def test_signing_out_closes_the_socket(carols):
    client, carol = carols
    await sync_to_async(client.logout)()
    await check()
    await carol.is_closed("session", 4412)


async def test_who_has_another_session_by_now_comes_back_to_the_same_seat(carols, open_socket):
    """Signing in, or a new password, gives the browser another session key."""
    client, carol = carols

    def cycle():
        session = client.session
        session.cycle_key()
        session.save()
        client.cookies["session"] = session.session_key

    await sync_to_async(cycle)()
    await check()
    await carol.is_closed("session", 4412)
    again = await open_socket(client)
    await again.hears("ready")
    welcome = await again.joins("Carol", carol.token, fresh=False)
    assert (welcome["me"], welcome["resumed"]) == (carol.me, True)
    await check()
    await again.is_quiet()


async def test_who_signed_out_is_refused_on_the_way_back(carols, open_socket):
    client, carol = carols
    await sync_to_async(client.logout)()
    await check()
    await carol.is_closed("session", 4412)
    await (await open_socket(client)).is_closed("sign-in", 4401)


async def test_an_organizer_who_comes_back_as_a_guest_is_no_host_any_more(
    enter, open_socket, as_person, alice, standup
):
    def browser():
        client = as_person(alice)
        client.get(standup.room_url)
        return client

    client = await sync_to_async(browser)()
    host = await enter("Alice", client)
    await User.objects.filter(pk=alice.pk).aupdate(is_active=False)
    await check()
    await host.is_closed("session", 4412)
    again = await open_socket(client)
    assert (await again.hears("ready"))["role"] == "participant"
    [me] = (await again.joins("Alice", host.token, fresh=False))["participants"]
    assert me["role"] == "participant"


async def test_a_session_that_expires_closes_the_socket(enter):
    guest = await enter("Guest")
    await Session.objects.aupdate(expire_date=timezone.now())
    await check()
    await guest.is_closed("session", 4412)


async def test_an_account_that_is_switched_off_closes_the_socket(carols, carol):
    await User.objects.filter(pk=carol.pk).aupdate(is_active=False)
    await check()
    await carols[1].is_closed("session", 4412)


async def test_a_new_password_closes_the_sockets_elsewhere(carols, carol):
    carol.set_password("another horse battery")
    await carol.asave()
    await check()
    await carols[1].is_closed("session", 4412)


async def test_somebody_who_only_waits_is_closed_too(open_socket, guest):
    page = await open_socket(await sync_to_async(guest)())
    await page.hears("ready")
    await Session.objects.all().adelete()
    await check()
    await page.is_closed("session", 4412)


async def test_a_revoked_link_closes_the_socket(enter, bobs_invitation):
    bob = await enter("Bob", await sync_to_async(came_by_letter)(bobs_invitation))
    await sync_to_async(links.revoke)(bobs_invitation)
    await check()
    await bob.is_closed("forbidden", 4403)


# -- news from the meeting ----------------------------------------------------------------------


async def test_cancelling_the_meeting_ends_the_call(enter, open_socket, guest, standup):
    bob = await enter("Bob")
    waiting = await open_socket(await sync_to_async(guest)())
    await waiting.hears("ready")
    await sync_to_async(invitations.cancel)(standup)
    left = await bob.hears("participant-left")
    assert (left["id"], left["reason"]) == (bob.me, "ended")
    await bob.is_closed("cancelled", 4410)
    await waiting.hears("participant-left")
    await waiting.is_closed("cancelled", 4410)
    assert not await Call.objects.filter(ended_at=None).aexists()


async def test_a_cancellation_that_was_not_heard_is_found_in_the_database(enter, standup):
    bob = await enter("Bob")
    await Meeting.objects.aupdate(cancelled_at=timezone.now())
    await Registry.here().heartbeat.beat()
    await bob.is_closed("cancelled", 4410)


async def test_a_meeting_that_was_deleted_closes_its_room(enter, standup):
    bob = await enter("Bob")
    await standup.adelete()
    await Registry.here().heartbeat.beat()
    await bob.is_closed("not-found", 4404)


async def test_taking_an_attendee_off_the_list_shows_them_out(enter, bobs_invitation):
    alice = await enter("Alice")
    client = await sync_to_async(came_by_letter)(bobs_invitation)
    bob = await enter("Bob", client)
    await alice.hears("participant-joined")
    await sync_to_async(invitations.remove)(bobs_invitation)
    await bob.is_closed("forbidden", 4403)
    left = await alice.hears("participant-left")
    assert (left["id"], left["reason"]) == (bob.me, "removed")
    await alice.is_quiet()


async def test_taking_an_attendee_off_the_list_leaves_the_organizer_alone_who_opened_that_link(
    enter, as_person, alice, bobs_invitation
):
    def open_bobs_link():
        client = as_person(alice)
        client.get(links.path(links.mint(bobs_invitation)), follow=True)
        return client

    host = await enter("Alice", await sync_to_async(open_bobs_link)())
    await sync_to_async(invitations.remove)(bobs_invitation)
    await check()
    await host.is_quiet()


async def test_who_waited_while_being_taken_off_the_list_does_not_get_in(open_socket, bobs_invitation):
    bob = await open_socket(await sync_to_async(came_by_letter)(bobs_invitation))
    await bob.hears("ready")
    await sync_to_async(invitations.remove)(bobs_invitation)
    await bob.says("join", name="Bob")
    await bob.is_closed("forbidden", 4403)


async def test_a_meeting_without_a_room_is_cancelled_like_any_other(standup):
    await sync_to_async(invitations.cancel)(standup)
    assert (await Meeting.objects.aget()).cancelled_at
