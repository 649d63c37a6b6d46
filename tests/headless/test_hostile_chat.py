"""Somebody in the chat whose client means ill, and what the browsers of the others make of it."""

from __future__ import annotations

import secrets
import time
from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.person import Person
from tests.servers import wait_until

Message = dict[str, Any]


def line(person: Person, text: str) -> Locator:
    return person.open_panel("chat").locator(".message").filter(has_text=text)


def forged(author: str, name: str, n: int, **more: Any) -> Message:
    return {
        "id": secrets.token_hex(16),
        "author": author,
        "name": name,
        "n": n,
        "lamport": 50,
        "sent_at": int(time.time() * 1000),
        **more,
    }


def test_it_changes_nobody_elses_words_and_says_nothing_in_their_names(alice, bob, stranger):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    bob.reaches(alice)
    stranger.join(link)
    for name in ("Alice", "Bob"):
        stranger.pair_with(name)
    alice.says("The boat leaves at noon")
    stranger.reads("The boat leaves at noon")
    stranger.edits("The boat leaves at noon", "The boat leaves at one")
    stranger.deletes("The boat leaves at noon")
    # As if Alice had done it herself: as a message of hers, as one that is passed on, as history.
    of = stranger.chat.name_of("The boat leaves at noon")
    change = {"kind": "edit", "of": of, "body": "The boat leaves at two"}
    for author, name in ((alice.id, "Alice"), (bob.id, "Bob")):
        words = {"body": f"{name} never wrote this"}
        stranger.tells(
            {"type": "chat", **forged(author, name, 2, **words)},
            {"type": "chat", **forged(author, name, 2, **change), "passed": True},
            {"type": "chat-history", "messages": [forged(author, name, 2, **words)], "left": 0},
            {"type": "private-chat", **forged(author, name, 1, **words)},
            {"type": "private-chat-history", "messages": [forged(author, name, 1, **words)], "left": 0},
            # And they have it all, whatever it is.
            {"type": "chat-ack", "n": 1_000_000},
            {"type": "chat-ack", "n": -1},
        )
    # A name that is somebody else's is not shown: names are the server's to say.
    stranger.tells({"type": "chat", **stranger.chat.write(stranger, {"body": "I am Alice", "name": "Alice"})})
    for person in (alice, bob):
        expect(line(person, "I am Alice").locator("header strong")).to_have_text("Stranger")
        log = person.page.locator("#chat .log")
        expect(log).not_to_contain_text("never wrote this")
        expect(line(person, "The boat leaves at noon").locator(".words")).to_have_text(
            "The boat leaves at noon"
        )
        expect(log.locator(".edited")).to_have_count(0)
        expect(person.page.get_by_role("tab")).to_have_count(1)
    # Whoever says that all has arrived has said it of themselves: what Alice writes now comes to Bob.
    alice.says("Is anybody there?")
    bob.reads("Is anybody there?")


def test_whatever_it_writes_the_others_go_on_talking(alice, bob, stranger):
    link = alice.meet_now()
    alice.join()
    stranger.join(link)
    pair = stranger.pair_with("Alice")
    alice.says("React to this")
    stranger.reads("React to this")
    of = stranger.chat.name_of("React to this")
    # A thousand reactions, of which Alice is sent the last alone, and asks for the rest.
    reactions = [
        stranger.chat.write(
            stranger, {"kind": "reaction", "of": of, "body": chr(0x1F600 + n % 64), "on": True}
        )
        for n in range(1000)
    ]
    stranger.tells({"type": "chat", **reactions[-1]})
    wait_until(lambda: pair.acknowledged.get("") == 1000, "Alice's page has them all")
    shown = line(alice, "React to this").locator(".reactions button")
    expect(shown).to_have_count(12)
    for n in range(12):
        expect(shown.nth(n)).to_have_attribute("title", "Stranger")
    # What is no message at all, or too much of one.
    for what in (
        {"body": "x" * 4001},
        {"body": ["not", "words"]},
        {"body": "\u202egnp.exe"},
        {"body": "**" * 2000},
        {"body": "> " * 1000},
        {"body": "`" * 3999},
        {"body": "\u200b \u2800"},
        {"kind": "explosion", "body": "a kind that nobody knows"},
        {"kind": "edit", "of": "", "body": "of nothing"},
        {"kind": "reaction", "of": of, "body": "x" * 400, "on": True},
        {"kind": "reaction", "of": of, "body": "<b>1</b>", "on": "yes"},
        {"body": "<img src=x onerror=alert(1)> [a](javascript:alert(1)) https://a@b.example"},
        {"body": "out of order", "n": 1},
        {"body": "later than everybody", "lamport": 9_007_199_254_740_991},
        {"body": "of another day", "sent_at": -1},
    ):
        stranger.tells({"type": "chat", **stranger.chat.write(stranger, what)})
    for _ in range(40):
        stranger.types()
    stranger.tells(
        {"type": "chat", **stranger.chat.write(stranger, {"body": "The last of these", "lamport": 2000})}
    )
    alice.reads("The last of these")
    log = alice.page.locator("#chat .log")
    expect(log.locator("img")).to_have_count(0)
    expect(log.get_by_role("link")).to_have_count(1)
    expect(log).not_to_contain_text("a kind that nobody knows")
    assert "\u202e" not in (log.text_content() or "")
    expect(shown).to_have_count(12)
    assert alice.barriers() == []
    # Whoever comes later reads what the others do.
    bob.join(link)
    bob.reaches(alice)
    bob.reads("The last of these")
    expect(line(bob, "React to this").locator(".reactions button")).to_have_count(12)
    # More than any hand writes: the pages let go of it, say so to whoever is a host, and go on.
    stranger.tells(
        *({"type": "chat", **forged(stranger.me, "Stranger", 5000 + n, body="flood")} for n in range(600))
    )
    expect(alice.page.locator("#notice")).to_contain_text("Stranger")
    alice.says("Are you still there, Bob?")
    bob.reads("Are you still there, Bob?")
    bob.says("I am")
    alice.reads("I am")
