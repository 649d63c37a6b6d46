from __future__ import annotations

from io import BytesIO

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from outbox import access, folder

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.OUTBOX_FOLDER = tmp_path / "outbox"
    settings.EMAIL_BACKEND = "outbox.folder.FolderBackend"


@pytest.fixture
def letter() -> folder.StoredLetter:
    """An invitation with everything that one has."""
    message = EmailMultiAlternatives(
        "Standup für alle", "Join: http://localhost:8000/j/abc", to=["bob@example.org"]
    )
    message.attach_alternative(
        "<html><head></head><body><script>alert(1)</script><a href='/'>Join</a></body></html>", "text/html"
    )
    message.attach("invite.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "application/ics")
    message.send()
    [stored] = folder.letters(folder.names())
    return stored


@pytest.fixture
def at_the_machine() -> Client:
    return Client(HTTP_HOST="localhost:8000", REMOTE_ADDR="127.0.0.1")


def status(client: Client, path: str = "/outbox/", **meta: str) -> int:
    return client.generic("GET", path, **meta).status_code  # type: ignore[arg-type]  # stubs: no META


def test_who_sits_at_the_machine_reads_the_letters(at_the_machine, letter):
    page = at_the_machine.get("/outbox/").content.decode()
    assert "Standup für alle" in page
    assert "bob@example.org" in page
    page = at_the_machine.get(f"/outbox/{letter.name}/").content.decode()
    assert '<a href="http://localhost:8000/j/abc"' in page


def test_an_empty_outbox_says_so(at_the_machine):
    assert "No letter yet" in at_the_machine.get("/outbox/").content.decode()


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "[::1]:8000", "localhost", "roundtable.localhost"])
def test_every_name_of_this_machine_will_do(host):
    assert status(Client(HTTP_HOST=host)) == 200


@pytest.mark.parametrize(
    "visitor",
    [
        {"REMOTE_ADDR": "192.168.1.7"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.168.1.7"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=192.168.1.7"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_REAL_IP": "192.168.1.7"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_VIA": "1.1 proxy"},
        # A plain `proxy_pass` adds no header at all, and speaks as nobody else does.
        {"REMOTE_ADDR": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.0"},
        # A foreign page whose name points here (DNS rebinding).
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "evil.example:8000"},
        {"REMOTE_ADDR": ""},
    ],
)
def test_it_does_not_exist_for_visitors_from_elsewhere(at_the_machine, letter, visitor):
    for path in ("/outbox/", f"/outbox/{letter.name}/", f"/outbox/{letter.name}/html/"):
        assert status(at_the_machine, path, **visitor) == 404


def test_it_does_not_exist_behind_a_proxy(at_the_machine, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert status(at_the_machine) == 404


@pytest.mark.parametrize("address", ["https://meet.example.org", "http://192.168.1.5:8000"])
def test_it_does_not_exist_on_a_copy_that_others_reach(at_the_machine, settings, address):
    settings.PUBLIC_URL = address
    assert status(at_the_machine) == 404


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "http://[::1]:8000", "http://team.localhost"])
def test_the_address_of_a_copy_may_be_any_name_of_this_machine(at_the_machine, settings, address):
    settings.PUBLIC_URL = address
    assert status(at_the_machine) == 200


@pytest.mark.parametrize(("version", "found"), [("1.1", True), ("2", True), ("1.0", False)])
def test_the_server_tells_how_a_request_came(version, found):
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/outbox/",
        "http_version": version,
        "headers": [(b"host", b"localhost:8000")],
        "client": ["127.0.0.1", 50000],
    }
    assert access.may_see_outbox(ASGIRequest(scope, BytesIO())) is found


def test_it_does_not_exist_where_letters_are_mailed(at_the_machine, settings):
    settings.EMAIL_URL = "smtp://mail.example.org"
    assert status(at_the_machine) == 404


def test_an_administrator_reads_it_from_anywhere(client, carol, alice, settings):
    settings.EMAIL_URL = "smtp://mail.example.org"
    alice.is_staff = True
    alice.save()
    client.force_login(alice)
    assert status(client, REMOTE_ADDR="192.168.1.7") == 200
    client.force_login(carol)
    assert status(client, REMOTE_ADDR="192.168.1.7") == 404


def test_the_html_part_can_run_and_fetch_nothing(at_the_machine, letter):
    response = at_the_machine.get(f"/outbox/{letter.name}/html/")
    policy = response["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_top">' in response.content.decode()


def test_the_calendar_file_comes_out_as_it_went_in(at_the_machine, letter):
    response = at_the_machine.get(f"/outbox/{letter.name}/invite-1.ics")
    assert response.content == b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    assert response["Content-Type"].startswith("text/calendar")
    assert status(at_the_machine, f"/outbox/{letter.name}/invite-2.ics") == 404


@pytest.mark.parametrize("name", ["..%2Fsecret-key", "secret-key", "1" * 19 + "-00000000"])
def test_no_other_file_is_shown(at_the_machine, letter, name):
    assert status(at_the_machine, f"/outbox/{name}/") == 404


def test_script_in_a_subject_is_only_text(at_the_machine):
    EmailMultiAlternatives("<script>alert(1)</script>", "<b>bold</b>", to=["bob@example.org"]).send()
    [name] = folder.names()
    for path in ("/outbox/", f"/outbox/{name}/"):
        page = at_the_machine.get(path).content.decode()
        assert "<script>alert(1)" not in page
        assert "<b>bold" not in page


def test_the_newest_letter_stands_first(at_the_machine):
    for subject in ("First", "Second"):
        EmailMultiAlternatives(subject, "x", to=["bob@example.org"]).send()
    page = at_the_machine.get("/outbox/").content.decode()
    assert page.index("Second") < page.index("First")


def test_reading_changes_nothing(at_the_machine):
    assert at_the_machine.post("/outbox/").status_code == 405
