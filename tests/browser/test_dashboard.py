"""The organizer's table of attendees, and the pages about mail, in a real browser."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person
from tests.browser.server import Server, descendants_of, text_of

LOOKS = {
    "light and wide": {"color_scheme": "light", "viewport": {"width": 1440, "height": 900}},
    "dark and narrow": {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
}


@contextmanager
def worker_asleep(server: Server) -> Iterator[None]:
    """No letter goes out in the meantime."""
    assert server._process
    workers = [pid for pid, command in descendants_of(server._process.pid) if "worker" in command]
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGCONT)


def test_a_letter_that_goes_out_is_said_without_loading_the_page_again(visitor):
    alice = visitor("Alice", account=True)
    with worker_asleep(alice.server):
        alice.schedule("Harbour plan", "Jo <jo@example.org>", days=11)
        cell = alice.page.locator("[data-letter]")
        expect(cell).to_have_text("On its way")
        expect(alice.page.locator(".under-way")).to_have_text("One letter is on its way")
        alice.page.evaluate("window.sameLoad = true")
    expect(cell).to_contain_text("Sent", timeout=30_000)
    expect(alice.page.locator(".under-way")).to_have_text("All letters are sent")
    assert alice.page.evaluate("window.sameLoad")


def test_an_attendee_is_made_host_by_keyboard(visitor):
    alice = visitor("Alice", account=True)
    alice.schedule("Harbour plan", "Jo <jo@example.org>", days=12)
    more = alice.page.get_by_label("More about Jo")
    alice.tab_to(more)
    alice.page.keyboard.press("Enter")
    alice.tab_to(alice.page.get_by_role("button", name="Make host"))
    alice.page.keyboard.press("Enter")
    expect(alice.page.get_by_role("row", name="Jo").locator(".badge", has_text="Host")).to_be_visible()


@pytest.mark.parametrize(
    ("look", "days", "name"), [("light and wide", 13, "wide"), ("dark and narrow", 14, "narrow")]
)
def test_a_word_to_everybody_and_an_end_to_reminders(visitor, look, days, name):
    alice, bob = visitor("Alice", account=True, **LOOKS[look]), visitor("Bob", **LOOKS[look])
    page = alice.schedule(
        "Harbour plan with a rather long title",
        f"Jo Lindqvist <jo@{name}.example>",
        "mira@example.org",
        days=days,
    )
    expect(alice.page.locator(".under-way")).to_have_text("All letters are sent", timeout=30_000)
    faults = _faults(alice, "table")
    alice.page.get_by_label("More about Jo").click()
    faults += _faults(alice, "menu")
    alice.page.keyboard.press("Escape")
    alice.page.get_by_role("link", name="Write to all").click()
    alice.page.get_by_role("button", name="Send").click()
    expect(alice.page.get_by_role("alert")).to_contain_text("A subject tells people")
    faults += _faults(alice, "write with errors")
    alice.page.get_by_label("Subject").fill("Bring your plans")
    alice.page.get_by_label("Text").fill("On paper, if you can.\n\nAlice")
    alice.page.get_by_role("button", name="Send").click()
    alice.page.wait_for_url(page)
    assert "On paper" in text_of(alice.server.letter(f"jo@{name}.example", 2))

    alice.go(f"{page}write/")
    faults += _faults(alice, "write")
    answer = re.search(r"\S+/answer/", text_of(alice.server.letter(f"jo@{name}.example")))
    assert answer
    bob.go(answer[0])
    faults += _faults(bob, "answer")
    bob.page.get_by_role("link", name="Choose when you are reminded").click()
    faults += _faults(bob, "no reminders")
    bob.page.get_by_label("1 hour before").check()
    bob.page.get_by_role("button", name="Save these times").click()
    expect(bob.page.get_by_role("status")).to_contain_text("1 hour before it begins")
    faults += _faults(bob, "reminders")
    bob.page.get_by_role("button", name="Send me no more reminders").click()
    expect(bob.page.get_by_role("status")).to_contain_text("no more reminders")
    assert not faults, "\n".join(faults)


def _faults(person: Person, where: str) -> list[str]:
    """What axe finds, and whether the page is wider than the window; keeps a picture if asked to."""
    if folder := os.environ.get("PICTURES"):
        width = person.page.viewport_size["width"] if person.page.viewport_size else 0
        person.page.screenshot(path=Path(folder) / f"{where}-{width}.png", full_page=True)
    wide = person.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    found = [f"{where}: {fault}" for fault in person.barriers()]
    return found + ([f"{where}: wider than the window"] if wide else [])
