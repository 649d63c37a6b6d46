"""docs/signaling.md is enough: a client that was written from it meets people in their browsers."""

import pytest
from playwright.sync_api import expect

from tests.browser.media import BLUE, RED
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
    expect(alice.page.locator("#chat .log")).not_to_contain_text("Not delivered yet")
    stranger.says("Every word.")
    alice.reads("Every word.")
    wait_until(lambda: pair.acknowledged == 1, "Alice's page says that it has the message")


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
    expect(told).to_contain_text("passed on by Stranger")


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
