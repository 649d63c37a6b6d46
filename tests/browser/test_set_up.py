"""Camera, microphone, speaker and network are tried before the meeting; the organizer sees how it went."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.browser.media import Colour
from tests.browser.person import Person
from tests.browser.server import Server
from tests.browser.steps import found, set_up
from tests.servers import wait_until

pytestmark = pytest.mark.devices

# The higher of the two notes, as if it were somebody's tone.
NOTES = Colour("notes", (0, 0, 0), 659)


def goes_through_it(person: Person) -> None:
    person.page.get_by_role("button", name="Begin").click()
    found(person, "browser", "good", "Your browser can make calls")
    found(person, "camera", "good", "Your camera shows a picture")
    found(person, "microphone", "good", "Your microphone hears you")
    found(person, "server", "good", "The server answers")
    found(person, "network", "good", "Your browser can connect")
    with person.hearing_tone("the notes", NOTES):
        person.page.get_by_role("button", name="Play two notes").click()
    person.page.get_by_role("button", name="Yes, I heard them").click()
    expect(person.page.get_by_role("heading", name="You are ready")).to_be_visible()


def is_noted(server: Server, email: str) -> bool:
    with closing(sqlite3.connect(server.data / "roundtable.sqlite3", timeout=10)) as database:
        rows = database.execute("SELECT tested_at FROM meetings_attendee WHERE email = ?", [email]).fetchall()
    return [at is not None for (at,) in rows] == [True]


@pytest.fixture
def invited(alice, visitor, server):
    """Bob, at the test to which his letter leads."""
    bob = visitor("Bob")
    bob.email = "bob.who.tests@example.org"
    alice.schedule("With a test before", bob.email)
    bob.go(f"{bob.personal_link()}test/")
    return bob


def test_an_invited_person_finds_that_all_is_well_and_the_organizer_sees_it(invited, server):
    bob = invited
    # The secret does not stay in the address.
    assert "/i/" not in bob.page.url
    goes_through_it(bob)
    expect(bob.page.get_by_text("Alice sees that your set-up works.")).to_be_visible()
    wait_until(lambda: is_noted(server, bob.email), "it is noted")
    bob.page.get_by_role("link", name="To the meeting").click()
    bob.in_phase("prejoin")
    bob.page.get_by_role("link", name="Test my set-up").click()
    expect(bob.page.get_by_role("button", name="Begin")).to_be_visible()


def test_an_account_tests_without_a_meeting(alice):
    alice.go("/test/")
    goes_through_it(alice)


def test_whoever_hears_nothing_is_told_what_to_do(alice):
    alice.go("/test/")
    alice.page.get_by_role("button", name="Begin").click()
    found(alice, "network", "good", "Your browser can connect")
    alice.page.get_by_role("button", name="Play two notes").click()
    alice.page.get_by_role("button", name="No", exact=True).click()
    found(alice, "speaker", "bad", "Turn the volume up")
    expect(alice.page.get_by_role("heading", name="Something needs a look")).to_be_visible()
    alice.page.get_by_role("button", name="Play them again").click()
    alice.page.get_by_role("button", name="Yes, I heard them").click()
    expect(alice.page.get_by_role("heading", name="You are ready")).to_be_visible()


@pytest.mark.parametrize(
    ("trouble", "check", "state", "words"),
    [
        ("denied", "microphone", "bad", "from us"),
        ("missing", "camera", "fair", "No camera found"),
        ("busy", "camera", "bad", "is taken"),
    ],
)
def test_a_device_that_is_not_there_is_named(alice, visitor, trouble, check, state, words):
    link = alice.meet_now()
    bob = visitor("Bob", trouble=trouble)
    bob.open(link)
    bob.go(f"{link}test/")
    bob.page.get_by_role("button", name="Begin").click()
    found(bob, check, state, words)


def test_a_network_without_sockets_is_named(alice):
    # A proxy that lets pages through and no WebSockets.
    alice.page.route_web_socket("**/ws/test/", lambda socket: socket.close(code=1006))
    alice.go("/test/")
    alice.page.get_by_role("button", name="Begin").click()
    found(alice, "server", "bad", "The line to the server is cut")
    found(alice, "network", "bad", "Not tried")
    alice.page.get_by_role("button", name="Try again").click()
    # It is gone while it is tried; she stays where she was.
    expect(alice.page.get_by_role("heading", name="Network")).to_be_focused()
    found(alice, "network", "bad", "Not tried")
    expect(alice.page.get_by_role("button", name="Try again")).to_be_visible()


@pytest.mark.parametrize(
    "break_it",
    [
        "window.RTCPeerConnection = undefined",
        "window.RTCPeerConnection = function () { throw new Error('forbidden'); }",
    ],
)
def test_a_browser_whose_connections_are_taken_away_is_named(alice, break_it):
    alice.page.add_init_script(f"{break_it};")
    with alice.expecting("could not connect"):
        alice.go("/test/")
        alice.page.get_by_role("button", name="Begin").click()
        found(alice, "network", "bad", "not even to itself")


def test_a_browser_that_may_not_connect_is_named(alice):
    # An extension that forbids WebRTC leaves no candidates.
    alice.page.add_init_script("RTCPeerConnection.prototype.addIceCandidate = async () => {};")
    alice.go("/test/")
    alice.page.get_by_role("button", name="Begin").click()
    item = alice.page.locator('[data-check="network"]')
    expect(item).to_have_attribute("data-state", "bad", timeout=30_000)
    expect(item).to_contain_text("not even to itself")


def test_a_meeting_with_a_lobby_is_tested_for_all_the_same(alice, bob, server):
    link = alice.meet_now()
    set_up(server, link, lobby=1)
    bob.open(link)
    bob.page.get_by_role("link", name="Test my set-up").click()
    goes_through_it(bob)
