"""What breaks between or under people who talk does not part them."""

import shutil
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.person import have_all, meet_each_other
from tests.browser.server import Server
from tests.servers import new_database, refusing_connections, wait_until

DATABASE_AWAY_SECONDS = 20


@pytest.mark.devices
def test_the_server_dies_and_comes_back_in_the_middle_of_a_call(alice, bob, carol, server):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    alice.meets(bob)
    seats = alice.id, bob.id
    with alice.reconnecting(), bob.reconnecting():
        server.crash()
        meet_each_other(alice, bob)
        alice.says("Nobody hears the server fall.")
        bob.reads("Nobody hears the server fall.")
    assert (alice.id, bob.id) == seats
    carol.join(link)
    meet_each_other(alice, bob, carol)


@pytest.mark.devices
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
        meet_each_other(bob, alice)
        bob.context.set_offline(False)
    assert bob.id == seat
    meet_each_other(alice, bob)


@pytest.fixture
def forgetful(tmp_path):
    """A server that keeps a seat for three seconds only where nobody hears who sat in it."""
    server = Server(tmp_path / "forgetful", SEAT_KEPT_SECONDS="3")
    server.start()
    yield server
    server.stop()


@pytest.mark.alone
@pytest.mark.devices
def test_sockets_that_are_lost_for_long_stop_nothing(forgetful, visitor):
    """For less than a seat is kept for somebody whom nobody hears, and for two and three times as long."""
    alice = visitor("Alice", account=True, at=forgetful)
    bob, carol, dave = (visitor(name, at=forgetful) for name in ("Bob", "Carol", "Dave"))
    link = alice.meet_now()
    alice.join()
    outages = {bob: 2, carol: 6, dave: 10}
    for person in outages:
        person.join(link)
    people = [alice, *outages]
    meet_each_other(*people)
    seats = {person: person.id for person in people}
    with ExitStack() as stack:
        for person in outages:
            stack.enter_context(person.expecting("ERR_INTERNET_DISCONNECTED", "WebSocket connection"))
            person.context.set_offline(True)
            person.lose_socket()
        media = Media(people)
        began = time.monotonic()
        while outages:
            media.goes_on()
            for person in [one for one in outages if time.monotonic() - began > outages[one]]:
                person.context.set_offline(False)
                expect(person.trouble).to_be_hidden(timeout=20_000)
                del outages[person]
    assert {person: person.id for person in people} == seats
    dave.says("I was not away at all.")
    for person in (alice, bob, carol):
        person.reads("I was not away at all.")


class Media:
    """What comes to each of these people from each of the others."""

    def __init__(self, people):
        self.heard = {person: self.received(person, len(people) - 1) for person in people}

    def goes_on(self):
        """For a second, which is seen by the clock only."""
        next(iter(self.heard)).page.wait_for_timeout(1000)
        for person, before in self.heard.items():
            now = self.heard[person] = self.received(person, len(before))
            assert all(more > some for some, more in zip(before, now, strict=True))

    def received(self, person, count):
        """Packets of sound and picture that have come to this page, for each connection."""
        links = person.page.evaluate("window.observe.links()")
        assert [link["state"] for link in links] == ["connected"] * count
        return [link["received"] for link in links]


@pytest.mark.devices
def test_a_page_from_the_back_forward_cache_has_its_seat_again(alice, bob):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    alice.meets(bob)
    seat = bob.id
    # No browser that is driven keeps pages there; this is what one is told when it comes out.
    with bob.page.expect_navigation():
        bob.page.evaluate("""() => {
          dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
          dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
        }""")
    bob.in_phase("joined")
    assert bob.id == seat
    meet_each_other(alice, bob)


@pytest.mark.devices
def test_a_computer_that_sleeps_and_wakes_is_in_the_call_again(alice, bob, browsers):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    meet_each_other(alice, bob)
    seat = bob.id
    with browsers.asleep(bob.colour):
        expect(alice.tile_of("Bob")).not_to_have_attribute("data-connection", "connected", timeout=30_000)
    meet_each_other(alice, bob)
    assert bob.id == seat


@pytest.mark.devices
def test_a_new_path_is_found_by_way_of_a_third_while_there_is_no_server(alice, bob, carol, server):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    carol.join(link)
    meet_each_other(alice, bob, carol)
    with alice.reconnecting(), bob.reconnecting(), carol.reconnecting(), server.away():
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
        have_all(alice.begins_to_meet([bob]) + bob.begins_to_meet([alice]))
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


@pytest.fixture
def servers(tmp_path, postgres_url, redis):
    """Two that share a Postgres, a Redis and a folder of letters, and the address of their database."""
    database = new_database(postgres_url)
    common = {"DATABASE_URL": database, "REDIS_URL": redis.url, "SECRET_KEY": "the same on both"}
    here, there = Server(tmp_path / "here", **common), Server(tmp_path / "there", **common)
    try:
        here.start()
        there.start()
        # Whichever worker comes first writes a letter, and people look for it here.
        (here.data / "outbox").mkdir(exist_ok=True)
        shutil.rmtree(there.data / "outbox", ignore_errors=True)
        (there.data / "outbox").symlink_to(here.data / "outbox")
        yield here, there, database
    finally:
        there.stop()
        here.stop()


@pytest.mark.devices
def test_two_servers_are_one_place_and_outlast_what_they_stand_on(servers, visitor, postgres_url, redis):
    here, there, database = servers
    alice = visitor("Alice", account=True, at=here)
    link = alice.meet_now()
    alice.join()
    bob = visitor("Bob", at=there)
    bob.join(there.url + urlsplit(link).path)
    meet_each_other(alice, bob)
    alice.says("You are elsewhere, are you?")
    bob.reads("You are elsewhere, are you?")
    bob.reload()
    meet_each_other(alice, bob)

    media = Media([alice, bob])
    with refusing_connections(database, postgres_url):
        redis.stop()
        for second in range(DATABASE_AWAY_SECONDS):
            if second == 5:
                redis.start()
            media.goes_on()
        alice.says("Is anything the matter?")
        bob.reads("Is anything the matter?")
    # Nobody waits longer for a database that is back than for one that was never away.
    carol = visitor("Carol", at=here)
    carol.join(link)
    carol.meets(alice, bob)
    with bob.reconnecting():
        there.crash()
        bob.meets(alice, carol)
    alice.removes(bob)
    bob.in_phase("ended")
    carol.meets(alice)
