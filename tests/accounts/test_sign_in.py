from __future__ import annotations

import pytest
from django.test import Client

from config import settings as config_settings
from outbox import access
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def sign_in(client: Client, email: str, password: str = PASSWORD, path: str = "/account/login/"):
    return client.post(path, {"login": email, "password": password})


def test_address_and_password_let_you_in(client, alice):
    assert (
        sign_in(client, "Alice@example.org", path="/account/login/?next=/account/settings/").url
        == "/account/settings/"
    )
    assert client.session["_auth_user_id"] == str(alice.pk)


def test_a_wrong_password_and_an_unknown_address_look_the_same(alice):
    pages = [
        sign_in(Client(), email, "wrong password").content for email in ("alice@example.org", "x@example.org")
    ]
    assert all(b"The address and the password do not match" in page for page in pages)


def test_a_code_lets_you_in(client, alice, code):
    response = client.post("/account/login/code/", {"email": "alice@example.org"})
    assert client.post(response["Location"], {"code": code()})["Location"] == "/"
    assert client.session["_auth_user_id"] == str(alice.pk)


def test_somebody_unknown_is_told_so_only_by_letter(client, alice, letters):
    known = Client().post("/account/login/code/", {"email": "alice@example.org"})
    unknown = client.post("/account/login/code/", {"email": "nobody@example.org"})
    assert known["Location"] == unknown["Location"]
    assert letters()[-1].subject == "There is no account with this address"


def test_a_forgotten_password_is_replaced_by_a_code(client, alice, code, letters):
    response = client.post("/account/password/reset/", {"email": "alice@example.org"})
    response = client.post(response.url, {"code": code()})
    client.post(response.url, {"password1": "thirteen calm boats"})
    assert sign_in(Client(), "alice@example.org", "thirteen calm boats").status_code == 302
    assert letters()[-1].subject == "Your password was changed"


def test_the_wrong_passwords_of_one_person_shut_out_nobody_else_in_the_office(alice, bob, settings):
    settings.ACCOUNT_RATE_LIMITS = config_settings.ACCOUNT_RATE_LIMITS
    for _ in range(6):
        page = sign_in(Client(), "bob@example.org", "wrong password").content.decode()
    assert "Too many tries" in page
    for number in range(20):
        sign_in(Client(), f"person{number}@example.org", "wrong password")
    assert sign_in(Client(), "alice@example.org").status_code == 302
    # Bob's own limit holds wherever he is.
    assert "Too many tries" in sign_in(Client(REMOTE_ADDR="192.0.2.7"), "bob@example.org").content.decode()


def test_a_closed_account_stays_out(client, alice):
    alice.is_active = False
    alice.save()
    assert sign_in(client, "alice@example.org").url == "/account/inactive/"
    page = client.get("/account/inactive/").content.decode()
    assert "This account is switched off" in page
    # As whoever opens such a link reads (tests/rooms/live/test_sessions.py).
    assert "The links in letters to it are closed too." in page
    assert "_auth_user_id" not in client.session


def test_the_way_to_the_letters_is_shown_to_who_may_see_them(alice):
    for address, has_opened, said in (
        ("127.0.0.1", True, "its letters are here"),
        ("127.0.0.1", False, "the address after “Letters:”"),
        ("192.168.1.7", False, "Look in the spam folder"),
    ):
        client = Client(HTTP_HOST="localhost:8000", REMOTE_ADDR=address)
        if has_opened:
            client.get(f"/outbox/open/{access.secret()}/")
        way = client.post("/account/login/code/", {"email": "alice@example.org"})["Location"]
        page = client.get(way).content.decode()
        assert said in page
        assert ("/outbox/" in page) is has_opened


@pytest.mark.parametrize(
    "path",
    [
        "/account/login/",
        "/account/signup/",
        "/account/login/code/",
        "/account/password/reset/",
        "/account/inactive/",
        "/account/password/reset/done/",
        "/nothing/here/",
    ],
)
def test_no_page_at_the_door_needs_inline_script_or_style(client, path):
    _is_clean(client.get(path))


@pytest.mark.parametrize(
    "path",
    ["settings/", "email/", "password/change/", "2fa/", "logout/", "reauthenticate/", "2fa/webauthn/"],
)
def test_no_page_of_the_account_needs_inline_script_or_style(client, alice, path):
    client.force_login(alice)
    _is_clean(client.get(f"/account/{path}"))


def _is_clean(response) -> None:
    page = response.content.decode()
    assert "Roundtable</title>" in page
    assert " style=" not in page
    assert " onclick=" not in page
    for script in page.split("<script")[1:]:
        opening = script.partition(">")[0]
        assert "src=" in opening or "nonce=" in opening or "application/json" in opening
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]
