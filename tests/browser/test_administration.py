"""The administration: axe finds nothing in it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.person import PASSWORD


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


# Django's forms.css imports a sheet, and axe makes a copy of such ones that the page's policy refuses.
COPY_OF_AXE = "Applying inline style violates"


def test_what_an_administrator_sees_has_no_barriers(olga):
    faults: list[str] = []

    def look(where):
        with olga.expecting(COPY_OF_AXE):
            faults.extend(f"{where}: {fault}" for fault in olga.barriers())

    for path in (
        "/admin/",
        "/admin/outbox/letter/",
        "/admin/accounts/user/",
        "/admin/accounts/user/add/",
        "/admin/auth/group/add/",
        "/admin/account/emailaddress/",
    ):
        olga.go(path)
        look(path)
    olga.go("/admin/accounts/user/")
    olga.page.get_by_role("link", name="olga@example.org").click()
    expect(olga.page.get_by_role("button", name="Choose all user permissions")).to_be_visible()
    look("an account")
    name = "Type into this box to filter down the list of available groups."
    expect(olga.page.get_by_label(name)).to_be_editable()
    assert not faults, "\n".join(faults)
