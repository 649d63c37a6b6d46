"""Who were let in to a full room get its seats in the order in which they were let in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings as current
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rooms.models import JoinRequest, Participant, Room, ServerProcess
from rooms.protocol import messages
from rooms.protocol.outcomes import Arrived, Waits
from rooms.roster import commands, departures, lobby
from rooms.roster.doors import NotAdmitted
from tests.rooms.roster.coming import comes

pytestmark = pytest.mark.django_db

HERE, THERE = "p" * 22, "q" * 22


@pytest.fixture
def room(standup, settings):
    """With two seats and a lobby, and two processes that hold its people."""
    settings.ROOM_CAPACITY = 2
    standup.lobby = True
    standup.save()
    for process in (HERE, THERE):
        ServerProcess.objects.create(pk=process, channel=f"process!{process[0]}")
    return Room.objects.create(meeting=standup)


@pytest.fixture
def host(room, alice):
    return comes(room, "Alice", user=alice).me


def asks(room, name, server=HERE, *, again=""):
    """By the socket that they have held from the beginning, or another if they were inside and come again."""
    return comes(room, name, key=name, socket=f"{name}{again}".ljust(22, "-"), server=server)


@pytest.fixture
def is_let_in(room, host):
    """`is_let_in("Carol", "Dave")`: they ask one after the other, and the host lets them in at once."""

    def let_in(*names, server=HERE):
        asked = [asks(room, name, server).requested.join_request for name in names]
        lobby.decide(room.pk, host, asked, admitted=True)

    return let_in


@pytest.fixture
def bob(room, is_let_in):
    """In the last seat."""
    is_let_in("Bob")
    return asks(room, "Bob").me


def leaves(participant_id):
    one = Participant.objects.get(pk=participant_id)
    departures.leave(one.call.room_id, one.socket)


def is_full(asked):
    assert isinstance(asked, Waits)
    return asked.requested.status.door == "full"


def test_whoever_was_let_in_first_gets_the_seat_in_whatever_order_they_ask(room, bob, is_let_in):
    is_let_in("Carol")
    is_let_in("Dave", server=THERE)
    for name in ("Carol", "Dave"):
        assert is_full(asks(room, name))
    leaves(bob)
    assert is_full(asks(room, "Dave", THERE))
    assert isinstance(asks(room, "Carol"), Arrived)
    assert is_full(asks(room, "Dave", THERE))


def test_their_place_is_theirs_from_the_moment_in_which_a_host_lets_them_in(room, bob, is_let_in):
    """Whoever is let in later may be quicker to ask, in another process."""
    is_let_in("Carol")
    leaves(bob)
    is_let_in("Dave", server=THERE)
    assert is_full(asks(room, "Dave", THERE))
    assert isinstance(asks(room, "Carol"), Arrived)


def test_of_those_who_are_let_in_together_whoever_asked_first_is_first(room, bob, is_let_in):
    is_let_in("Carol", "Dave")
    leaves(bob)
    assert is_full(asks(room, "Dave"))
    assert isinstance(asks(room, "Carol"), Arrived)


def test_two_free_seats_are_for_the_first_two(room, bob, is_let_in, settings):
    is_let_in("Carol", "Dave", "Erin")
    settings.ROOM_CAPACITY = 3
    leaves(bob)
    assert is_full(asks(room, "Erin"))
    assert isinstance(asks(room, "Dave"), Arrived)
    assert isinstance(asks(room, "Carol"), Arrived)


def test_nobody_passes_them_by_a_door_that_was_opened_meanwhile(room, bob, host, is_let_in):
    is_let_in("Carol")
    commands.carry_out(room.pk, host, messages.SetLobby(False))
    leaves(bob)
    with pytest.raises(NotAdmitted, match="full"):
        asks(room, "Dave")
    assert isinstance(asks(room, "Carol"), Arrived)


def test_a_host_waits_for_nobody(room, host, bob, is_let_in, alice):
    is_let_in("Carol")
    leaves(host)
    assert isinstance(comes(room, "Alice", user=alice), Arrived)


def test_whose_page_is_gone_holds_up_nobody_and_finds_their_place_again(room, bob, is_let_in):
    is_let_in("Carol", "Dave", "Erin")
    assert lobby.go_away("Carol".ljust(22, "-"))
    leaves(bob)
    dave = asks(room, "Dave")
    assert isinstance(dave, Arrived)
    assert is_full(asks(room, "Carol"))
    leaves(dave.me)
    assert is_full(asks(room, "Erin"))
    assert isinstance(asks(room, "Carol"), Arrived)


def test_whoever_comes_back_to_a_free_seat_that_is_theirs_takes_it_at_once(room, bob, is_let_in):
    is_let_in("Carol", "Dave")
    lobby.go_away("Carol".ljust(22, "-"))
    leaves(bob)
    assert isinstance(asks(room, "Carol"), Arrived)


@pytest.mark.parametrize("is_noticed", [False, True])
def test_those_of_a_process_that_is_gone_hold_up_nobody(room, bob, is_let_in, is_noticed):
    is_let_in("Carol", server=THERE)
    is_let_in("Dave")
    leaves(bob)
    assert is_full(asks(room, "Dave"))
    if is_noticed:
        lobby.let_go(THERE)
    else:
        long_ago = timezone.now() - current.LEASE - timedelta(seconds=1)
        ServerProcess.objects.filter(pk=THERE).update(heartbeat_at=long_ago)
    assert isinstance(asks(room, "Dave"), Arrived)


def test_whoever_had_a_seat_begins_at_the_end_again(room, bob, is_let_in):
    is_let_in("Carol")
    leaves(bob)
    assert is_full(asks(room, "Bob", again="2"))
    carol = asks(room, "Carol")
    assert isinstance(carol, Arrived)
    leaves(carol.me)
    assert is_full(asks(room, "Carol", again="2"))
    assert isinstance(asks(room, "Bob", again="2"), Arrived)


def test_a_queue_ends_with_its_call(room, host, bob, is_let_in):
    is_let_in("Carol")
    for left in (bob, host):
        leaves(left)
    room.meeting.lobby = False
    room.meeting.save()
    assert isinstance(asks(room, "Dave"), Arrived)
    assert isinstance(asks(room, "Erin"), Arrived)
    assert JoinRequest.objects.get(name="Carol").decision == "admitted"


def test_to_ask_in_vain_writes_nothing_to_the_room(room, bob, is_let_in):
    is_let_in("Carol")
    with CaptureQueriesContext(connection) as queries:
        assert is_full(asks(room, "Carol"))
    assert [query for query in queries if query["sql"].startswith('UPDATE "rooms_room"')] == []
