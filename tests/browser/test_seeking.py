"""Somebody is looked for in a long list of people."""

from __future__ import annotations

import http.cookiejar
import json
import urllib.request
from contextlib import ExitStack

import pytest
from playwright.sync_api import expect
from websockets.sync.client import ClientConnection, connect

from tests.browser.looks import Report

NAMES = ("Carol Méndez", "Dave", "Erin", "Frank", "Grace", "Heidi", "Ivan")


def comes_in(server, link: str, name: str) -> ClientConnection:
    """A guest without a page: a socket is enough to be in the list."""
    jar = http.cookiejar.CookieJar()
    with urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar)).open(link):
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)
    code = link.rstrip("/").rpartition("/")[2]
    socket = connect(
        f"ws://localhost:{server.port}/ws/rooms/{code}/",
        origin=server.url,
        additional_headers={"Cookie": cookies},
        proxy=None,
    )
    socket.send(json.dumps({"type": "join", "name": name, "token": None, "fresh": True}))
    while json.loads(socket.recv(30))["type"] != "welcome":
        pass
    return socket


@pytest.fixture
def report():
    found = Report()
    yield found
    assert not found.faults, "\n".join(found.faults)


def test_from_eight_people_on_somebody_is_found_by_a_part_of_their_name(alice, report):
    link = alice.meet_now()
    alice.join()
    page = alice.page
    people = alice.open_panel("people")
    field = people.get_by_label("Find somebody")
    rows = people.locator("[data-person]")
    with ExitStack() as inside:
        for name in NAMES[:-1]:
            inside.enter_context(comes_in(alice.server, link, name))
        expect(rows).to_have_count(7)
        expect(field).to_be_hidden()
        last = inside.enter_context(comes_in(alice.server, link, NAMES[-1]))
        expect(rows).to_have_count(8)
        field.fill("mende")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text("Carol Méndez")
        expect(people.get_by_role("status")).to_have_text("One found.")
        report.look_in_each(alice, "people, one of them found")
        # One fewer, and what has been typed is still there.
        last.send(json.dumps({"type": "leave"}))
        expect(people.get_by_text("At the table, 7")).to_be_visible()
        expect(field).to_have_value("mende")
        field.fill("zoe")
        expect(rows).to_have_count(0)
        expect(people.get_by_role("status")).to_have_text("Nobody here is called that.")
        # Escape empties it first, and closes the list then.
        field.press("Escape")
        expect(rows).to_have_count(7)
        expect(people).to_be_visible()
        page.keyboard.press("Escape")
        expect(people).to_be_hidden()
