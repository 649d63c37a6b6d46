"""One encoder for all: in a call of many each picture is encoded once."""

import pytest

SENT = """() => Promise.all(window.connections.filter((one) => one.connectionState === "connected").map(async (one) => {
  const found = [...(await one.getStats()).values()];
  const sent = found.find(({ type, kind, mid }) => type === "outbound-rtp" && kind === "video" && mid === "1");
  return sent?.frameWidth ?? null;
}))"""
KEPT = """(() => {
  window.connections = [];
  const Before = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Before {
    constructor(...given) { super(...given); window.connections.push(this); }
  };
})();"""


@pytest.mark.alone
@pytest.mark.devices("Alice", "Bob")
def test_from_five_people_on_one_encoder_serves_all_and_the_right_picture_arrives(visitor, alice, bob, carol, dave):
    alice.begin_pages_with(KEPT)
    link = alice.meet_now()
    alice.join()
    erin = visitor("Carol")
    erin.name = "Erin"
    for guest in bob, carol, dave, erin:
        guest.join(link)
    alice.page.wait_for_timeout(15000)
    print(alice.page.evaluate(SENT), alice.console[-5:], alice.errors)
    for guest in bob, carol, dave, erin:
        guest.sees(alice)
    print(alice.page.evaluate(SENT))
    erin.leave()
    alice.page.wait_for_timeout(12000)
    print(alice.page.evaluate(SENT))
    bob.sees(alice)
    assert 0
