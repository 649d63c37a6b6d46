from __future__ import annotations

from io import BytesIO

import pytest
from django.contrib.auth.models import Permission
from django.core.handlers.asgi import ASGIRequest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from outbox import access, folder
from outbox.delivery import deliver_due, enqueue

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
    """The browser of whoever started the copy, with the address that was printed there."""
    return opened(Client(HTTP_HOST="localhost:8000", REMOTE_ADDR="127.0.0.1"))


def opened(client: Client) -> Client:
    client.get(access.printed_path())
    return client


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
    assert status(opened(Client(HTTP_HOST=host))) == 200


def test_being_at_the_machine_is_not_enough(letter):
    """A proxy with HTTP/1.1 and no forwarding header looks the same."""
    visitor = Client(HTTP_HOST="localhost:8000", REMOTE_ADDR="127.0.0.1")
    for path in ("/outbox/", f"/outbox/{letter.name}/", f"/outbox/{letter.name}/html/"):
        response = visitor.get(path)
        assert response.status_code == 403
        assert "These letters are not for everybody" in response.content.decode()
        assert letter.subject not in response.content.decode()


@pytest.mark.parametrize("secret", ["x", "é", "0" * 40])
def test_a_wrong_secret_opens_nothing(letter, secret):
    visitor = Client(HTTP_HOST="localhost:8000", REMOTE_ADDR="127.0.0.1")
    assert status(visitor, f"/outbox/open/{secret}/") == 404
    visitor.cookies["letters"] = secret
    assert status(visitor) == 403


def test_the_secret_opens_nothing_where_letters_are_not_shown(settings, letter):
    settings.PUBLIC_URL = "https://meet.example.org"
    visitor = Client(HTTP_HOST="meet.example.org", REMOTE_ADDR="127.0.0.1")
    assert status(visitor, f"/outbox/open/{access.secret()}/") == 404


def test_it_stays_open_for_whoever_signs_in_and_out_there(at_the_machine, alice):
    at_the_machine.force_login(alice)
    at_the_machine.logout()
    assert status(opened(at_the_machine)) == 200


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
        "headers": [(b"host", b"localhost:8000"), (b"cookie", f"letters={access.secret()}".encode())],
        "client": ["127.0.0.1", 50000],
    }
    assert (access.visibility(ASGIRequest(scope, BytesIO())) is access.Visibility.EVERYTHING) is found


def test_it_does_not_exist_where_letters_are_mailed(at_the_machine, settings):
    settings.EMAIL_URL = "smtp://mail.example.org"
    assert status(at_the_machine) == 404


@pytest.fixture
def at_desk(client, alice) -> Client:
    """An administrator's browser, elsewhere, with the permission to read letters."""
    alice.is_staff = True
    alice.save()
    alice.user_permissions.add(Permission.objects.get(codename="read_letters"))
    client.force_login(alice)
    return client


def test_an_administrator_needs_a_permission_of_its_own(client, person, settings):
    settings.EMAIL_URL = "smtp://mail.example.org"
    dave = person("Dave")
    dave.is_staff = True
    dave.save()
    everything = Permission.objects.exclude(codename="read_letters")
    dave.user_permissions.set(everything)
    client.force_login(dave)
    assert status(client, REMOTE_ADDR="192.168.1.7") == 404


def test_whoever_is_no_administrator_reads_nothing(at_desk, alice):
    alice.is_staff = False
    alice.save()
    assert status(at_desk, REMOTE_ADDR="192.168.1.7") == 404


def test_an_administrator_with_the_permission_reads_from_anywhere_and_sees_no_code(at_desk, letter, settings):
    settings.EMAIL_URL = "smtp://mail.example.org"
    enqueue(key="code:1", kind="secret-note", recipient="root@example.org", payload={"text": "K7MPQ2"})
    enqueue(key="note:1", kind="note", recipient="carol@example.org", payload={"text": "Come on Friday"})
    deliver_due("test")
    names = {one.recipient: one.name for one in folder.letters(folder.names())}
    code, note = names["root@example.org"], names["carol@example.org"]
    page = at_desk.get("/outbox/", REMOTE_ADDR="192.168.1.7").content.decode()
    assert f"/outbox/{note}/" in page
    assert "root@example.org" in page
    # The letter that no row knows of may hold anything.
    for name in (code, letter.name):
        assert name not in page
        for path in (f"/outbox/{name}/", f"/outbox/{name}/html/", f"/outbox/{name}/invite-1.ics"):
            assert at_desk.get(path).status_code == 404
    assert "Come on Friday" in at_desk.get(f"/outbox/{note}/").content.decode()
    assert "A letter about an account" in page


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
