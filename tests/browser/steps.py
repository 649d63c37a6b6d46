"""What people do in several stories: at a door that is shut, and in the test of their set-up."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from playwright.sync_api import expect

from tests.browser.person import Person
from tests.browser.server import Server


def set_up(server: Server, link: str, **settings: object) -> None:
    """Give the meeting behind this link settings that its organizer chose."""
    code = link.rstrip("/").rpartition("/")[2]
    fields = ", ".join(f"{name} = ?" for name in settings)
    with closing(sqlite3.connect(server.data / "roundtable.sqlite3", timeout=10)) as database, database:
        changed = database.execute(
            f"UPDATE meetings_meeting SET {fields} WHERE code = ?", [*settings.values(), code]
        )
        assert changed.rowcount == 1


def waits(person: Person, words: str) -> None:
    expect(person.page.locator(".door")).to_contain_text(words)
    expect(person.page.get_by_role("button", name="Stop waiting")).to_be_visible()


def ask(person: Person, link: str) -> None:
    person.open(link)
    person.page.get_by_label("Your name").fill(person.name)
    person.page.get_by_role("button", name="Ask to join").click()


def knocks(host: Person):
    return host.page.get_by_role("region", name="Somebody is waiting to come in")


def found(person: Person, check: str, state: str, words: str) -> None:
    item = person.page.locator(f'[data-check="{check}"]')
    expect(item).to_have_attribute("data-state", state)
    expect(item).to_contain_text(words)
