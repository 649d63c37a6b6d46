"""The socket of the set-up test."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from meetings import links
from meetings.models import Attendee
from rooms.live.set_up import greeting
from tests.rooms.conftest import came_by_letter

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_set_up_that_works_is_noted_for_the_organizer(bobs_invitation):
    client = came_by_letter(bobs_invitation)
    response = client.get(f"{links.path(links.mint(bobs_invitation))}test/", follow=True)
    assert response.redirect_chain[-1][0] == f"{bobs_invitation.meeting.room_url}test/"
    assert response.context["tells"] is True
    assert client.post(response.redirect_chain[-1][0]).status_code == 204
    bobs_invitation.refresh_from_db()
    assert bobs_invitation.tested_at is not None


def test_a_guests_test_is_nobodys_news(guest, standup, bobs_invitation):
    client = guest()
    assert client.get(f"{standup.room_url}test/").context["tells"] is False
    assert client.post(f"{standup.room_url}test/").status_code == 204
    bobs_invitation.refresh_from_db()
    assert bobs_invitation.tested_at is None


def test_an_accounts_test_counts_for_all_meetings_to_come(as_person, bob, standup, bobs_invitation):
    Attendee.objects.update(user=bob)
    client = as_person(bob)
    assert client.get("/test/").status_code == 200
    assert client.post("/test/").status_code == 204
    bobs_invitation.refresh_from_db()
    assert bobs_invitation.tested_at is not None


def test_strangers_are_sent_to_the_door(client, standup):
    assert client.get(f"{standup.room_url}test/").headers["Location"] == standup.room_url
    assert "login" in client.get("/test/").headers["Location"]


async def test_the_socket_of_the_test_answers_a_ping_and_leads_nowhere(open_socket, guest, settings):
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:turn.example.org"], "north"
    page = await open_socket(await sync_to_async(guest)(), path="/ws/test/")
    [server] = (await page.hears("set-up"))["ice_servers"]
    assert int(server["username"].partition(":")[0]) <= timezone.now().timestamp() + 120
    await page.is_quiet()
    await page.says("join", name="Bob")
    await page.is_closed("protocol", 4400)


async def test_the_socket_of_the_test_is_not_for_strangers(open_socket, guest):
    await (await open_socket(None, path="/ws/test/")).is_closed("sign-in", 4401)
    foreign = await open_socket(
        await sync_to_async(guest)(), path="/ws/test/", origin="https://elsewhere.example"
    )
    await foreign.is_closed("origin", 4403)


async def test_one_browser_gets_one_access_to_the_relay_however_often_it_tests(
    standup, open_socket, guest, settings
):
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:turn.example.org"], "north"
    bob, other = await sync_to_async(guest)(), await sync_to_async(guest)()
    moment = 1_795_000_030.0
    bobs = [greeting(bob.session.session_key, moment + seconds) for seconds in (0.0, 9.0)]
    assert bobs[0] == bobs[1] != greeting(other.session.session_key, moment)
    assert bobs[0] != greeting(bob.session.session_key, moment + 60)
    assert bob.session.session_key not in str(bobs[0])
    pages = []
    for _ in range(4):
        pages.append(await open_socket(bob, path="/ws/test/"))
        await pages[-1].hears("set-up")
    await (await open_socket(bob, path="/ws/test/")).is_closed("too-fast", 4429)
    await (await open_socket(other, path="/ws/test/")).hears("set-up")
    await pages[0].goes()
    await (await open_socket(bob, path="/ws/test/")).hears("set-up")
