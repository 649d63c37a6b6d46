"""Sessions: whose row is made when, and when it goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.chores import clear_sessions
from accounts.promises import is_promise, new_promise
from accounts.sessions import SessionStore
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
    key = new_promise()
    session = SessionStore(key)
    assert "word" not in session
    assert (session.is_promised, session.session_key) == (True, key)
    session["word"] = "yes"
    session.save()
    assert SessionStore(key)["word"] == "yes"
    assert Session.objects.get().session_key == key


def test_two_requests_that_keep_something_at_once_both_succeed():
    key = new_promise()
    first, second = SessionStore(key), SessionStore(key)
    for session in (first, second):
        session["word"] = "yes"
    first.save()
    second.save()
    assert SessionStore(key)["word"] == "yes"


def test_a_row_that_has_expired_is_begun_anew():
    key = new_promise()
    Session.objects.create(session_key=key, session_data="x", expire_date=timezone.now() - timedelta(1))
    session = SessionStore(key)
    assert "word" not in session
    session["word"] = "yes"
    session.save()
    assert SessionStore(key)["word"] == "yes"


@pytest.mark.parametrize("key", ["", "a" * 32, "a" * 8, "é" * 32, "almost a promise"])
def test_nobody_makes_up_a_key(key):
    key = new_promise()[:-1] + "!" if key == "almost a promise" else key
    assert not is_promise(key)
    session = SessionStore(key)
    assert "word" not in session
    assert session.session_key is None


def test_signing_in_changes_the_key_of_a_promised_session(alice):
    client = Client()
    client.cookies["session"] = key = new_promise()
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
