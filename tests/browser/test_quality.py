"""What is sent fits what is seen, and the curious can look at it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person
from tests.servers import wait_until

# How large a picture is sent goes by what the processor can do.
large_pictures = pytest.mark.alone

# All that goes out through the slots for pictures, of every connection that is open.
PICTURES = """async () => {
  const open = window.observe.connections.filter((one) => one.connectionState === "connected");
  const reports = await Promise.all(open.map((one) => one.getStats()));
  return reports.flatMap((report) => [...report.values()])
    .filter(({ type, kind }) => type === "outbound-rtp" && kind === "video")
    .map(({ framesEncoded, bytesSent, frameHeight }) => ({ framesEncoded, bytesSent, frameHeight }));
}"""
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
# The browser says that the processor holds the encoder back, and next to no pictures come of it.
SLOW = """() => {
  const ask = window.RTCPeerConnection.prototype.getStats;
  window.RTCPeerConnection.prototype.getStats = async function () {
    const slow = { qualityLimitationReason: "cpu", framesEncoded: 1 };
    const report = new Map(await ask.call(this));
    for (const [id, stat] of report) {
      if (stat.type === "outbound-rtp" && stat.kind === "video") report.set(id, { ...stat, ...slow });
    }
    return report;
  };
}"""
CONNECTION = "document.querySelector('#connection').textContent"
OPEN_CONNECTION = """(() => {
  document.querySelector("[data-control=more]").click();
  [...document.querySelectorAll("#more-menu button")].find((one) => one.textContent === "Connection").click();
})()"""
PHONE = {"width": 390, "height": 500}
ROOMY = {"width": 1280, "height": 800}


@pytest.mark.devices("Alice")
def test_who_is_not_seen_is_not_encoded(alice, bob):
    meet(alice, bob)
    bob.page.set_viewport_size(PHONE)
    # With the keyboard open, or in so low a window, the panel takes the place of the pictures.
    bob.open_panel("chat")
    expect(bob.tile_of("Alice")).to_be_hidden()
    wait_until(lambda: stands_still(alice), "Alice encodes nothing")
    bob.hears(alice)
    bob.page.keyboard.press("Escape")
    bob.sees(alice)


@pytest.mark.devices("Alice")
def test_a_page_in_the_background_is_sent_no_pictures(alice, bob):
    meet(alice, bob)
    bob.page.evaluate(HIDE, True)
    wait_until(lambda: stands_still(alice), "Alice encodes nothing")
    bob.hears(alice)
    bob.page.evaluate(HIDE, False)
    bob.sees(alice)


@large_pictures
def test_a_tile_that_grows_is_sent_larger_pictures(visitor):
    alice = visitor("Alice", account=True, trouble="no film")
    bob = visitor("Bob", trouble="no film")
    bob.join(alice_inside(alice))
    bob.page.set_viewport_size({"width": 600, "height": 420})
    wait_until(lambda: 0 < height_of(bob, "Alice") <= 180, "small pictures arrive")
    bob.page.set_viewport_size(ROOMY)
    wait_until(lambda: height_of(bob, "Alice") > 180, "larger pictures arrive")


@large_pictures
def test_two_people_see_each_other_in_720_lines(visitor):
    alice = visitor("Alice", account=True, trouble="no film")
    bob = visitor("Bob", trouble="no film", viewport={"width": 1920, "height": 1200})
    bob.join(alice_inside(alice))
    wait_until(lambda: height_of(bob, "Alice") == 720, "720 lines arrive", 60)


@pytest.mark.devices("Alice")
def test_a_device_that_is_too_slow_goes_on_with_the_voice_and_says_so(alice, bob):
    meet(alice, bob)
    alice.page.evaluate(SLOW)
    # What is read out may say so of the call, too.
    said = alice.page.locator("#notice").get_by_text("This device is too slow to send")
    expect(said).to_be_visible(timeout=60_000)
    expect(bob.tile_of("Alice")).to_contain_text("voice only")
    expect(bob.tile_of("Alice").locator("video.camera")).to_be_hidden()
    bob.hears(alice)
    alice.page.get_by_role("button", name="Send it again").click()
    bob.sees(alice)
    expect(said).to_be_hidden()


@pytest.mark.devices
def test_the_curious_look_at_their_links(alice, bob, carol, tmp_path):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    carol.join(link)
    alice.meets(bob, carol)
    panel = open_connection(alice)
    for other in bob, carol:
        row = panel.locator("li").filter(has_text=other.name)
        expect(row).to_contain_text("Direct, UDP")
        expect(row).to_contain_text(re.compile(r"Round trip\s*\d+\sms"))
        expect(row).to_contain_text(re.compile(r"You send\s*Picture \d+\s×\s\d+, \d+\sfps, \d+\skbit/s"))
        expect(row).to_contain_text(re.compile(r"You get\s*Picture \d+\s×\s\d+"))
        expect(row).to_contain_text(re.compile("Good|Fair|Weak"))
    report = save_report(alice, tmp_path)
    assert len(report["links"]) == 2
    newest = report["links"][0]["samples"][-1]
    assert newest["sent"]["camera"]["frames"] > 0
    assert newest["audioPacketsReceived"] > 0
    # The browser's version looks like an address.
    text = json.dumps(report | {"browser": "", "made_at": ""})
    assert not re.search(r"\d+\.\d+\.\d+\.\d+|[0-9a-f]+::?[0-9a-f]+:|Bob|\.local", text)


def test_the_panel_is_reached_and_left_by_keyboard(alice, bob):
    bob.join(alice_inside(alice))
    alice.reaches(bob)
    more = alice.page.locator("[data-control=more]")
    alice.tab_to(more)
    alice.page.keyboard.press("Enter")
    item = alice.page.get_by_role("menuitem", name="Connection")
    while not item.evaluate("(element) => element === document.activeElement"):
        alice.page.keyboard.press("ArrowDown")
    alice.page.keyboard.press("Enter")
    panel = alice.page.locator("#connection")
    expect(panel).to_be_visible()
    expect(panel.get_by_role("button", name="Close the connection")).to_be_focused()
    expect(panel).to_contain_text("Direct, UDP")
    assert alice.barriers() == []
    alice.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(more).to_be_focused()


@pytest.mark.devices
def test_firefox_sends_what_is_seen_and_looks_at_its_links(alice, fiona):
    fiona.join(alice_inside(alice))
    fiona.sees("Alice", alice.colour.rgb)
    row = open_connection(alice).locator("li").filter(has_text="Fiona")
    expect(row).to_contain_text(re.compile(r"You send\s*Picture \d+\s×\s\d+"))
    expect(row).to_contain_text(re.compile(r"You get\s*Picture \d+\s×\s\d+"))
    fiona.firefox.evaluate(OPEN_CONNECTION)
    fiona.firefox.wait(
        f"{CONNECTION}.match(/Direct, UDP.*Round trip.*You send.*Picture.*You get.*Picture/s) !== null"
    )

    def encoded() -> int:
        return sum(link["encoded"] for link in fiona.links() if link["state"] == "connected")

    def encodes_nothing() -> bool:
        before = encoded()
        alice.page.wait_for_timeout(1000)
        return encoded() == before

    assert not encodes_nothing()
    alice.page.evaluate(HIDE, True)
    wait_until(encodes_nothing, "Firefox encodes nothing")
    alice.page.evaluate(HIDE, False)
    wait_until(lambda: not encodes_nothing(), "Firefox encodes again")


def meet(alice: Person, bob: Person) -> None:
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    bob.sees(alice)


def alice_inside(alice: Person) -> str:
    link = alice.meet_now()
    alice.join()
    return link


def open_connection(person: Person) -> Any:
    person.press("more")
    person.page.get_by_role("menuitem", name="Connection").click()
    panel = person.page.locator("#connection")
    expect(panel).to_be_visible()
    return panel


def save_report(person: Person, folder: Path) -> dict[str, Any]:
    with person.page.expect_download() as download:
        person.page.get_by_role("button", name="Save a report").click()
    path = folder / "report.json"
    download.value.save_as(path)
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def stands_still(person: Person) -> bool:
    """No picture is encoded for anybody for a second."""
    before = person.page.evaluate(PICTURES)
    person.page.wait_for_timeout(1000)
    after = person.page.evaluate(PICTURES)
    frames = [[one["framesEncoded"] for one in found] for found in (before, after)]
    return frames[0] == frames[1] and sum(frames[0]) > 0


def height_of(person: Person, other: str) -> int:
    """Lines of the picture that arrives, of an upright one its columns."""
    found = (
        person.tile_of(other)
        .locator("video.camera")
        .evaluate("(video) => Math.min(video.videoHeight, video.videoWidth)")
    )
    return int(found)
