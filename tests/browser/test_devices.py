"""Something is wrong with camera or microphone: it is said in words, and one can join all the same."""

import pytest
from playwright.sync_api import expect

from tests.servers import wait_until

FIRST, THIRD = "fake_device_0", "fake_device_2"
# How many pictures of others this page has decoded.
DECODED = """async () => {
  const reports = await Promise.all(window.observe.connections.map((one) => one.getStats()));
  return reports.flatMap((report) => [...report.values()])
    .filter(({ type, kind }) => type === "inbound-rtp" && kind === "video")
    .reduce((sum, { framesDecoded }) => sum + framesDecoded, 0);
}"""

# No fake microphone is ever pulled out, so the page is told what a browser says when a real one is.
UNRELIABLE = """(() => {
  const { mediaDevices } = navigator;
  const ask = mediaDevices.getUserMedia.bind(mediaDevices);
  let tracks = [];
  let isOut = false;
  mediaDevices.getUserMedia = async (wanted) => {
    if (isOut && wanted.audio) throw new DOMException("Requested device not found", "NotFoundError");
    const stream = await ask(wanted);
    tracks.push(...stream.getTracks());
    return stream;
  };
  window.pullOut = (kind) => {
    isOut = true;
    const gone = tracks.filter((track) => track.kind === kind);
    tracks = tracks.filter((track) => !gone.includes(track));
    for (const track of gone) {
      track.stop();
      track.dispatchEvent(new Event("ended"));
    }
  };
  window.putBack = () => {
    isOut = false;
    mediaDevices.dispatchEvent(new Event("devicechange"));
  };
  window.silence = (muted) => {
    for (const track of tracks.filter(({ kind }) => kind === "audio")) {
      Object.defineProperty(track, "muted", { configurable: true, get: () => muted });
      track.dispatchEvent(new Event(muted ? "mute" : "unmute"));
    }
  };
})();"""


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("denied", "keeps camera and microphone from us"),
        ("missing", "No camera or microphone found"),
        ("busy", "The camera is taken"),
    ],
)
@pytest.mark.devices("Alice")
def test_who_has_no_devices_is_told_why_and_joins(alice, visitor, trouble, words):
    bob = visitor("Bob", trouble=trouble)
    link = alice.meet_now()
    alice.join()
    bob.open(link)
    expect(bob.page.get_by_role("heading", name=words)).to_be_visible()
    bob.join()
    bob.sees(alice)
    bob.hears(alice)
    tile = alice.tile_of("Bob")
    expect(tile).to_have_attribute("data-connection", "connected")
    expect(tile).to_have_attribute("data-camera", "off")
    expect(tile).to_have_attribute("data-microphone", "on" if trouble == "busy" else "off")
    bob.says("I have no camera, but I can write.")
    alice.reads("I have no camera, but I can write.")


@pytest.mark.devices
def test_sound_that_the_browser_holds_back_is_let_in_by_any_key(alice, visitor):
    bob = visitor("Bob", trouble="held back")
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    bob.hears(alice)
    bob.reload()
    held_back = bob.page.get_by_text("Your browser holds the sound back.")
    expect(held_back).to_be_visible()
    assert "paused" in sound_of(bob)
    bob.page.keyboard.press("Shift")
    expect(held_back).to_be_hidden()
    bob.hears(alice)
    assert sound_of(bob) == ["playing"]


def sound_of(somebody):
    """For each person who is heard: whether their sound plays."""
    return somebody.page.evaluate(
        "[...document.querySelectorAll('audio')].map((audio) => (audio.paused ? 'paused' : 'playing'))"
    )


@pytest.mark.devices("Bob")
def test_who_turns_them_off_before_joining_is_neither_seen_nor_heard(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.open(link)
    bob.page.get_by_role("button", name="Turn the camera off").click()
    bob.page.get_by_role("button", name="Turn the microphone off").click()
    bob.join()
    tile = alice.tile_of("Bob")
    expect(tile).to_have_attribute("data-connection", "connected")
    expect(tile).to_have_attribute("data-camera", "off")
    expect(tile).to_have_attribute("data-microphone", "off")
    alice.hears_nothing_of(bob)
    bob.press("camera")
    bob.press("microphone")
    alice.meets(bob)


@pytest.mark.devices
def test_the_preview_shows_the_own_camera_and_the_level_of_the_microphone(alice):
    alice.meet_now()
    picture = alice.page.locator("#prejoin video")
    expect(picture).to_be_visible()
    alice.page.wait_for_function(
        "(video) => window.observe.look(video)?.mean[0] > 150", arg=picture.element_handle(), polling=100
    )
    meter = alice.page.get_by_role("meter", name="Level of your microphone")
    alice.page.wait_for_function(
        "(meter) => Number(meter.getAttribute('aria-valuenow')) > 2", arg=meter.element_handle(), polling=50
    )


def test_another_camera_is_seen_by_the_others_and_a_taken_one_costs_nobody_the_one_that_works(alice, visitor):
    bob = visitor("Bob", trouble="three cameras")
    bob.context.grant_permissions(["camera", "microphone"])
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    sees_pictures(alice)
    choose_camera(bob, THIRD)
    sees_pictures(alice)
    bob.page.evaluate("(label) => window.take(label)", FIRST)
    choose_camera(bob, FIRST)
    taken = f"“{FIRST}” is taken by another program. “{THIRD}” is used instead."
    expect(bob.page.locator("#notice")).to_contain_text(taken)
    sees_pictures(alice)
    # The next visit finds the chosen one taken, and the list can be used all the same.
    bob.leave()
    bob.page.evaluate("(label) => window.take(label)", THIRD)
    bob.open(link)
    camera = bob.page.locator("#prejoin [data-device=camera]")
    expect(camera).to_contain_text(f"“{THIRD}” is taken by another program. “{FIRST}” is used instead.")
    expect(camera.get_by_label("Camera")).to_be_enabled()
    expect(bob.page.locator("#prejoin video")).to_be_visible()
    # It is free, and comes back by itself.
    bob.page.evaluate("window.take()")
    expect(camera.locator("option:checked")).to_have_text(THIRD, timeout=60_000)
    bob.join()
    sees_pictures(alice)


def sees_pictures(somebody):
    """More of them are decoded from here on: half a second of a camera's."""
    before = somebody.page.evaluate(DECODED)
    wait_until(lambda: somebody.page.evaluate(DECODED) > before + 10, "pictures are decoded", 20)


def choose_camera(somebody, label):
    somebody.page.get_by_role("button", name="Choose the camera").click()
    somebody.page.get_by_role("menuitemradio", name=label).click()


@pytest.mark.devices("Bob")
def test_who_loses_the_microphone_is_told_as_are_the_others_until_it_is_back(alice, bob):
    bob.begin_pages_with(UNRELIABLE)
    # He was asked before: the fake question is forgotten with its answer.
    bob.context.grant_permissions(["camera", "microphone"])
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    alice.meets(bob)
    bob.page.evaluate("window.pullOut('audio')")
    notice = bob.page.locator("#notice")
    expect(notice).to_contain_text("Nobody hears you. Your microphone is not there any more.")
    tile = alice.tile_of("Bob")
    expect(tile).to_contain_text("microphone stopped")
    expect(alice.page.locator("#said")).to_contain_text("Bob’s microphone has stopped")
    bob.page.evaluate("window.putBack()")
    expect(notice).to_be_hidden()
    expect(bob.page.locator("#said")).to_contain_text("Your microphone works again")
    expect(tile).to_have_attribute("data-microphone", "on")
    expect(tile).not_to_contain_text("microphone stopped")
    alice.hears(bob)
    # A switch on the computer, or a phone call.
    bob.page.evaluate("window.silence(true)")
    expect(notice).to_contain_text("Your system holds the microphone back.")
    expect(tile).to_contain_text("microphone stopped")
    bob.page.evaluate("window.silence(false)")
    expect(notice).to_be_hidden()
    expect(tile).to_have_attribute("data-microphone", "on")
