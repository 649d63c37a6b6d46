"""One encoder for all: in a call of many each camera's picture is encoded once, and all get the right one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.firefox import SEES
from tests.browser.person import Person
from tests.servers import wait_until

# How wide the pictures are that the connections' own encoders make of the camera.
WIDTHS = """async () => {
  const up = window.observe.connections.filter((one) => one.connectionState === "connected");
  const stats = await Promise.all(up.map((one) => one.getStats()));
  return stats.map((all) => {
    const sent = [...all.values()].filter(({ type }) => type === "outbound-rtp");
    return Math.max(0, ...sent.map(({ frameWidth }) => frameWidth ?? 0));
  });
}"""
ENVELOPE = 32
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  const state = hidden ? "hidden" : "visible";
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
# Workers that a page makes can be stopped from outside.
WORKERS = """(() => {
  window.workers = [];
  const Before = window.Worker;
  window.Worker = class extends Before {
    constructor(...given) {
      super(...given);
      window.workers.push(this);
    }
  };
})();"""


def sends(person: Person, count: int, are: str) -> None:
    """Over all their connections, which are so many: `are` is asked of each width."""
    person.page.wait_for_function(
        f"""async () => {{
          const widths = await ({WIDTHS})();
          return widths.length === {count} && widths.every((width) => {are});
        }}""",
        timeout=40_000,
    )


@pytest.fixture
def five(visitor, alice, bob, carol, dave):
    """Alice and Bob have cameras; the other three look."""
    erin = visitor("Carol")
    erin.name = "Erin"
    alice.begin_pages_with(WORKERS)
    link = alice.meet_now()
    alice.join()
    guests = [bob, carol, dave, erin]
    for guest in guests:
        guest.join(link)
    return [alice, *guests]


@pytest.mark.alone
@pytest.mark.devices("Alice", "Bob")
def test_from_five_people_on_one_encoder_serves_all_and_below_each_has_their_own(five):
    alice, bob, carol, dave, erin = five
    sends(alice, 4, f"width === {ENVELOPE}")
    sends(bob, 4, f"width === {ENVELOPE}")
    for guest in carol, dave, erin:
        guest.sees(alice)
        guest.sees(bob)
    alice.sees(bob)
    bob.sees(alice)
    # The numbers tell of the picture that is really sent.
    alice.press("more")
    alice.page.get_by_role("menuitem", name="Connection").click()
    row = alice.page.locator("#connection li").filter(has_text="Carol")
    expect(row).to_contain_text(
        re.compile(r"You send\s*Picture (160|320|480|640)\s×\s(90|180|270|360), \d+\sfps")
    )
    # Who comes late, or comes again, has it too.
    erin.page.reload()
    erin.sees(alice)
    sends(alice, 4, f"width === {ENVELOPE}")
    erin.leave()
    sends(alice, 3, f"width > {ENVELOPE}")
    carol.sees(alice)
    dave.sees(bob)


@pytest.mark.alone
@pytest.mark.devices("Alice", "Bob")
def test_a_camera_that_goes_off_and_on_and_a_worker_that_stops_leave_nobody_without_a_picture(five):
    alice, bob, carol, _dave, erin = five
    sends(alice, 4, f"width === {ENVELOPE}")
    alice.press("camera")
    expect(carol.tile_of("Alice").locator("video.camera")).to_be_hidden()
    alice.press("camera")
    carol.sees(alice)
    erin.sees(alice)
    alice.page.evaluate("window.workers.at(-1).terminate()")
    bob.sees(alice)
    carol.sees(alice)
    sends(alice, 4, f"width === {ENVELOPE}")
    erin.sees(alice)


@pytest.mark.alone
@pytest.mark.devices("Alice")
def test_firefox_has_one_encoder_for_all_and_one_for_each_while_nobody_sees_its_page(
    visitor, alice, bob, carol, fiona
):
    link = alice.meet_now()
    alice.join()
    erin = visitor("Carol")
    erin.name = "Erin"
    for guest in bob, carol, erin, fiona:
        guest.join(link)
    fiona_sends(fiona, f"width === {ENVELOPE}")
    sends(alice, 4, f"width === {ENVELOPE}")
    fiona.sees("Alice", alice.colour.rgb)
    for somebody in alice, bob, erin:
        see_fiona(somebody)
    fiona.firefox.evaluate(f"({HIDE})(true)")
    fiona_sends(fiona, f"width > {ENVELOPE}")
    see_fiona(bob)
    fiona.firefox.evaluate(f"({HIDE})(false)")
    fiona_sends(fiona, f"width === {ENVELOPE}")
    see_fiona(bob)


def fiona_sends(fiona, are: str) -> None:
    fiona.firefox.wait(
        f"""(async () => {{
          const widths = await ({WIDTHS})();
          return widths.length === 4 && widths.every((width) => {are});
        }})()"""
    )


def see_fiona(person: Person) -> None:
    person.page.evaluate("delete window.watches")
    wait_until(lambda: person.page.evaluate(f"({SEES})('Fiona', null)"), f"{person.name} sees Fiona move", 40)
