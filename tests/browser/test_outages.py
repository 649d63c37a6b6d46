"""What breaks between or under people who talk does not part them."""

import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.server import Server
from tests.servers import wait_until


def test_the_server_dies_and_comes_back_in_the_middle_of_a_call(alice, bob, carol, server):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    alice.meets(bob)
    seats = alice.id, bob.id
    with alice.reconnecting(), bob.reconnecting():
        server.crash()
        for person, other in (alice, bob), (bob, alice):
            person.meets(other)
        alice.says("Nobody hears the server fall.")
        bob.reads("Nobody hears the server fall.")
    assert (alice.id, bob.id) == seats
    carol.join(link)
    for person, others in (alice, (bob, carol)), (bob, (alice, carol)), (carol, (alice, bob)):
        person.meets(*others)


def test_a_lost_socket_costs_neither_seat_nor_picture(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    alice.meets(bob)
    seat = bob.id
    with bob.expecting("ERR_INTERNET_DISCONNECTED"), bob.reconnecting():
        bob.context.set_offline(True)
        bob.lose_socket()
        expect(bob.trouble).to_be_visible(timeout=20_000)
        bob.meets(alice)
        alice.meets(bob)
        bob.context.set_offline(False)
    assert bob.id == seat
    alice.meets(bob)
    bob.meets(alice)


def test_sockets_that_are_lost_for_long_stop_nothing(alice, bob, carol, dave):
    """For 5, 20 and 60 s: longer than a seat is kept for somebody whom nobody hears."""
    link = alice.meet_now()
    alice.join()
    outages = {bob: 5, carol: 20, dave: 60}
    for person in outages:
        person.join(link)
    people = [alice, *outages]
    for person in people:
        person.meets(*(other for other in people if other is not person))
    seats = {person: person.id for person in people}
    with ExitStack() as stack:
        for person in outages:
            stack.enter_context(person.expecting("ERR_INTERNET_DISCONNECTED", "WebSocket connection"))
            person.context.set_offline(True)
            person.lose_socket()
        began, heard = time.monotonic(), {person: received(person) for person in people}
        while outages:
            expect(alice.page.locator("body")).to_be_visible()
            alice.page.wait_for_timeout(1000)  # media that never stops is seen by the clock only
            for person in people:
                now = received(person)
                assert len(now) == 3
                assert all(after > before for before, after in zip(heard[person], now, strict=True))
                heard[person] = now
            for person in [one for one in outages if time.monotonic() - began > outages[one]]:
                person.context.set_offline(False)
                expect(person.trouble).to_be_hidden(timeout=20_000)
                del outages[person]
    assert {person: person.id for person in people} == seats
    dave.says("I was not away at all.")
    for person in (alice, bob, carol):
        person.reads("I was not away at all.")


def received(person):
    """Packets of sound and picture that have come to this page, for each connection."""
    links = person.page.evaluate("window.observe.links()")
    assert {link["state"] for link in links} == {"connected"}
    return [link["received"] for link in links]


@pytest.fixture
def own_server(tmp_path):
    server = Server(tmp_path / "own")
    server.start()
    yield server
    server.stop()


def test_a_new_path_is_found_by_way_of_a_third_while_there_is_no_server(visitor, own_server):
    alice = visitor("Alice", account=True, at=own_server)
    bob, carol = visitor("Bob", at=own_server), visitor("Carol", at=own_server)
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    carol.join(link)
    for person, others in (alice, (bob, carol)), (bob, (alice, carol)), (carol, (alice, bob)):
        person.meets(*others)
    with alice.reconnecting(), bob.reconnecting(), carol.reconnecting():
        own_server.stop()
        for person in (alice, bob, carol):
            expect(person.trouble).to_be_visible(timeout=20_000)
        path = path_between(bob)
        # No path breaks on one machine, so both pages are told that theirs has.
        for person in (alice, bob):
            person.page.evaluate(f"""(() => {{
              const connection = {FIRST_CONNECTION};
              const failed = {{ get: () => "failed", configurable: true }};
              Object.defineProperty(connection, "connectionState", failed);
              connection.dispatchEvent(new Event("connectionstatechange"));
            }})()""")
        wait_until(lambda: path_between(bob) not in (path, None), "there is a new path")
        for person in (alice, bob):
            person.page.evaluate(f"""(() => {{
              const connection = {FIRST_CONNECTION};
              delete connection.connectionState;
              connection.dispatchEvent(new Event("connectionstatechange"));
            }})()""")
        for person, other in (alice, bob), (bob, alice):
            person.sees(other)
            person.hears(other)
        own_server.start()
    alice.meets(bob, carol)


# Alice's is to Bob and Bob's to Alice, since Carol came last.
FIRST_CONNECTION = "window.observe.connections.find(({ signalingState }) => signalingState !== 'closed')"


def path_between(person):
    """What the other end calls its end of the path; None while there is an offer without an answer."""
    return person.page.evaluate(
        f"""(() => {{
          const {{ signalingState, remoteDescription }} = {FIRST_CONNECTION};
          return signalingState === "stable" ? remoteDescription.sdp.match(/a=ice-ufrag:(\\S+)/)[1] : null;
        }})()"""
    )


def test_two_servers_are_one_place(visitor, carol, tmp_path, postgres_url, redis_url):
    common = {"DATABASE_URL": postgres_url, "REDIS_URL": redis_url, "SECRET_KEY": "the same on both"}
    here, there = Server(tmp_path / "here", **common), Server(tmp_path / "there", **common)
    here.start()
    try:
        alice = visitor("Alice", account=True, at=here)
        link = alice.meet_now()
        alice.join()
        there.start()
        bob = visitor("Bob", at=there)
        bob.join(there.url + urlsplit(link).path)
        alice.meets(bob)
        bob.meets(alice)
        alice.says("You are elsewhere, are you?")
        bob.reads("You are elsewhere, are you?")
        bob.reload()
        alice.meets(bob)
        bob.meets(alice)
        with bob.reconnecting():
            there.crash()
            bob.meets(alice)
        carol.join(link)
        carol.meets(alice, bob)
        alice.removes(bob)
        bob.in_phase("ended")
        carol.meets(alice)
    finally:
        there.stop()
        here.stop()
