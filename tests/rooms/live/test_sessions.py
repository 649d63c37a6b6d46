"""What a socket rests on may end while it is open."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.models import User
from meetings import links
from meetings.models import Attendee, Meeting, PersonalLink
from meetings.plans import invitations
from rooms.live import bridge, this_process
from rooms.models import Call, Participant, Room
from rooms.roster import arrivals
from tests.rooms.conftest import came_by_letter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def carols(enter, as_person, carol):
    """Carol's browser, and her page, which is inside."""
    client = await sync_to_async(as_person)(carol)
    return client, await enter("Carol", client)


async def check():
    await this_process.heartbeat().check_grants()


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


async def has_left(witness, page, name="Carol"):
    """The witness hears that somebody is gone: not away, gone."""
    joined = await witness.hears("participant-joined", "participant-left")
    if joined["type"] == "participant-joined":
        assert joined["participant"]["name"] == name
        joined = await witness.hears("participant-left")
    assert (joined["id"], joined["reason"]) == (page.me, "left")
    await witness.is_quiet()


async def test_signing_out_is_leaving_at_once(enter, carols):
    client, carol = carols
    guest = await enter("Guest")
    await carol.hears("participant-joined")
    response = await sync_to_async(client.post)("/account/logout/")
    assert response.status_code == 302
    await carol.is_closed("session", 4412)
    await has_left(guest, carol)


async def test_whose_leaving_was_seen_before_it_was_heard_of_is_told_why_too(carols):
    """Another process took their seat away, and the regular check is quicker than the message about it."""
    _, carol = carols
    await Session.objects.all().adelete()
    gone = {"left_at": timezone.now(), "left_reason": "left", "server": None, "socket": ""}
    await Participant.objects.filter(pk=carol.me).aupdate(**gone)
    await this_process.heartbeat().check_seats()
    await carol.is_closed("session", 4412)


async def test_signing_out_ends_the_sockets_of_other_tabs_too(carols, open_socket):
    client, carol = carols
    other = await open_socket(client)
    await other.hears("ready")
    await sync_to_async(client.logout)()
    await carol.is_closed("session", 4412)
    while (frame := await other.hears())["type"] != "bye":
        pass
    assert frame["reason"] == "session"
    await other.is_closed_with(4412)


async def test_a_new_password_is_leaving_elsewhere_and_keeps_the_seat_here(
    enter, open_socket, as_person, carol
):
    await sync_to_async(carol.set_password)("correct horse battery")
    await carol.asave()
    here, there = await sync_to_async(lambda: (as_person(carol), as_person(carol)))()
    mine, thief = await enter("Carol", here), await enter("Thief", there)
    await mine.hears("participant-joined")
    passwords = {
        "oldpassword": "correct horse battery",
        "password1": "another horse battery",
        "password2": "another horse battery",
    }
    response = await sync_to_async(here.post)("/account/password/change/", passwords)
    assert response.status_code == 302, response.content.decode()
    await thief.is_closed("session", 4412)
    frames = []
    while (frame := await mine.hears())["type"] != "bye":
        frames.append(frame)
    assert [(f["id"], f["reason"]) for f in frames if f["type"] == "participant-left"] == [(thief.me, "left")]
    assert frame["reason"] == "session"
    await mine.is_closed_with(4412)
    again = await open_socket(here)
    await again.hears("ready")
    welcome = await again.joins("Carol", mine.token, fresh=False)
    assert (welcome["me"], welcome["resumed"]) == (mine.me, True)
    await check()
    await again.is_quiet()
    await (await open_socket(there)).is_closed("sign-in", 4401)


@pytest.mark.parametrize("how", ["switched off", "deleted"])
async def test_an_account_that_is_no_more_has_left_at_once(enter, carols, carol, how):
    guest = await enter("Guest")
    await carols[1].hears("participant-joined")
    if how == "deleted":
        await carol.adelete()
    else:
        carol.is_active = False
        await carol.asave()
    await carols[1].is_closed("session", 4412)
    await has_left(guest, carols[1])


async def test_whoever_came_by_the_letter_of_an_account_has_left_when_it_is_deleted(
    enter, bobs_invitation, bob
):
    bobs_invitation.user = bob
    await bobs_invitation.asave()
    guest = await enter("Guest")
    page = await enter("Bob", await sync_to_async(came_by_letter)(bobs_invitation))
    await guest.hears("participant-joined")
    await bob.adelete()
    await page.is_closed("forbidden", 4403)
    await has_left(guest, page)


@pytest.mark.parametrize("how", ["switched off", "deleted"])
async def test_whoever_stands_at_the_door_by_the_letter_of_an_account_goes_with_it(
    open_socket, bobs_invitation, bob, how
):
    bobs_invitation.user = bob
    await bobs_invitation.asave()
    page = await open_socket(await sync_to_async(came_by_letter)(bobs_invitation))
    await page.hears("ready")
    if how == "deleted":
        await bob.adelete()
    else:
        bob.is_active = False
        await bob.asave()
    await page.is_closed("forbidden", 4403)


@pytest.fixture
def invited_often(standup, bob):
    """Bob, who has more invitations than fit into a letter to other processes."""
    Room.objects.create(meeting=standup)
    Attendee.objects.bulk_create(
        Attendee(meeting=standup, email=f"bob+{n}@example.org", user=bob)
        for n in range(bridge.MOST_NAMED + 1)
    )
    for attendee in Attendee.objects.filter(user=bob):
        links.mint(attendee)
    return bob


@pytest.fixture
def letters(monkeypatch):
    """What requests have all processes told."""
    sent: list[bridge.Message] = []
    monkeypatch.setattr(bridge, "_say_from_thread", sent.append)
    return sent


def test_a_change_of_ones_time_zone_is_told_to_no_process(invited_often, letters):
    invited_often.time_zone = "Asia/Tokyo"
    invited_often.save()
    assert letters == []


@pytest.mark.parametrize("how", ["switched off", "deleted", "links ended"])
def test_no_letter_to_other_processes_holds_all_invitations_of_an_account(invited_often, letters, how):
    if how == "deleted":
        invited_often.delete()
    elif how == "switched off":
        invited_often.is_active = False
        invited_often.save()
    else:
        links.end(PersonalLink.objects.filter(attendee__user=invited_often), links.Ending.DELETED)
    assert letters
    assert all(len(json.dumps(letter)) < 500 for letter in letters)


async def test_when_many_links_end_at_once_those_who_came_by_one_have_left(open_socket, enter, invited_often):
    [inside, at_door] = [a async for a in Attendee.objects.filter(user=invited_often)[:2]]
    guest = await enter("Guest")
    page = await enter("Bob", await sync_to_async(came_by_letter)(inside))
    await guest.hears("participant-joined")
    waiting = await open_socket(await sync_to_async(came_by_letter)(at_door))
    await waiting.hears("ready")
    everything = PersonalLink.objects.filter(attendee__user=invited_often)
    await sync_to_async(links.end)(everything, links.Ending.DELETED)
    await page.is_closed("forbidden", 4403)
    while (frame := await waiting.hears())["type"] != "bye":
        pass
    assert frame["reason"] == "forbidden"
    await has_left(guest, page, "Bob")


async def test_whoever_is_away_and_heard_by_others_has_left_when_their_account_is_switched_off(
    enter, carols, carol
):
    """They might go on listening over the connections that they have, with no socket at all."""
    guest = await enter("Guest")
    await carols[1].goes()
    away = await guest.hears("participant-updated")
    assert away["participant"]["away"]
    carol.is_active = False
    await carol.asave()
    await has_left(guest, carols[1])


async def test_a_guests_session_goes_on_while_a_socket_is_open(enter, guest):
    browser = await sync_to_async(guest)()
    page = await enter("Guest", browser)
    session = Session.objects.filter(session_key=browser.cookies["session"].value)
    await session.aupdate(expire_date=timezone.now() + timedelta(minutes=5))
    heartbeat = this_process.heartbeat()
    await heartbeat.keep_sessions()
    assert (await session.aget()).expire_date > timezone.now() + timedelta(days=13)
    await check()
    await page.is_quiet()


async def test_whose_session_ended_does_not_get_in_though_nobody_said_so(open_socket, as_person, carol):
    page = await open_socket(await sync_to_async(as_person)(carol))
    await page.hears("ready")
    await Session.objects.all().adelete()
    await page.says("join", name="Carol")
    await page.is_closed("session", 4412)


async def test_whose_session_ends_while_the_seat_is_being_given_has_left(
    enter, open_socket, guest, monkeypatch
):
    """The seat is stored only after those that have lapsed were looked for."""
    witness = await enter("Guest")
    page = await open_socket(await sync_to_async(guest)())
    page.me = (await page.hears("ready"))["me"]
    loop, committed, go_on = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    arrive = arrivals.arrive

    def slow_arrive(*arguments, **options):
        arrived = arrive(*arguments, **options)
        loop.call_soon_threadsafe(committed.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(10)
        return arrived

    monkeypatch.setattr(arrivals, "arrive", slow_arrive)
    await page.says("join", name="Carol")
    await committed.wait()
    [socket] = [s for here in this_process.registry().rooms.values() for s in here.sockets if s.is_held]
    socket.who.has_lapsed = socket.is_held
    socket.end("session")
    go_on.set()
    await page.is_closed("session", 4412)
    await has_left(witness, page)


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


@pytest.mark.parametrize("by", ["organizer", "administrator"])
async def test_whose_link_is_revoked_has_left_at_once(enter, bobs_invitation, by):
    guest = await enter("Guest")
    bob = await enter("Bob", await sync_to_async(came_by_letter)(bobs_invitation))
    if by == "organizer":
        await sync_to_async(links.revoke)(bobs_invitation)
    else:
        await sync_to_async(links.end)(PersonalLink.objects.all(), links.Ending.ENDED, "root@example.org")
    await bob.is_closed("forbidden", 4403)
    await has_left(guest, bob, "Bob")


async def test_a_link_whose_end_was_not_heard_of_is_found_in_the_database_and_is_leaving_too(
    enter, bobs_invitation
):
    guest = await enter("Guest")
    bob = await enter("Bob", await sync_to_async(came_by_letter)(bobs_invitation))
    await PersonalLink.objects.aupdate(revoked_at=timezone.now())
    await check()
    await bob.is_closed("forbidden", 4403)
    await has_left(guest, bob, "Bob")


async def test_nobody_whose_account_is_switched_off_enters_by_an_old_letter_least_of_all_as_host(
    enter, open_socket, bob, bobs_invitation
):
    bobs_invitation.user, bobs_invitation.cohost = bob, True
    await bobs_invitation.asave()
    client = await sync_to_async(came_by_letter)(bobs_invitation)
    page, waiting = await enter("Bob", client), await open_socket(client)
    assert (await waiting.hears("ready"))["role"] == "host"
    bob.is_active = False
    await bob.asave()
    await page.is_closed("forbidden", 4403)
    await waiting.hears("participant-left")
    await waiting.is_closed("forbidden", 4403)
    await (await open_socket(client)).is_closed("forbidden", 4403)
    token = await sync_to_async(links.mint)(bobs_invitation)
    response = await sync_to_async(Client().get)(links.path(token))
    assert response.status_code == 410
    page = response.content.decode()
    assert "This account is switched off" in page
    assert "The links in letters to it are closed too." in page


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
    await this_process.heartbeat().beat()
    await bob.is_closed("cancelled", 4410)


async def test_a_meeting_that_was_deleted_closes_its_room(enter, standup):
    bob = await enter("Bob")
    await standup.adelete()
    await bob.is_closed("not-found", 4404)


async def test_a_meeting_whose_end_was_not_heard_of_is_missed_in_the_database(enter, standup):
    bob = await enter("Bob")
    await Room.objects.all().adelete()
    await this_process.heartbeat().beat()
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


async def test_whose_link_is_revoked_has_left_though_they_are_signed_in_to_an_account_of_their_own(
    enter, as_person, carol, bobs_invitation
):
    """A link that was passed on rests on no account of whoever opened it."""
    client = await sync_to_async(as_person)(carol)
    await sync_to_async(client.get)(links.path(await sync_to_async(links.mint)(bobs_invitation)), follow=True)
    host, page = await enter("Guest"), await enter("Carol", client)
    await sync_to_async(links.revoke)(bobs_invitation)
    await has_left(host, page)


async def test_whoever_is_invited_by_account_stays_when_a_link_of_theirs_is_revoked(
    enter, as_person, carol, bobs_invitation
):
    client = await sync_to_async(as_person)(carol)
    bobs_invitation.user = carol
    await bobs_invitation.asave()
    await sync_to_async(client.get)(links.path(await sync_to_async(links.mint)(bobs_invitation)), follow=True)
    page = await enter("Carol", client)
    await sync_to_async(links.revoke)(bobs_invitation)
    await check()
    await page.is_quiet()
