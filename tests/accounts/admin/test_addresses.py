"""Addresses of accounts: asked about before they change, and told to their owners after."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress

from accounts.mail import render_letter as render
from outbox.models import Letter
from tests.markup import markup

pytestmark = pytest.mark.django_db

EVIL = "me@evil.example"


def told() -> list[tuple[str, str, str]]:
    """To whom what was written: the recipient, the letter, the address that it is about."""
    letters = Letter.objects.filter(kind="account").order_by("pk")
    return [(one.recipient, one.payload["letter"], one.payload.get("address", "")) for one in letters]


def test_an_address_that_opens_an_account_is_told_to_the_addresses_it_had_before(admin, bob):
    row = {"user": bob.pk, "email": EVIL, "confirmed": "yes"}
    assert admin.post("/admin/account/emailaddress/add/", row).status_code == 302
    assert told() == [(bob.email, "address_added_by_administrator", EVIL)]
    Letter.objects.all().delete()

    page = f"/admin/account/emailaddress/{EmailAddress.objects.get(email=EVIL).pk}"
    assert admin.post(f"{page}/change/", {**row, "verified": "on"}).status_code == 302
    assert told() == [(bob.email, "address_confirmed_by_administrator", EVIL)]
    message = render(Letter.objects.get())
    assert message is not None
    assert message.subject == "An administrator confirmed an address of your account"
    assert EVIL in message.body
    assert "alice@example.org. If you did not ask for this, write to them." in " ".join(message.body.split())
    Letter.objects.all().delete()

    assert admin.post(f"{page}/delete/", {"post": "yes"}).status_code == 302
    told_to = [(who, "address_removed_by_administrator", EVIL) for who in (bob.email, EVIL)]
    assert told() == told_to


def test_an_address_that_passes_from_one_account_to_another_is_told_to_both(admin, bob, carol):
    EmailAddress.objects.create(user=bob, email="team@example.org", verified=True)
    page = f"/admin/account/emailaddress/{EmailAddress.objects.get(email='team@example.org').pk}/change/"
    moved = {"user": carol.pk, "email": "team@example.org", "verified": "on"}
    asked = markup(admin.post(page, moved))
    assert "Change this address?" in asked
    assert "Until now: team@example.org, of bob@example.org" in asked
    assert "3 letters go out" in asked
    assert told() == []
    admin.post(page, {**moved, "confirmed": "yes"})
    assert sorted(told()) == [
        (bob.email, "address_removed_by_administrator", "team@example.org"),
        (carol.email, "address_confirmed_by_administrator", "team@example.org"),
        ("team@example.org", "address_removed_by_administrator", "team@example.org"),
    ]


def test_a_new_address_of_an_account_is_told_to_the_one_before(admin, alice, bob):
    shown = {"name": "Bob", "time_zone": "", "week_starts": "0", "is_active": "on", "confirmed": "yes"}
    assert admin.post(f"/admin/accounts/user/{bob.pk}/change/", {**shown, "email": EVIL}).status_code == 302
    assert told() == [("bob@example.org", "address_replaced_by_administrator", EVIL)]
    Letter.objects.all().delete()
    admin.post(f"/admin/accounts/user/{bob.pk}/change/", {**shown, "name": "Robert", "email": EVIL})
    own = {**shown, "email": "alice@new.example", "is_staff": "on", "is_superuser": "on"}
    admin.post(f"/admin/accounts/user/{alice.pk}/change/", own)
    assert told() == [], "a name is no way in, and nobody is told what they did themselves"


def test_before_an_address_is_added_the_page_asks(admin, bob):
    add, row = "/admin/account/emailaddress/add/", {"user": bob.pk, "email": EVIL, "_save": "Save"}
    page = markup(admin.post(add, row))
    assert "Add this address?" in page
    assert f"{EVIL}, of bob@example.org" in page
    assert "1 letter goes out" in page
    assert not EmailAddress.objects.filter(email=EVIL).exists()
    # What is wrong is said at once, and not after the question.
    assert "Add this address?" not in markup(admin.post(add, {**row, "email": "bob"}))
    assert "_save" in page
    assert admin.post(add, {**row, "confirmed": "yes"}).status_code == 302
    assert EmailAddress.objects.filter(email=EVIL).exists()


def test_of_ones_own_address_no_letter_is_announced(admin, alice):
    page = markup(admin.post("/admin/account/emailaddress/add/", {"user": alice.pk, "email": EVIL}))
    assert "Add this address?" in page
    assert "goes out" not in page
    assert "go out" not in page


def test_a_form_that_changes_nothing_asks_nothing(admin, bob):
    row = EmailAddress.objects.create(user=bob, email=EVIL)
    page = f"/admin/account/emailaddress/{row.pk}/change/"
    assert admin.post(page, {"user": bob.pk, "email": EVIL}).status_code == 302


def test_before_an_account_gets_another_address_the_page_asks(admin, bob):
    page = f"/admin/accounts/user/{bob.pk}/change/"
    shown = {"name": "Bob", "time_zone": "", "week_starts": "0", "is_active": "on", "email": EVIL}
    asked = markup(admin.post(page, shown))
    assert "Give this account another address?" in asked
    assert f"{EVIL} instead of bob@example.org" in asked
    assert "1 letter goes out" in asked
    bob.refresh_from_db()
    assert bob.email == "bob@example.org"
    # Switched off in the same breath: one page asks of both.
    del shown["is_active"]
    asked = markup(admin.post(page, shown))
    assert "Switch this account off?" in asked
    assert f"{EVIL} instead of bob@example.org" in asked
    admin.post(page, {**shown, "confirmed": "yes"})
    bob.refresh_from_db()
    assert (bob.email, bob.is_active) == (EVIL, False)


def test_confirming_addresses_from_the_list_asks_first_and_tells_their_owners(admin, bob):
    row = EmailAddress.objects.create(user=bob, email=EVIL)
    chosen = {"action": "make_verified", "_selected_action": [row.pk]}
    page = markup(admin.post("/admin/account/emailaddress/", chosen))
    assert "Confirm this address?" in page
    assert f"{EVIL}, of bob@example.org" in page
    assert "1 letter goes out" in page
    row.refresh_from_db()
    assert not row.verified
    assert told() == []
    admin.post("/admin/account/emailaddress/", {**chosen, "confirmed": "yes"})
    row.refresh_from_db()
    assert row.verified
    assert told() == [(bob.email, "address_confirmed_by_administrator", EVIL)]
    page = markup(admin.post("/admin/account/emailaddress/", chosen, follow=True))
    assert "There is nothing to confirm." in page


def test_removing_addresses_from_the_list_tells_their_owners(admin, bob):
    row = EmailAddress.objects.create(user=bob, email=EVIL)
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    admin.post("/admin/account/emailaddress/", chosen)
    assert told() == [(bob.email, "address_removed_by_administrator", EVIL)]
