"""Chromium and Firefox in one call, each as first and each as joiner, with restarts of their path."""

from __future__ import annotations

import time

import pytest

from tests.browser.firefox import SEES, Firefox, FirefoxUser
from tests.browser.person import AUDIBLE
from tests.browser.steps import knocks, set_up
from tests.servers import wait_until

# What Firefox's fake microphone hums.
HUM = 1000


@pytest.mark.devices
def test_firefox_joins_chromium(alice, fiona):
    link = alice.meet_now()
    alice.join()
    fiona.join(link)
    meet(alice, fiona)
    write_to_each_other(alice, fiona)
    for connection in restarts(alice, fiona):
        connection()
        meet(alice, fiona)


@pytest.mark.devices
def test_chromium_joins_firefox(alice, fiona):
    link = alice.meet_now()
    fiona.join(link)
    alice.join()
    meet(alice, fiona)
    write_to_each_other(alice, fiona)
    for connection in restarts(alice, fiona):
        connection()
        meet(alice, fiona)


@pytest.mark.devices
def test_firefox_reloads_and_is_back(alice, bob, fiona):
    link = alice.meet_now()
    alice.join()
    bob.join(link)
    fiona.join(link)
    meet(alice, fiona)
    fiona.reload()
    meet(alice, fiona)
    meet(bob, fiona)
    alice.sees(bob)


@pytest.mark.devices
def test_firefox_waits_in_the_lobby_and_is_admitted(alice, fiona, server):
    link = alice.meet_now()
    set_up(server, link, lobby=1)
    alice.join()
    fiona.ask(link)
    fiona.firefox.wait("document.querySelector('.door').textContent.includes('Waiting for Alice')")
    knocks(alice).get_by_role("button", name="Admit Fiona").click()
    fiona.firefox.wait("document.documentElement.dataset.phase === 'joined'")
    meet(alice, fiona)


def test_firefox_tests_its_set_up(alice, fiona):
    link = alice.meet_now()
    fiona.open(link)
    fiona.firefox.go(f"{link}test/")
    fiona.firefox.wait("document.querySelector('[data-part=begin]')?.disabled === false")
    fiona.firefox.evaluate("document.querySelector('[data-part=begin]').click()")
    # Without a sound card Firefox measures no levels.
    for check in "browser", "camera", "server", "network":
        fiona.firefox.wait(f"document.querySelector('[data-check={check}]').dataset.state === 'good'")


@pytest.mark.parametrize(
    ("preferences", "words"),
    [
        ({"media.peerconnection.enabled": False}, "media.peerconnection.enabled"),
        ({"network.cookie.cookieBehavior": 2}, "Allow cookies for this site"),
    ],
)
def test_firefox_with_something_turned_off_is_told_what_to_turn_on(alice, tmp_path, preferences, words):
    firefox = Firefox(tmp_path / "firefox", **preferences)
    try:
        firefox.go(alice.meet_now())
        firefox.wait(f"document.querySelector('[role=alert]:not([hidden])')?.textContent.includes('{words}')")
        firefox.wait("document.querySelector('[data-part=join]').textContent === 'Load the page again'")
    finally:
        firefox.close()


def test_firefox_without_storage_goes_on_in_memory(alice, tmp_path):
    firefox = Firefox(tmp_path / "firefox", **{"dom.storage.enabled": False})
    try:
        FirefoxUser("Fiona", firefox).join(alice.meet_now())
        assert firefox.evaluate("window.localStorage") is None
    finally:
        firefox.close()


def meet(person, fiona):
    person.page.evaluate("delete window.watches")
    wait_until(lambda: person.page.evaluate(f"({SEES})('Fiona', null)"), f"{person.name} sees Fiona move", 40)
    wait_until(
        lambda: person.page.evaluate(f"window.observe.loudness({HUM})") > AUDIBLE, "Fiona is heard", 40
    )
    fiona.firefox.evaluate("delete window.watches")
    fiona.sees(person.name, person.colour.rgb)
    fiona.hears_everybody()


def write_to_each_other(alice, fiona):
    alice.says("Greetings to Gecko.")
    fiona.reads("Greetings to Gecko.")
    fiona.says("Greetings to Blink.")
    alice.reads("Greetings to Blink.")


# Seconds. Whoever has just looked for a new path, say on a busy machine, heeds nobody who asks for one.
ASK_AGAIN_AFTER = 5

# The connection that is in use, and by what it is known.
CURRENT = "window.observe.connections.findLast(({ connectionState }) => connectionState === 'connected')"
FRAGMENTS = f"""(() => {{
  // While it looks for a new path it may be in use no more, and not yet again.
  const {{ signalingState, localDescription, remoteDescription }} = {CURRENT} ?? {{}};
  const fragment = ({{ sdp }}) => sdp.match(/a=ice-ufrag:(\\S+)/)[1];
  return signalingState === "stable" ? fragment(localDescription) + fragment(remoteDescription) : null;
}})()"""


def restarts(alice, fiona):
    """Functions that have one of the two look for a new path, and wait until both have it."""

    def restart(run):
        before = alice.page.evaluate(FRAGMENTS)
        run(f"{CURRENT}.restartIce()")
        asked_at = time.monotonic()

        def has_another_path():
            nonlocal asked_at
            if time.monotonic() - asked_at >= ASK_AGAIN_AFTER:
                # By itself a browser says so once, and then waits for an offer.
                run(f"{CURRENT}?.dispatchEvent(new Event('negotiationneeded'))")
                asked_at = time.monotonic()
            return alice.page.evaluate(FRAGMENTS) not in (before, None)

        wait_until(has_another_path, "a new path for Chromium", 40)
        wait_until(lambda: fiona.firefox.evaluate(FRAGMENTS) is not None, "a new path for Firefox", 40)

    yield lambda: restart(alice.page.evaluate)
    yield lambda: restart(fiona.firefox.evaluate)
