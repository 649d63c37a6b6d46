"""TURN credentials end; calls do not."""

from __future__ import annotations

import time

import pytest

from tests.network.lab import PUBLIC
from tests.network.story import RELAYED, goes_on_after, meet, takes, wait_while_they_talk

pytestmark = pytest.mark.devices

# The server renews them every ten seconds at most.
LIFETIME_SECONDS = 12


@pytest.fixture
def server_settings() -> dict[str, str]:
    """Credentials last for seconds, and connections begin with the click, when the first ones have ended."""
    return {"TURN_HOURS": str(LIFETIME_SECONDS / 3600), "EARLY_CONNECTIONS": "0"}


def test_whoever_waited_longer_than_credentials_last_gets_new_ones(lab, alice, bob):
    """Bob looks at himself at prejoin for a while; his first credentials are of no use any more."""
    lab.alices.translate(randomly=True)
    link = alice.meet_now()
    alice.join()
    bob.open(link)
    wait_while_they_talk(bob, LIFETIME_SECONDS + 1)
    bob.join()
    alice.meets(bob)
    for person in alice, bob:
        takes(person, RELAYED)
        assert person.page.evaluate("window.paths.credentialsEnd()") > time.time()


def test_a_new_path_in_mid_call_is_looked_for_with_new_credentials(lab, alice, bob):
    lab.alices.translate(randomly=True)
    meet(alice, bob)
    first = bob.page.evaluate("window.paths.credentialsEnd()")
    bob.page.wait_for_function("(end) => Date.now() / 1000 > end", arg=first, timeout=30_000)
    goes_on_after(lambda: lab.alices.move_to(f"{PUBLIC}.151"), alice, bob)
    assert bob.page.evaluate("window.paths.credentialsEnd()") > first
