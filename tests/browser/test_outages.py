"""What breaks between or under people who talk does not part them."""

from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.server import Server


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
