"""Keys do what the others see, and only when they are meant; sounds are heard by whoever wants them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.looks import Report
from tests.browser.media import Colour
from tests.browser.person import Person
from tests.browser.steps import ask, set_up

MUTED = ("data-microphone", "off")
HEARD = ("data-microphone", "on")


def keys_of(person: Person) -> Locator:
    return person.page.get_by_role("dialog", name="Keys", exact=True)


def meet(alice: Person, bob: Person) -> str:
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    alice.reaches(bob)
    return link


def hand_of(person: Person, seen_by: Person) -> Locator:
    return seen_by.tile_of(person.name).get_by_text("Hand up")


def press_at(person: Person, key: str, code: str) -> None:
    """A key of a keyboard with other letters on it."""
    session = person.context.new_cdp_session(person.page)
    for kind in "keyDown", "keyUp":
        session.send("Input.dispatchKeyEvent", {"type": kind, "key": key, "code": code})
    session.detach()


@pytest.mark.devices("Bob")
def test_each_key_does_what_the_other_one_sees(alice, bob):
    meet(alice, bob)
    alice.sees(bob)
    keys, tile = bob.page.keyboard, alice.tile_of("Bob")
    for key in "m", "v", "h", "s":
        keys.press(key)
    expect(tile).to_have_attribute(*MUTED)
    expect(tile).to_have_attribute("data-camera", "off")
    expect(hand_of(bob, alice)).to_be_visible()
    alice.sees_screen_of(bob)
    for key in "m", "v", "h", "s":
        keys.press(key)
    expect(tile).to_have_attribute(*HEARD)
    expect(tile).to_have_attribute("data-camera", "on")
    expect(hand_of(bob, alice)).to_be_hidden()
    expect(alice.page.locator("[data-screen]")).to_have_count(0)
    # The row of reactions, the first of which has the focus.
    keys.press("e")
    expect(bob.page.get_by_role("menuitem", name="Thumbs up")).to_be_focused()
    keys.press("Enter")
    expect(tile.locator(".reaction")).to_have_text("👍")
    # With other letters, by the place of the key.
    press_at(bob, "ь", "KeyM")
    expect(tile).to_have_attribute(*MUTED)
    # A slip ends nothing.
    keys.press("l")
    keys.press("Shift+L")
    bob.in_phase("ended")
    expect(tile).to_have_count(0)


@pytest.mark.devices("Bob")
def test_hosts_have_keys_for_all_and_for_the_door_and_who_is_muted_talks_with_the_space_bar(alice, bob):
    meet(alice, bob)
    page, keys, tile = alice.page, alice.page.keyboard, alice.tile_of("Bob")
    notice = page.locator("#notice")
    keys.press("Shift+M")
    expect(tile).to_have_attribute(*MUTED)
    expect(bob.page.locator("#notice")).to_contain_text("Alice muted everybody but the hosts.")
    # As long as the key is held, and the page is looked at.
    bob.page.locator("#room h1").focus()
    for end in (
        lambda: bob.page.keyboard.up("Space"),
        lambda: bob.page.evaluate("window.dispatchEvent(new Event('blur'))"),
    ):
        bob.page.keyboard.down("Space")
        expect(tile).to_have_attribute(*HEARD)
        end()
        expect(tile).to_have_attribute(*MUTED)
        bob.page.keyboard.up("Space")
    # On a button it presses that.
    bob.page.locator("[data-control=hands]").focus()
    bob.page.keyboard.press("Space")
    expect(hand_of(bob, alice)).to_be_visible()
    expect(tile).to_have_attribute(*MUTED)
    keys.press("Shift+H")
    expect(hand_of(bob, alice)).to_be_hidden()
    expect(bob.page.locator("[data-control=hands]")).to_have_attribute("aria-pressed", "false")
    bob.page.keyboard.press("3")
    expect(tile.locator(".reaction")).to_have_text("👏")
    keys.press("k")
    expect(notice).to_contain_text("You locked the room: nobody new comes in.")
    expect(bob.page.locator("#locked")).to_be_visible()
    keys.press("Shift+K")
    expect(notice).to_contain_text("You turned the lobby on")
    keys.press("r")
    expect(page.get_by_role("switch", name="Locked")).to_be_checked()
    expect(page.get_by_role("switch", name="Lobby")).to_be_checked()
    # Out of where one types, and around.
    keys.press("c")
    expect(page.get_by_label("Message to everybody")).to_be_focused()
    for place in "#controls", "#stage", "#chat":
        keys.press("F6")
        expect(page.locator(place).locator(":focus").or_(page.locator(f"{place}:focus"))).to_have_count(1)
    expect(page.get_by_label("Message to everybody")).to_be_focused()
    keys.press("Shift+F6")
    expect(page.locator("#stage").locator(":focus").or_(page.locator("#stage:focus"))).to_have_count(1)
    keys.press("?")
    expect(keys_of(alice).get_by_role("heading", name="As host", exact=True)).to_be_visible()
    report = Report()
    report.look_in_each(alice, "the keys of a host")
    assert not report.faults, "\n".join(report.faults)
    page.set_viewport_size({"width": 1280, "height": 800})
    keys.press("Escape")
    keys.press("Shift+E")
    expect(bob.page.locator("#ending")).to_contain_text("Alice ended it.")
    keys.press("Shift+E")
    expect(bob.page.locator("#ending")).to_be_hidden()
    # None of it is Bob's to do.
    for key in "Shift+M", "k", "Shift+E":
        bob.page.keyboard.press(key)
    bob.page.keyboard.press("?")
    expect(keys_of(bob)).to_be_visible()
    expect(keys_of(bob).get_by_role("heading", name="As host")).to_have_count(0)
    expect(bob.page.locator("#locked")).to_be_visible()


def test_where_the_bar_has_no_room_for_reactions_their_key_opens_more(alice, bob):
    meet(alice, bob)
    bob.page.set_viewport_size({"width": 390, "height": 844})
    bob.page.keyboard.press("e")
    expect(bob.page.get_by_role("menuitem", name="Thumbs up")).to_be_focused()
    bob.page.keyboard.press("Enter")
    expect(alice.tile_of("Bob").locator(".reaction")).to_have_text("👍")


def test_keys_open_panels_and_close_them_and_fill_the_screen(alice, bob):
    meet(alice, bob)
    page, keys = bob.page, bob.page.keyboard
    for key, panel in ("p", "people"), ("q", "connection"):
        keys.press(key)
        expect(page.locator(f"#{panel}")).to_be_visible()
        keys.press(key)
        expect(page.locator(f"#{panel}")).to_be_hidden()
    keys.press("c")
    expect(page.get_by_label("Message to everybody")).to_be_focused()
    keys.press("Escape")
    expect(page.locator("#chat")).to_be_hidden()
    page.locator("#room h1").focus()
    keys.press("p")
    # Wherever the focus is.
    page.locator("#room h1").focus()
    keys.press("Escape")
    expect(page.locator("#people")).to_be_hidden()
    keys.press("w")
    expect(page.get_by_role("dialog", name="What stays between you")).to_be_visible()
    keys.press("Escape")
    keys.press("d")
    expect(page.get_by_role("dialog", name="Devices and sounds")).to_be_visible()
    keys.press("Escape")
    keys.press("f")
    page.wait_for_function("() => document.fullscreenElement !== null")
    keys.press("f")
    page.wait_for_function("() => document.fullscreenElement === null")


@pytest.mark.devices("Bob")
def test_no_key_means_anything_while_one_types_holds_another_key_or_is_asked(alice, bob):
    meet(alice, bob)
    page, keys = bob.page, bob.page.keyboard
    keys.press("c")
    keys.type("must have vowels?")
    keys.press("Enter")
    alice.reads("must have vowels?")
    keys.press("Escape")
    for combination in "Control+m", "Alt+m", "Meta+m", "Shift+m", "Control+Shift+L":
        keys.press(combination)
    bob.press("more")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    keys.press("m")
    keys.press("Escape")
    keys.press("?")
    expect(keys_of(bob)).to_be_visible()
    for key in "m", "h", "c", "?":
        keys.press(key)
    expect(keys_of(bob)).to_be_visible()
    keys.press("Escape")
    expect(keys_of(bob)).to_be_hidden()
    # What is told in order comes in order: nothing of all that has reached her before this.
    keys.press("h")
    expect(hand_of(bob, alice)).to_be_visible()
    expect(alice.tile_of("Bob")).to_have_attribute(*HEARD)
    expect(page.locator("#chat")).to_be_hidden()
    expect(alice.page.locator("#chat .log")).to_contain_text("must have vowels?")


def test_the_keys_are_shown_by_one_and_all_of_it_works_by_keyboard(alice, bob):
    alice.meet_now()
    # A browser that shows no screen, as phones do not.
    bob.begin_pages_with("delete MediaDevices.prototype.getDisplayMedia")
    bob.join(alice.page.url)
    page, keys, dialog = bob.page, bob.page.keyboard, keys_of(bob)
    start = page.get_by_role("button", name="Hand", exact=True)
    bob.tab_to(start)
    keys.press("?")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Done")).to_be_focused()
    for heading in "Me", "What I see", "Panels":
        expect(dialog.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    line = dialog.locator("dl > div").filter(has_text="Hand")
    expect(line.locator("kbd")).to_have_text("H")
    expect(dialog).to_contain_text("Leave")
    # What does not apply is not listed: hosts have theirs, and this browser shows no screen.
    expect(dialog.get_by_role("heading", name="As host")).to_have_count(0)
    expect(dialog).not_to_contain_text("Share the screen")
    report = Report()
    report.look_in_each(bob, "the keys")
    page.set_viewport_size({"width": 844, "height": 390})
    report.look(bob, "the keys, on a phone on its side")
    page.set_viewport_size({"width": 1280, "height": 800})
    bob.tab_to(dialog.get_by_role("button", name="Devices and sounds"))
    keys.press("Enter")
    settings = page.get_by_role("dialog", name="Devices and sounds")
    expect(settings.get_by_role("switch", name="A message comes")).to_be_checked()
    expect(dialog).to_be_hidden()
    report.look_in_each(bob, "devices and sounds")
    assert not report.faults, "\n".join(report.faults)
    page.set_viewport_size({"width": 1280, "height": 800})
    bob.tab_to(settings.get_by_role("button", name="Keys"))
    keys.press("Enter")
    expect(dialog).to_be_visible()
    keys.press("Enter")
    expect(dialog).to_be_hidden()


@pytest.mark.devices("Bob")
def test_single_keys_are_turned_off_for_this_device_and_on_again(alice, bob):
    meet(alice, bob)
    page, keys, dialog = bob.page, bob.page.keyboard, keys_of(bob)
    microphone = page.locator("[data-control=microphone]")
    expect(microphone).to_have_attribute("title", "Mute (M)")
    expect(microphone).to_have_attribute("aria-keyshortcuts", "M")
    keys.press("?")
    bob.tab_to(dialog.get_by_role("switch", name="Keys without Ctrl or Alt"))
    keys.press("Space")
    expect(dialog).to_contain_text("only Esc and F6 work now")
    keys.press("Escape")
    expect(microphone).to_have_attribute("title", "Mute")
    assert microphone.get_attribute("aria-keyshortcuts") is None
    bob.reload()
    alice.reaches(bob)
    for key in "m", "c", "?", "Shift+L":
        keys.press(key)
    bob.press("hands")
    expect(hand_of(bob, alice)).to_be_visible()
    expect(alice.tile_of("Bob")).to_have_attribute(*HEARD)
    expect(dialog).to_be_hidden()
    expect(page.locator("#chat")).to_be_hidden()
    bob.open_panel("people")
    page.locator("#room h1").focus()
    keys.press("Escape")
    expect(page.locator("#people")).to_be_hidden()
    # It can be found without a key.
    bob.press("more")
    page.get_by_role("menuitem", name="Keys", exact=True).click()
    dialog.get_by_role("switch", name="Keys without Ctrl or Alt").click()
    keys.press("Escape")
    keys.press("m")
    expect(alice.tile_of("Bob")).to_have_attribute(*MUTED)


# -- sounds -----------------------------------------------------------------------------------------

# What each begins with, as if it were somebody's tone.
JOIN, LEAVE, HAND, MESSAGE = (
    Colour(name, (0, 0, 0), hertz)
    for name, hertz in (("a join", 523), ("a leave", 587), ("a hand", 880), ("a message", 698))
)
# Each tone that is begun, in hertz.
NOTE_TONES = """(() => {
  // A browser notes 250 files, unless it is told to note more.
  performance.setResourceTimingBufferSize(2_000);
  window.tones = [];
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (...when) {
    window.tones.push(Math.floor(this.frequency.value));
    window.tonedAt = performance.now();
    return start.apply(this, when);
  };
})()"""
SHARE_SOUND = """(() => {
  const { getDisplayMedia } = MediaDevices.prototype;
  MediaDevices.prototype.getDisplayMedia = async function (...wishes) {
    const stream = await getDisplayMedia.apply(this, wishes);
    const [track] = new MediaStreamAudioDestinationNode(new AudioContext()).stream.getAudioTracks();
    if (!stream.getAudioTracks().length) stream.addTrack(track);
    return stream;
  };
})()"""

# What drives the tests counts as a touch of the page.
TOUCHED_BY_HAND = """(() => {
  let isTouched = false;
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => (isTouched = true), true);
  Object.defineProperty(UserActivation.prototype, "hasBeenActive", { get: () => isTouched });
})()"""


# As if another tab were looked at.
HIDE = """() => {
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
SHOW = """() => {
  delete document.visibilityState;
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def tones(person: Person) -> list[int]:
    return list(person.page.evaluate("window.tones"))


def has_sounds(person: Person) -> None:
    """They come when there is time."""
    person.page.wait_for_function(
        "() => performance.getEntriesByType('resource').some(({ name }) => /sounds.model/.test(name))"
    )


def waits_for_tone(person: Person, tone: Colour) -> None:
    person.page.wait_for_function("(hertz) => window.tones.includes(hertz)", arg=tone.hertz)


def may_hear_again(person: Person) -> None:
    """What happens within 400 ms of another sound is not heard."""
    person.page.wait_for_function("() => performance.now() - window.tonedAt > 500")


def settings_of(person: Person) -> Locator:
    person.press("more")
    person.page.get_by_role("menuitem", name="Devices and sounds").click()
    return person.page.get_by_role("dialog", name="Devices and sounds")


def test_joins_hands_messages_and_leaves_are_really_heard(alice, bob, carol):
    bob.begin_pages_with(NOTE_TONES)
    link = meet(alice, bob)
    has_sounds(bob)
    title = bob.page.title()
    with bob.hearing_tone("that somebody joins", JOIN):
        carol.join(link)
    bob.reaches(carol)
    may_hear_again(bob)
    with bob.hearing_tone("that a hand goes up", HAND):
        carol.press("hands")
    may_hear_again(bob)
    with bob.hearing_tone("that somebody writes", MESSAGE):
        carol.says("Do you hear me?")
    may_hear_again(bob)
    # Nor does who has the chat open in a tab that is not looked at.
    bob.open_panel("chat")
    bob.page.evaluate(HIDE)
    with bob.hearing_tone("that somebody writes to a tab in the background", MESSAGE):
        carol.says("And now?")
    expect(bob.page).to_have_title(f"(1) · {title}")
    bob.page.evaluate(SHOW)
    expect(bob.page).to_have_title(title)
    may_hear_again(bob)
    with bob.hearing_tone("that somebody leaves", LEAVE):
        carol.leave()


def test_each_sound_is_turned_off_by_itself_and_knocks_are_offered_to_hosts_alone(alice, bob, carol):
    for person in alice, bob:
        person.begin_pages_with(NOTE_TONES)
    link = meet(alice, bob)
    has_sounds(bob)
    dialog = settings_of(bob)
    expect(dialog.get_by_role("switch", name="Somebody waits to come in")).to_have_count(0)
    dialog.get_by_role("switch", name="Somebody comes in").click()
    expect(dialog.get_by_role("switch", name="Somebody comes in")).not_to_be_checked()
    # Who turns one on hears it.
    dialog.get_by_role("switch", name="A message comes").click()
    dialog.get_by_role("switch", name="A message comes").click()
    waits_for_tone(bob, MESSAGE)
    bob.page.keyboard.press("Escape")
    has_sounds(alice)
    expect(settings_of(alice).get_by_role("switch", name="Somebody waits to come in")).to_be_checked()
    carol.join(link)
    waits_for_tone(alice, JOIN)
    bob.reaches(carol)
    carol.press("hands")
    waits_for_tone(bob, HAND)
    assert JOIN.hertz not in tones(bob)
    assert tones(bob).count(HAND.hertz) == 1


@pytest.mark.devices("Bob")
def test_whoever_shares_sound_hears_none_and_nobody_does_before_the_page_was_touched(alice, bob, carol):
    bob.begin_pages_with(";".join([NOTE_TONES, SHARE_SOUND, TOUCHED_BY_HAND]))
    link = meet(alice, bob)
    has_sounds(bob)
    bob.press("share")
    expect(alice.page.locator("[data-screen]")).to_have_count(1)
    carol.join(link)
    bob.reaches(carol)
    carol.press("hands")
    expect(hand_of(carol, bob)).to_be_visible()
    assert tones(bob) == []
    bob.press("share")
    expect(alice.page.locator("[data-screen]")).to_have_count(0)
    with bob.hearing_tone("that somebody leaves", LEAVE):
        carol.leave()
    bob.reload()
    alice.reaches(bob)
    has_sounds(bob)
    alice.press("hands")
    expect(hand_of(alice, bob)).to_be_visible()
    assert tones(bob) == []
    expect(bob.page.locator("#notice")).to_be_hidden()
    alice.press("hands")
    expect(hand_of(alice, bob)).to_be_hidden()
    bob.page.locator("#room h1").click()
    alice.press("hands")
    waits_for_tone(bob, HAND)


def test_a_host_hears_who_knocks_once(alice, bob, server):
    alice.begin_pages_with(NOTE_TONES)
    link = alice.meet_now()
    set_up(server, link, lobby=1)
    alice.join()
    has_sounds(alice)
    ask(bob, link)
    bell = Colour("the bell", (0, 0, 0), 987)
    waits_for_tone(alice, bell)
    bob.lose_socket()
    expect(alice.page.get_by_role("button", name=re.compile("^People, 1, 1 waiting"))).to_be_visible()
    assert tones(alice).count(bell.hertz) == 1
