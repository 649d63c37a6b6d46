"""Signing in without a password, with the device that Chromium pretends to have."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, expect

from tests.browser.person import PASSWORD, Person


@pytest.fixture
def device(alice: Person) -> Callable[[bool], CDPSession]:
    """`device(True)`: a device that recognizes its owner at once; False: one that does not."""

    def plugged_in(recognizes: bool) -> CDPSession:
        session = alice.context.new_cdp_session(alice.page)
        session.send("WebAuthn.enable")
        device = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
        }
        behaviour = {"isUserVerified": recognizes, "automaticPresenceSimulation": True}
        session.send("WebAuthn.addVirtualAuthenticator", {"options": {**device, **behaviour}})
        return session

    return plugged_in


def add_passkey(alice: Person) -> None:
    alice.go("/account/2fa/webauthn/add/")
    if "reauthenticate" in alice.page.url:
        alice.page.get_by_label("Password", exact=True).fill(PASSWORD)
        alice.page.get_by_role("button", name="Go on").click()
    alice.page.get_by_role("button", name="Add a passkey").click()


def test_a_passkey_opens_the_account_and_can_be_removed(alice, device):
    device(True)
    add_passkey(alice)
    expect(alice.page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert alice.barriers() == []

    alice.context.clear_cookies()
    alice.go("/account/login/?next=/account/settings/")
    alice.page.get_by_role("button", name="Use a passkey").click()
    alice.page.wait_for_url(alice.server.url + "/account/settings/")

    alice.go("/account/2fa/webauthn/")
    alice.page.get_by_role("link", name="Remove Passkey 1").click()
    # What changes who can get in asks who it is; the passkey answers that too.
    alice.page.get_by_role("link", name="Use a passkey").click()
    alice.page.get_by_role("button", name="Use a passkey").click()
    alice.page.get_by_role("button", name="Remove it").click()
    expect(alice.page.get_by_text("You have none yet.")).to_be_visible()


def test_a_device_that_does_not_know_you_is_told_in_words(alice, device):
    device(False)
    add_passkey(alice)
    expect(alice.page.get_by_role("alert")).to_have_text(
        "No passkey was chosen. Try again, or go another way."
    )
    expect(alice.page.get_by_role("button", name="Add a passkey")).to_be_enabled()
    assert alice.barriers() == []


def test_by_a_number_in_place_of_a_name_no_passkey_is_offered(alice):
    alice.context.clear_cookies()
    alice.page.goto(f"http://127.0.0.1:{alice.server.port}/account/login/")
    expect(alice.page.get_by_role("link", name="Send me a code")).to_be_visible()
    expect(alice.page.get_by_role("button", name="Use a passkey")).to_be_hidden()


def test_a_password_can_be_looked_at(bob):
    bob.go("/account/login/")
    field = bob.page.get_by_label("Password", exact=True)
    field.fill("secret words")
    bob.page.get_by_role("button", name="Show the password").click()
    expect(field).to_have_attribute("type", "text")
    bob.page.get_by_role("button", name="Show the password").click()
    expect(field).to_have_attribute("type", "password")


def test_a_link_in_a_letter_leads_out_of_its_frame(bob):
    bob.go(bob.server.letters_address())
    bob.go("/account/login/code/")
    bob.page.get_by_label("E-mail").fill("nobody.at.all@example.org")
    bob.page.get_by_role("button", name="Send me a code").click()
    bob.server.letter("nobody.at.all@example.org", 1)
    # In a tab of its own, so that the page that waits for the code stays open.
    with bob.page.context.expect_page() as opened:
        bob.page.get_by_role("link", name="its letters are here").click()
    bob.page = opened.value
    bob.page.get_by_role("link", name="There is no account with this address").click()
    assert bob.barriers() == []
    bob.page.frame_locator("iframe").get_by_role("link", name="Make an account").click()
    bob.page.wait_for_url(re.compile("/account/signup/$"))
