"""The lobby: who waits there, what hosts see of it and decide."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.db.models import F
from django.utils import timezone

from meetings.models import Attendee, Meeting
from meetings.plans import invitations
from rooms.live import heartbeat, this_process
from rooms.live.bridge import Message
from rooms.live.sockets import Socket
from rooms.models import Call, JoinRequest, Participant
from rooms.roster import arrivals, lobby
from tests.meetings.retimed import retime
from tests.rooms.conftest import came_by_letter, changed, took_the_link_alone
from tests.rooms.live.asking import is_let_in, who_waits
from tests.servers import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


async def test_who_asks_before_the_door_has_answered_waits_like_anybody(with_lobby, open_socket, guest):
    page = await open_socket(await sync_to_async(guest)())
    await page.says("join", name="Bob")
    await page.hears("ready")
    await page.hears("waiting")


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
    for page in (host, inside, at_door):
        rules = await page.hears("rules")
        assert (rules["access"], rules["lobby"], rules["by"]) == ("anyone", True, host.me)
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
    rules = await host.hears("rules")
    assert (rules["access"], rules["lobby"], rules["by"]) == ("known", True, None)


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
    row = await JoinRequest.objects.aget()
    assert (row.decision, row.decided_by) == ("admitted", "Alice")


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
    JoinRequest.objects.update(decided_at=F("decided_at") - timedelta(seconds=seconds))


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


@pytest.fixture
def checks_often(settings, monkeypatch):
    """Nobody is told of what is saved by itself: the heartbeat finds it, which looks every ten seconds."""
    settings.HEARTBEAT = timedelta(seconds=0.1)
    monkeypatch.setattr(heartbeat, "RECHECK", 0.1)


@pytest.mark.parametrize("change", [{"lobby": True}, {"early": timedelta(0)}, {"personal": True}])
async def test_a_door_that_is_shut_before_the_click_shuts_out_who_stands_at_it(
    standup, checks_often, open_socket, guest, change
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
    standup, checks_often, open_socket, guest, bobs_invitation
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
    for page in (host, inside, at_the_door):
        await page.hears("rules")
    await who_waits(host)
    await this_process.heartbeat().check_doors()
    await at_the_door.is_closed("restart", 4503)
    # Whoever is inside stays, and whoever waits goes on waiting.
    for page in (inside, carol):
        await page.is_quiet()


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


async def test_join_requests_of_pages_long_gone_are_forgotten(with_lobby, asks):
    bob, _ = await asks("Bob")
    await bob.goes()
    await this_process.registry().idle()
    await sync_to_async(lobby.forget)()
    assert await JoinRequest.objects.acount() == 1
    await JoinRequest.objects.aupdate(seen_at=timezone.now() - timedelta(minutes=11))
    await sync_to_async(lobby.forget)()
    assert await JoinRequest.objects.acount() == 0


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
    news = [await host.hears("lobby", "participant-left", "order") for _ in range(3)]
    assert [frame["knocks"] for frame in news if frame["type"] == "lobby"] == [[]]


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
    async with asyncio.timeout(PATIENCE):
        await asked_again.wait()
    await bob.is_quiet()
    assert letters == []
