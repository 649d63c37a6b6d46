"""What decides who gets into an account is asked of its owner again."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from tests.conftest import PASSWORD
from tests.markup import markup

pytestmark = pytest.mark.django_db

WAYS_IN = {
    "adding": {"action_add": "", "email": "thief@example.org"},
    "confirming": {"action_send": "", "email": "second@example.org"},
    "promoting": {"action_primary": "", "email": "third@example.org"},
    "removing": {"action_remove": "", "email": "third@example.org"},
}


@pytest.fixture
def screen(alice) -> Client:
    """Alice is signed in there, and has gone for a coffee."""
    EmailAddress.objects.create(user=alice, email="second@example.org", verified=False, primary=False)
    EmailAddress.objects.create(user=alice, email="third@example.org", verified=True, primary=False)
    client = Client()
    client.post("/account/login/", {"login": "alice@example.org", "password": PASSWORD})
    assert client.get("/account/email/").status_code == 200
    return client


def addresses() -> list[tuple[str, bool, bool]]:
    return sorted(EmailAddress.objects.values_list("email", "verified", "primary"))


@pytest.mark.parametrize("way", WAYS_IN)
def test_nobody_else_at_the_screen_changes_addresses(screen, way, letters):
    before = addresses()
    response = screen.post("/account/email/", WAYS_IN[way])
    assert response["Location"].startswith("/account/reauthenticate/")
    assert "Is it you?" in markup(screen.get(response["Location"]))
    assert screen.post(response["Location"], {"password": "not hers"}).status_code == 200
    assert screen.get("/account/confirm-email/")["Location"] == "/account/email/", "no code is waited for"
    assert addresses() == before
    assert letters() == []


def test_a_password_is_set_only_by_the_owner(screen, alice):
    alice.set_unusable_password()
    alice.save()
    screen.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = screen.post("/account/password/set/", {"password1": "thirteen calm boats"})
    assert response["Location"].startswith("/account/reauthenticate/code/")
    alice.refresh_from_db()
    assert not alice.has_usable_password()


def test_whoever_it_is_goes_on_with_what_they_did(screen, code):
    response = screen.post("/account/email/", WAYS_IN["adding"])
    response = screen.post(response["Location"], {"password": PASSWORD})
    assert response["Location"] == "/account/confirm-email/"
    assert screen.post("/account/confirm-email/", {"code": code()}).status_code == 302
    assert ("thief@example.org", True, False) in addresses()
    # For a while they are not asked again.
    assert screen.post("/account/email/", WAYS_IN["promoting"])["Location"] == "/account/email/"
    assert ("third@example.org", True, True) in addresses()


def test_a_code_will_do_instead_of_the_password(screen, alice, letters, code):
    asked = screen.post("/account/email/", WAYS_IN["promoting"])["Location"]
    page = markup(screen.get(asked))
    assert page.count("Use your password") == 0
    assert ">Send me a code</a>" in page
    page = markup(screen.get(asked.replace("/reauthenticate/", "/reauthenticate/code/")))
    assert "Is it you?" in page
    assert "third@example.org" in page
    assert "second@example.org" not in page, "codes go to what is confirmed"
    assert ">Use your password</a>" in page
    response = screen.post(
        asked.replace("/reauthenticate/", "/reauthenticate/code/"), {"recipient": "alice@example.org"}
    )
    page = markup(screen.get(response["Location"]))
    assert "Is it you?" in page
    assert "alice@example.org" in page
    assert ">Another way</a>" in page
    [letter] = letters()
    assert letter.to == ["alice@example.org"]
    assert "about to change who can get into your account" in str(letter.body)
    assert "signed in" not in str(letter.body).partition("If it is not you")[0]
    wrong = markup(screen.post(response["Location"], {"code": "AAAAAA"}))
    assert "That is not the code we sent" in wrong
    screen.post(response["Location"], {"code": code()})
    assert ("third@example.org", True, True) in addresses()


def test_with_one_address_there_is_nothing_to_choose(alice):
    client = Client()
    client.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = markup(client.get("/account/reauthenticate/code/"))
    assert "We send a code to" in page
    assert 'type="radio"' not in page
    assert client.post("/account/reauthenticate/code/", {"recipient": "alice@example.org"}).status_code == 302
