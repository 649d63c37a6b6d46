"""The whole conversation about a seat, path by path, and then in any order that chance comes upon."""

from __future__ import annotations

import json

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from rooms.protocol.effects import (
    CarryOut,
    Close,
    Effect,
    Enter,
    GiveUpSeat,
    LookAtLobby,
    LoseJoinRequest,
    MarkAway,
    Pause,
    Publish,
    Relay,
    Release,
    RememberName,
    RenewLease,
    Reply,
    SetAlarm,
    ShowOut,
    ShowRoster,
    TakeOver,
    TellHosts,
)
from rooms.protocol.messages import (
    Bye,
    Command,
    Join,
    ParticipantLeft,
    Ready,
    Rename,
    SetLobby,
    Unmute,
    Waiting,
    Welcome,
)
from rooms.protocol.outcomes import Change, SocketElsewhere
from rooms.protocol.seating import LATENESS, PATIENCE, RETRY_PAUSE
from rooms.protocol.session import Session
from rooms.protocol.who import State
from tests.rooms.protocol.somebody import (
    ALICE,
    BOB,
    CODE,
    REQUEST,
    ROOM,
    Clock,
    Credentials,
    greeted,
    let_wait,
    seat_for,
    snapshot,
    somebody,
    status,
    wait_for,
)

JOIN = Join("Bob")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def bob(clock):
    """Bob, a guest before the click, at an open door."""
    return greeted(Session(somebody(BOB), Credentials(), clock))


@pytest.fixture
def entering(bob):
    """The same, after the click: a seat is asked for."""
    assert bob.receive(JOIN) == [Enter(JOIN)]
    return bob


@pytest.fixture
def waiting(bob):
    """The same, who has been told to wait for a host."""
    return let_wait(bob)


@pytest.fixture
def inside(entering):
    """Bob, who has a seat."""
    entering.seated(seat_for(entering.who))
    return entering


def said(effects: list[Effect]) -> list[str]:
    """The types of the messages to the page."""
    return [type(effect.message).__name__ for effect in effects if isinstance(effect, Reply)]


# -- the greeting -------------------------------------------------------------------------------


def test_who_finds_the_door_open_is_told_who_is_inside(clock):
    bob = Session(somebody(BOB), Credentials(), clock, early=True)
    [reply, release] = bob.greeted(ROOM, status("open"), None, snapshot(ALICE))
    assert isinstance(reply, Reply)
    assert isinstance(reply.message, Ready)
    assert (reply.message.me, reply.message.early, reply.message.door) == (BOB, True, "open")
    assert [one.id for one in reply.message.participants] == [ALICE]
    assert reply.message.ice_expires_at == 1
    assert release == Release(forgetting=False)


def test_who_finds_it_shut_is_told_nothing_of_the_room(clock):
    bob = Session(somebody(BOB), Credentials(), clock, early=True)
    [reply, release] = bob.greeted(ROOM, status("early", 60), 60.0, snapshot(ALICE))
    assert isinstance(reply, Reply)
    assert isinstance(reply.message, Ready)
    ready = reply.message
    assert (ready.early, ready.door, ready.opens_in, ready.rev) == (False, "early", 60.0, 0)
    assert (ready.participants, ready.ice_servers, ready.ice_expires_at) == ([], [], None)
    assert release == Release(forgetting=True)


# -- a seat -------------------------------------------------------------------------------------


def test_who_gets_a_seat_is_welcomed_before_anything_else_and_the_others_hear_of_it(entering):
    arrived = seat_for(entering.who)
    welcome = Welcome(BOB, "token", False, 9, arrived.snapshot.participants, arrived.snapshot.rules)
    assert entering.seated(arrived) == [
        SetAlarm(None),
        TakeOver(None),
        Reply(welcome),
        Release(forgetting=False),
        Publish(arrived.change),
        RememberName("Bob"),
    ]
    assert (entering.who.state, entering.who.me) == (State.JOINED, BOB)


def test_who_has_an_account_is_not_asked_for_a_name_again_anyway(clock):
    carol = greeted(Session(somebody(BOB, user_id=7), Credentials(), clock))
    carol.receive(JOIN)
    assert RememberName("Bob") not in carol.seated(seat_for(carol.who))


def test_a_host_who_comes_in_is_shown_who_waits(clock):
    alice = greeted(Session(somebody(ALICE, "host"), Credentials(), clock))
    alice.receive(JOIN)
    assert LookAtLobby() in alice.seated(seat_for(alice.who))
    assert alice.who.is_host


def test_who_resumes_a_seat_takes_the_place_of_older_sockets(entering):
    elsewhere = SocketElsewhere("process.there!1", "older")
    effects = entering.seated(seat_for(entering.who, me="c" * 22, replaced=elsewhere))
    assert effects.index(TakeOver(elsewhere)) < len(effects) - 1
    [welcome] = [effect.message for effect in effects if said([effect]) == ["Welcome"]]
    assert (welcome.me, welcome.resumed) == ("c" * 22, True)
    assert entering.who.me == "c" * 22


@pytest.mark.parametrize("reason", ["full", "elsewhere", "refused", "removed", "cancelled"])
def test_who_is_refused_is_told_why_and_sits_and_waits_nowhere(entering, reason):
    effects = entering.refused(reason)
    assert said(effects) == ["Bye"]
    assert isinstance(effects[-1], Close)
    assert entering.woken() == []
    assert entering.closed(1006, spoke=False) == [LoseJoinRequest()]  # of a try before; there may be none


# -- waiting to be let in -----------------------------------------------------------------------


def test_who_must_wait_is_told_for_whom_and_hosts_hear_of_it(entering):
    assert entering.must_wait(wait_for("lobby", host="Alice")) == [
        SetAlarm(None),
        Release(forgetting=True),
        Reply(Waiting("lobby", "Alice", None)),
        TellHosts(),
    ]
    assert (entering.who.state, entering.who.join_request, entering.who.host) == (
        State.WAITING,
        REQUEST,
        "Alice",
    )


def test_who_comes_too_early_is_woken_when_the_door_opens(entering):
    effects = entering.must_wait(wait_for("early", host="", opens_in=60.0))
    assert SetAlarm(60.0 + LATENESS) in effects
    assert entering.woken() == [Enter(JOIN)]


def test_who_is_woken_for_nothing_hears_nothing(waiting):
    assert waiting.woken() == [Enter(JOIN)]
    assert waiting.must_wait(wait_for(is_news=False)) == [SetAlarm(None), Release(forgetting=True)]
    assert waiting.who.state is State.WAITING


@pytest.mark.parametrize("news", [wait_for("full"), wait_for(host="Carol"), wait_for("host", host="")])
def test_who_is_woken_by_a_change_is_told_of_it(waiting, news):
    waiting.woken()
    assert said(waiting.must_wait(news)) == ["Waiting"]


def test_who_is_woken_and_let_in_gets_what_was_kept_back(waiting):
    waiting.woken()
    effects = waiting.seated(seat_for(waiting.who, has_waited=True))
    assert said(effects) == ["IceServers", "Welcome"]
    assert TellHosts() in effects
    assert not waiting.who.is_shut_out
    assert waiting.who.join_request == ""
    assert waiting.closed(1006, spoke=True) == [MarkAway(is_lost=True)]


def test_who_found_the_door_open_has_the_servers_already(entering):
    assert said(entering.seated(seat_for(entering.who))) == ["Welcome"]


def test_who_is_woken_and_refused_is_told_so(waiting):
    waiting.woken()
    effects = waiting.refused("refused")
    assert effects == [SetAlarm(None), Release(forgetting=True), Reply(Bye("refused")), Close(4403)]


def test_who_stops_waiting_is_forgotten(waiting):
    assert waiting.hear('{"type": "leave"}') == [Close(1000)]
    assert waiting.woken() == []
    assert waiting.closed(1000, spoke=False) == [LoseJoinRequest()]


def test_who_is_removed_while_they_wait_is_not_asked_about_again(waiting):
    waiting.who.state = State.OVER  # as a socket does that is closed by the registry
    assert waiting.woken() == []
    assert waiting.hear('{"type": "ping"}') == []
    assert waiting.closed(4403, spoke=False) == [LoseJoinRequest()]


def test_what_a_wait_has_changed_is_told_to_the_others(entering):
    change = Change(CODE, [ParticipantLeft(8, "gone", "timeout")])
    assert Publish(change) in entering.must_wait(wait_for(change=change))


# -- a database that is away --------------------------------------------------------------------


def test_a_try_that_was_lost_is_made_again_until_the_page_would_give_up(entering, clock):
    while effects := entering.try_lost():
        assert effects == [Pause(RETRY_PAUSE), Enter(JOIN)]
        clock.now += RETRY_PAUSE
    assert PATIENCE < clock.now - 1000.0 < 10


def test_a_seat_whose_commit_was_not_confirmed_is_given_back_when_the_page_goes(entering, clock):
    clock.now += PATIENCE + 1
    assert entering.try_lost() == []
    assert entering.closed(1011, spoke=False) == [LoseJoinRequest(), MarkAway(is_lost=True)]


def test_a_lost_try_may_be_followed_by_a_wait(entering):
    """The lobby was turned on while the database was away."""
    entering.try_lost()
    entering.must_wait(wait_for())
    assert entering.closed(1006, spoke=False) == [LoseJoinRequest()]


def test_each_asking_has_patience_of_its_own(waiting, clock):
    clock.now += PATIENCE + 1
    waiting.woken()
    assert waiting.try_lost() == [Pause(RETRY_PAUSE), Enter(JOIN)]


def test_a_process_that_was_taken_for_dead_takes_its_lease_again_once(entering):
    assert entering.lease_lost() == [RenewLease(), Enter(JOIN)]
    assert entering.lease_lost() == []


# -- the end ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "is_lost"), [(1001, False), (4001, False), (1006, True), (None, True)])
def test_whose_page_goes_away_is_away_for_less_long_than_whose_line_is_lost(inside, code, is_lost):
    assert inside.closed(code, spoke=True) == [MarkAway(is_lost)]


def test_who_has_a_newer_socket_is_not_away_when_the_older_one_closes(inside):
    assert inside.closed(4408, spoke=False) == []


def test_who_leaves_is_not_away(inside):
    assert inside.hear('{"type": "leave"}') == [GiveUpSeat(), Close(1000)]
    assert inside.closed(1000, spoke=False) == []


def test_whose_session_ended_while_the_seat_was_given_has_left(entering):
    entering.who.has_lapsed, entering.who.state = True, State.OVER
    arrived = seat_for(entering.who)
    # What was committed is told; the page hears no more.
    assert entering.seated(arrived) == [
        SetAlarm(None),
        TakeOver(None),
        Publish(arrived.change),
        RememberName("Bob"),
    ]
    assert entering.who.state is State.OVER
    assert entering.closed(4412, spoke=True) == [GiveUpSeat()]


def test_who_asks_for_the_roster_and_is_not_in_it_is_shown_out(inside):
    assert inside.hear('{"type": "sync"}') == [ShowRoster()]
    assert ShowOut() not in inside.shown(snapshot(ALICE, BOB))
    assert ShowOut() in inside.shown(snapshot(ALICE))


def test_who_has_not_clicked_is_not_missed_in_the_roster(bob):
    assert said(bob.shown(snapshot(ALICE))) == ["Snapshot"]
    assert ShowOut() not in bob.shown(snapshot(ALICE))


def test_a_role_that_changes_inside_counts_from_then_on(inside):
    assert inside.who.take_role("host", 10)
    assert not inside.who.take_role("participant", 9)  # late
    assert inside.who.is_host
    [effect] = inside.hear(json.dumps({"type": "set-lobby", "on": True}))
    assert effect == CarryOut(SetLobby(True))


# -- in any order -------------------------------------------------------------------------------


FRAMES = [
    '{"type": "join", "name": "Bob"}',
    '{"type": "ping"}',
    '{"type": "ice"}',
    json.dumps({"type": "need-offer", "to": ALICE, "generation": 1, "reason": "ice"}),
    json.dumps({"type": "remove", "participant": ALICE}),
    json.dumps({"type": "mute"}),
    json.dumps({"type": "end", "on": True}),
    '{"type": "unmute"}',
    json.dumps({"type": "rename", "participant": BOB, "name": "Robert"}),
    "nonsense",
    None,
]
# What may still be done when nothing reaches the page any more: others are told, and the seat is given back.
AFTER_THE_END = (Publish, TellHosts, TakeOver, SetAlarm, RememberName, GiveUpSeat, MarkAway, LoseJoinRequest)


class Conversation(RuleBasedStateMachine):
    """A page, a roster that answers as it likes, and a registry that closes sockets when it likes."""

    @initialize(door=st.sampled_from(["open", "lobby", "early"]), early=st.booleans())
    def opens(self, door, early):
        self.clock = Clock()
        self.session = Session(somebody(BOB), Credentials(), self.clock, early=early)
        self.who = self.session.who
        self.asks = self.is_ended = self.is_closed = False
        self.answered = 0
        self.alarm: float | None = None
        self.is_held = True
        # What the page was last told, and what holds.
        self.told: Waiting | None = None
        self.holds: tuple[str, str] | None = None
        # What is in the database; the answer may have been lost.
        self.has_seat = self.has_join_request = self.is_reached = False
        self.carry_out(
            self.session.greeted(ROOM, status(door, 60 if door == "early" else None), None, snapshot(ALICE))
        )

    def carry_out(self, effects: list[Effect]) -> None:
        for effect in effects:
            assert not self.is_ended or isinstance(effect, AFTER_THE_END), effect
            match effect:
                case Enter():
                    assert not self.asks
                    self.asks = self.is_held = True
                case Close():
                    self.is_ended = True
                case SetAlarm(seconds):
                    self.alarm = seconds
                case Release(forgetting):
                    assert self.is_held
                    assert forgetting == self.who.is_shut_out
                    self.is_held = False
                case CarryOut(command):
                    assert self.who.state is State.JOINED
                    assert self.who.is_host or isinstance(command, (Unmute, Rename))
                    self.answers(command)
                case Relay():
                    assert self.who.me == BOB or not self.who.is_shut_out
                case GiveUpSeat() | MarkAway():
                    self.has_seat = self.is_reached = False
                case LoseJoinRequest():
                    self.has_join_request = False
                case Reply(Waiting() as waiting):
                    self.told = waiting
                case Reply(Welcome()):
                    assert self.is_held, "what the others say comes after the welcome"
                    assert self.has_seat

    def answers(self, command: Command) -> None:
        """As the roster likes: it is done, or cannot be."""
        self.answered += 1
        match self.answered % 3:
            case 0:
                self.carry_out(self.session.carried_out(command, Change(CODE)))
            case 1:
                self.carry_out(self.session.not_allowed("not any more"))
            case _:
                self.carry_out(self.session.no_participant())

    def may_hear(self):
        return not self.asks and not self.is_closed

    def is_asking(self):
        return self.asks and not self.is_closed

    @precondition(lambda self: self.who.state is State.PREJOIN)
    @rule()
    def clicks(self):
        self.carry_out(self.session.receive(JOIN))
        assert self.asks

    @precondition(may_hear)
    @rule(frame=st.sampled_from(FRAMES))
    def says(self, frame):
        self.carry_out(self.session.hear(frame))

    @precondition(lambda self: self.who.state is State.JOINED)
    @rule(role=st.sampled_from(["host", "participant"]))
    def is_given_a_role(self, role):
        self.who.take_role(role, self.who.role_rev + 1)

    @precondition(lambda self: self.may_hear() and self.who.state in (State.WAITING, State.JOINED))
    @rule()
    def leaves(self):
        self.carry_out(self.session.hear('{"type": "leave"}'))
        assert self.is_ended

    @precondition(lambda self: self.may_hear() and self.who.state is not State.PREJOIN)
    @rule()
    def is_woken(self):
        was_waiting = self.who.state is State.WAITING
        self.carry_out(self.session.woken())
        assert self.asks == was_waiting

    @precondition(is_asking)
    @rule(has_waited=st.booleans())
    def gets_a_seat(self, has_waited):
        self.asks, self.has_seat, self.has_join_request, self.is_reached = False, True, False, True
        self.carry_out(self.session.seated(seat_for(self.who, has_waited=has_waited)))

    @precondition(is_asking)
    @rule(
        door=st.sampled_from(["lobby", "host", "early", "full"]),
        host=st.sampled_from(["", "Alice"]),
        is_news=st.booleans(),
    )
    def has_to_wait(self, door, host, is_news):
        self.asks, self.has_seat, self.has_join_request = False, False, True
        self.holds = door, host
        waits = wait_for(door, host=host, is_news=is_news, opens_in=60.0 if door == "early" else None)
        effects = self.session.must_wait(waits)
        assert (TellHosts() in effects) == is_news
        self.carry_out(effects)

    @precondition(is_asking)
    @rule(reason=st.sampled_from(["full", "refused", "removed"]))
    def gets_none(self, reason):
        self.asks, self.has_seat = False, False
        self.carry_out(self.session.refused(reason))
        assert self.is_ended

    @precondition(is_asking)
    @rule(was_committed=st.booleans())
    def hears_nothing_from_the_database(self, was_committed):
        self.has_seat = self.has_seat or was_committed
        self.tries_again(self.session.try_lost())

    @precondition(is_asking)
    @rule()
    def is_unknown_to_the_database(self):
        self.tries_again(self.session.lease_lost())

    def tries_again(self, again: list[Effect]) -> None:
        self.asks = False
        if not again:
            self.closes(1011)
        else:
            assert [type(effect) for effect in again][1:] == [Enter]
            self.asks = True

    @rule(seconds=st.sampled_from([0.5, 3.0, 20.0]))
    def time_passes(self, seconds):
        self.clock.now += seconds

    @precondition(lambda self: not self.is_ended and self.who.state is not State.PREJOIN)
    @rule(has_lapsed=st.booleans())
    def the_registry_closes_it(self, has_lapsed):
        self.is_ended = True
        self.who.state, self.who.has_lapsed = State.OVER, has_lapsed

    def teardown(self):
        if hasattr(self, "session") and not self.is_closed:
            # Given up while the database has not answered: it may have done as it was asked.
            self.has_seat, self.has_join_request = (
                self.has_seat or self.asks,
                self.has_join_request or self.asks,
            )
            self.closes(1006)

    def closes(self, code):
        self.is_ended = self.is_closed = True
        self.carry_out(self.session.closed(code, spoke=self.is_reached))
        assert not self.has_seat, "nobody sits for ever where nobody is"
        assert not self.has_join_request, "nobody waits for ever where nobody is"

    @invariant()
    def who_waits_is_either_woken_or_told(self):
        if getattr(self, "who", None) is None or self.who.state is not State.WAITING:
            return
        assert self.told is not None
        assert (self.told.door, self.told.host) == self.holds
        assert self.alarm == (60.0 + LATENESS if self.told.door == "early" else None)
        assert self.who.join_request
        assert not self.is_held

    @invariant()
    def nothing_is_held_back_for_ever(self):
        if hasattr(self, "who") and not self.is_ended:
            assert self.is_held == (self.asks or self.who.state is State.ENTERING)
            assert self.asks == (self.who.state is State.ENTERING)
            assert self.alarm is None or self.who.state in (State.WAITING, State.ENTERING)


TestConversation = Conversation.TestCase
TestConversation.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
