"""What every answer has in common."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.db.models.query import QuerySet
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "host",
    ["", "[", "a b", "evil.example/", "x\x00y", "a@b", "[::1", "host:port:1", "exämple", "example.org, b"],
)
def test_a_host_that_is_none_is_refused_plainly_and_without_a_word_in_the_log(host, caplog):
    for path in ("/", "/health/", "/i/abcdef/", "/admin/", "/nothing/"):
        response = Client(HTTP_HOST=host, SERVER_NAME="").get(path)
        assert response.status_code == 400
        assert response["Content-Type"] == "text/plain"
        assert b"Traceback" not in response.content
    assert caplog.records == []


def test_a_host_that_is_not_ours_is_refused_as_plainly(client, settings, caplog):
    settings.ALLOWED_HOSTS = ["meet.example.org"]
    assert client.get("/", HTTP_HOST="other.example.org").status_code == 400
    assert client.get("/", HTTP_HOST="meet.example.org").status_code == 200
    assert caplog.records == []


def test_no_page_is_kept_by_anybody(client, alice):
    paths = ["/", "/account/login/", "/account/signup/", "/nothing/", "/health/", "/i/nothing/"]
    client.get("/")
    for path in paths:
        kept_by = client.get(path)["Cache-Control"]
        assert "no-store" in kept_by, path
        assert "private" in kept_by, path
    client.force_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    for path in (
        "/",
        "/meetings/new/",
        "/meetings/past/",
        "/account/settings/",
        "/account/email/",
        "/meetings/week/",
    ):
        response = client.get(path)
        assert response.status_code == 200, path
        assert "no-store" in response["Cache-Control"], path
        assert "private" in response["Cache-Control"], path


def test_health_looks_at_the_database_and_tells_no_details(client, monkeypatch):
    assert client.get("/health/").content == b"ok\n"

    def away(self: QuerySet[Session]) -> bool:
        raise OperationalError("connection to db.internal as bob failed")

    monkeypatch.setattr(QuerySet, "exists", away)
    response = client.get("/health/")
    assert (response.status_code, response.content) == (503, b"the database does not answer\n")
    assert client.post("/health/").status_code == 405


def test_passwords_are_changed_on_our_own_page_also_by_administrators(client, alice):
    alice.is_staff = alice.is_superuser = True
    alice.save()
    client.force_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    for path in ("/admin/password_change/", "/admin/password_change/done/"):
        response = client.get(path, follow=True)
        assert response.redirect_chain == [("/account/password/change/", 302)]
        assert response.status_code == 200
    assert "/admin/password_change/" in client.get("/admin/").content.decode()
    assert client.post("/admin/logout/")["Location"] == "/"
    assert "_auth_user_id" not in client.session
