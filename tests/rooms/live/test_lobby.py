"""A door that is shut for now: too early, before the host, or with a lobby in front."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.db.models import F
from django.utils import timezone

from meetings import links
from meetings.models import Attendee, Meeting
from meetings.plans import invitations
from rooms.live import this_process
from rooms.live.bridge import Message
from rooms.live.sockets import Socket
from rooms.live.testing import greeting
from rooms.models import Call, Knock, Participant
from rooms.roster import arrivals, lobby
from tests.meetings.retimed import retime
from tests.rooms.conftest import SECONDS, came_by_letter, changed, took_the_link_alone

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def with_lobby(standup):
    Meeting.objects.update(lobby=True)
    standup.refresh_from_db()
    return standup


@pytest.fixture
async def host(enter, as_person, alice):
    """Alice, inside."""
    return await enter("Alice", await sync_to_async(as_person)(alice))


async def test_who_asks_before_the_door_has_answered_waits_like_anybody(with_lobby, open_socket, guest):
    page = await open_socket(await sync_to_async(guest)())
    await page.says("join", name="Bob")
    await page.hears("ready")
    await page.hears("waiting")


@pytest.fixture
def asks(open_socket, guest):
    """`await asks("Bob")`: a page of that name that waits to be let in, and the `waiting` that it got."""

    async def ask(name="Bob", client=None):
        page = await open_socket(client or await sync_to_async(guest)())
        await page.hears("ready")
        await page.says("join", name=name)
        return page, await page.hears("waiting")

    return ask


async def is_let_in(page):
    """The welcome, after the servers that were kept back until then."""
    await page.hears("ice-servers")
    return await page.hears("welcome")


async def who_waits(host):
    """The one who is in the list now."""
    [knock] = (await host.hears("lobby"))["knocks"]
    return knock


# -- by whose invitation ------------------------------------------------------------------------


async def test_hosts_see_by_whose_invitation_somebody_comes_whatever_they_type(
    with_lobby, host, open_socket, bobs_invitation
):
    page = await open_socket(await sync_to_async(came_by_letter)(bobs_invitation))
    await page.hears("ready")
    await page.says("join", name="Alice")
    await page.hears("waiting")
    [knock] = (await host.hears("lobby"))["knocks"]
    assert (knock["name"], knock["standing"], knock["known_as"]) == ("Alice", "invited", "Bob")
    assert knock["address"] == "bob@example.org"
    await host.says("admit", knocks=[knock["id"]])
    joined = (await host.hears("participant-joined", "lobby"), await host.hears())
    [participant] = [frame["participant"] for frame in joined if "participant" in frame]
    assert (participant["name"], participant["standing"], participant["known_as"]) == (
        "Alice",
        "invited",
        "Bob",
    )
    assert "bob@example.org" not in json.dumps(joined)


async def test_hosts_are_not_told_the_address_of_whoever_was_not_invited(
    with_lobby, host, open_socket, as_person, carol
):
    page = await open_socket(await sync_to_async(as_person)(carol))
    await page.hears("ready")
    await page.says("join", name="Carol")
    await page.hears("waiting")
    [knock] = (await host.hears("lobby"))["knocks"]
    assert knock["standing"] == "account"
    assert "address" not in knock


async def test_everybody_inside_sees_whose_account_it_is(standup, enter, as_person, carol):
    bob = await enter("Bob")
    await enter("Alice", await sync_to_async(as_person)(carol))
    participant = (await bob.hears("participant-joined"))["participant"]
    known = participant["name"], participant["standing"], participant["known_as"]
    assert known == ("Alice", "account", carol.get_full_name())


async def test_of_a_guest_nothing_is_known(standup, enter):
    bob = await enter("Bob")
    await enter("Alice")
    participant = (await bob.hears("participant-joined"))["participant"]
    assert "known_as" not in participant
    assert "standing" not in participant


# -- a lobby that is turned on in the call --------------------------------------------------------


async def test_a_host_turns_the_lobby_on_in_the_call_and_it_holds_at_once(
    standup, host, enter, open_socket, guest
):
    inside = await enter("Bob")
    await host.hears("participant-joined")
    at_door = await open_socket(await sync_to_async(guest)())
    assert (await at_door.hears("ready"))["room"]["lobby"] is False
    await host.says("set-lobby", on=True)
    assert await host.hears() == {"type": "rules", "access": "anyone", "lobby": True}
    await at_door.is_closed("restart", 4503)
    again = await open_socket(await sync_to_async(guest)())
    ready = await again.hears("ready")
    assert (ready["door"], ready["room"]["lobby"]) == ("lobby", True)
    await inside.is_quiet()
    await standup.arefresh_from_db()
    assert standup.lobby
    await host.says("set-lobby", on=False)
    assert (await host.hears("rules"))["lobby"] is False
    await again.says("join", name="Carol")
    await again.hears("ice-servers")
    await again.hears("welcome")


async def test_who_asks_for_what_is_so_already_hears_that_it_is(standup, host):
    await host.says("set-lobby", on=False)
    assert (await host.hears("rules"))["lobby"] is False
    await host.is_quiet()


async def test_a_participant_turns_no_lobby_on(standup, enter):
    bob = await enter("Bob")
    await bob.says("set-lobby", on=True)
    assert (await bob.hears("failed"))["error"] == "not-allowed"
    await standup.arefresh_from_db()
    assert not standup.lobby


async def test_who_is_no_host_any_more_by_the_database_turns_no_lobby_on(standup, enter, bobs_invitation):
    await Attendee.objects.filter(pk=bobs_invitation.pk).aupdate(cohost=True)
    bob = await enter("Bob", await sync_to_async(came_by_letter)(bobs_invitation))
    await Participant.objects.filter(pk=bob.me).aupdate(role="participant")
    await bob.says("set-lobby", on=True)
    assert (await bob.hears("failed"))["error"] == "not-allowed"


async def test_hosts_hear_of_rules_that_were_changed_elsewhere(standup, host):
    standup.lobby, standup.access = True, "known"
    await changed(standup)
    assert await host.hears() == {"type": "rules", "access": "known", "lobby": True}


# -- outside ------------------------------------------------------------------------------------


async def test_at_the_lobby_nothing_of_the_room_is_said(
    with_lobby, host, enter, open_socket, guest, as_person, alice, settings
):
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:turn.example.org"], "north"
    bob = await open_socket(await sync_to_async(guest)())
    ready = await bob.hears("ready")
    assert (ready["door"], ready["early"], ready["rev"]) == ("lobby", False, 0)
    assert (ready["participants"], ready["ice_servers"]) == ([], [])
    for request in ("sync", "ice"):
        await bob.says(request)
        assert (await bob.hears("failed"))["error"] == "not-joined"
    await bob.says("need-offer", to=host.me, generation=0, reason="ice")
    assert (await bob.hears("failed"))["error"] == "not-joined"
    await host.says("need-offer", to=ready["me"], generation=0, reason="ice")
    await host.hears("undeliverable")
    # What happens inside is not for him.
    await enter("Alice again", await sync_to_async(as_person)(alice))
    await bob.is_quiet()


async def test_somebody_is_admitted(with_lobby, host, asks):
    bob, waiting = await asks("Bob")
    assert waiting == {"type": "waiting", "door": "lobby", "host": "Alice", "opens_in": None}
    knock = await who_waits(host)
    assert (knock["name"], knock["standing"]) == ("Bob", "guest")
    await host.says("admit", knocks=[knock["id"]])
    welcome = await is_let_in(bob)
    assert [one["name"] for one in welcome["participants"]] == ["Alice", "Bob"]
    news = [await host.hears(), await host.hears()]
    assert {"type": "lobby", "knocks": []} in news
    row = await Knock.objects.aget()
    assert (row.answer, row.answered_by) == ("admitted", "Alice")


async def test_somebody_is_refused_and_may_ask_once_more_a_minute_later(with_lobby, host, asks, guest):
    client = await sync_to_async(guest)()
    for pause in (0, 61):
        await sync_to_async(let_time_pass)(pause)
        bob, _ = await asks("Bob", client)
        await host.says("refuse", knocks=[(await who_waits(host))["id"]])
        await bob.is_closed("refused", 4403)
        assert (await host.hears("lobby"))["knocks"] == []
        await refused_at_once(asks, client)
    await sync_to_async(let_time_pass)(61)
    await refused_at_once(asks, client)
    await host.is_quiet()


async def refused_at_once(asks, client):
    with pytest.raises(AssertionError, match="'reason': 'refused'"):
        await asks("Bob", client)


def let_time_pass(seconds):
    Knock.objects.update(answered_at=F("answered_at") - timedelta(seconds=seconds))


async def test_whoever_was_admitted_comes_back_without_asking(with_lobby, host, asks, guest, open_socket):
    client = await sync_to_async(guest)()
    bob, _ = await asks("Bob", client)
    await host.says("admit", knocks=[(await who_waits(host))["id"]])
    await is_let_in(bob)
    await bob.says("leave")
    await bob.is_closed_with(1000)
    await this_process.registry().idle()
    again = await open_socket(client)
    assert (await again.hears("ready"))["door"] == "open"
    await again.joins("Bob")


async def test_the_next_call_is_another_one(with_lobby, host, asks, guest, open_socket):
    client = await sync_to_async(guest)()
    bob, _ = await asks("Bob", client)
    await host.says("admit", knocks=[(await who_waits(host))["id"]])
    await is_let_in(bob)
    for page in (bob, host):
        await page.says("leave")
    await this_process.registry().idle()
    assert await Call.objects.filter(ended_at=None).acount() == 0
    again = await open_socket(client)
    assert (await again.hears("ready"))["door"] == "lobby"


async def test_a_personal_link_that_is_passed_on_does_not_pass_on_the_admission(
    with_lobby, host, asks, bobs_invitation, open_socket
):
    bob, _ = await asks("Bob", await sync_to_async(came_by_letter)(bobs_invitation))
    knock = await who_waits(host)
    assert knock["standing"] == "invited"
    await host.says("admit", knocks=[knock["id"]])
    await is_let_in(bob)
    carol = await open_socket(await sync_to_async(came_by_letter)(bobs_invitation))
    assert (await carol.hears("ready"))["door"] == "lobby"


async def test_who_never_opened_the_rooms_page_is_known_again_all_the_same(
    with_lobby, host, asks, bobs_invitation, open_socket
):
    client = await sync_to_async(took_the_link_alone)(bobs_invitation)
    bob, _ = await asks("Bob", client)
    await host.says("refuse", knocks=[(await who_waits(host))["id"]])
    await bob.is_closed("refused", 4403)
    assert (await host.hears("lobby"))["knocks"] == []
    await refused_at_once(asks, client)
    await host.is_quiet()
    await sync_to_async(let_time_pass)(61)
    bob, _ = await asks("Bob", client)
    await host.says("admit", knocks=[(await who_waits(host))["id"]])
    await is_let_in(bob)
    other = await open_socket(await sync_to_async(took_the_link_alone)(bobs_invitation))
    assert (await other.hears("ready"))["door"] == "lobby"


async def test_a_host_is_never_kept_waiting_by_the_own_lobby(with_lobby, host, as_person, alice, open_socket):
    await host.goes()
    page = await open_socket(await sync_to_async(as_person)(alice))
    ready = await page.hears("ready")
    assert (ready["door"], ready["role"]) == ("open", "host")
    welcome = await page.joins("Alice", host.token, fresh=False)
    assert welcome["resumed"] is True


async def test_a_cohost_comes_in_by_the_letter_and_admits(with_lobby, asks, bobs_invitation, open_socket):
    await Attendee.objects.aupdate(cohost=True)
    bob = await open_socket(await sync_to_async(came_by_letter)(bobs_invitation))
    ready = await bob.hears("ready")
    assert (ready["door"], ready["role"]) == ("open", "host")
    await bob.joins("Bob")
    carol, _ = await asks("Carol")
    await bob.says("admit", knocks=[(await who_waits(bob))["id"]])
    await is_let_in(carol)


async def test_who_is_no_cohost_any_more_comes_in_as_anybody(standup, bobs_invitation, open_socket):
    await Attendee.objects.aupdate(cohost=True)
    bob = await open_socket(await sync_to_async(came_by_letter)(bobs_invitation))
    assert (await bob.hears("ready"))["role"] == "host"
    await Attendee.objects.aupdate(cohost=False)
    await bob.joins("Bob")
    assert (await Participant.objects.aget(pk=bob.me)).role == "participant"
    await bob.says("admit", knocks=["x" * 22])
    assert (await bob.hears("failed"))["error"] == "not-allowed"


async def test_who_is_no_host_admits_nobody(standup, enter):
    bob = await enter("Bob")
    for kind in ("admit", "refuse"):
        await bob.says(kind, knocks=["x" * 22])
        assert (await bob.hears("failed"))["error"] == "not-allowed"


async def test_an_answer_to_somebody_who_has_gone_shows_the_list_again(with_lobby, host):
    await host.says("admit", knocks=["x" * 22])
    assert (await host.hears("lobby"))["knocks"] == []


async def test_those_who_wait_hear_when_a_host_comes_and_goes(with_lobby, asks, enter, as_person, alice):
    bob, waiting = await asks("Bob")
    assert waiting["host"] == ""
    host = await enter("Alice", await sync_to_async(as_person)(alice))
    assert (await bob.hears("waiting"))["host"] == "Alice"
    assert (await who_waits(host))["name"] == "Bob"
    await host.says("leave")
    assert (await bob.hears("waiting"))["host"] == ""


async def test_who_goes_away_is_taken_off_the_list_and_comes_back_as_the_same(with_lobby, host, asks, guest):
    client = await sync_to_async(guest)()
    bob, _ = await asks("Bob", client)
    knock = await who_waits(host)
    await bob.goes()
    assert (await host.hears("lobby"))["knocks"] == []
    await asks("Bob", client)
    assert await who_waits(host) == knock


async def test_who_waits_may_stop_waiting(with_lobby, host, asks):
    bob, _ = await asks("Bob")
    await who_waits(host)
    await bob.says("join", name="Bob")
    assert (await bob.hears("failed"))["error"] == "already-joined"
    await bob.says("leave")
    await bob.is_closed_with(1000)
    assert (await host.hears("lobby"))["knocks"] == []


async def test_two_pages_of_one_browser_are_one_who_waits(with_lobby, host, asks, guest):
    client = await sync_to_async(guest)()
    first, _ = await asks("Bob", client)
    knock = await who_waits(host)
    second, _ = await asks("Bob", client)
    await host.says("admit", knocks=[knock["id"]])
    await is_let_in(first)
    await is_let_in(second)


async def test_a_lost_letter_is_made_up_for_by_the_heartbeat(with_lobby, host, asks, monkeypatch):
    registry = this_process.registry()
    monkeypatch.setattr(registry, "tell_hosts", lambda code: None)
    bob, _ = await asks("Bob")
    await host.is_quiet()
    await this_process.heartbeat().beat()
    knock = await who_waits(host)
    await host.says("admit", knocks=[knock["id"]])
    await host.is_quiet()
    await this_process.heartbeat().beat()
    await is_let_in(bob)


async def test_who_waits_is_let_in_when_the_organizer_turns_the_lobby_off(with_lobby, host, asks):
    bob, _ = await asks("Bob")
    await who_waits(host)
    await Meeting.objects.aupdate(lobby=False)
    await this_process.heartbeat().check_doors()
    await is_let_in(bob)


async def test_a_lobby_turned_on_in_a_call_leaves_those_inside_alone(standup, enter, open_socket, guest):
    client = await sync_to_async(guest)()
    bob = await enter("Bob", client)
    await Meeting.objects.aupdate(lobby=True)
    await bob.goes()
    again = await open_socket(client)
    assert (await again.hears("ready"))["door"] == "open"
    assert (await again.joins("Bob", bob.token, fresh=False))["resumed"] is True


async def test_a_lobby_turned_on_before_the_click_is_a_lobby(standup, host, open_socket, guest):
    bob = await open_socket(await sync_to_async(guest)())
    assert (await bob.hears("ready"))["door"] == "open"
    await Meeting.objects.aupdate(lobby=True)
    await bob.says("join", name="Bob")
    await bob.hears("waiting")
    # Under way at that moment: no fault of his, and nothing that Alice hears.
    await bob.says("need-offer", to=host.me, generation=0, reason="ice")
    await bob.is_quiet()
    await host.hears("rules")
    await host.hears("lobby")
    await host.is_quiet()


@pytest.mark.parametrize("change", [{"lobby": True}, {"early": timedelta(0)}, {"personal": True}])
async def test_a_door_that_is_shut_before_the_click_shuts_out_who_stands_at_it(
    standup, open_socket, guest, change
):
    await sync_to_async(retime)(standup, starts_at=standup.starts_at + timedelta(hours=1))
    client = await sync_to_async(guest)()
    bob = await open_socket(client)
    assert (await bob.hears("ready"))["door"] == "open"
    for field, value in change.items():
        setattr(standup, field, value)
    await sync_to_async(standup.save)()
    await bob.is_closed("restart", 4503)
    ready = await (await open_socket(client)).hears("ready")
    assert (ready["door"] != "open", ready["participants"], ready["early"]) == (True, [], False)


async def test_a_meeting_that_is_closed_to_guests_closes_to_those_at_its_door(
    standup, open_socket, guest, bobs_invitation
):
    client = await sync_to_async(guest)()
    bob = await open_socket(await sync_to_async(came_by_letter)(bobs_invitation))
    await bob.hears("ready")
    stranger = await open_socket(client)
    await stranger.hears("ready")
    standup.access = "invited"
    await sync_to_async(standup.save)(update_fields=["access"])
    await stranger.is_closed("restart", 4503)
    await (await open_socket(client)).is_closed("sign-in", 4401)
    await bob.is_quiet()


async def test_a_door_whose_news_was_lost_is_found_shut_by_the_heartbeat(
    standup, host, asks, enter, open_socket, guest
):
    inside, at_the_door = await enter("Bob"), await open_socket(await sync_to_async(guest)())
    await at_the_door.hears("ready")
    await host.hears("participant-joined")
    await Meeting.objects.aupdate(lobby=True)
    carol, _ = await asks("Carol")
    await host.hears("rules")
    await who_waits(host)
    await this_process.heartbeat().check_doors()
    await at_the_door.is_closed("restart", 4503)
    # Whoever is inside stays, and whoever waits goes on waiting.
    for page in (inside, carol):
        await page.is_quiet()


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


async def test_no_more_guests_may_wait_than_a_host_can_look_at(with_lobby, asks, monkeypatch):
    monkeypatch.setattr(lobby, "MOST_GUESTS", 1)
    await asks("Bob")
    with pytest.raises(AssertionError, match="'reason': 'too-fast'"):
        await asks("Carol")


async def test_a_crowd_of_guests_keeps_nobody_out_whom_we_know(
    with_lobby, host, asks, as_person, carol, bobs_invitation, monkeypatch
):
    monkeypatch.setattr(lobby, "MOST_GUESTS", 2)
    monkeypatch.setattr(lobby, "MOST_IN_A_MINUTE", 2)
    monkeypatch.setattr("rooms.protocol.messages.MAX_KNOCKS", 3)
    for name in ("Mallory", "Mallory again"):
        await asks(name)
        await host.hears("lobby")
    with pytest.raises(AssertionError, match="'reason': 'too-fast'"):
        await asks("Mallory once more")
    bob, _ = await asks("Bob", await sync_to_async(came_by_letter)(bobs_invitation))
    assert [one["name"] for one in (await host.hears("lobby"))["knocks"]] == [
        "Mallory",
        "Mallory again",
        "Bob",
    ]
    carols, _ = await asks("Carol", await sync_to_async(as_person)(carol))
    knocks = (await host.hears("lobby"))["knocks"]
    assert [(one["name"], one["standing"]) for one in knocks] == [
        ("Mallory", "guest"),
        ("Bob", "invited"),
        ("Carol", "account"),
    ]
    await host.says("admit", knocks=[one["id"] for one in knocks[1:]])
    for page in (bob, carols):
        await is_let_in(page)


async def test_knocks_of_pages_long_gone_are_forgotten(with_lobby, asks):
    bob, _ = await asks("Bob")
    await bob.goes()
    await this_process.registry().idle()
    await sync_to_async(lobby.forget)()
    assert await Knock.objects.acount() == 1
    await Knock.objects.aupdate(seen_at=timezone.now() - timedelta(minutes=11))
    await sync_to_async(lobby.forget)()
    assert await Knock.objects.acount() == 0


async def test_who_is_removed_may_not_even_wait_on_another_page(with_lobby, host, asks, bobs_invitation):
    client = await sync_to_async(came_by_letter)(bobs_invitation)
    bob, _ = await asks("Bob", client)
    await host.says("admit", knocks=[(await who_waits(host))["id"]])
    me = (await is_let_in(bob))["me"]
    for _ in range(2):
        await host.hears("lobby", "participant-joined")
    # The same letter in another browser: admitted is only the first.
    second, _ = await asks("Bob", await sync_to_async(came_by_letter)(bobs_invitation))
    await who_waits(host)
    await host.says("remove", participant=me)
    await bob.is_closed("removed", 4403)
    await second.is_closed("removed", 4403)
    for _ in range(2):
        news = await host.hears("lobby", "participant-left")
        assert news["type"] == "participant-left" or news["knocks"] == []


async def test_a_cancellation_reaches_those_who_wait(with_lobby, host, asks):

    bob, _ = await asks("Bob")
    await who_waits(host)
    await sync_to_async(invitations.cancel)(await Meeting.objects.aget())
    await bob.is_closed("cancelled", 4410)


async def test_a_seat_that_was_lost_with_the_database_is_no_seat_behind_a_lobby(
    standup, host, open_socket, guest, monkeypatch
):
    arrive = arrivals.arrive

    def lost_at_first(*args, announce, **kwargs):
        monkeypatch.setattr(arrivals, "arrive", arrive)
        announce(kwargs["socket"])
        Meeting.objects.update(lobby=True)
        raise OperationalError

    bob = await open_socket(await sync_to_async(guest)())
    me = (await bob.hears("ready"))["me"]
    monkeypatch.setattr("rooms.protocol.seating.RETRY_PAUSE", 0)
    monkeypatch.setattr(arrivals, "arrive", lost_at_first)
    await bob.says("join", name="Bob")
    await bob.hears("waiting")
    here = this_process.registry().rooms[standup.code]
    assert (me in here.inside, me in here.outside) == (False, True)
    await host.says("need-offer", to=me, generation=1000, reason="ice")
    frames = [await host.hears() for _ in range(3)]
    assert {frame["type"] for frame in frames} == {"rules", "lobby", "undeliverable"}
    [listed] = [frame for frame in frames if frame["type"] == "lobby"]
    await host.says("admit", knocks=[listed["knocks"][0]["id"]])
    await is_let_in(bob)


async def test_who_waits_hears_no_more_of_it_than_there_is_to_say(with_lobby, host, asks, monkeypatch):
    bob, _ = await asks("Bob")
    await who_waits(host)
    registry = this_process.registry()
    letters: list[Message] = []
    monkeypatch.setattr(registry.bridge, "publish", letters.append)
    asked_again = asyncio.Event()
    monkeypatch.setattr(Socket, "forget_held", lambda socket: asked_again.set())
    await this_process.heartbeat().check_doors()
    async with asyncio.timeout(SECONDS):
        await asked_again.wait()
    await bob.is_quiet()
    assert letters == []


# -- too early ----------------------------------------------------------------------------------


@pytest.fixture
def tomorrow(standup):
    """The stand-up is tomorrow, and opens ten minutes before."""
    standup.early = timedelta(minutes=10)
    retime(standup, starts_at=timezone.now() + timedelta(days=1))
    return standup


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
    monkeypatch.setattr(lobby, "timezone", clock)
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


# -- the set-up test ----------------------------------------------------------------------------


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


# -- hosts who change ---------------------------------------------------------------------------


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
