"""What commands change and tell, by the database alone: one transaction each, on SQLite and on Postgres."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from meetings.models import Attendee
from rooms.live import processes
from rooms.models import Call, HostAction, JoinRequest, Participant, Removal, Room, ServerProcess
from rooms.protocol import messages
from rooms.protocol.admission import Admission
from rooms.protocol.messages import Order, ParticipantLeft, ParticipantUpdated, RulesChanged
from rooms.protocol.outcomes import Arrived, Waits
from rooms.roster import commands, departures, doors, ending, hosts, rules, seats
from rooms.roster import orders as orders_module
from rooms.roster.doors import NotAdmitted
from rooms.roster.orders import NotAllowed, NotInside
from tests.rooms.roster.coming import comes, grant

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(standup):
    room = Room.objects.create(meeting=standup)
    ServerProcess.objects.create(pk="p" * 22, channel="process!here")
    return room


@pytest.fixture
def host(room, alice):
    """Alice, inside."""
    return comes(room, "Alice", user=alice).me


@pytest.fixture
def bob(room, host):
    return comes(room, "Bob", key="bobs").me


@pytest.fixture
def carol(room, bob):
    return comes(room, "Carol", key="carols").me


def one(participant_id):
    found = Participant.objects.get(pk=participant_id)
    return seats.on_the_wire(found, found.call.room.meeting.organizer_id)


def told(change):
    return [type(event).__name__ for event in change.events]


def orders(change):
    return [event for event in change.events if isinstance(event, Order)]


def actions():
    return list(HostAction.objects.values_list("host", "action", "target", "detail"))


# -- mutes --------------------------------------------------------------------------------------


def test_a_mute_is_in_the_roster_and_everybody_hears_who_did_it(room, host, bob):
    change = commands.carry_out(room.pk, host, messages.Mute([bob]))
    assert told(change) == ["ParticipantUpdated", "Order"]
    [updated, order] = change.events
    assert isinstance(updated, ParticipantUpdated)
    assert updated.participant == one(bob)
    assert one(bob).muted.by == host
    assert order == Order(updated.rev + 1, "mute", host, [bob], False, None)
    room.refresh_from_db()
    assert room.rev == order.rev
    assert actions() == [("Alice", "mute", "Bob", "")]


def test_what_is_so_already_is_not_told_again(room, host, bob):
    for command in (messages.Mute([bob]), messages.StopCamera([bob])):
        commands.carry_out(room.pk, host, command)
        assert commands.carry_out(room.pk, host, command).events == []
    assert [action for _, action, _, _ in actions()] == ["mute", "stop-camera"]


def test_a_mute_of_all_is_about_everybody_but_hosts(room, host, bob, carol):
    commands.carry_out(room.pk, host, messages.SetRole(carol, "host"))
    change = commands.carry_out(room.pk, host, messages.Mute())
    [order] = orders(change)
    assert (order.participants, order.all) == ([bob], True)
    assert (one(host).muted, one(carol).muted) == (None, None)


def test_whoever_was_muted_may_unmute_while_the_rule_says_so(room, host, bob):
    commands.carry_out(room.pk, host, messages.Mute([bob]))
    assert told(commands.carry_out(room.pk, bob, messages.Unmute())) == ["ParticipantUpdated"]
    assert one(bob).muted is None
    assert commands.carry_out(room.pk, bob, messages.Unmute()).events == []


def test_where_they_may_not_they_wait_to_be_asked(room, host, bob):
    commands.carry_out(room.pk, host, messages.SetRules(unmute=False))
    commands.carry_out(room.pk, host, messages.Mute([bob]))
    with pytest.raises(NotAllowed):
        commands.carry_out(room.pk, bob, messages.Unmute())
    commands.carry_out(room.pk, host, messages.AskUnmute([bob]))
    assert one(bob).asked
    commands.carry_out(room.pk, bob, messages.Unmute())
    assert (one(bob).muted, one(bob).asked) == (None, False)
    # That was for once.
    commands.carry_out(room.pk, host, messages.Mute([bob]))
    with pytest.raises(NotAllowed):
        commands.carry_out(room.pk, bob, messages.Unmute())


def test_a_mute_takes_back_that_they_were_asked(room, host, bob):
    commands.carry_out(room.pk, host, messages.SetRules(unmute=False))
    for command in (messages.Mute([bob]), messages.AskUnmute([bob]), messages.Mute([bob])):
        assert orders(commands.carry_out(room.pk, host, command))
    assert not one(bob).asked
    with pytest.raises(NotAllowed):
        commands.carry_out(room.pk, bob, messages.Unmute())


def test_who_has_not_answered_may_be_asked_again(room, host, bob):
    commands.carry_out(room.pk, host, messages.AskUnmute([bob]))
    assert told(commands.carry_out(room.pk, host, messages.AskUnmute([bob]))) == ["Order"]


def test_a_host_who_is_muted_turns_the_microphone_on_again_always(room, host, bob, carol):
    commands.carry_out(room.pk, host, messages.SetRules(unmute=False))
    commands.carry_out(room.pk, host, messages.SetRole(bob, "host"))
    commands.carry_out(room.pk, host, messages.Mute([bob]))
    commands.carry_out(room.pk, bob, messages.Unmute())
    assert one(bob).muted is None


def test_who_comes_after_everybody_was_muted_begins_muted_while_the_rule_is_off(room, host, bob, alice):
    commands.carry_out(room.pk, host, messages.Mute())
    assert one(comes(room).me).muted is None
    commands.carry_out(room.pk, host, messages.SetRules(unmute=False))
    arrived = comes(room, "Dave")
    assert one(arrived.me).muted.by == host
    [joined] = arrived.change.events
    assert joined.participant.muted.by == host
    assert one(comes(room, "Alice", user=alice).me).muted is None
    commands.carry_out(room.pk, host, messages.SetRules(unmute=True))
    commands.carry_out(room.pk, host, messages.SetRules(unmute=False))
    assert one(comes(room).me).muted is None


def test_where_nobody_was_muted_nobody_begins_so(room, host, bob):
    commands.carry_out(room.pk, host, messages.SetRules(unmute=False))
    assert one(comes(room).me).muted is None


def test_a_camera_that_was_stopped_is_started_by_its_owner_alone(room, host, bob):
    commands.carry_out(room.pk, host, messages.StopCamera([bob]))
    assert one(bob).stopped.by == host
    commands.carry_out(room.pk, host, messages.StartCamera())
    assert one(bob).stopped is not None
    commands.carry_out(room.pk, bob, messages.StartCamera())
    assert one(bob).stopped is None


def test_a_mute_of_all_where_nobody_is_to_be_muted_is_told_and_kept_once(room, host, alice):
    """It is about those to come."""
    second = comes(room, "Alice", user=alice).me
    [order] = orders(commands.carry_out(room.pk, host, messages.Mute()))
    assert (order.order, order.participants, order.all) == ("mute", [], True)
    for by in (host, second):
        assert commands.carry_out(room.pk, by, messages.Mute()).events == []
    assert actions() == [("Alice", "mute", "", "")]
    commands.carry_out(room.pk, host, messages.SetRules(unmute=False))
    assert one(comes(room).me).muted.by == host


def test_what_is_for_those_inside_alone_is_not_told_where_nobody_is(room, host):
    for command in (messages.StopCamera(), messages.AskUnmute(), messages.LowerHand()):
        assert commands.carry_out(room.pk, host, command).events == []
    assert actions() == []


def test_what_changes_nothing_leaves_the_row_of_the_room_alone(room, host, bob):
    for command in (messages.Unmute(), messages.StartCamera(), messages.Rename(bob, "Bob")):
        with CaptureQueriesContext(connection) as queries:
            assert commands.carry_out(room.pk, bob, command).events == []
        assert [query["sql"] for query in queries if query["sql"].startswith("UPDATE")] == []


def test_hands_are_lowered_by_an_order_alone(room, host, bob, carol):
    change = commands.carry_out(room.pk, host, messages.LowerHand())
    assert told(change) == ["Order"]
    assert orders(change)[0].participants == [bob, carol]


def test_of_several_those_who_have_left_are_passed_over(room, host, bob, carol):
    departures.leave(room.pk, Participant.objects.get(pk=bob).socket)
    [order] = orders(commands.carry_out(room.pk, host, messages.Mute([bob, carol])))
    assert order.participants == [carol]
    with pytest.raises(NotInside):
        commands.carry_out(room.pk, host, messages.Mute([bob]))


# -- coming back --------------------------------------------------------------------------------


def test_what_was_done_and_given_holds_for_whoever_comes_back_on_a_new_seat(room, host, bob):
    commands.carry_out(room.pk, host, messages.SetRules(unmute=False))
    for command in (
        messages.Rename(bob, "Robert"),
        messages.Mute([bob]),
        messages.StopCamera([bob]),
        messages.SetRole(bob, "host"),
    ):
        commands.carry_out(room.pk, host, command)
    departures.leave(room.pk, Participant.objects.get(pk=bob).socket)
    again = comes(room, "Mallory", key="bobs")
    back = one(again.me)
    assert (again.role, back.role, back.name) == ("host", "host", "Robert")
    assert (back.muted.by, back.stopped.by, back.given.by) == (host, host, host)


def test_a_stranger_gets_nothing_of_it(room, host, bob):
    commands.carry_out(room.pk, host, messages.SetRole(bob, "host"))
    assert comes(room, "Bob").role == "participant"


def test_a_name_by_a_host_holds_through_a_reload_until_its_owner_changes_it(room, host):
    bob = comes(room, "Ugly", key="bobs")
    commands.carry_out(room.pk, host, messages.Rename(bob.me, "Bob"))
    again = comes(room, "Ugly", key="bobs", token=bob.token, fresh=False)
    assert (again.me, one(bob.me).name) == (bob.me, "Bob")
    commands.carry_out(room.pk, bob.me, messages.Rename(bob.me, "Robert"))
    assert one(bob.me).name == "Robert"
    comes(room, "Rob", key="bobs", token=bob.token, fresh=False)
    assert one(bob.me).name == "Rob"


def test_where_names_stay_nobody_comes_back_by_another(room, host):
    bob = comes(room, "Bob", key="bobs")
    commands.carry_out(room.pk, host, messages.SetRules(rename=False))
    with pytest.raises(NotAllowed):
        commands.carry_out(room.pk, bob.me, messages.Rename(bob.me, "Alice"))
    comes(room, "Alice", key="bobs", token=bob.token, fresh=False)
    assert one(bob.me).name == "Bob"
    departures.leave(room.pk, Participant.objects.get(pk=bob.me).socket)
    assert one(comes(room, "Alice", key="bobs").me).name == "Bob"


def test_a_rename_says_what_they_were_called(room, host, bob):
    [order] = orders(commands.carry_out(room.pk, host, messages.Rename(bob, "Robert")))
    assert (order.order, order.name, one(bob).name) == ("rename", "Bob", "Robert")
    assert commands.carry_out(room.pk, host, messages.Rename(bob, "Robert")).events == []
    assert told(commands.carry_out(room.pk, bob, messages.Rename(bob, "Bob"))) == ["ParticipantUpdated"]
    assert actions() == [("Alice", "rename", "Bob", "Robert")]


def test_to_call_somebody_what_they_are_called_is_no_news(room, host, bob):
    assert commands.carry_out(room.pk, host, messages.Rename(bob, "Bob")).events == []
    assert actions() == []
    commands.carry_out(room.pk, bob, messages.Rename(bob, "Rob"))
    assert one(bob).name == "Rob"


def test_no_other_page_of_theirs_is_a_way_out_of_a_name_by_a_host(room, host):
    first, second = (comes(room, "Ugly", key="bobs").me for _ in range(2))
    commands.carry_out(room.pk, host, messages.Rename(first, "Bob"))
    for page in (first, second):
        departures.leave(room.pk, Participant.objects.get(pk=page).socket)
    third = comes(room, "Ugly", key="bobs").me
    assert one(third).name == "Bob"
    # What they call themselves is what counts from then on.
    commands.carry_out(room.pk, third, messages.Rename(third, "Robert"))
    departures.leave(room.pk, Participant.objects.get(pk=third).socket)
    assert one(comes(room, "Rob", key="bobs").me).name == "Rob"


# -- roles --------------------------------------------------------------------------------------


def test_a_role_is_given_to_every_seat_of_a_person_and_taken_back(room, host, bob):
    second = comes(room, "Bob", key="bobs").me
    [order] = orders(commands.carry_out(room.pk, host, messages.SetRole(bob, "host")))
    assert set(order.participants) == {bob, second}
    assert (one(bob).role, one(second).role) == ("host", "host")
    commands.carry_out(room.pk, bob, messages.SetRole(second, "participant"))
    assert (one(bob).role, one(second).role) == ("participant", "participant")
    with pytest.raises(NotAllowed):
        commands.carry_out(room.pk, bob, messages.Mute())


def test_the_organizer_stays_a_host(room, host, bob, alice):
    commands.carry_out(room.pk, host, messages.SetRole(bob, "host"))
    with pytest.raises(NotAllowed):
        commands.carry_out(room.pk, bob, messages.SetRole(host, "participant"))
    # Also as the guest of the same browser whom the organizer was before they signed in.
    departures.leave(room.pk, Participant.objects.get(pk=host).socket)
    before = comes(room, "Alice?", key="shared").me
    commands.carry_out(room.pk, bob, messages.SetRole(before, "host"))
    signed_in = comes(room, "Alice", key="shared", user=alice).me
    commands.carry_out(room.pk, bob, messages.SetRole(before, "participant"))
    assert (one(before).role, one(signed_in).role) == ("participant", "host")


def test_a_cohost_of_the_plan_may_be_made_less_in_the_call(room, host, bobs_invitation):
    bobs_invitation.cohost = True
    bobs_invitation.save()
    bob = comes(room, "Bob", key="bobs", attendee=bobs_invitation)
    assert bob.role == "host"
    commands.carry_out(room.pk, host, messages.SetRole(bob.me, "participant"))
    again = comes(room, "Bob", key="bobs", attendee=bobs_invitation, token=bob.token, fresh=False)
    assert again.role == "participant"
    # The review of co-hosts has nothing to say: the plan is as it was.
    assert hosts.rooms_to_review([room.pk]) == []
    commands.carry_out(room.pk, host, messages.Remove(bob.me))
    with pytest.raises(NotAdmitted, match="removed"):
        comes(room, "Bob", attendee=bobs_invitation)


def test_the_plan_has_the_last_word_when_it_is_changed_in_the_call(room, host, bobs_invitation):
    bob = comes(room, "Bob", key="bobs", attendee=bobs_invitation)
    commands.carry_out(room.pk, host, messages.SetRole(bob.me, "host"))
    commands.carry_out(room.pk, host, messages.SetRole(bob.me, "participant"))
    Attendee.objects.update(cohost=True)
    hosts.review(room.pk)
    assert (one(bob.me).role, one(bob.me).given) == ("host", None)
    departures.leave(room.pk, Participant.objects.get(pk=bob.me).socket)
    assert comes(room, "Bob", key="bobs", attendee=bobs_invitation).role == "host"


def test_the_organizer_is_a_host_also_where_their_browser_lost_the_role_as_a_guest(room, host, bob, alice):
    commands.carry_out(room.pk, host, messages.SetRole(bob, "host"))
    departures.leave(room.pk, Participant.objects.get(pk=host).socket)
    guest = comes(room, "Alice?", key="shared")
    for role in ("host", "participant"):
        commands.carry_out(room.pk, bob, messages.SetRole(guest.me, role))
    # On a seat of their own, and on that of the guest whose page is loaded again.
    assert comes(room, "Alice", key="shared", user=alice).role == "host"
    assert comes(room, "Alice", key="shared", user=alice, token=guest.token, fresh=False).role == "host"
    assert one(guest.me).given is None


def test_no_private_window_brings_a_role_back_nor_ends_a_mute(room, host, bobs_invitation):
    bobs_invitation.cohost = True
    bobs_invitation.save()
    bob = comes(room, "Bob", key="bobs", attendee=bobs_invitation).me
    phone = comes(room, "Bob", key="phone", attendee=bobs_invitation).me
    commands.carry_out(room.pk, host, messages.SetRole(bob, "participant"))
    commands.carry_out(room.pk, host, messages.Mute([bob]))
    assert (one(bob).role, one(phone).role) == ("participant", "participant")
    for left in (phone, bob):
        departures.leave(room.pk, Participant.objects.get(pk=left).socket)
    again = comes(room, "Robert", key="private", attendee=bobs_invitation)
    assert again.role == "participant"
    assert one(again.me).name == "Robert"
    assert one(again.me).muted.by == host


def test_a_mute_of_one_device_is_not_lost_because_another_was_heard(room, host, bobs_invitation):
    """Whichever of the two was there first."""
    laptop, phone = (comes(room, "Bob", key=key, attendee=bobs_invitation).me for key in ("laptop", "phone"))
    commands.carry_out(room.pk, host, messages.Mute([laptop]))
    commands.carry_out(room.pk, host, messages.StopCamera([laptop]))
    assert one(phone).muted is None
    departures.leave(room.pk, Participant.objects.get(pk=laptop).socket)
    laptop = comes(room, "Bob", key="private", attendee=bobs_invitation).me
    assert (one(laptop).muted.by, one(laptop).stopped.by) == (host, host)
    # What its owner has ended does not come back from the seats before.
    for command in (messages.Unmute(), messages.StartCamera()):
        commands.carry_out(room.pk, laptop, command)
    departures.leave(room.pk, Participant.objects.get(pk=laptop).socket)
    again = comes(room, "Bob", key="private", attendee=bobs_invitation).me
    assert (one(again).muted, one(again).stopped) == (None, None)


def test_nobody_ends_the_mute_of_another_device_by_one_that_is_not_muted(room, host, bobs_invitation):
    laptop, phone = (comes(room, "Bob", key=key, attendee=bobs_invitation).me for key in ("laptop", "phone"))
    commands.carry_out(room.pk, host, messages.Mute([laptop]))
    departures.leave(room.pk, Participant.objects.get(pk=laptop).socket)
    commands.carry_out(room.pk, phone, messages.Unmute())
    assert one(comes(room, "Bob", key="private", attendee=bobs_invitation).me).muted.by == host


def test_an_invitation_that_is_passed_on_makes_nobody_a_host(room, host, bobs_invitation):
    bob = comes(room, "Bob", key="bobs", attendee=bobs_invitation).me
    commands.carry_out(room.pk, host, messages.SetRole(bob, "host"))
    assert comes(room, "Mallory", key="another", attendee=bobs_invitation).role == "participant"


def test_whatever_a_review_of_cohosts_takes_back_is_told_of_every_seat(room, host, bobs_invitation):
    bobs_invitation.cohost = True
    bobs_invitation.save()
    bob = comes(room, "Bob", key="bobs", attendee=bobs_invitation).me
    guest = comes(room, "Bob", key="bobs").me
    commands.carry_out(room.pk, host, messages.SetRole(guest, "host"))
    Attendee.objects.update(cohost=False)
    change = hosts.review(room.pk)
    updates = [event.participant for event in change.events if isinstance(event, ParticipantUpdated)]
    assert {one.id: one.role for one in updates} == {bob: "participant", guest: "participant"}
    assert (one(bob).role, one(guest).role) == ("participant", "participant")


def test_a_host_made_in_the_call_finds_the_door_open_and_a_seat(room, host, bob, settings):
    commands.carry_out(room.pk, host, messages.SetRole(bob, "host"))
    departures.leave(room.pk, Participant.objects.get(pk=bob).socket)
    room.meeting.lobby = True
    room.meeting.save()
    settings.ROOM_CAPACITY = 1
    back = comes(room, "Bob", key="bobs")
    assert isinstance(back, Arrived)
    assert back.role == "host"


def test_a_host_who_lost_the_role_between_may_do_nothing(room, host, bob, carol):
    commands.carry_out(room.pk, host, messages.SetRole(bob, "host"))
    commands.carry_out(room.pk, host, messages.SetRole(bob, "participant"))
    for command in (messages.Mute([carol]), messages.End(True), messages.SetRules(chat=False)):
        with pytest.raises(NotAllowed):
            commands.carry_out(room.pk, bob, command)
    assert one(carol).muted is None


def test_who_has_left_orders_nothing(room, host, bob):
    departures.leave(room.pk, Participant.objects.get(pk=host).socket)
    with pytest.raises(NotAllowed):
        commands.carry_out(room.pk, host, messages.Mute([bob]))


# -- removing -----------------------------------------------------------------------------------


def test_a_removal_may_lock_the_room(room, host, bob):
    change = commands.carry_out(room.pk, host, messages.Remove(bob, True))
    assert told(change) == ["ParticipantLeft", "Order", "RulesChanged"]
    [left, order, ruled] = change.events
    assert isinstance(left, ParticipantLeft)
    assert isinstance(order, Order)
    assert isinstance(ruled, RulesChanged)
    assert (order.name, order.participants) == ("Bob", [bob])
    assert (ruled.locked, ruled.by) == (True, host)
    assert change.endings == {bob: "removed"}
    assert change.doors
    assert Removal.objects.count() == 1
    assert [action for _, action, _, _ in actions()] == ["remove", "set-rules"]


def test_no_host_is_removed(room, host, bob):
    commands.carry_out(room.pk, host, messages.SetRole(bob, "host"))
    for who, whom in ((host, bob), (bob, host)):
        with pytest.raises(NotAllowed):
            commands.carry_out(room.pk, who, messages.Remove(whom))


# -- rules --------------------------------------------------------------------------------------


def test_rules_are_told_all_together_and_only_when_one_changes(room, host, bob):
    change = commands.carry_out(room.pk, host, messages.SetRules(chat=False, spotlight=bob))
    [event] = change.events
    assert isinstance(event, RulesChanged)
    assert (event.chat, event.share, event.spotlight, event.by) == (False, True, bob, host)
    assert seats.snapshot(room.pk).rules == messages.Rules("anyone", False, chat=False, spotlight=bob)
    assert commands.carry_out(room.pk, host, messages.SetRules(chat=False)).events == []
    assert actions() == [("Alice", "set-rules", "Bob", "chat off, spotlight on")]
    commands.carry_out(room.pk, host, messages.SetRules(spotlight=None))
    assert seats.snapshot(room.pk).rules.spotlight is None


def test_nobody_who_is_gone_is_large_for_everybody(room, host):
    with pytest.raises(NotInside):
        commands.carry_out(room.pk, host, messages.SetRules(spotlight="x" * 22, chat=False))
    assert seats.snapshot(room.pk).rules.chat


def test_a_locked_room_lets_nobody_new_in_but_those_who_belong_to_it(room, host, bob, alice, carol):
    departures.leave(room.pk, Participant.objects.get(pk=carol).socket)
    commands.carry_out(room.pk, host, messages.SetRules(locked=True))
    stranger = comes(room, "Dave", key="daves")
    assert isinstance(stranger, Waits)
    assert stranger.requested.status.door == "locked"
    assert isinstance(comes(room, "Carol", key="carols"), Arrived)
    assert isinstance(comes(room, "Alice", user=alice), Arrived)
    request = JoinRequest.objects.get(name="Dave")
    request.decision, request.call = "admitted", Call.objects.get()
    request.save()
    assert isinstance(comes(room, "Dave", key="daves"), Arrived)
    # Whoever stands before the click has to come again.
    at_door = Admission("participant", "guest:erins", ("guest:erins",), "erins", None, None, "")
    assert doors.shut_to({room.pk: [at_door]}) == {room.pk: {at_door}}
    commands.carry_out(room.pk, host, messages.SetRules(locked=False))
    assert isinstance(comes(room, "Erin"), Arrived)


def test_a_lock_and_all_other_rules_end_with_the_call(room, host):
    commands.carry_out(room.pk, host, messages.SetRules(locked=True, chat=False))
    departures.leave(room.pk, Participant.objects.get(pk=host).socket)
    arrived = comes(room, "Bob")
    assert isinstance(arrived, Arrived)
    assert arrived.snapshot.rules == messages.Rules("anyone", False)


def test_the_lobby_is_the_meetings_and_told_with_the_rules(room, host):
    [event] = commands.carry_out(room.pk, host, messages.SetLobby(True)).events
    assert isinstance(event, RulesChanged)
    assert (event.lobby, event.by) == (True, host)
    room.meeting.refresh_from_db()
    assert room.meeting.lobby
    # Who asks for what is so already is told that it is, and nothing was done.
    assert told(commands.carry_out(room.pk, host, messages.SetLobby(True))) == ["RulesChanged"]
    assert actions() == [("Alice", "set-lobby", "", "on")]


def test_what_the_plan_has_changed_is_told_to_those_inside_and_to_nobody_else(room):
    assert rules.tell_again(room.pk).events == []
    comes(room)
    [event] = rules.tell_again(room.pk).events
    assert isinstance(event, RulesChanged)
    assert event.by is None


# -- the end ------------------------------------------------------------------------------------


def due(room):
    Call.objects.filter(room=room).update(ends_at=timezone.now() - timedelta(seconds=1))


def test_the_end_is_announced_and_may_be_taken_back_by_any_host(room, host, bob):
    [event] = commands.carry_out(room.pk, host, messages.End(True)).events
    assert isinstance(event, RulesChanged)
    assert event.ends_in == pytest.approx(10, abs=2)
    assert commands.carry_out(room.pk, host, messages.End(True)).events == []
    assert ending.end_due(room.pk).events == []
    commands.carry_out(room.pk, host, messages.SetRole(bob, "host"))
    [event] = commands.carry_out(room.pk, bob, messages.End(False)).events
    assert isinstance(event, RulesChanged)
    assert (event.ends_in, event.by) == (None, bob)
    assert [detail for _, action, _, detail in actions() if action == "end"] == ["on", "off"]


def test_when_it_is_due_everybody_is_out_whoever_does_it_first(room, host, bob):
    commands.carry_out(room.pk, host, messages.End(True))
    due(room)
    assert ending.rooms_due() == [room.pk]
    change = ending.end_due(room.pk)
    assert change.endings == {host: "ended", bob: "ended"}
    assert [event.reason for event in change.events if isinstance(event, ParticipantLeft)] == ["ended"] * 2
    assert Call.objects.get().ended_at is not None
    assert (ending.rooms_due(), ending.end_due(room.pk).events) == ([], [])
    assert departures.why_left(bob, grant()) == "ended"


def test_a_page_that_was_away_does_not_begin_another_call_by_itself(room, host):
    bob = comes(room, "Bob", key="bobs")
    commands.carry_out(room.pk, host, messages.End(True))
    due(room)
    ending.end_due(room.pk)
    with pytest.raises(NotAdmitted, match="ended"):
        comes(room, "Bob", key="bobs", token=bob.token, fresh=False)
    # Whoever loads the page and presses Join does.
    again = comes(room, "Bob", key="bobs", token=bob.token, fresh=True)
    assert (again.resumed, Call.objects.filter(ended_at=None).count()) == (False, 1)
    assert again.snapshot.rules.ends_in is None


def test_a_process_that_began_it_and_died_is_made_up_for(room, host):
    commands.carry_out(room.pk, host, messages.End(True))
    due(room)
    [change] = processes.sweep("q" * 22, end_dead=False)
    assert change.endings == {host: "ended"}


# -- the organizer by another way ---------------------------------------------------------------


def test_the_organizers_own_invitation_is_the_organizers(room, alice):
    own = Attendee.objects.create(meeting=room.meeting, email="alice@home.example", name="Alice", user=alice)
    room.meeting.lobby = True
    room.meeting.save()
    arrived = comes(room, "Alice", attendee=own)
    # What the door makes of it; that the letter is hers, `admit` has found.
    assert isinstance(arrived, Arrived)
    assert arrived.role == "host"
    assert hosts.rooms_to_review([room.pk]) == []
    assert one(arrived.me).organizer


def test_everybody_inside_knows_from_whom_the_role_cannot_be_taken(room, host, bobs_invitation):
    bobs_invitation.cohost = True
    bobs_invitation.save()
    cohost, made = comes(room, "Bob", attendee=bobs_invitation).me, comes(room, "Carol").me
    commands.carry_out(room.pk, host, messages.SetRole(made, "host"))
    told = {each.id: (each.role, each.organizer) for each in seats.snapshot(room.pk).participants}
    assert told == {host: ("host", True), cohost: ("host", False), made: ("host", False)}


# -- what is kept of it -------------------------------------------------------------------------


def test_a_host_who_takes_another_name_is_kept_with_the_one_that_we_know(room, host, bobs_invitation):
    mallory = comes(room, "Bob", attendee=bobs_invitation, known_as="Mallory").me
    commands.carry_out(room.pk, host, messages.SetRole(mallory, "host"))
    commands.carry_out(room.pk, mallory, messages.Rename(mallory, "Alice"))
    commands.carry_out(room.pk, mallory, messages.Rename(host, "Bob"))
    assert [(who, whom) for who, _, whom, _ in actions()] == [
        ("Alice", "Bob (Mallory)"),
        ("Alice (Mallory)", "Alice"),
    ]


def test_a_loop_of_orders_fills_no_table_and_hides_no_removal(room, host, bob, carol, monkeypatch):
    monkeypatch.setattr(orders_module, "MOST_OF_A_KIND", 3)
    commands.carry_out(room.pk, host, messages.Remove(carol))
    for n in range(10):
        commands.carry_out(room.pk, host, messages.SetRules(chat=n % 2 == 1))
        commands.carry_out(room.pk, host, messages.LowerHand([bob]))
    kept = [action for _, action, _, _ in actions()]
    assert sorted(kept) == sorted(["remove", *["set-rules"] * 3, *["lower-hand"] * 3])
    # The last is the last.
    assert [detail for _, action, _, detail in actions() if action == "set-rules"][-1] == "chat on"
