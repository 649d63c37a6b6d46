"""A door that is shut for now: too early, before the host, to some."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from meetings.models import Attendee, Meeting
from meetings.plans import invitations
from rooms.live import this_process
from rooms.models import Call
from rooms.roster import doors, lobby
from tests.meetings.retimed import retime
from tests.rooms.conftest import came_by_letter, changed
from tests.rooms.live.asking import is_let_in, who_waits

pytestmark = pytest.mark.django_db(transaction=True)


async def test_before_the_door_opens_people_wait_and_a_host_may_let_them_in(tomorrow, host, asks):
    bob, waiting = await asks("Bob")
    assert waiting["door"] == "early"
    assert 86_400 - 660 < waiting["opens_in"] <= 86_400 - 600
    await host.says("admit", knocks=[(await who_waits(host))["id"]])
    await is_let_in(bob)


async def test_the_door_opens_by_itself(tomorrow, asks, monkeypatch):
    """The clock that doors go by stands still until Bob waits: how fast this machine is does not matter."""
    opens_at = tomorrow.starts_at - tomorrow.early
    clock = SimpleNamespace(now=lambda: opens_at - timedelta(seconds=0.3))
    for module in (doors, lobby):
        monkeypatch.setattr(module, "timezone", clock)
    bob, waiting = await asks("Bob")
    assert (waiting["door"], round(waiting["opens_in"], 3)) == ("early", 0.3)
    await bob.is_quiet()
    clock.now = lambda: opens_at
    await is_let_in(bob)


async def test_who_sits_longer_than_planned_is_not_shut_out_by_the_next_occurrence(
    standup, host, enter, open_socket, guest
):
    """A daily meeting that was to end a minute ago, and a call that goes on."""
    client = await sync_to_async(guest)()
    now = timezone.now()
    await Call.objects.aupdate(started_at=now - timedelta(minutes=20))
    standup.early = timedelta(minutes=5)
    times = {"starts_at": now - timedelta(minutes=16), "duration": timedelta(minutes=15)}
    await sync_to_async(retime)(standup, **times, rrule="FREQ=DAILY;COUNT=3")
    assert (await (await open_socket(client)).hears("ready"))["door"] == "open"
    await host.says("leave")
    await this_process.registry().idle()
    assert (await (await open_socket(client)).hears("ready"))["door"] == "early"


async def test_the_page_of_a_shut_door_names_nobody_inside(tomorrow, host, guest):
    client = await sync_to_async(guest)()
    response = await sync_to_async(client.get)(tomorrow.room_url)
    assert response.context["inside"] == []
    assert response.context["room_info"]["door"] == "early"


# -- one's own room -----------------------------------------------------------------------------


async def test_nobody_goes_into_a_personal_room_before_its_host(standup, asks, enter, as_person, alice):
    standup.personal = True
    await sync_to_async(standup.save)()
    bob, waiting = await asks("Bob")
    assert waiting["door"] == "host"
    await enter("Alice", await sync_to_async(as_person)(alice))
    await is_let_in(bob)


# -- who may come at all, and how many ----------------------------------------------------------


async def test_a_meeting_for_invited_people_is_not_for_those_with_the_link(
    standup, open_socket, as_person, carol, bobs_invitation, client
):
    guests = client
    await sync_to_async(guests.get)(standup.room_url)
    await Meeting.objects.aupdate(access="invited")
    await (await open_socket(guests)).is_closed("sign-in", 4401)
    carols = await sync_to_async(as_person)(carol)
    await (await open_socket(carols)).is_closed("not-invited", 4403)
    bob = await open_socket(await sync_to_async(came_by_letter)(bobs_invitation))
    await bob.hears("ready")
    await Meeting.objects.aupdate(access="known")
    await (await open_socket(guests)).is_closed("sign-in", 4401)
    await (await open_socket(carols)).hears("ready")


async def test_the_pages_say_who_may_come_and_what_to_do(standup, client, as_person, carol):
    await Meeting.objects.aupdate(access="invited")
    response = await sync_to_async(client.get)(standup.room_url)
    assert (response.status_code, response.context["reason"]) == (403, "sign-in")
    assert f"?next={standup.room_url}" in response.content.decode()
    response = await sync_to_async((await sync_to_async(as_person)(carol)).get)(standup.room_url)
    assert (response.status_code, response.context["reason"]) == (403, "not-invited")
    assert "carol@example.org" in response.content.decode()


async def test_a_meeting_that_was_closed_to_guests_before_the_click_lets_none_in(standup, open_socket, guest):
    bob = await open_socket(await sync_to_async(guest)())
    await bob.hears("ready")
    await Meeting.objects.aupdate(access="known")
    await bob.says("join", name="Bob")
    await bob.is_closed("sign-in", 4401)


async def test_a_meeting_has_as_many_seats_as_the_organizer_chose_and_one_for_a_host(
    standup, enter, open_socket, guest, as_person, alice
):
    await Meeting.objects.aupdate(capacity=1)
    bob = await enter("Bob")
    carol = await open_socket(await sync_to_async(guest)())
    assert (await carol.hears("ready"))["room"]["capacity"] == 1
    await carol.says("join", name="Carol")
    await carol.is_closed("full", 4409)
    await enter("Alice", await sync_to_async(as_person)(alice))
    await bob.hears("participant-joined")


async def test_a_cohost_who_is_taken_off_the_list_has_to_go(standup, bobs_invitation, enter):

    await Attendee.objects.aupdate(cohost=True)
    bob = await enter("Bob", await sync_to_async(came_by_letter)(bobs_invitation))
    await sync_to_async(invitations.remove)(await Attendee.objects.aget())
    await bob.is_closed("forbidden", 4403)


async def test_a_series_shows_the_occurrence_that_is_on_or_comes_next(standup, guest, open_socket):
    yesterday = timezone.now() - timedelta(days=1, hours=1)
    await sync_to_async(retime)(standup, rrule="FREQ=DAILY;COUNT=3", starts_at=yesterday)
    occurrence = await sync_to_async(standup.occurrence_at)(timezone.now())
    occurrence.title = "Retrospective"
    await occurrence.asave()
    client = await sync_to_async(guest)()
    response = await sync_to_async(client.get)(standup.room_url)
    info = response.context["room_info"]
    assert (info["title"], info["starts_at"]) == ("Retrospective", occurrence.starts_at.isoformat())
    assert (await (await open_socket(client)).hears("ready"))["room"]["title"] == "Retrospective"


async def test_an_occurrence_that_is_put_off_shuts_the_door(tomorrow, open_socket, guest):
    occurrence = await sync_to_async(tomorrow.occurrence_at)(timezone.now())
    for starts_at in (timezone.now() + timedelta(minutes=5), timezone.now() + timedelta(days=2)):
        occurrence.starts_at, occurrence.ends_at = starts_at, starts_at + timedelta(minutes=30)
        await occurrence.asave()
        await changed(tomorrow)
        if starts_at < timezone.now() + timedelta(hours=1):
            bob = await open_socket(await sync_to_async(guest)())
            assert (await bob.hears("ready"))["door"] == "open"
    await bob.is_closed("restart", 4503)
