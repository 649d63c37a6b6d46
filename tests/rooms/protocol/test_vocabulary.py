"""The server, the browser and the page for whoever writes a client have the same words."""

from __future__ import annotations

import re
from typing import Any, get_args

import msgspec
import pytest

from rooms.protocol import messages
from tests.rooms.protocol.vocabulary import Page, Typedefs, members, of_structs
from tests.settings import BASE_DIR

ROOM = BASE_DIR / "static" / "js" / "room"
CTL = "Between participants: messages on `ctl`"

FROM_CLIENT = of_structs(messages.ClientMessage)
FROM_SERVER = of_structs(messages.ServerMessage)
# The set-up test has a socket of its own, which `ServerMessage` in the browser is not about.
IN_ROOMS = FROM_SERVER.keys() - {"set-up"}


@pytest.fixture(scope="module")
def script() -> Typedefs:
    return Typedefs((ROOM / "messages.js").read_text(), (ROOM / "state.js").read_text())


@pytest.fixture(scope="module")
def page() -> Page:
    return Page((BASE_DIR / "docs" / "signaling.md").read_text())


# -- the browser ---------------------------------------------------------------------------------


def test_the_browser_knows_every_message_of_the_server(script):
    known = script.messages("ServerMessage")
    assert known.keys() == IN_ROOMS
    for kind in IN_ROOMS:
        assert known[kind].keys() == members(FROM_SERVER[kind]), kind
        assert not any(known[kind].values()), f"the server leaves out no member of {kind}"
    assert script.members("SetUp").keys() - {"type"} == members(messages.SetUp)


def test_the_browser_says_what_the_server_takes_and_nothing_else(script):
    said = script.messages("ClientMessage")
    assert said.keys() == FROM_CLIENT.keys()
    for kind, struct in FROM_CLIENT.items():
        assert said[kind].keys() == members(struct), kind


def test_what_messages_are_made_of_is_the_same_in_the_browser(script):
    assert script.members("Participant").keys() == members(messages.Participant)
    assert script.members("Description").keys() == members(messages.SessionDescription)
    [knocks] = script.messages("Lobby").values()
    assert knocks.keys() == members(messages.Lobby)
    assert script.members("Knock").keys() == members(messages.Knock)
    assert script.members("ByHost").keys() == members(messages.ByHost)
    assert script.members("Rules").keys() == members(messages.Rules)
    assert not any(script.members("Rules").values())
    for struct, name in ((messages.Participant, "Participant"), (messages.Knock, "Knock")):
        optional = {member for member, may_be_missing in script.members(name).items() if may_be_missing}
        assert optional == _left_out(struct), name


@pytest.mark.parametrize("name", ["Access", "Door", "OrderName", "Standing"])
def test_a_member_with_a_few_values_has_the_same_ones_in_the_browser(script, name):
    assert script.texts(name) == set(get_args(getattr(messages, name)))


def test_the_browser_knows_one_condition_more_which_it_says_to_participants_alone(script):
    assert script.texts("Condition") == {*get_args(messages.Condition), "carried"}


# -- the page ------------------------------------------------------------------------------------


def test_the_page_describes_every_message_with_all_its_members(page):
    described = _said_by(page)
    for struct in (*FROM_CLIENT.values(), *FROM_SERVER.values()):
        kind = str(struct.__struct_config__.tag)
        assert _as_sent(struct) in described.get(kind, []), struct


def test_the_page_describes_no_message_that_there_is_not(page):
    ours: dict[str, list[set[str]]] = {}
    for struct in (*FROM_CLIENT.values(), *FROM_SERVER.values()):
        ours.setdefault(str(struct.__struct_config__.tag), []).append(_as_sent(struct))
    for kind, variants in _said_by(page).items():
        for variant in variants:
            assert variant in ours.get(kind, []), kind


def test_the_page_says_of_what_a_participant_and_somebody_who_waits_are_made(page):
    assert page.members_of("A **participant** is `") == members(messages.Participant)
    assert page.members_of('{"type": "lobby", "knocks": [') == members(messages.Knock)
    rules = members(messages.Rules)
    assert page.section("Rules").members_of("\n`") == rules
    assert members(messages.RulesChanged) == {*rules, "rev", "by"}
    assert members(messages.SetRules) == rules - {"access", "lobby", "ends_in"}
    [said] = re.findall(r"`order` is ([^;]*), with `all`", page.text)
    assert set(re.findall(r"`([a-z-]+)`", said)) == set(get_args(messages.OrderName))
    assert page.members_of('"me": "…id…", "early": true,\n "room": ') == members(messages.RoomFacts)


def test_the_page_has_every_reason_with_its_code(page):
    codes = {
        reason: int(cells[0])
        for heads, cells in page.section("The socket").rows()
        if heads[0] == "code"
        for reason in re.findall(r"`([a-z-]+)`", cells[1])
    }
    assert codes == messages.CLOSE_CODES
    assert codes.keys() == set(get_args(messages.ByeReason))


def test_the_page_has_every_error_and_the_numbers(page):
    [said] = re.findall(r"`error` is one of ([^;]*);", page.text)
    assert set(re.findall(r"`([a-z-]+)`", said)) == set(get_args(messages.Error))
    assert page.text.startswith(f"# Signaling, version {messages.VERSION}\n")
    assert f"at most {messages.MAX_FRAME_BYTES:_} bytes".replace("_", " ") in page.text


# -- between participants ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def peers(script) -> dict[str, dict[str, bool]]:
    """The messages between participants: those of the room, and of each capability in its folder."""
    said = script.messages("PeerMessage")
    shared = [(ROOM / name).read_text() for name in ("messages.js", "state.js")]
    for path in sorted(ROOM.glob("*/messages.js")):
        own = Typedefs(*shared, path.read_text()).messages("Messages")
        assert not said.keys() & own.keys(), path
        said |= own
    return said


def test_what_participants_say_to_each_other_is_on_the_page(peers, page):
    described = dict(page.section(CTL).described())
    said = peers
    assert described.keys() == said.keys()
    for kind, named in said.items():
        assert named.keys() <= described[kind], kind


def test_the_page_says_of_each_message_between_participants_how_much_is_too_much(peers, page):
    rates = [cells[0] for heads, cells in page.section(CTL).rows() if heads[1] == "at once"]
    assert {kind for cell in rates for kind in re.findall(r"`([a-z-]+)`", cell)} == set(peers)


def _said_by(page: Page) -> dict[str, list[set[str]]]:
    """By `type`, the members of each message that the page shows or describes."""
    found: dict[str, list[set[str]]] = {}
    for kind, named in (*page.examples(), *page.without(CTL).described()):
        found.setdefault(kind, []).append(named)
    return found


def _as_sent(struct: Any) -> set[str]:
    """Its members; of what is sent on, as its sender has sent it, "with `sender` in place of `to`"."""
    relayed = struct in get_args(messages.RelayedSignal)
    return {"to" if relayed and member == "sender" else member for member in members(struct)}


def _left_out(struct: Any) -> set[str]:
    """What is not said of somebody of whom there is nothing to say."""
    optional = {field.encode_name for field in msgspec.structs.fields(struct) if not field.required}
    return optional if struct.__struct_config__.omit_defaults else set()
