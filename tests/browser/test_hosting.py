"""What hosts order, and what of it the others see and hear."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.media import Colour
from tests.browser.person import Person, meet_each_other
from tests.browser.steps import ask, set_up, waits

# What Firefox's fake microphone hums.
HUM = Colour("hum", (0, 0, 0), 1000)


def told(person: Person, words: str) -> None:
    expect(person.page.locator("#notice")).to_contain_text(words)


def switch(host: Person, rule: str) -> None:
    """A rule, in its panel."""
    if not host.page.locator("#rules").is_visible():
        host.open_panel("people").get_by_role("button", name="Rules").click()
    host.page.get_by_role("switch", name=rule).click()


def row(person: Person, name: str):
    return person.open_panel("people").locator("[data-person]").filter(has_text=name)


@pytest.mark.devices
def test_a_mute_holds_at_everybody_until_its_owner_ends_it_as_far_as_the_rules_let_them(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    meet_each_other(alice, bob)
    alice.orders("Mute", "Bob")
    # Whose microphone it is is told in a sentence, at once, and for as long as it is so.
    told(bob, "Alice muted you.")
    expect(bob.page.locator("#notice [role=alert]")).to_have_count(1)
    expect(bob.page.locator("[data-participant][data-self]")).to_contain_text("Muted by Alice")
    expect(bob.page.locator("[data-control=microphone]")).to_have_attribute(
        "title", re.compile("^Muted by Alice, .*Unmute")
    )
    expect(bob.tiles().and_(bob.page.locator("[data-self]"))).to_have_attribute("data-microphone", "off")
    alice.hears_nothing_of(bob)
    expect(row(alice, "Bob")).to_contain_text("Muted by you")
    expect(row(bob, "Bob (you)")).to_contain_text("Muted by Alice")
    # It holds through a reload.
    bob.reload()
    expect(row(bob, "Bob (you)")).to_contain_text("Muted by Alice")
    alice.hears_nothing_of(bob)
    # Theirs to end, while the rules let them.
    bob.press("microphone")
    alice.hears(bob)
    expect(row(alice, "Bob")).not_to_contain_text("Muted by you")
    switch(alice, "Unmute themselves")
    alice.page.get_by_role("button", name="Back to the people").click()
    alice.page.locator("#people").get_by_role("button", name="Mute all").click()
    told(bob, "Alice muted everybody but the hosts")
    bob.press("microphone", in_vain=True)
    told(bob, "Raise your hand, and a host can ask you to unmute.")
    alice.hears_nothing_of(bob)
    # Until a host asks; who stays muted is muted still, and nobody is told.
    alice.orders("Ask to unmute", "Bob")
    asked = bob.page.locator("#asked")
    expect(asked).to_contain_text("Alice asks you to unmute")
    asked.get_by_role("button", name="Stay muted").click()
    expect(asked).to_be_hidden()
    alice.hears_nothing_of(bob)
    alice.orders("Ask to unmute once more", "Bob")
    # Pressing the microphone is an answer as well.
    bob.press("microphone")
    alice.hears(bob)


@pytest.mark.devices
def test_somebody_is_as_loud_as_i_have_turned_them_also_when_they_come_back(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    meet_each_other(alice, bob)
    # No host is needed for it, nor a pointer.
    menu = bob.more_about("Alice")
    expect(menu).to_contain_text(re.compile(r"Direct connection|Good connection|Connected"))
    slider = menu.get_by_role("slider", name="How loud Alice is for you")
    bob.page.keyboard.press("ArrowUp")
    expect(slider).to_be_focused()
    bob.page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "95%")
    expect(row(bob, "Alice")).to_contain_text("At 95% for you")
    bob.page.keyboard.press("Home")
    bob.page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(row(bob, "Alice").get_by_role("button")).to_be_focused()
    expect(row(bob, "Alice")).to_contain_text("Silent for you")
    alice.reload()
    bob.reaches(alice)
    bob.hears_nothing_of(alice)
    alice.hears(bob)
    bob.more_about("Alice")
    slider.press("End")
    bob.hears(alice)
    expect(row(bob, "Alice")).not_to_contain_text("for you")


@pytest.mark.devices
def test_cameras_hands_screens_names_and_the_spotlight(alice, bob, carol):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    carol.join(link)
    meet_each_other(alice, bob, carol)
    alice.orders("Stop the camera", "Bob")
    told(bob, "Alice stopped your camera.")
    for person in alice, carol:
        expect(person.tile_of("Bob")).to_have_attribute("data-camera", "off")
    expect(row(alice, "Bob")).to_contain_text("Camera stopped by you")
    bob.press("camera")
    carol.sees(bob)
    # Hands: in their order, and down for everybody at once.
    bob.press("hands")
    expect(row(alice, "Bob")).to_contain_text(re.compile(r"Since \d\d:\d\d.*Hand up, number 1"))
    # Of everybody the list has the connection, the camera and the microphone, in words.
    expect(row(alice, "Bob")).to_contain_text(
        re.compile(r"(Good connection|Fair connection|Connected).*Camera on.*Microphone on")
    )
    carol.press("hands")
    expect(row(alice, "Carol")).to_contain_text("Hand up, number 2")
    alice.orders("Lower the hand", "Bob")
    told(bob, "Alice lowered your hand.")
    expect(bob.page.locator("[data-control=hands]")).to_have_attribute("aria-pressed", "false")
    expect(row(alice, "Carol")).to_contain_text("Hand up, number 1")
    expect(carol.tile_of("Bob").locator(".hand")).to_have_count(0)
    alice.page.locator("#people").get_by_role("button", name="Lower all").click()
    expect(alice.page.locator("#people .hands")).to_be_hidden()
    # Screens: none of participants while only hosts may.
    bob.press("share")
    carol.sees_screen_of(bob)
    expect(row(alice, "Bob")).to_contain_text("Shows a screen")
    switch(alice, "Share the screen")
    expect(carol.page.locator("[data-screen]")).to_have_count(0)
    # Whose screen it was reads both: that it is over, and by whom. The button stays, and says why.
    told(bob, "Your screen is not shared: only hosts may share theirs now.")
    told(bob, "Alice lets only hosts share their screens.")
    button = bob.page.locator("[data-control=share]")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_have_attribute("title", "Only hosts may share their screens now.")
    # Words: what was typed stays, and is sent once all may write again.
    field = bob.open_panel("chat").get_by_label("Message to everybody")
    field.fill("By the way")
    switch(alice, "Write in the chat")
    closed = bob.page.get_by_text("Only hosts may write now.", exact=True).first
    expect(closed).to_be_visible()
    field.press("Enter")
    expect(field).to_have_value("By the way")
    switch(alice, "Write in the chat")
    expect(closed).to_be_hidden()
    field.press("Enter")
    carol.reads("By the way")
    bob.page.locator("#chat").get_by_role("button", name="Close the chat").click()
    # The spotlight is large for everybody; what one chooses then is one's own.
    alice.orders("Spotlight for everybody", "Bob")
    for person in alice, carol:
        expect(person.tile_of("Bob")).to_have_class(re.compile(r"\blarge\b"))
    told(bob, "Alice made you large for everybody.")
    carol.tile_of("Alice").hover()
    carol.page.get_by_role("button", name="Keep Alice’s picture large").click()
    expect(carol.tile_of("Alice")).to_have_class(re.compile(r"\blarge\b"))
    expect(alice.tile_of("Bob")).to_have_class(re.compile(r"\blarge\b"))
    # Names: a host's word, and one's own as long as that is allowed.
    alice.orders("Change the name…", "Bob")
    alice.page.get_by_label("Name", exact=True).fill("Bob of the yard")
    alice.page.keyboard.press("Enter")
    expect(carol.tile_of("Bob of the yard")).to_be_visible()
    told(bob, "Alice changed your name from Bob to Bob of the yard.")
    row(carol, "Carol (you)").get_by_role("button", name="What you can do yourself").click()
    carol.page.get_by_role("button", name="Change your name…").click()
    carol.page.get_by_label("Name", exact=True).fill("Caroline")
    carol.page.get_by_role("button", name="Change", exact=True).click()
    expect(alice.tile_of("Caroline")).to_be_visible()


def test_hosts_are_made_see_what_others_do_and_hand_over_when_they_leave(alice, bob, carol, dave):
    link = alice.meet_now()
    alice.join()
    for person in bob, carol, dave:
        person.join(link)
    for person in alice, carol, dave:
        person.reaches(bob)
    alice.reaches(carol)
    alice.orders("Make host", "Bob")
    told(bob, "Alice made you a host.")
    expect(row(alice, "Bob")).to_contain_text(re.compile("Host since .* made by you"))
    # Another host reads what a host did; who is none reads what is about them, or all.
    bob.orders("Ask to unmute", "Carol")
    told(alice, "Bob asked Carol to unmute.")
    expect(carol.page.locator("#asked")).to_contain_text("Bob asks you to unmute")
    bob.reload()
    switch(bob, "Locked")
    for person in alice, carol, dave:
        told(person, "Bob locked the room: nobody new comes in.")
        expect(person.page.locator("#locked")).to_be_visible()
    expect(bob.page.locator("#rules")).to_contain_text("You turned “Locked” on at")
    alice.orders("Remove as host", "Bob")
    told(bob, "You are no longer a host: Alice took it back.")
    expect(bob.page.get_by_role("switch", name="Locked")).to_be_disabled()
    # Whoever hands over leaves once there is another host, and who that is may undo what holds.
    alice.page.keyboard.press("Shift+L")
    alice.page.get_by_role("menuitem", name="Hand over, then leave…").click()
    alice.page.get_by_role("radio", name="Carol").check()
    alice.page.get_by_role("button", name="Make host and leave").click()
    alice.in_phase("ended")
    told(carol, "Alice made you a host.")
    switch(carol, "Locked")
    for person in bob, dave:
        expect(person.page.locator("#locked")).to_be_hidden()
    # All but hosts are muted; who is none has nothing to order.
    carol.page.get_by_role("button", name="Back to the people").click()
    carol.page.locator("#people").get_by_role("button", name="Ask all to unmute").click()
    for person in bob, dave:
        expect(person.page.locator("#asked")).to_contain_text("Carol asks you to unmute")


def test_other_hosts_read_who_let_whom_in_and_a_full_room_lets_them_in_by_itself(alice, bob, carol, server):
    link = alice.meet_now()
    set_up(server, link, lobby=1, capacity=2)
    alice.join()
    ask(bob, link)
    waits(bob, "Waiting for Alice to let you in")
    alice.page.keyboard.press("a")
    bob.in_phase("joined")
    alice.reaches(bob)
    alice.orders("Make host", "Bob")
    told(bob, "Alice made you a host.")
    ask(carol, link)
    expect(bob.page.locator("#knocks")).to_contain_text("Carol waits to come in")
    bob.page.keyboard.press("a")
    told(alice, "Bob let Carol in.")
    waits(carol, "You may come in when a seat is free")
    bob.leave()
    carol.in_phase("joined")
    alice.reaches(carol)
    # That she is let in was said, and is said no second time.
    expect(alice.page.locator("#said")).to_contain_text("Bob let Carol in.")
    expect(alice.page.locator("#said")).not_to_contain_text("Carol came in")


def test_it_ends_for_everybody_in_full_view_unless_it_is_taken_back(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    alice.reaches(bob)
    alice.tab_to(alice.page.locator("[data-control=leave]"))
    alice.page.keyboard.press("Enter")
    expect(alice.page.locator("#leave-menu button").first).to_be_focused()
    # The last of three.
    alice.page.keyboard.press("End")
    alice.page.keyboard.press("Enter")
    for person, words in ((alice, "You ended it."), (bob, "Alice ended it.")):
        expect(person.page.locator("#ending")).to_contain_text(
            re.compile(r"This call ends for all 2 of you in \d+ s")
        )
        expect(person.page.locator("#ending")).to_contain_text(words)
        expect(person.page.locator("#said-now")).to_contain_text(
            re.compile(r"This call ends for everybody in \d+ seconds\.")
        )
    expect(bob.page.get_by_role("button", name="Undo")).to_be_hidden()
    # It has the focus: what was pressed by mistake is taken back by the same key.
    expect(alice.page.get_by_role("button", name="Undo")).to_be_focused()
    alice.page.keyboard.press("Enter")
    for person in alice, bob:
        expect(person.page.locator("#ending")).to_be_hidden()
    told(bob, "Alice took it back: the call goes on.")
    alice.page.get_by_role("button", name="Leave", exact=True).click()
    alice.page.get_by_role("menuitem", name="End for everybody").click()
    for person, title in ((alice, "You ended the call"), (bob, "Alice ended the call")):
        expect(person.page.locator("html")).to_have_attribute("data-phase", "ended", timeout=30_000)
        expect(person.page.get_by_role("heading", name=title)).to_be_visible()
    bob.page.get_by_role("button", name="Join again").click()
    bob.in_phase("prejoin")


def test_a_locked_room_says_so_at_its_door_and_a_host_may_let_somebody_in(alice, bob, carol):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    alice.reaches(bob)
    alice.removes(bob, lock=True)
    bob.in_phase("ended")
    carol.open(link)
    expect(carol.page.locator('[data-part="inside"]')).to_have_text("The room is locked.")
    carol.press_join()
    waits(carol, "The room is locked")
    alice.page.locator("#people").get_by_role("button", name="Admit Carol").click()
    carol.in_phase("joined")


@pytest.mark.devices
def test_firefox_is_muted_and_asked(alice, fiona):
    link = alice.meet_now()
    alice.join()
    fiona.join(link)
    alice.hears_tone("Fiona", HUM)
    alice.orders("Mute", "Fiona")
    fiona.firefox.wait("document.querySelector('#notice').textContent.includes('Alice muted you.')")
    fiona.firefox.wait("document.querySelector('[data-self]').dataset.microphone === 'off'")
    alice.orders("Ask to unmute", "Fiona")
    fiona.firefox.wait("document.querySelector('#asked')?.hidden === false")
    fiona.firefox.evaluate("document.querySelector('#asked [data-part=unmute]').click()")
    alice.hears_tone("Fiona", HUM)
