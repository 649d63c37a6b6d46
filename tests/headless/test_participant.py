"""docs/signaling.md is enough: a client that was written from it meets people in their browsers."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.media import BLUE, RED
from tests.browser.person import LISTENS
from tests.servers import wait_until


@pytest.mark.devices
def test_it_comes_later_and_offers(alice, stranger):
    link = alice.meet_now()
    alice.join()
    stranger.join(link)
    alice.sees_picture("Stranger", BLUE)
    alice.hears_tone("Stranger", BLUE)
    stranger.meets("Alice", RED)
    assert stranger.refused == []


@pytest.mark.devices
def test_it_is_there_first_and_answers(alice, stranger):
    link = alice.meet_now()
    stranger.join(link)
    alice.join()
    alice.sees_picture("Stranger", BLUE)
    alice.hears_tone("Stranger", BLUE)
    stranger.meets("Alice", RED)
    assert stranger.refused == []


def test_it_chats(alice, stranger):
    link = alice.meet_now()
    alice.join()
    stranger.join(link)
    pair = stranger.pair_with("Alice")
    alice.says("Can you read this without a browser?")
    stranger.reads("Can you read this without a browser?")
    expect(alice.page.locator("#chat .fate")).to_have_count(0)
    stranger.says("Every word.")
    alice.reads("Every word.")
    wait_until(lambda: pair.acknowledged.get("") == 1, "Alice's page says that it has the message")


def test_whoever_has_not_got_what_was_written_is_named_until_they_have(alice, stranger):
    link = alice.meet_now()
    alice.join()
    stranger.join(link)
    stranger.pair_with("Alice")
    stranger.is_deaf = True
    field = alice.open_panel("chat").locator("textarea")
    for n in range(24):
        field.fill(f"One of many, {n}")
        field.press("Enter")
    fates = alice.page.locator("#chat .fate")
    expect(fates.filter(has_text="sending…")).to_have_count(1)
    lacking = "Not with Stranger yet. It goes as soon as the link is back."
    expect(fates.filter(has_text=lacking)).to_have_count(1)
    assert alice.barriers() == []
    stranger.is_deaf = False
    alice.says("The last of many")
    expect(fates).to_have_count(0, timeout=30_000)
    stranger.reads("The last of many")


def test_it_gives_the_history_and_gets_it(alice, bob, stranger):
    link = alice.meet_now()
    alice.join()
    alice.says("Before anybody came.")
    stranger.join(link)
    stranger.reads("Before anybody came.")
    stranger.says("Now there are two of us.")
    alice.reads("Now there are two of us.")
    alice.leave()
    bob.join(link)
    bob.reads("Before anybody came.")
    bob.reads("Now there are two of us.")
    told = bob.page.locator("#chat .message").filter(has_text="Before anybody came.")
    expect(told).to_contain_text("As told by Stranger, not signed by Alice")


def test_it_changes_what_it_has_said_and_reacts(alice, bob, stranger):
    link = alice.meet_now()
    alice.join()
    stranger.join(link)
    pair = stranger.pair_with("Alice")
    alice.says("When do we meet?")
    stranger.reads("When do we meet?")
    stranger.answers("When do we meet?", "At noon")
    stranger.says("A slip of the finger")
    alice.reads("A slip of the finger")
    stranger.edits("At noon", "At one o'clock")
    stranger.deletes("A slip of the finger")
    stranger.reacts("When do we meet?", "👍")
    log = alice.page.locator("#chat .log")
    alice.reads("At one o'clock")
    expect(log).not_to_contain_text("At noon")
    expect(log).not_to_contain_text("A slip of the finger")
    wait_until(lambda: pair.acknowledged.get("") == 5, "Alice's page has kept all five events")
    # And tells whoever comes later how it stands.
    bob.join(link)
    bob.reads("At one o'clock")
    expect(bob.page.locator("#chat .log")).not_to_contain_text("A slip of the finger")


def test_what_it_says_to_one_alone_reaches_that_one_and_nobody_else(alice, bob, stranger):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    stranger.join(link)
    stranger.pair_with("Bob")
    pair = stranger.pair_with("Alice")
    stranger.says_to("Alice", "Between the two of us.")
    wait_until(lambda: pair.acknowledged.get("private-") == 1, "Alice's page has it")
    stranger.says("For everybody.")
    for person in alice, bob:
        person.reads("For everybody.")
        expect(person.page.locator("#chat .log")).not_to_contain_text("Between the two of us.")


@pytest.mark.devices
def test_it_follows_what_others_say_about_themselves(alice, stranger):
    link = alice.meet_now()
    alice.join()
    stranger.join(link)
    pair = stranger.pair_with("Alice")
    stranger.wait_until_told(pair, camera=True, microphone=True)
    alice.press("camera")
    stranger.wait_until_told(pair, camera=False, microphone=True)


def test_it_leaves(alice, stranger):
    link = alice.meet_now()
    alice.join()
    stranger.join(link)
    alice.sees_picture("Stranger", BLUE)
    stranger.leave()
    expect(alice.tile_of("Stranger")).to_have_count(0)


@pytest.mark.devices
def test_who_claims_to_be_host_and_keeps_to_nothing_changes_nothing(alice, bob, stranger):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    stranger.join(link)
    bob.hears_tone("Stranger", BLUE)
    bob.sees_picture("Stranger", BLUE)
    # By the socket: refused, each of them.
    orders: list[dict[str, Any]] = [
        {"type": "mute", "participants": [bob.id]},
        {"type": "set-rules", "chat": False},
        {"type": "set-role", "participant": stranger.me, "role": "host"},
        {"type": "remove", "participant": bob.id},
        {"type": "end", "on": True},
    ]
    for order in orders:
        stranger.orders(order)
    wait_until(lambda: len(stranger.refused) == len(orders), "each of them is refused")
    assert {refusal["error"] for refusal in stranger.refused} == {"not-allowed"}
    # By the data channels: nobody knows such a message.
    for order in orders:
        stranger.tells({**order, "role": "host", "by": stranger.me, "rev": 10_000})
    stranger.tells(
        {"type": "order", "order": "mute", "rev": 10_000, "by": alice.id, "participants": [bob.id]}
    )
    stranger.says("I am the host.")
    bob.reads("I am the host.")
    expect(bob.page.locator("[data-self]")).to_have_attribute("data-microphone", "on")
    expect(bob.page.locator("#notice")).to_be_hidden()
    # What a host has ended is over at everybody, while it goes on sending and says that all is on.
    alice.orders("Mute", "Stranger")
    alice.orders("Stop the camera", "Stranger")
    stranger.tells({"type": "state", "microphone": True, "camera": True, "screen": False, "hand": True})
    for person in alice, bob:
        expect(person.tile_of("Stranger")).to_have_attribute("data-microphone", "off")
        expect(person.tile_of("Stranger")).to_have_attribute("data-camera", "off")
        expect(person.tile_of("Stranger").locator("video")).to_be_hidden()
    silent(bob, BLUE)
    expect(bob.tile_of("Stranger").locator(".hand")).to_be_visible()
    alice.orders("Lower the hand", "Stranger")
    expect(bob.tile_of("Stranger").locator(".hand")).to_have_count(0)
    stranger.tells({"type": "state", "microphone": True, "camera": True, "screen": True, "hand": True})
    expect(bob.page.locator("[data-screen]")).to_have_count(1)
    expect(bob.tile_of("Stranger").locator(".hand")).to_have_count(0)
    for rule in "Share the screen", "Write in the chat":
        if not alice.page.locator("#rules").is_visible():
            alice.open_panel("people").get_by_role("button", name="Rules").click()
        alice.page.get_by_role("switch", name=rule).click()
    expect(bob.page.locator("[data-screen]")).to_have_count(0)
    expect(bob.open_panel("chat")).to_contain_text("Only hosts may write now.")
    # No word of it is read, and none is lost: it comes once all may write again.
    stranger.says("Against the rule.")
    alice.says("Only hosts write now.")
    bob.reads("Only hosts write now.")
    expect(bob.page.locator("#chat .log")).not_to_contain_text("Against the rule.")
    alice.open_panel("people").get_by_role("button", name="Rules").click()
    alice.page.get_by_role("switch", name="Write in the chat").click()
    bob.reads("Against the rule.")


def silent(person, colour):
    """Of nobody else's tone than the one that is listened for, and whoever else beeps is muted for it."""
    other = {"hertz": colour.hertz, "milliseconds": 1600}
    wait_until(lambda: person.page.evaluate(LISTENS, other) < -50, f"{person.name} hears nothing of them")
