"""A door that is shut: people wait before it, hosts hear them and let them in."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.media import Colour
from tests.browser.person import Person, meet_each_other
from tests.browser.server import Server
from tests.browser.steps import ask, knocks, set_up, waits
from tests.servers import wait_until

# The lower note of the bell that a host hears, as if it were somebody's tone.
BELL = Colour("bell", (0, 0, 0), 784)
# A door with a time opens so long before the meeting.
EARLY = timedelta(minutes=10)


@pytest.fixture
def link(alice, server):
    """A meeting with a lobby, Alice inside."""
    found = alice.meet_now()
    set_up(server, found, lobby=1)
    alice.join()
    return found


@pytest.mark.devices
def test_somebody_waits_is_heard_and_is_admitted(alice, bob, link):
    bob.open(link)
    # He learns who lets people in, and not who is inside.
    expect(bob.page.locator('[data-part="inside"]')).to_have_text("Alice lets people in.")
    title = alice.page.title()
    own_title = bob.page.title()
    with alice.hearing_tone("the bell", BELL):
        ask(bob, link)
        waits(bob, "Waiting for Alice to let you in")
        expect(bob.page).to_have_title(f"Waiting · {own_title}")
    expect(knocks(alice)).to_contain_text("Bob waits to come in")
    expect(knocks(alice)).to_contain_text("nobody vouches for the name")
    expect(alice.page.locator("#said-now")).to_contain_text("Bob waits to come in")
    expect(alice.page.get_by_role("button", name="People, 1, 1 waiting")).to_be_visible()
    expect(alice.page).to_have_title(f"(1) Bob waits to come in · {title}")
    # His camera is on, and nobody is connected to him.
    expect(bob.page.locator("#prejoin video")).to_be_visible()
    assert open_connections(bob) == 0
    knocks(alice).get_by_role("button", name="Admit Bob").click()
    bob.in_phase("joined")
    expect(bob.page).to_have_title(own_title)
    meet_each_other(alice, bob)
    expect(knocks(alice)).to_be_hidden()
    # The button that she pressed is gone; she is where the room begins.
    expect(alice.page.locator("#room h1")).to_be_focused()
    expect(alice.page).to_have_title(title)


def open_connections(person: Person) -> int:
    """One that only warms the browser up is closed by then."""
    return int(
        person.page.evaluate(
            "window.observe.connections.filter((one) => one.connectionState === 'connected').length"
        )
    )


def test_somebody_is_refused_kindly(alice, bob, link):
    ask(bob, link)
    people = alice.open_panel("people")
    people.get_by_role("button", name="Refuse Bob").click()
    bob.in_phase("ended")
    expect(bob.page.get_by_role("heading", name="You were not let in this time")).to_be_visible()
    expect(bob.page.locator("#ended")).to_contain_text("A host did not let you in.")
    expect(bob.page.locator("#ended")).to_contain_text("ask once more after a minute")
    expect(people.get_by_text("Waiting to come in")).to_be_hidden()
    expect(people.get_by_role("region", name="Everybody here")).to_be_focused()


@pytest.mark.devices("Bob", "Carol")
def test_all_are_admitted_at_once_and_the_keyboard_is_enough(alice, bob, carol, link):
    ask(bob, link)
    ask(carol, link)
    expect(knocks(alice)).to_contain_text("1 more")
    knocks(alice).get_by_role("button", name="1 more").press("Enter")
    people = alice.page.locator("#people")
    expect(people.get_by_role("heading", name="Waiting to come in, 2")).to_be_visible()
    expect(knocks(alice)).to_be_hidden()
    shown_at = alice.page.evaluate("performance.now()")
    alice.tab_to(people.get_by_role("button", name="Admit all"))
    # Sooner nobody has read who they are, and it would be asked whether all are meant.
    wait_until(lambda: alice.page.evaluate("performance.now()") - shown_at > 700, "they have been read")
    alice.page.keyboard.press("Enter")
    bob.in_phase("joined")
    carol.in_phase("joined")
    alice.meets(bob, carol)


def test_more_than_are_seen_at_once_are_admitted_by_a_second_press(alice, bob, carol, dave, link):
    for person in (bob, carol, dave):
        ask(person, link)
    expect(knocks(alice)).to_contain_text("2 more")
    alice.page.set_viewport_size({"width": 700, "height": 300})
    knocks(alice).get_by_role("button", name="2 more").click()
    people = alice.page.locator("#people")
    people.get_by_role("button", name="Admit all", exact=True).press("Enter")
    again = people.get_by_role("button", name="Yes, admit all 3")
    # It is the same button: whoever uses the keyboard is still on it.
    expect(again).to_be_focused()
    expect(alice.page.locator("#said")).to_contain_text("Press again to admit all 3")
    waits(bob, "Waiting for Alice")
    # Nobody has read anything sooner, so until then it would count as a double click.
    asked_at = alice.page.evaluate("performance.now()")
    wait_until(lambda: alice.page.evaluate("performance.now()") - asked_at > 700, "it has been read")
    again.press("Enter")
    for person in (bob, carol, dave):
        person.in_phase("joined")


@pytest.mark.devices("Bob")
def test_a_host_who_reloads_is_back_at_once_and_still_sees_who_waits(alice, bob, link):
    ask(bob, link)
    expect(knocks(alice)).to_contain_text("Bob")
    alice.reload()
    expect(knocks(alice)).to_contain_text("Bob")
    knocks(alice).get_by_role("button", name="Admit Bob").click()
    bob.in_phase("joined")
    # Admitted is admitted, for this call.
    bob.reload()
    alice.meets(bob)


def test_who_reloads_while_waiting_goes_on_waiting(alice, bob, link):
    ask(bob, link)
    expect(knocks(alice)).to_contain_text("Bob")
    bob.page.reload()
    waits(bob, "Waiting for Alice")
    knocks(alice).get_by_role("button", name="Admit Bob").click()
    bob.in_phase("joined")


def test_who_stops_waiting_is_off_the_list_and_may_ask_again(alice, bob, link):
    ask(bob, link)
    expect(knocks(alice)).to_contain_text("Bob")
    bob.page.get_by_role("button", name="Stop waiting").click()
    expect(knocks(alice)).to_be_hidden()
    expect(bob.page.get_by_role("button", name="Ask to join")).to_be_focused()
    bob.page.get_by_role("button", name="Ask to join").click()
    expect(knocks(alice)).to_contain_text("Bob")


def test_with_no_host_inside_people_are_told_so(alice, bob, server):
    link = alice.meet_now()
    set_up(server, link, lobby=1)
    ask(bob, link)
    waits(bob, "No host is inside yet")
    alice.join()
    waits(bob, "Waiting for Alice to let you in")
    expect(knocks(alice)).to_contain_text("Bob")


def test_a_door_that_is_shut_meanwhile_says_no_more_who_is_inside(alice, bob, server):
    link = alice.meet_now()
    alice.join()
    bob.open(link)
    inside = bob.page.locator('[data-part="inside"]')
    expect(inside).to_contain_text("Alice is inside")
    set_up(server, link, lobby=1)
    bob.page.get_by_label("Your name").fill("Bob")
    bob.page.locator('[data-part="join"]').click()
    waits(bob, "Waiting for Alice to let you in")
    expect(inside).to_have_text("Alice lets people in.")


@pytest.mark.devices("Bob")
def test_a_crash_of_the_server_loses_nobody_who_waits(alice, bob, server):
    link = alice.meet_now()
    set_up(server, link, lobby=1)
    alice.join()
    ask(bob, link)
    expect(knocks(alice)).to_contain_text("Bob")
    with alice.reconnecting(), bob.reconnecting():
        server.crash()
    waits(bob, "Waiting for Alice to let you in")
    knocks(alice).get_by_role("button", name="Admit Bob").click()
    bob.in_phase("joined")
    alice.meets(bob)


def opens(server: Server, link: str, opens_at: datetime) -> None:
    """Move the meeting behind this link, so that its door opens then."""
    code = link.rstrip("/").rpartition("/")[2]
    starts_at = opens_at + EARLY
    with closing(sqlite3.connect(server.data / "roundtable.sqlite3", timeout=10)) as database, database:
        changed = database.execute(
            "UPDATE meetings_occurrence SET starts_at = ?, ends_at = ? WHERE meeting_id ="
            " (SELECT id FROM meetings_meeting WHERE code = ?)",
            [f"{starts_at:%F %T.%f}", f"{starts_at + timedelta(minutes=30):%F %T.%f}", code],
        )
        assert changed.rowcount == 1


@pytest.mark.devices("Carol")
def test_the_door_opens_by_itself(alice, bob, carol, server):
    link = alice.meet_now()
    set_up(server, link, instant=0, early=int(EARLY.total_seconds() * 1_000_000))
    opens(server, link, datetime.now(UTC) + timedelta(minutes=50))
    carol.open(link)
    expect(carol.page.locator(".door")).to_contain_text("The door opens")
    bob.open(link)
    bob.page.get_by_label("Your name").fill("Bob")
    bob.page.get_by_role("button", name="Join when it opens").click()
    waits(bob, "You come in")
    # Only now, since nobody knows how long all that has taken.
    opens_at = datetime.now(UTC) + timedelta(seconds=30)
    opens(server, link, opens_at)
    carol.page.reload()
    expect(carol.page.locator(".countdown")).to_have_text(re.compile(r"in 0:\d\d"))
    # The server was not told that the row is another; who comes back is told the time anew.
    with bob.reconnecting():
        bob.lose_socket()
    expect(bob.page.locator(".countdown")).to_have_text(re.compile(r"in 0:\d\d"))
    expect(bob.page.locator("html")).to_have_attribute("data-phase", "joined", timeout=60_000)
    assert datetime.now(UTC) >= opens_at
    # Whoever has not clicked finds the door open, without loading the page again.
    expect(carol.page.get_by_role("button", name="Join", exact=True)).to_be_visible()
    expect(carol.page.locator('[data-part="inside"]')).to_contain_text("Bob is inside")
    wait_until(lambda: open_connections(carol) == 1, "Carol stands ready")


def test_where_a_host_lets_people_in_an_open_door_alone_is_not_promised(alice, bob, server):
    link = alice.meet_now()
    set_up(server, link, instant=0, lobby=1, early=int(EARLY.total_seconds() * 1_000_000))
    opens(server, link, datetime.now(UTC) + timedelta(minutes=50))
    bob.open(link)
    door = bob.page.locator(".door")
    expect(door).to_contain_text("once it is open, a host lets you in")
    bob.page.get_by_label("Your name").fill("Bob")
    bob.page.get_by_role("button", name="Ask to join").click()
    waits(bob, "Then a host lets you in.")
    expect(door).not_to_contain_text("You come in")


def test_meetings_for_invited_people_say_what_to_do(alice, bob, server):
    link = alice.meet_now()
    set_up(server, link, access="invited")
    with bob.expecting("status of 403"):
        bob.go(link)
    expect(bob.page.get_by_role("heading", name="Not everybody with this link may come in")).to_be_visible()
    code = link.rstrip("/").rpartition("/")[2]
    expect(bob.page.get_by_role("link", name="Sign in")).to_have_attribute(
        "href", f"/account/login/?next=/{code}/"
    )
