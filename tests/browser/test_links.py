"""Everybody sees who does not hear whom, and the two who do not still read each other."""

import re

import pytest
from playwright.sync_api import expect

# What this page and one other say about their addresses leads nowhere, as between two networks that have no
# way to each other. The server, and everybody else, are reached as ever.
WITHOUT_A_WAY = """(apartFrom) => {
  window.apartFrom = apartFrom;
  const nowhere = (line) => line.replace(/(candidate:\\S+ \\d \\S+ \\d+) \\S+/, "$1 192.0.2.1");
  const withoutWays = (message) => {
    for (const one of message.candidates ?? []) if (one) one.candidate = nowhere(one.candidate);
    const { description } = message;
    if (description) description.sdp = description.sdp.split("\\n").map(nowhere).join("\\n");
    return JSON.stringify(message);
  };
  window.WebSocket = class extends WebSocket {
    addEventListener(type, listen, options) {
      const heard = (event) => {
        const message = JSON.parse(event.data);
        const isApart = message.sender && message.sender === window.apartFrom;
        listen(isApart ? new MessageEvent("message", { data: withoutWays(message) }) : event);
      };
      super.addEventListener(type, type === "message" ? heard : listen, options);
    }
    send(data) {
      const message = JSON.parse(data);
      super.send(message.to && message.to === window.apartFrom ? withoutWays(message) : data);
    }
  };
}"""
LONG = 60_000


@pytest.fixture
def trio(alice, bob, carol):
    """Alice, Bob and Carol in a call; between Alice and Carol there is no way."""
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    alice.reaches(bob)
    carol.begin_pages_with(f"({WITHOUT_A_WAY})('{alice.id}')")
    carol.join(link)
    carol.reaches(bob)
    bob.reaches(carol)
    return alice, bob, carol


# As with somebody between them whose line has no room for their voices.
ASKS_NOBODY = """(() => {
  const { send } = RTCDataChannel.prototype;
  RTCDataChannel.prototype.send = function (data) {
    if (!String(data).startsWith('{"type":"carry"')) send.call(this, data);
  };
})()"""


@pytest.fixture
def nobody_carries(alice, bob, carol):
    for person in (alice, bob, carol):
        person.begin_pages_with(ASKS_NOBODY)


@pytest.mark.devices("Alice", "Carol")
def test_everybody_sees_which_two_do_not_hear_each_other_until_they_do(nobody_carries, trio):
    alice, bob, carol = trio
    for person, words in (
        (bob, "Alice and Carol cannot hear each other"),
        (alice, "You and Carol cannot hear each other"),
        (carol, "You and Alice cannot hear each other"),
    ):
        expect(person.page.locator("#notice")).to_contain_text(words, timeout=LONG)
    bob.page.locator("#notice").get_by_role("button").click()
    people = bob.page.locator("#people")
    expect(people.locator("summary")).to_have_text("Not everybody hears everybody")
    expect(people.locator(".hearing li")).to_contain_text("Alice and Carol cannot hear each other")
    expect(people.locator("line")).to_have_count(3)
    expect(people.locator("line.apart")).to_have_count(1)
    expect(people.get_by_role("img")).to_have_accessible_name(re.compile("Alice and Carol cannot hear"))
    expect(bob.page.locator("#notice")).to_be_hidden()
    assert not bob.barriers()

    # Bob hears of it from the others, with no server in reach.
    with bob.expecting("ERR_INTERNET_DISCONNECTED"), bob.reconnecting():
        bob.context.set_offline(True)
        bob.lose_socket()
        expect(bob.trouble).to_be_visible(timeout=20_000)
        carol.page.evaluate("window.apartFrom = ''")
        expect(people.locator("summary")).to_have_text("Everybody is connected to everybody", timeout=LONG)
        expect(people.locator("line.connected")).to_have_count(3)
        bob.context.set_offline(False)
    expect(alice.page.locator("#notice")).to_be_hidden()
    alice.sees(carol)
    carol.sees(alice)


def test_two_who_do_not_hear_each_other_read_each_other_over_a_third(trio):
    alice, bob, carol = trio
    carol.says("Can you read me, Alice?")
    alice.reads("Can you read me, Alice?")
    passed = alice.page.locator("#chat .message").filter(has_text="Can you read me")
    expect(passed).to_contain_text("As told by Bob, not signed by Carol")
    expect(passed.locator("header strong")).to_have_text("Carol")
    bob.reads("Can you read me, Alice?")
    expect(bob.page.locator("#chat .log")).not_to_contain_text("As told by")
    alice.says("As clear as day.")
    carol.reads("As clear as day.")
    expect(carol.page.locator("#chat .message").filter(has_text="As clear as day")).to_have_count(1)


# A picture has to move all the time; on a machine that is busy the call may go on with voice alone.
@pytest.mark.alone
@pytest.mark.devices
def test_two_who_find_no_way_to_each_other_hear_each_other_by_way_of_a_third(trio):
    alice, bob, carol = trio
    for person, other in (alice, carol), (carol, alice):
        expect(person.tile_of(other.name)).to_contain_text("by way of Bob", timeout=LONG)
        person.hears(other)
        expect(person.page.locator("#notice")).to_be_hidden()
    bob.hears(alice)
    bob.hears(carol)
    people = bob.open_panel("people")
    expect(people.locator("line.carried")).to_have_count(1)
    expect(people.locator("summary")).to_have_text("Everybody hears everybody")

    # Bob's silence is his own.
    bob.press("microphone")
    silent = carol.page.locator(f"[data-participant='{bob.id}'][data-microphone=off]")
    expect(silent).to_be_visible()
    carol.hears(alice)
    alice.press("microphone")
    expect(carol.tile_of("Alice")).to_have_attribute("data-microphone", "off")
    carol.hears_nothing_of(alice)
    alice.press("microphone")
    expect(carol.tile_of("Alice")).to_have_attribute("data-microphone", "on")
    carol.hears(alice)

    # What Bob shows has a sound, too, and they go the same way.
    bob.press("share")
    alice.sees_screen_of(bob)
    alice.hears(carol)
    bob.press("share")
    expect(alice.page.locator("[data-screen]")).to_have_count(0)
    alice.hears(carol)

    carol.page.evaluate("window.apartFrom = ''")
    for person, other in (alice, carol), (carol, alice):
        expect(person.tile_of(other.name)).not_to_contain_text("by way of", timeout=LONG)
        person.sees(other)
        person.hears(other)
    expect(people.locator("summary")).to_have_text("Everybody is connected to everybody")
    assert bob.page.evaluate(SOUNDS_SENT) == 0


# Tracks in the slots for the sound of a screen.
SOUNDS_SENT = """window.observe.connections
  .filter(({ connectionState }) => connectionState === "connected")
  .filter((one) => one.getTransceivers()[2].sender.track).length"""
