from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.protocol import messages
from rooms.protocol.effects import (
    CarryOut,
    Close,
    Decide,
    Enter,
    GiveUpSeat,
    NoteConnections,
    Publish,
    Relay,
    RememberName,
    Reply,
    ShowRoster,
    TellHosts,
    TellOfDecision,
    TellOfFlood,
)
from rooms.protocol.limits import (
    BURST,
    COMMANDS_BURST,
    FLOODED_BURST,
    LINKS_BURST,
    LOBBY_BURST,
    MAX_REFUSED,
    VISITOR_BURST,
    TokenBucket,
)
from rooms.protocol.messages import Bye, Failed, Pong
from rooms.protocol.outcomes import Change
from rooms.protocol.session import Session
from rooms.protocol.who import State
from tests.rooms.protocol.somebody import (
    ALICE,
    BOB,
    ROOM,
    Clock,
    Credentials,
    greeted,
    let_wait,
    seat_for,
    snapshot,
    somebody,
    status,
)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def prejoin(clock):
    """Bob before the click."""
    return greeted(Session(somebody(BOB), Credentials(), clock))


@pytest.fixture
def visitor(clock):
    """Bob before the click, where connections before it are welcome."""
    return greeted(Session(somebody(BOB), Credentials(), clock, early=True))


@pytest.fixture
def session(prejoin):
    """Bob, who is inside."""
    return seated(prejoin)


@pytest.fixture
def host(clock):
    """Alice, who is inside."""
    return seated(greeted(Session(somebody(ALICE, "host"), Credentials(), clock)))


def seated(session: Session, role: messages.Role | None = None) -> Session:
    """They click, and get a seat."""
    session.receive(messages.Join("Bob"))
    session.seated(seat_for(session.who, role))
    return session


def frame(kind, **members):
    return json.dumps({"type": kind, **members})


SIGNALS: list[dict[str, Any]] = [
    {"type": "description", "description": {"type": "offer", "sdp": "v=0"}},
    {"type": "candidates", "candidates": [None]},
    {"type": "need-offer", "reason": "connection"},
]
signals = pytest.mark.parametrize("signal", SIGNALS, ids=[signal["type"] for signal in SIGNALS])


def errors(effects):
    return [e.message.error for e in effects if isinstance(e, Reply) and isinstance(e.message, Failed)]


# -- floods -------------------------------------------------------------------------------------


def test_hosts_are_told_of_somebody_who_sends_too_much(session):
    assert session.hear(frame("flooded", participant=ALICE)) == [TellOfFlood(ALICE)]


def test_nobody_floods_themselves_and_nobody_outside_says_so(session, visitor):
    assert errors(session.hear(frame("flooded", participant=BOB))) == ["not-allowed"]
    assert errors(visitor.hear(frame("flooded", participant=ALICE))) == ["not-joined"]


def test_hosts_are_told_so_at_a_measured_pace(session, clock):
    said = frame("flooded", participant=ALICE)
    assert sum(bool(session.hear(said)) for _ in range(40)) == FLOODED_BURST
    clock.now += 20
    assert session.hear(said) == [TellOfFlood(ALICE)]


# -- before the click ---------------------------------------------------------------------------


def test_somebody_who_waits_may_join(prejoin):
    [effect] = prejoin.hear(frame("join", name=" Bob\u202e ", token="t", fresh=False))
    assert effect == Enter(messages.Join("Bob", "t", False))
    assert prejoin.who.state is State.ENTERING


@pytest.mark.parametrize("kind", ["leave", "remove"])
def test_somebody_who_waits_may_not_act(prejoin, kind):
    assert errors(prejoin.hear(frame(kind, participant=ALICE))) == ["not-joined"]


@signals
def test_somebody_who_waits_may_not_signal(prejoin, signal):
    assert errors(prejoin.hear(json.dumps({**signal, "to": ALICE, "generation": 1}))) == ["not-joined"]


def test_a_host_who_waits_may_not_remove(clock):
    host = greeted(Session(somebody(ALICE, "host"), Credentials(), clock))
    assert errors(host.hear(frame("remove", participant=BOB))) == ["not-joined"]


@pytest.mark.parametrize("who", ["prejoin", "session"])
def test_everybody_may_ping_and_ask_for_the_roster(request, who):
    session = request.getfixturevalue(who)
    assert session.hear(frame("ping")) == [Reply(Pong())]
    assert session.hear(frame("sync")) == [ShowRoster()]


def test_somebody_who_was_turned_away_hears_why(prejoin):
    assert prejoin.end("full") == [Reply(Bye("full")), Close(4409)]
    assert prejoin.who.state is State.OVER


# -- inside -------------------------------------------------------------------------------------


def test_nobody_joins_twice(session):
    assert errors(session.hear(frame("join", name="Bob"))) == ["already-joined"]


@signals
def test_a_signal_is_passed_on_with_its_true_sender(session, signal):
    text = json.dumps({**signal, "to": ALICE, "generation": 1000, "sender": ALICE})
    [effect] = session.hear(text)
    assert isinstance(effect, Relay)
    assert effect.to == ALICE
    passed_on = json.loads(messages.dump(effect.signal))
    assert passed_on == {**signal, "sender": BOB, "generation": 1000}


@signals
def test_nobody_signals_themselves(session, signal):
    assert errors(session.hear(json.dumps({**signal, "to": BOB, "generation": 1}))) == ["not-allowed"]


def test_leaving_gives_up_the_seat_and_closes(session):
    assert session.hear(frame("leave")) == [GiveUpSeat(), Close(1000)]
    assert session.hear(frame("ping")) == []


def test_a_host_removes_somebody(host):
    assert host.hear(frame("remove", participant=BOB)) == [CarryOut(messages.Remove(BOB))]


def test_a_participant_removes_nobody(session):
    assert errors(session.hear(frame("remove", participant=ALICE))) == ["not-allowed"]


def test_a_host_does_not_remove_themselves(host):
    assert errors(host.hear(frame("remove", participant=ALICE))) == ["not-allowed"]


def test_the_role_is_the_one_that_came_with_the_seat(clock):
    session = seated(greeted(Session(somebody(BOB, "host"), Credentials(), clock)), "participant")
    assert errors(session.hear(frame("remove", participant=ALICE))) == ["not-allowed"]


# -- commands -----------------------------------------------------------------------------------

OTHERS: list[dict[str, Any]] = [
    *({"type": kind, "participants": [BOB]} for kind in ("mute", "stop-camera", "ask-unmute", "lower-hand")),
    {"type": "rename", "participant": BOB, "name": "Robert"},
    {"type": "set-rules", "chat": False},
    {"type": "set-role", "participant": BOB, "role": "host"},
    {"type": "remove", "participant": BOB, "lock": True},
    {"type": "end", "on": True},
]
OWN: list[dict[str, Any]] = [{"type": "unmute"}, {"type": "start-camera"}]
of_others = pytest.mark.parametrize("command", OTHERS, ids=[one["type"] for one in OTHERS])
of_oneself = pytest.mark.parametrize("command", OWN, ids=[one["type"] for one in OWN])


@of_others
def test_what_a_host_orders_is_carried_out(host, command):
    [effect] = host.hear(json.dumps(command))
    assert isinstance(effect, CarryOut)
    assert effect.command == messages.parse(json.dumps(command))


@of_others
def test_who_is_no_host_orders_nothing(clock, command):
    carol = seated(greeted(Session(somebody("c" * 22), Credentials(), clock)))
    assert errors(carol.hear(json.dumps(command))) == ["not-allowed"]


@pytest.mark.parametrize("kind", ["mute", "stop-camera", "ask-unmute", "lower-hand"])
def test_nobody_orders_anything_of_themselves(host, kind):
    assert errors(host.hear(frame(kind, participants=[BOB, ALICE]))) == ["not-allowed"]
    [effect] = host.hear(frame(kind))
    assert isinstance(effect, CarryOut)


@of_oneself
def test_what_is_about_oneself_is_for_everybody(session, command):
    [effect] = session.hear(json.dumps(command))
    assert isinstance(effect, CarryOut)
    assert effect.command == messages.parse(json.dumps(command))


def test_everybody_may_ask_for_another_name_of_their_own(session):
    [effect] = session.hear(frame("rename", participant=BOB, name=" Robert\u202e "))
    assert effect == CarryOut(messages.Rename(BOB, "Robert"))
    change = Change("code", [messages.ParticipantLeft(8, "gone", "timeout")])
    # It is filled in the next time that this browser comes, as the name is that is typed.
    assert session.carried_out(effect.command, change) == [Publish(change), RememberName("Robert")]


def test_whose_name_a_host_has_changed_is_not_remembered_by_the_hosts_browser(host):
    change = Change("code", [messages.ParticipantLeft(8, "gone", "timeout")])
    assert host.carried_out(messages.Rename(BOB, "Robert"), change) == [Publish(change)]


def test_of_a_command_that_has_changed_nothing_nobody_hears(host):
    assert host.carried_out(messages.Mute([BOB]), Change("code")) == []


@pytest.mark.parametrize("command", [*OTHERS, *OWN], ids=lambda one: one["type"])
def test_before_the_click_nobody_orders_anything(clock, command):
    waits = greeted(Session(somebody(ALICE, "host"), Credentials(), clock))
    assert errors(waits.hear(json.dumps(command))) == ["not-joined"]


def test_who_was_given_a_role_before_the_click_is_greeted_by_it(clock):
    bob = Session(somebody(BOB), Credentials(), clock)
    [reply, _] = bob.greeted(ROOM, status("open"), None, snapshot(ALICE), "host")
    assert isinstance(reply, Reply)
    assert isinstance(reply.message, messages.Ready)
    assert (reply.message.role, bob.who.role) == ("host", "host")


def test_orders_come_at_a_measured_pace(host, clock):
    order = frame("mute", participants=[BOB])
    answers = [errors(host.hear(order)) for _ in range(COMMANDS_BURST + 1)]
    assert answers == [[]] * COMMANDS_BURST + [["too-fast"]]
    clock.now += 1
    assert not errors(host.hear(order))


# -- credentials --------------------------------------------------------------------------------


def test_new_credentials_are_given_at_most_every_ten_seconds(prejoin, clock):
    def expiry():
        [reply] = prejoin.hear(frame("ice"))
        return reply.message.ice_expires_at

    assert expiry() == 1
    clock.now += 9.9
    assert expiry() == 1
    clock.now += 0.1
    assert expiry() == 2
    clock.now += 5
    assert expiry() == 2
    clock.now += 5
    assert expiry() == 3


# -- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("nonsense", "malformed"),
        (None, "malformed"),
        (frame("dance"), "unknown-type"),
        ("x" * 70_000, "too-large"),
    ],
)
def test_a_refused_frame_changes_nothing(session, text, error):
    assert errors(session.hear(text)) == [error]
    assert session.who.state is State.JOINED
    assert session.hear(frame("ping")) == [Reply(Pong())]


def test_the_tenth_refused_frame_is_the_last(session):
    for _ in range(9):
        assert len(session.hear("nonsense")) == 1
    assert session.hear("nonsense")[1:] == [Reply(Bye("protocol")), Close(4400)]
    assert session.who.state is State.OVER
    assert session.hear("nonsense") == []
    assert session.end("restart") == []


def test_refusals_of_every_kind_count(session):
    for text in ["nonsense", frame("dance"), frame("join", name="Bob"), "x" * 70_000, None] * 2:
        last = session.hear(text)
    assert last[-1] == Close(4400)


def test_what_came_too_late_is_no_fault(host):
    """Somebody has left, or another host was quicker: in a long call that happens more than ten times."""
    for _ in range(20):
        assert host.no_participant() == [Reply(Failed("no-participant", "nobody with this id is inside"))]
        assert host.not_allowed("a host is not removed") == [
            Reply(Failed("not-allowed", "a host is not removed"))
        ]


# -- too fast -----------------------------------------------------------------------------------


def pings(session, count):
    """What became of so many pings: "pong", "too-fast", or the code of the close."""
    found: list[str | int] = []
    for _ in range(count):
        for effect in session.hear(frame("ping")):
            match effect:
                case Reply(Pong()):
                    found.append("pong")
                case Reply(Failed(error)):
                    found.append(error)
                case Close(code):
                    found.append(code)
    return found


def test_two_hundred_frames_at_once_are_fine(session):
    assert pings(session, 200) == ["pong"] * 200


def test_the_third_frame_too_many_closes_the_socket(session):
    assert pings(session, 210)[200:] == ["too-fast", "too-fast", "too-fast", 4429]


def test_two_hundred_frames_a_second_for_long_are_too_many(session, clock):
    found = []
    for _ in range(1000):
        clock.now += 1 / 200
        found += pings(session, 1)
    assert found[-1] == 4429
    assert found.count("pong") < 260


def test_forty_frames_a_second_are_fine_for_an_hour(session, clock):
    for _ in range(3600):
        clock.now += 1
        assert pings(session, 40) == ["pong"] * 40


def test_after_a_pause_what_was_too_fast_is_forgiven(session, clock):
    for _ in range(3):
        assert pings(session, 202)[200:] == ["too-fast", "too-fast"]
        clock.now += 10


def test_refused_frames_are_counted_by_the_limit_too(session):
    pings(session, 195)
    for _ in range(5):
        session.hear("nonsense")
    assert errors(session.hear("nonsense")) == ["too-fast"]


@given(st.lists(st.floats(0, 10), max_size=400))
def test_a_bucket_never_lets_more_pass_than_it_says(pauses):
    clock = Clock()
    bucket = TokenBucket(BURST, 40, clock)
    passed = 0
    for pause in pauses:
        clock.now += pause
        passed += bucket.take()
    assert passed <= BURST + 40 * sum(pauses)


# -- links --------------------------------------------------------------------------------------


def test_somebody_inside_tells_how_their_links_are(session):
    assert session.hear(frame("links", links={ALICE: "repairing"})) == [NoteConnections({ALICE: "repairing"})]


def test_somebody_who_waits_has_no_links(prejoin):
    assert errors(prejoin.hear(frame("links", links={ALICE: "connected"}))) == ["not-joined"]


def test_nobody_has_a_link_to_themselves(session):
    assert errors(session.hear(frame("links", links={BOB: "connected"}))) == ["not-allowed"]


def test_links_are_told_at_a_measured_pace(session, clock):
    said = frame("links", links={ALICE: "connected"})
    assert not any(errors(session.hear(said)) for _ in range(LINKS_BURST))
    assert errors(session.hear(said)) == ["too-fast"]
    clock.now += 1
    assert errors(session.hear(said)) == []


# -- before the click ---------------------------------------------------------------------------


def test_a_visitor_signals_under_the_id_that_they_will_have(visitor):
    [effect] = visitor.hear(frame("need-offer", to=ALICE, generation=0, reason="ice"))
    assert effect == Relay(ALICE, messages.RelayedNeedOffer(BOB, 0, "ice"))
    seated(visitor)
    [effect] = visitor.hear(frame("need-offer", to=ALICE, generation=5000, reason="ice"))
    assert effect == Relay(ALICE, messages.RelayedNeedOffer(BOB, 5000, "ice"))


def test_where_it_is_turned_off_a_visitor_does_not_signal(prejoin):
    [effect] = prejoin.hear(frame("need-offer", to=ALICE, generation=0, reason="ice"))
    assert effect.message.error == "not-joined"


def test_a_visitor_does_not_signal_to_themselves(visitor):
    [effect] = visitor.hear(frame("need-offer", to=BOB, generation=0, reason="ice"))
    assert effect.message.error == "not-allowed"


def test_a_visitor_cannot_speak_of_connections_after_the_click(visitor):
    [effect] = visitor.hear(frame("need-offer", to=ALICE, generation=1000, reason="ice"))
    assert effect.message.error == "not-allowed"


def test_a_visitor_has_a_few_signals_for_each_and_then_three_a_second(visitor, clock):
    def signal_early():
        [effect, *_] = visitor.hear(frame("need-offer", to=ALICE, generation=0, reason="ice"))
        return effect

    assert all(isinstance(signal_early(), Relay) for _ in range(60))
    assert signal_early().message.error == "too-fast"
    clock.now += 1
    assert [isinstance(signal_early(), Relay) for _ in range(4)] == [True, True, True, False]


# -- at a door that is shut ---------------------------------------------------------------------


@pytest.fixture
def outside(clock):
    """Bob, who has to wait before he is let in, and has not clicked."""
    return greeted(Session(somebody(BOB), Credentials(), clock), "lobby")


@pytest.fixture
def waiting(outside):
    """The same, after the click."""
    return let_wait(outside)


@pytest.mark.parametrize("who", ["outside", "waiting"])
@pytest.mark.parametrize("kind", ["sync", "ice", "remove", "admit", "refuse", "links"])
def test_whoever_is_outside_learns_and_does_nothing(request, who, kind):
    members = {"participant": ALICE, "knocks": [ALICE], "links": {ALICE: "connected"}}
    effects = request.getfixturevalue(who).hear(frame(kind, **members))
    assert errors(effects) == ["not-joined"]


@signals
def test_whoever_is_outside_does_not_signal(waiting, signal):
    assert errors(waiting.hear(json.dumps(signal | {"to": ALICE, "generation": 0}))) == ["not-joined"]


def test_signals_under_way_when_the_door_is_shut_reach_nobody_and_cost_nothing(visitor):
    let_wait(visitor)
    for signal in [SIGNALS[2] | {"to": ALICE, "generation": 0}] * (MAX_REFUSED + 1):
        assert visitor.hear(json.dumps(signal)) == []


def test_whose_door_was_shut_has_no_more_signals_to_spend_than_before(visitor):
    let_wait(visitor)
    signal = json.dumps(SIGNALS[2] | {"to": ALICE, "generation": 0})
    assert all(visitor.hear(signal) == [] for _ in range(VISITOR_BURST))
    assert errors(visitor.hear(signal)) == ["too-fast"]


def test_whoever_is_outside_may_ping(waiting):
    assert waiting.hear(frame("ping")) == [Reply(Pong())]


def test_who_waits_does_not_ask_twice_and_may_stop(waiting):
    assert errors(waiting.hear(frame("join", name="Bob"))) == ["already-joined"]
    assert waiting.hear(frame("leave")) == [Close(1000)]
    assert waiting.who.state is State.OVER


@pytest.mark.parametrize(("kind", "admitted"), [("admit", True), ("refuse", False)])
def test_a_host_answers_those_who_wait(host, kind, admitted):
    assert host.hear(frame(kind, knocks=[BOB])) == [Decide([BOB], admitted)]


def test_the_other_hosts_hear_who_decided_and_about_whom(host):
    assert host.decided(["Bob"], admitted=False) == [TellHosts(), TellOfDecision(["Bob"], False)]


def test_where_somebody_else_was_quicker_there_is_nothing_to_say(host):
    assert host.decided([], admitted=True) == [TellHosts()]


def test_decisions_come_at_the_pace_of_orders(host, clock):
    answers = [errors(host.hear(frame("admit", knocks=[BOB]))) for _ in range(COMMANDS_BURST + 1)]
    assert answers == [[]] * COMMANDS_BURST + [["too-fast"]]


@pytest.mark.parametrize("kind", ["admit", "refuse"])
def test_a_participant_answers_nobody(session, kind):
    assert errors(session.hear(frame(kind, knocks=[ALICE]))) == ["not-allowed"]


@pytest.mark.parametrize("knocks", [[], ["x"], [BOB] * 51, BOB, None])
def test_a_decision_names_one_to_fifty(host, knocks):
    assert errors(host.hear(frame("admit", knocks=knocks))) == ["malformed"]


@pytest.mark.parametrize("on", [True, False])
def test_a_host_changes_the_lobby(host, on):
    assert host.hear(frame("set-lobby", on=on)) == [CarryOut(messages.SetLobby(on))]


def test_a_host_who_locks_and_unlocks_for_long_is_slowed_down_as_well(host, clock):
    for n in range(LOBBY_BURST):
        assert host.hear(frame("set-rules", locked=n % 2 == 0)) == [
            CarryOut(messages.SetRules(locked=n % 2 == 0))
        ]
    assert errors(host.hear(frame("set-rules", locked=False))) == ["too-fast"]
    # What is of no matter to those outside is not counted with it.
    assert host.hear(frame("set-rules", chat=False)) == [CarryOut(messages.SetRules(chat=False))]
    clock.now += 2
    assert host.hear(frame("set-rules", locked=False)) == [CarryOut(messages.SetRules(locked=False))]


def test_a_participant_changes_no_lobby(session):
    assert errors(session.hear(frame("set-lobby", on=True))) == ["not-allowed"]


def test_a_host_who_turns_the_lobby_on_and_off_for_long_is_slowed_down(host, clock):
    for n in range(LOBBY_BURST):
        assert host.hear(frame("set-lobby", on=n % 2 == 0)) == [CarryOut(messages.SetLobby(n % 2 == 0))]
    assert errors(host.hear(frame("set-lobby", on=True))) == ["too-fast"]
    clock.now += 2
    assert host.hear(frame("set-lobby", on=True)) == [CarryOut(messages.SetLobby(True))]
