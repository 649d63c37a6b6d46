from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts import first_administrator
from accounts.models import User
from tests.markup import markup

pytestmark = pytest.mark.django_db

ALICE = {"name": "Alice Okafor", "email": "Alice@Example.org", "password": "twelve angry boats"}


@pytest.fixture(autouse=True)
def _own_data(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def test_the_link_makes_an_administrator_who_is_signed_in(client):
    path = first_administrator.path(first_administrator.new_token())
    assert "The first administrator" in markup(client.get(path))
    assert client.post(path, ALICE)["Location"] == "/"
    user = User.objects.get()
    assert (user.email, user.name, user.is_staff, user.is_superuser) == (
        "alice@example.org",
        "Alice Okafor",
        True,
        True,
    )
    assert EmailAddress.objects.get(user=user, primary=True).verified
    assert client.get("/admin/").status_code == 200


def test_its_address_is_where_the_page_is():
    assert first_administrator.path("token") == reverse("account:first", args=["token"])


def test_whoever_is_signed_in_already_becomes_the_administrator(client, alice):
    client.force_login(alice)
    path = first_administrator.path(first_administrator.new_token())
    assert alice.email in markup(client.get(path))
    assert client.post(path)["Location"] == "/"
    alice.refresh_from_db()
    assert (alice.is_staff, alice.is_superuser) == (True, True)
    assert client.get(path).status_code == 404
    assert client.get("/admin/").status_code == 200


def test_it_works_once(client):
    path = first_administrator.path(first_administrator.new_token())
    client.post(path, ALICE)
    other = Client()
    again = other.get(path)
    assert again.status_code == 404
    assert "sign in as always" in markup(again)
    assert other.post(path, {**ALICE, "email": "eve@example.org"}).status_code == 404
    assert first_administrator.new_token() == ""


def test_a_newer_link_replaces_the_older(client):
    old, new = first_administrator.new_token(), first_administrator.new_token()
    replaced = client.get(f"/account/first/{old}/")
    assert replaced.status_code == 404
    assert "only the newest works" in markup(replaced)
    assert client.get(f"/account/first/{new}/").status_code == 200


def test_a_guess_leads_nowhere(client):
    assert client.get("/account/first/guess/").status_code == 404
    first_administrator.new_token()
    assert client.post("/account/first/guess/", ALICE).status_code == 404
    assert not User.objects.exists()


def test_it_ends_with_the_first_administrator_however_made(client, alice):
    path = first_administrator.path(first_administrator.new_token())
    assert client.get(path).status_code == 200
    alice.is_superuser = True
    alice.save()
    assert client.get(path).status_code == 404


def test_only_the_hash_is_kept(tmp_path):
    token = first_administrator.new_token()
    kept = tmp_path / "first-administrator"
    assert token not in kept.read_text()
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("password", "password", "too common"),
        ("password", "alice okafor", "too similar"),
        ("email", "alice", "does not look like a whole address"),
        ("email", "bob@example.org", "exists already"),
        ("name", " ", "Your name is missing"),
    ],
)
def test_a_mistake_is_told_and_the_link_still_works(client, bob, field, value, said):
    path = first_administrator.path(first_administrator.new_token())
    assert said in markup(client.post(path, {**ALICE, field: value}))
    assert client.post(path, ALICE).status_code == 302
