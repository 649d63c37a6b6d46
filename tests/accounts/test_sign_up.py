from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from accounts.models import User
from outbox.models import Letter

pytestmark = pytest.mark.django_db

DAVE = {"name": "Dave Brandt", "email": "dave@example.org", "password1": "twelve angry boats"}


def sign_up(client: Client, path: str = "/account/signup/", **changes: str):
    return client.post(path, {**DAVE, **changes})


def test_the_code_from_the_letter_leads_to_your_meetings(client, code):
    assert sign_up(client)["Location"].startswith("/account/confirm-email/")
    response = client.post("/account/confirm-email/", {"code": code()})
    assert response["Location"] == "/"
    user = User.objects.get()
    assert (user.email, user.name) == ("dave@example.org", "Dave Brandt")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert EmailAddress.objects.get(user=user).verified


def test_where_you_wanted_to_go_is_kept(client, code):
    response = sign_up(client, "/account/signup/?next=/account/settings/")
    response = client.post(response["Location"], {"code": code()})
    assert response["Location"] == "/account/settings/"


def test_a_foreign_address_to_go_to_is_not(client, code):
    sign_up(client, "/account/signup/?next=https://evil.example/")
    assert client.post("/account/confirm-email/", {"code": code()})["Location"] == "/"


def test_capitals_do_not_matter_in_address_and_code(client, code):
    sign_up(client, email="Dave@Example.ORG")
    client.post("/account/confirm-email/", {"code": code().lower()})
    assert User.objects.get().email == "dave@example.org"


def test_a_wrong_code_is_told_and_the_third_ends_it(client, code):
    sign_up(client)
    response = client.post("/account/confirm-email/", {"code": "AAAAAA"})
    assert "That is not the code we sent" in response.content.decode()
    client.post("/account/confirm-email/", {"code": "AAAAAA"})
    assert client.post("/account/confirm-email/", {"code": "AAAAAA"}).status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_second_account_for_one_address_is_not_made_and_not_betrayed(client, alice, letters):
    first = sign_up(client)
    again = sign_up(Client(), email="alice@example.org")
    assert (first.status_code, first["Location"]) == (again.status_code, again["Location"])
    assert User.objects.filter(email="alice@example.org").count() == 1
    assert letters()[-1].subject == "You have an account already"


def whole_page(client: Client, address: str, response) -> str:
    """What the browser gets, without what differs for everybody."""
    page = client.get(response["Location"]) if response.status_code == 302 else response
    text = page.content.decode().replace(address, "ADDRESS")
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"|&quot;\w{64}&quot;', "", text)
    headers = {name: value for name, value in page.headers.items() if "Policy" not in name}
    for changing in ("Content-Length", "Expires"):
        headers.pop(changing, None)
    return f"{page.status_code} {headers} {sorted(client.cookies)} {text}"


def test_no_word_button_or_step_tells_who_has_an_account(alice):
    seen = []
    for address in ("alice@example.org", "dave1@example.org"):
        client = Client()
        response = sign_up(client, email=address)
        way = response["Location"]
        steps = [whole_page(client, address, response)]
        for form in ({"code": "AAAAAA"}, {"action": "resend"}, {"code": ""}, {"action": "change"}):
            response = client.post(way, form)
            steps.append(f"{response.get('Location')} {whole_page(client, address, response)}")
        steps.append(whole_page(client, address, client.get("/account/signup/")))
        seen.append(steps)
    assert ">Other address</button>" in seen[0][0]
    for known, unknown in zip(*seen, strict=True):
        assert known == unknown


def test_an_address_that_is_taken_takes_as_long(alice, monkeypatch):
    hashed: list[str] = []
    make = MD5PasswordHasher.encode

    def noted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return make(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", noted)
    for address in ("alice@example.org", "dave1@example.org"):
        sign_up(Client(), email=address)
    assert hashed == [DAVE["password1"]] * 2


def test_whoever_mistyped_the_address_finds_the_name_again(client):
    sign_up(client, email="dvae@example.org")
    page = client.post("/account/logout/", {"next": "/account/signup/"}, follow=True)
    assert page.redirect_chain == [("/account/signup/", 302)]
    assert 'value="Dave Brandt"' in page.content.decode()
    assert sign_up(client)["Location"].startswith("/account/confirm-email/")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Your name is missing"),
        ("name", "\u202e\u0000", "Your name is missing"),
        ("email", "carol@mendez", "does not look like a whole address"),
        ("email", "", "Your address is missing"),
        ("password1", "short", "too short"),
        ("password1", "password", "too common"),
        ("password1", "", "Choose a password"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client, field, value, said):
    response = sign_up(client, **{field: value})
    page = response.content.decode()
    assert response.status_code == 200
    assert said in page
    assert 'aria-invalid="true"' in page
    assert not User.objects.exists()


def test_what_was_typed_stays_typed(client):
    page = sign_up(client, email="not whole").content.decode()
    assert 'value="Dave Brandt"' in page
    assert 'value="not whole"' in page
    assert "twelve angry boats" not in page


def test_a_hostile_name_is_only_text(client, code):
    sign_up(client, name="<script>alert(1)</script> \u202eevil\u202c")
    client.post("/account/confirm-email/", {"code": code()})
    assert User.objects.get().name == "<script>alert(1)</script> evil"
    page = client.get("/account/settings/").content.decode()
    assert "<script>alert(1)" not in page


def test_a_very_long_name_is_cut(client, code):
    sign_up(client, name="x" * 150)
    assert len(User.objects.get().name) == 64


def test_the_code_stands_nowhere_once_it_is_sent(client, code):
    sign_up(client)
    assert Letter.objects.get().payload["code"]
    code()
    assert Letter.objects.get().payload == {}


def test_the_letter_says_the_code_in_text_and_html(client, letters, code):
    sign_up(client)
    [message] = letters()
    assert message.to == ["dave@example.org"]
    assert message.subject == f"{code()} is your code for Roundtable"
    assert code() in message.alternatives[0].content


def test_a_hostile_host_never_gets_into_a_letter(alice, letters):
    sign_up(Client(HTTP_HOST="evil.example"), email="alice@example.org")
    [message] = letters()
    assert "http://localhost:8000/account/login/" in str(message.body)
    assert "evil.example" not in str(message.message())


def test_asking_too_often_is_answered_kindly(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"signup": "1/m/ip"}
    sign_up(client, email="")
    response = sign_up(client, email="")
    assert response.status_code == 429
    assert "Wait a minute" in response.content.decode()
