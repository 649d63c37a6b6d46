"""`./run --turn`: a relay beside the server, through which browsers really talk."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from config.launch import turn
from tests.browser.person import meet_each_other
from tests.browser.server import Server
from tests.network.coturn import apart, calling

# As for people of whom neither can reach the other.
RELAY_ONLY = """(() => {
  const only = (configuration) => ({ ...configuration, iceTransportPolicy: "relay" });
  window.connections = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration, ...rest) {
      super(only(configuration), ...rest);
      window.connections.push(this);
    }
    setConfiguration(configuration) {
      super.setConfiguration(only(configuration));
    }
  };
})();"""
WAYS = """async () => {
  const found = [];
  for (const connection of window.connections.filter((one) => one.connectionState === "connected")) {
    const stats = await connection.getStats();
    const { selectedCandidatePairId } = [...stats.values()].find(({ type }) => type === "transport");
    const { localCandidateId, remoteCandidateId } = stats.get(selectedCandidatePairId);
    found.push([localCandidateId, remoteCandidateId].map((id) => stats.get(id).candidateType));
  }
  return found;
}"""


@pytest.fixture
def start(coturn_program, tmp_path):
    """`start("--host", "0.0.0.0")`: a copy with a relay."""
    copies = []

    def started(*options: str) -> Server:
        copies.append(Server(tmp_path))
        copies[-1].options = ["--turn", *options]
        copies[-1].start()
        return copies[-1]

    yield started
    for copy in copies:
        copy.stop()


def relay_of(copy: Server) -> tuple[str, int]:
    """Address and port, from the line that announces it."""
    found = re.search(r"^Relay: turn:([\d.]+):(\d+)$", copy.log.read_text(), re.MULTILINE)
    assert found, copy.log.read_text()
    return found[1], int(found[2])


def ways_of(page: Page) -> list[list[str]]:
    found: list[list[str]] = page.evaluate(WAYS)
    return found


@pytest.mark.devices
def test_people_talk_through_the_relay_of_this_machine(start, visitor):
    copy = start()
    assert relay_of(copy)[0] == "127.0.0.1"
    alice, bob = visitor("Alice", account=True, at=copy), visitor("Bob", at=copy)
    for person in alice, bob:
        person.begin_pages_with(RELAY_ONLY)
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    meet_each_other(alice, bob)
    assert ways_of(alice.page) == ways_of(bob.page) == [["relay", "relay"]]


@apart
async def test_for_other_machines_too_it_carries_between_its_users_and_reaches_nobody_else(start):
    copy = start("--host", "0.0.0.0")
    address, port = relay_of(copy)
    assert address == turn.outward_address()
    secret = (copy.data / "turn-secret").read_text()
    async with calling(address, port, secret) as caller:
        assert await caller.may_send_to(address)
        for other in "127.0.0.1", "192.168.1.1", "198.51.100.7":
            assert not await caller.may_send_to(other)


@pytest.mark.devices
def test_the_set_up_test_tries_the_relay(start, visitor):
    copy = start()
    alice = visitor("Alice", account=True, at=copy)
    alice.go("/test/")
    alice.page.get_by_role("button", name="Begin").click()
    network = alice.page.locator('[data-check="network"]')
    expect(network).to_contain_text("Connections work, directly and by the relay")
