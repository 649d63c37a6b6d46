"""Calls through the routers, firewalls and lines that people have."""

from __future__ import annotations

from functools import partial

import pytest

from tests.network import lab as laboratory
from tests.network.lab import PUBLIC
from tests.network.story import (
    RELAYED,
    beeps,
    clock,
    goes_on_after,
    listen,
    meet,
    reception,
    soonest_after,
    takes,
    wait_while_they_talk,
)  # fmt: skip

pytestmark = pytest.mark.devices

# What a path may be taken to be, by the candidates at its two ends.
DIRECT = ("host", "srflx", "prflx")


def test_behind_ordinary_routers_they_reach_each_other_directly(alice, bob):
    meet(alice, bob)
    for person in alice, bob:
        way = takes(person, "way.local !== 'relay' && way.remote !== 'relay'")
        assert way["local"] in DIRECT
        assert way["remote"] in ("srflx", "prflx")


def test_behind_a_symmetric_router_they_meet_at_the_relay(lab, alice, bob):
    lab.alices.translate(randomly=True)
    meet(alice, bob)
    for person in alice, bob:
        takes(person, RELAYED)


def test_where_udp_is_blocked_the_relay_is_reached_over_tcp(lab, alice, bob):
    lab.alices.block_udp()
    meet(alice, bob)
    takes(alice, "way.local === 'relay' && way.relayed_by === 'tcp'")
    takes(bob, RELAYED)


def test_where_only_web_pages_pass_the_relay_is_reached_over_tls(lab, alice, bob):
    lab.alices.pass_web_pages_only()
    meet(alice, bob)
    takes(alice, "way.local === 'relay' && way.relayed_by === 'tls'")


def test_where_only_web_pages_pass_on_both_sides_they_still_meet(lab, alice, bob):
    for router in lab.alices, lab.bobs:
        router.pass_web_pages_only()
    meet(alice, bob)
    for person in alice, bob:
        takes(person, "way.local === 'relay' && way.relayed_by === 'tls' && way.remote === 'relay'")


LISTENING_SECONDS = 3
BEEPS = 2 * LISTENING_SECONDS
# One at the edge may be missed, and one may be drowned.
ENOUGH_BEEPS = BEEPS - 2


def test_they_hear_each_other_over_lines_that_lose_packets(lab, alice, bob):
    meet(alice, bob)
    both = (alice, bob), (bob, alice)
    for person, other in both:
        listen(person, other)
    for share in 0.02, 0.05, 0.1:
        before = [(clock(person), reception(person)) for person, _ in both]
        lab.alices.lose(share)
        wait_while_they_talk(alice, LISTENING_SECONDS)
        assert lab.alices.lost() > 0
        for (person, other), (start, then) in zip(both, before, strict=True):
            heard, now = beeps(person, start), reception(person)
            change = {name: now[name] - then[name] for name in now}
            print(
                f"at {share:.0%} {person.name} misses {change['lost']} packets, gets {change['received']}, "
                f"hears {heard} beeps of {BEEPS}, {change['concealed'] / change['samples']:.1%} made up"
            )
            assert heard >= ENOUGH_BEEPS, f"{person.name} hears {heard} of {BEEPS} beeps of {other.name}"
        alice.sees(bob)


def test_a_narrow_line_carries_voice_and_picture(leave_out, lab, alice, bob):
    if why := laboratory.obstacle_to_narrow_lines():
        leave_out("calls over a line of 500 kbit/s", why)
    lab.alices.narrow(500)
    meet(alice, bob)
    both = (alice, bob), (bob, alice)
    for person, other in both:
        listen(person, other)
    starts = [clock(person) for person, _ in both]
    wait_while_they_talk(alice, LISTENING_SECONDS)
    print(f"The line was full {lab.alices.held_back()} times")
    assert lab.alices.held_back() > 0
    for (person, other), start in zip(both, starts, strict=True):
        heard = beeps(person, start)
        print(f"over 500 kbit/s {person.name} hears {heard} beeps of {BEEPS}")
        assert heard >= ENOUGH_BEEPS, f"{person.name} hears {heard} of {BEEPS} beeps of {other.name}"
        person.sees(other)


def test_the_call_outlives_a_line_that_is_cut(lab, alice, bob):
    """For 4 s, which a browser hardly notices, for 10, and for 30, when it has long given the path up."""
    meet(alice, bob)
    for seconds in 4, 10, 30:

        def outage(seconds: float = seconds) -> None:
            lab.alices.cut()
            wait_while_they_talk(alice, seconds)
            lab.alices.mend()

        goes_on_after(outage, alice, bob)


# Seconds until a browser takes a path for broken through which nothing comes.
BROWSERS_OWN_DOUBT = 5
# In seconds, with the half from one beep to the next.
SOON = 2.5


def test_the_call_goes_on_when_the_provider_changes_the_address(lab, alice, bob):
    """Of which no page is told."""
    meet(alice, bob)
    addresses = (f"{PUBLIC}.{number}" for number in (150, 152, 153))
    changes = (partial(lab.alices.move_to, address) for address in addresses)
    silence = soonest_after(changes, alice, bob, BROWSERS_OWN_DOUBT)
    assert silence < BROWSERS_OWN_DOUBT, "that is no sooner than the browser sees it by itself"
    takes(bob, f"way.their_address === '{lab.alice.public}' || {RELAYED}")


def test_the_call_goes_on_when_somebody_changes_the_network(lab, alice, bob):
    meet(alice, bob)
    networks = (lab.telephone, lab.alices, lab.telephone)
    changes = (partial(lab.alice.go_to, network) for network in networks)
    assert soonest_after(changes, alice, bob, SOON) < SOON
    takes(bob, f"way.their_address === '{lab.alice.public}' || {RELAYED}")
