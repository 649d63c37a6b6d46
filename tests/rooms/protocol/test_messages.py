from __future__ import annotations

import json
from typing import cast, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.protocol import messages
from rooms.protocol.messages import MAX_FRAME_BYTES, ProtocolError, dump, parse

BOB = "b" * 22


def frame(**members: object) -> str:
    return json.dumps(members)


def refusal(text: str | None) -> ProtocolError:
    with pytest.raises(ProtocolError) as caught:
        parse(text)
    return caught.value


def description(**members: object) -> str:
    whole = {
        "type": "description",
        "to": BOB,
        "generation": 1000,
        "description": {"type": "offer", "sdp": "v=0"},
    }
    return frame(**{**whole, **members})


def candidates(*found: object) -> str:
    return frame(type="candidates", to=BOB, generation=1000, candidates=list(found))


# -- what is understood -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["leave", "ice", "sync", "ping"])
def test_it_understands_messages_without_members(kind):
    assert msgspec.json.encode(parse(frame(type=kind))).decode() == f'{{"type":"{kind}"}}'


def test_it_understands_a_join():
    assert parse(frame(type="join", name="Bob", token="t", fresh=False)) == messages.Join("Bob", "t", False)


def test_a_join_without_token_is_a_first_visit():
    assert parse(frame(type="join", name="Bob")) == messages.Join("Bob", None, True)


def test_it_understands_how_links_are():
    said: dict[str, messages.Condition] = {BOB: "connected", "c" * 22: "failed"}
    assert parse(frame(type="links", links=said)) == messages.Links(said)


@pytest.mark.parametrize(
    "said",
    [{}, {BOB: "splendid"}, {"short": "connected"}, {f"{n:022d}": "failed" for n in range(17)}, [BOB], None],
    ids=["none", "a word of its own", "nobody's id", "too many", "a list", "nothing"],
)
def test_it_refuses_links_that_are_no_such_thing(said):
    assert refusal(frame(type="links", links=said)).error == "malformed"


def test_it_understands_who_floods():
    assert parse(frame(type="flooded", participant=BOB)) == messages.Flooded(BOB)
    assert refusal(frame(type="flooded", participant="nobody")).error == "malformed"


@pytest.mark.parametrize("kind", ["mute", "stop-camera", "ask-unmute", "lower-hand"])
def test_it_understands_whom_an_order_is_about(kind):
    assert getattr(parse(frame(type=kind)), "participants", 1) is None
    assert getattr(parse(frame(type=kind, participants=[BOB])), "participants", 1) == [BOB]
    for nobody in ([], ["short"], [f"{n:022d}" for n in range(messages.MAX_TARGETS + 1)], BOB):
        assert refusal(frame(type=kind, participants=nobody)).error == "malformed"


def test_it_understands_rules_of_which_some_are_said():
    said = parse(frame(type="set-rules", chat=False, spotlight=None))
    assert isinstance(said, messages.SetRules)
    assert said.said == {"chat": False, "spotlight": None}


@pytest.mark.parametrize("rule", [{}, {"chat": 1}, {"chat": None}, {"spotlight": "x"}, {"lobby": True}])
def test_it_refuses_rules_that_are_none(rule):
    assert refusal(frame(type="set-rules", **rule)).error == "malformed"


@pytest.mark.parametrize("name", ["", "\u202e", "x" * 65])
def test_it_refuses_a_new_name_as_it_does_one_to_join_with(name):
    assert refusal(frame(type="rename", participant=BOB, name=name)).error == "malformed"


def test_it_refuses_a_role_that_there_is_not():
    assert refusal(frame(type="set-role", participant=BOB, role="owner")).error == "malformed"


def test_a_removal_locks_nothing_unless_it_says_so():
    assert parse(frame(type="remove", participant=BOB)) == messages.Remove(BOB, False)
    assert parse(frame(type="remove", participant=BOB, lock=True)) == messages.Remove(BOB, True)


def test_it_ignores_members_that_it_does_not_know():
    assert parse(frame(type="ping", colour="green", deep={"er": [1]})) == messages.Ping()


def test_it_keeps_a_description_as_it_is():
    sdp = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\na=ümlaut\r\n"
    message = parse(description(description={"type": "answer", "sdp": sdp}))
    assert isinstance(message, messages.Description)
    assert json.loads(dump(message.sent_by("alice"))) == {
        "type": "description",
        "sender": "alice",
        "generation": 1000,
        "description": {"type": "answer", "sdp": sdp},
    }


def test_it_keeps_candidates_and_their_end_as_they_are():
    found = [
        {"candidate": "candidate:1 1 udp", "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "abcd"},
        {"candidate": "", "sdpMid": None, "sdpMLineIndex": None, "usernameFragment": None},
        None,
    ]
    message = parse(candidates(*found))
    assert isinstance(message, messages.Candidates)
    assert json.loads(dump(message.sent_by("alice")))["candidates"] == found


def test_it_passes_a_wish_for_an_offer_on():
    message = parse(frame(type="need-offer", to=BOB, generation=3, reason="ice"))
    assert isinstance(message, messages.NeedOffer)
    assert json.loads(dump(message.sent_by("alice"))) == {
        "type": "need-offer",
        "sender": "alice",
        "generation": 3,
        "reason": "ice",
    }


def test_the_longest_frame_of_the_protocol_fits():
    assert parse(description(description={"type": "offer", "sdp": "x" * 49_152}))


# -- what is refused ----------------------------------------------------------------------------


def test_a_sender_cannot_be_forged():
    message = parse(description(sender="carol"))
    assert isinstance(message, messages.Description)
    assert json.loads(dump(message.sent_by("alice")))["sender"] == "alice"


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        " ",
        "nonsense",
        "[]",
        "1",
        "null",
        '"ping"',
        "{}",
        '{"type": null}',
        '{"type": 1}',
        '{"type": ["ping"]}',
        '{"type": "ping"',
        '{"type": "ping"} {"type": "ping"}',
        '{"type": "ping", "x": NaN}',
        '{"type": "join", "name": "\\ud800"}',
        '{"type": "ping", "x": ' + "[" * 30_000 + "]" * 30_000 + "}",
    ],
)
def test_what_is_no_message_is_malformed(text):
    assert refusal(text).error == "malformed"


@pytest.mark.parametrize("kind", ["", "jump", "Join", "ready", "welcome", "participant-joined", "bye"])
def test_an_unknown_type_is_named_so(kind):
    assert refusal(frame(type=kind)).error == "unknown-type"


@pytest.mark.parametrize(
    "members",
    [
        {"type": "join"},
        {"type": "join", "name": None},
        {"type": "join", "name": 7},
        {"type": "join", "name": ["Bob"]},
        {"type": "join", "name": "Bob", "token": 1},
        {"type": "join", "name": "Bob", "token": "t" * 201},
        {"type": "join", "name": "Bob", "fresh": "yes"},
        {"type": "remove"},
        {"type": "remove", "participant": "bob"},
        {"type": "remove", "participant": BOB + "\n"},
        {"type": "need-offer", "to": BOB, "generation": 1, "reason": "whim"},
        {"type": "need-offer", "to": BOB, "reason": "ice"},
        {"type": "candidates", "to": BOB, "generation": 1, "candidates": {}},
        {"type": "candidates", "to": BOB, "generation": 1, "candidates": [1]},
        {"type": "candidates", "to": BOB, "generation": 1, "candidates": [{}]},
    ],
)
def test_members_of_the_wrong_type_are_refused(members):
    assert refusal(frame(**members)).error == "malformed"


@pytest.mark.parametrize(
    "members",
    [
        {"to": "x"},
        {"to": "b" * 23},
        {"to": "b" * 21 + "!"},
        {"to": None},
        {"to": [BOB, BOB]},
        {"generation": -1},
        {"generation": 1.5},
        {"generation": "1"},
        {"generation": 2**53},
        {"generation": True},
        {"description": None},
        {"description": "v=0"},
        {"description": {"type": "offer"}},
        {"description": {"type": "rollback", "sdp": ""}},
        {"description": {"type": "pranswer", "sdp": ""}},
        {"description": {"type": "offer", "sdp": "x" * 49_153}},
    ],
)
def test_a_description_of_the_wrong_shape_is_refused(members):
    assert refusal(description(**members)).error == "malformed"


def test_more_than_64_candidates_are_refused():
    assert parse(candidates(*[None] * 64))
    assert refusal(candidates(*[None] * 65)).error == "malformed"


@pytest.mark.parametrize("letter", ["x", "é", "漢", "😀"])
def test_a_frame_is_measured_in_bytes(letter):
    room_left = MAX_FRAME_BYTES - len('{"type":"ping","x":""}')
    fits = letter * (room_left // len(letter.encode()))
    assert parse(f'{{"type":"ping","x":"{fits}"}}') == messages.Ping()
    assert refusal(f'{{"type":"ping","x":"{fits}{letter}"}}').error == "too-large"


def test_a_huge_frame_is_refused_without_being_read():
    assert refusal("x" * 10_000_000).error == "too-large"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.just(BOB),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["type", "sdp", "candidate"]), inner),
)
MEMBERS = ["name", "token", "fresh", "to", "generation", "description", "candidates", "participant"]


def outcome(text: str) -> str:
    """ "understood", or the error."""
    try:
        parse(text)
    except ProtocolError as error:
        return error.error
    return "understood"


@given(st.text() | ANYTHING.map(json.dumps))
def test_whatever_arrives_is_understood_or_refused(text):
    assert outcome(text) in {"understood", "malformed", "unknown-type", "too-large"}


TYPES = sorted(messages.TYPES_FROM_CLIENT)


@given(st.sampled_from(TYPES), st.dictionaries(st.sampled_from(MEMBERS), ANYTHING))
def test_whatever_members_a_message_has_it_is_understood_or_refused(kind, members):
    assert outcome(json.dumps({**members, "type": kind})) in {"understood", "malformed", "too-large"}


# -- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Bob", "Bob"),
        ("  Bob   Lindqvist\t", "Bob Lindqvist"),
        ("Bob\nLindqvist\r\n", "Bob Lindqvist"),
        ("Bob\u00a0\u2003Lindqvist", "Bob Lindqvist"),
        ("\u202eboB\u202c", "boB"),
        ("\u2066Bob\u2069\u200e\u200f", "Bob"),
        ("B\u200bo\u200c\ufeffb\u2060", "Bob"),
        ("Bob\x00\x07\x1b[31m", "Bob[31m"),
        ("Zoe\u0308", "Zoë"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("مريم", "مريم"),
        ("山田 花子", "山田 花子"),
        ("🦊", "🦊"),
        ("\ue000Bob", "Bob"),
    ],
)
def test_a_name_is_shown_without_what_nobody_sees(typed, shown):
    assert cast(messages.Join, parse(frame(type="join", name=typed))).name == shown


@pytest.mark.parametrize(
    "name", ["", "   ", "\u200b\u202e", "\u3164", "\u2800\u200d", "\x00", "x" * 65, "x" * 1000]
)
def test_a_name_of_no_length_or_too_long_is_refused(name):
    assert refusal(frame(type="join", name=name)).error == "malformed"


def test_a_name_of_64_characters_is_not_too_long():
    assert parse(frame(type="join", name="😀" * 64))
    assert parse(frame(type="join", name=" " + "x" * 64 + "\u202e"))


# -- what is said -------------------------------------------------------------------------------


def test_every_reason_of_bye_has_a_close_code():
    assert set(messages.CLOSE_CODES) == set(get_args(messages.ByeReason))


def test_ready_reads_as_in_the_document():
    bob = messages.Participant(BOB, "Bob", "participant", 2, 41, False)
    room = messages.RoomFacts("kfpx-tvwqm-m3xz", "Standup", 12, "anyone", False)
    stun = messages.IceServer(["stun:stun.example.org"])
    rules = messages.Rules("anyone", False, spotlight=BOB)
    ready = messages.Ready(1, BOB, True, room, "host", "open", None, 41, [bob], rules, [stun], None)
    assert json.loads(dump(ready)) == {
        "type": "ready",
        "version": 1,
        "me": BOB,
        "early": True,
        "room": {
            "code": "kfpx-tvwqm-m3xz",
            "title": "Standup",
            "capacity": 12,
            "access": "anyone",
            "lobby": False,
        },
        "role": "host",
        "door": "open",
        "opens_in": None,
        "rev": 41,
        "participants": [
            {"id": BOB, "name": "Bob", "role": "participant", "seat": 2, "arrival": 41, "away": False}
        ],
        "rules": {
            "access": "anyone",
            "lobby": False,
            "locked": False,
            "share": True,
            "chat": True,
            "unmute": True,
            "record": True,
            "rename": True,
            "spotlight": BOB,
            "ends_in": None,
        },
        "ice_servers": [{"urls": ["stun:stun.example.org"]}],
        "ice_expires_at": None,
        "ice_expires_in": None,
    }


def test_messages_do_not_change_once_made():
    with pytest.raises(AttributeError):
        messages.Ping().type = "pong"  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        messages.Join("Bob").name = "Carol"  # type: ignore[misc]


def test_every_type_that_a_client_may_send_is_known_by_name():
    for kind in get_args(messages.ClientMessage):
        wrong = dict.fromkeys(("name", "to", "participant", "knocks", "links", "on"), 1.5)
        assert outcome(json.dumps({"type": kind.__struct_config__.tag, **wrong})) != "unknown-type"
