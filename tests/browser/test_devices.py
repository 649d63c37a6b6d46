"""Something is wrong with camera or microphone: it is said in words, and one can join all the same."""

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("denied", "keeps camera and microphone from us"),
        ("missing", "No camera, no microphone found"),
        ("busy", "The camera is taken"),
    ],
)
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
    expect(tile).to_have_attribute("data-link", "connected")
    expect(tile).to_have_attribute("data-camera", "off")
    expect(tile).to_have_attribute("data-microphone", "on" if trouble == "busy" else "off")
    bob.says("I have no camera, but I can write.")
    alice.reads("I have no camera, but I can write.")


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


def test_who_turns_them_off_before_joining_is_neither_seen_nor_heard(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.open(link)
    bob.page.get_by_role("button", name="Turn the camera off").click()
    bob.page.get_by_role("button", name="Turn the microphone off").click()
    bob.join()
    tile = alice.tile_of("Bob")
    expect(tile).to_have_attribute("data-link", "connected")
    expect(tile).to_have_attribute("data-camera", "off")
    expect(tile).to_have_attribute("data-microphone", "off")
    alice.hears_nothing_of(bob)
    bob.press("camera")
    bob.press("microphone")
    alice.meets(bob)


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
