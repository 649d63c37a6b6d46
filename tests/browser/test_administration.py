"""The administration: what axe finds in it, and what an administrator is asked."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.person import PASSWORD

pytestmark = pytest.mark.no_devices


@pytest.fixture
def olga(visitor, server):
    """Whoever set the server up, in the administration."""
    olga = visitor("Carol")
    olga.go(server.first_administrator_link())
    olga.page.get_by_label("Your name").fill("Olga")
    olga.page.get_by_label("E-mail").fill("olga@example.org")
    olga.page.get_by_label("Password", exact=True).fill(PASSWORD)
    olga.page.locator("main form button").last.click()
    expect(olga.page.get_by_text("You are the administrator")).to_be_visible()
    return olga


def test_what_an_administrator_sees_has_no_barriers(olga):
    faults = []
    for path in (
        "/admin/",
        "/admin/outbox/letter/",
        "/admin/accounts/user/",
        "/admin/accounts/user/add/",
        "/admin/auth/group/add/",
        "/admin/account/emailaddress/",
    ):
        olga.go(path)
        faults += [f"{path}: {fault}" for fault in olga.barriers()]
    olga.go("/admin/accounts/user/")
    olga.page.get_by_role("link", name="olga@example.org").click()
    expect(olga.page.get_by_role("button", name="Choose all user permissions")).to_be_visible()
    faults += [f"an account: {fault}" for fault in olga.barriers()]
    assert not faults, "\n".join(faults)
