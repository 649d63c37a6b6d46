"""Calls through the routers, firewalls and lines that people have."""

from __future__ import annotations

from tests.network import lab as laboratory
from tests.network.lab import PUBLIC
from tests.network.story import RELAYED, goes_on_after, meet, takes, wait_while_they_talk

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


def test_they_hear_each_other_over_lines_that_lose_packets(lab, alice, bob):
    meet(alice, bob)
    both = (alice, bob), (bob, alice)
    for person, other in both:
        person.page.evaluate("(hertz) => window.paths.listen(hertz)", other.colour.hertz)
    for share in 0.02, 0.05, 0.1:
        before = [person.page.evaluate("window.paths.reception()") for person, _ in both]
        starts = [person.page.evaluate("performance.now()") for person, _ in both]
        lab.alices.lose(share)
        wait_while_they_talk(alice, LISTENING_SECONDS)
        assert lab.alices.lost() > 0
        for (person, other), then, start in zip(both, before, starts, strict=True):
            heard = person.page.evaluate("(start) => window.paths.beeps(start)", start)
            now = person.page.evaluate("window.paths.reception()")
            packets = now["received"] + now["lost"] - then["received"] - then["lost"]
            made_up = (now["concealed"] - then["concealed"]) / (now["samples"] - then["samples"])
            print(
                f"at {share:.0%} {person.name} misses {now['lost'] - then['lost']} of {packets} "
                f"packets, hears {heard} beeps of {BEEPS}, {made_up:.1%} of the sound made up"
            )
            assert heard >= BEEPS * 0.75, f"{person.name} hears {heard} of {BEEPS} beeps of {other.name}"
        alice.sees(bob)


def test_a_narrow_line_carries_voice_and_picture(leave_out, lab, alice, bob):
    if why := laboratory.obstacle_to_narrow_lines():
        leave_out("calls over a line of 500 kbit/s", why)
    lab.alices.narrow(500)
    meet(alice, bob)
    for person, other in (alice, bob), (bob, alice):
        person.page.evaluate("(hertz) => window.paths.listen(hertz)", other.colour.hertz)
    starts = [person.page.evaluate("performance.now()") for person in (alice, bob)]
    wait_while_they_talk(alice, LISTENING_SECONDS)
    for person, start in zip((alice, bob), starts, strict=True):
        heard = person.page.evaluate("(start) => window.paths.beeps(start)", start)
        print(f"over 500 kbit/s {person.name} hears {heard} beeps of {BEEPS}")
        assert heard >= BEEPS * 0.75


def test_the_call_goes_on_when_the_provider_changes_the_address(lab, alice, bob):
    meet(alice, bob)
    goes_on_after(lambda: lab.alices.move_to(f"{PUBLIC}.150"), alice, bob)
    takes(bob, f"way.their_address === '{PUBLIC}.150' || {RELAYED}")


def test_the_call_goes_on_when_somebody_changes_the_network(lab, alice, bob):
    meet(alice, bob)
    try:
        goes_on_after(lambda: lab.alice.go_to(lab.telephone, from_=lab.alices), alice, bob)
        takes(bob, f"way.their_address === '{lab.telephone.public}' || {RELAYED}")
    finally:
        lab.alice.go_to(lab.alices, from_=lab.telephone)
