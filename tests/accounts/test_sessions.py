"""Sessions: whose row is made when, and when it goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts.chores import clear_sessions
from accounts.session_keys import is_of_account, is_provisional, new_provisional
from accounts.sessions import SessionStore, renew
from meetings.plans import occurrences
from outbox import chores

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path", ["/", "/account/login/", "/account/signup/", "/account/login/code/", "/account/password/reset/",
             "/meetings/", "/meetings/new/", "/nothing/", "/i/nothing/", "/health/", "/source/", "/admin/",
             "/outbox/", "/kfpx-tvwqm-m3xz/", "/account/first/x/", "/account/confirm-email/"]
)  # fmt: skip
def test_a_visit_without_cookies_leaves_no_row(path):
    Client().get(path, follow=True)
    assert not Session.objects.exists()


def test_what_is_kept_in_a_promised_session_is_found_again():
    key = new_provisional()
    session = SessionStore(key)
    assert "word" not in session
    assert (session.is_provisional, session.session_key) == (True, key)
    session["word"] = "yes"
    session.save()
    assert SessionStore(key)["word"] == "yes"
    assert Session.objects.get().session_key == key


def test_two_requests_that_keep_something_at_once_both_succeed():
    key = new_provisional()
    first, second = SessionStore(key), SessionStore(key)
    for session in (first, second):
        session["word"] = "yes"
    first.save()
    second.save()
    assert SessionStore(key)["word"] == "yes"


def test_two_first_requests_at_once_lose_nothing_of_each_other():
    key = new_provisional()
    page, link, other = SessionStore(key), SessionStore(key), SessionStore(key)
    page["word"] = "yes"
    link["attendees"] = {"one": 1}
    other["attendees"] = {"two": 2}
    for session in (page, link, other):
        session.save()
    kept = SessionStore(key)
    assert kept["word"] == "yes"
    assert kept["attendees"] == {"one": 1, "two": 2}


def test_a_row_that_has_expired_is_begun_anew():
    key = new_provisional()
    session = SessionStore(key)
    session["old"] = "yes"
    session.save()
    Session.objects.update(expire_date=timezone.now() - timedelta(1))
    session = SessionStore(key)
    assert "word" not in session
    session["word"] = "yes"
    session.save()
    assert SessionStore(key)["word"] == "yes"
    assert "old" not in SessionStore(key)


@pytest.mark.parametrize("key", ["", "a" * 32, "a" * 8, "é" * 32, "almost provisional"])
def test_nobody_makes_up_a_key(key):
    key = new_provisional()[:-1] + "!" if key == "almost provisional" else key
    assert not is_provisional(key)
    session = SessionStore(key)
    assert "word" not in session
    assert session.session_key is None


def test_signing_in_changes_the_key_of_a_promised_session(alice):
    client = Client()
    client.cookies["session"] = key = new_provisional()
    client.post("/account/login/", {"login": "alice@example.org", "password": "correct horse battery"})
    assert client.session["_auth_user_id"] == str(alice.pk)
    assert client.cookies["session"].value != key
    assert not Session.objects.filter(session_key=key).exists()


def test_expired_sessions_are_cleared_and_others_stay():
    for name, days in (("old", -1), ("new", 1)):
        expire = timezone.now() + timedelta(days)
        Session.objects.create(session_key=name, session_data="x", expire_date=expire)
    clear_sessions()
    assert [session.session_key for session in Session.objects.all()] == ["new"]
    assert "accounts.chores.clear_sessions" in [one.name for one in chores._chores]


def test_the_key_of_a_browser_that_signed_in_proves_it_and_no_other_does(as_person, alice, bob):
    client = as_person(alice)
    assert is_of_account(client.cookies["session"].value)
    client.post("/account/logout/")
    client.post("/account/login/", {"login": "bob@example.org", "password": "correct horse battery"})
    assert client.session["_auth_user_id"] == str(bob.pk)
    assert is_of_account(client.cookies["session"].value)
    visitor = SessionStore()
    visitor["word"] = "yes"
    visitor.save()
    for key in (visitor.session_key or "", new_provisional(), "", "a" * 32, "é" * 32):
        assert not is_of_account(key)


def test_signing_in_as_somebody_else_without_signing_out_proves_it_too(client, alice, bob):
    client.force_login(alice)
    first = client.cookies["session"].value
    client.force_login(bob)
    assert client.cookies["session"].value != first
    assert is_of_account(client.cookies["session"].value)


# -- those that are used ------------------------------------------------------------------------


def expiry_of(client: Client) -> timedelta:
    """How long its session still has."""
    return Session.objects.get(session_key=client.cookies["session"].value).expire_date - timezone.now()


def let_pass(**time) -> None:
    """So much time goes by for every session."""
    Session.objects.update(expire_date=F("expire_date") - timedelta(**time))


def test_a_session_that_is_used_goes_on_and_is_written_once_a_day(as_person, alice):
    client = as_person(alice)
    let_pass(hours=23)
    assert client.get("/meetings/").cookies.get("session") is None
    assert expiry_of(client) < timedelta(days=13, hours=2)
    let_pass(hours=2)
    response = client.get("/meetings/")
    assert response.cookies["session"]["max-age"] == 14 * 24 * 3600
    assert expiry_of(client) > timedelta(days=13, hours=23)


def test_a_session_of_a_guest_that_is_used_goes_on(client, alice):
    meeting = occurrences.create(alice, "Standup", timezone.now())
    for _ in range(2):
        client.get(meeting.room_url)
    let_pass(days=13)
    client.get(meeting.room_url)
    assert expiry_of(client) > timedelta(days=13)


def test_a_session_that_was_to_end_soon_does(client):
    key = new_provisional()
    session = SessionStore(key)
    session["word"] = "yes"
    session.set_expiry(3600)
    session.save()
    client.cookies["session"] = key
    client.get("/account/login/")
    renew([key])
    assert expiry_of(client) < timedelta(hours=2)


def test_one_that_has_ended_does_not_come_back(as_person, alice):
    client = as_person(alice)
    let_pass(days=15)
    renew([client.cookies["session"].value])
    assert expiry_of(client) < timedelta()


def test_renewing_leaves_what_another_request_has_kept_meanwhile(as_person, alice):
    client = as_person(alice)
    let_pass(days=2)
    session = client.session
    session["word"] = "yes"
    session.save()
    let_pass(days=2)
    renew([session.session_key])
    assert client.session["word"] == "yes"
    assert expiry_of(client) > timedelta(days=13)


def test_all_sessions_of_open_sockets_are_renewed_in_two_queries(django_assert_num_queries):
    keys = []
    for _ in range(20):
        session = SessionStore()
        session["name"] = "Guest"
        session.save()
        keys.append(session.session_key or "")
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=5))
    with django_assert_num_queries(2):
        renew(keys)
    assert Session.objects.filter(expire_date__gt=timezone.now() + timedelta(days=13)).count() == 20


@pytest.mark.parametrize("seconds", [0, 600])
def test_a_session_that_is_to_end_with_the_browser_or_soon_is_not_kept_any_longer(as_person, alice, seconds):
    client = as_person(alice)
    session = client.session
    session.set_expiry(seconds)
    session.save()
    due = timezone.now() + timedelta(minutes=5)
    Session.objects.update(expire_date=due)
    assert "session" not in client.get("/account/settings/").cookies
    assert Session.objects.get().expire_date == due
