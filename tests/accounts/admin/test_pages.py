"""Pages of the administration about accounts, and what they have in common with those about letters."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin import site
from django.test import Client

from accounts.models import User
from outbox.delivery import enqueue
from outbox.models import Letter
from tests.markup import markup

pytestmark = pytest.mark.django_db


def test_strangers_sign_in_on_the_one_page_for_it(client):
    assert (
        client.get("/admin/", follow=True)
        .redirect_chain[-1][0]
        .startswith("/account/login/?next=%2Fadmin%2F")
    )


def test_who_is_no_administrator_is_told_so(client, bob):
    client.force_login(bob)
    response = client.get("/admin/", follow=True)
    assert response.status_code == 403
    assert "This is not for you" in markup(response)


@pytest.mark.parametrize("path", ["accounts/user/", "outbox/letter/", "account/emailaddress/"])
def test_a_list_costs_the_same_for_many_rows(admin, person, django_assert_max_num_queries, path):
    for number in range(30):
        person(f"Person{number}")
        enqueue(key=f"note:{number}", kind="note", recipient=f"person{number}@example.org")
    with django_assert_max_num_queries(14):
        assert admin.get(f"/admin/{path}").status_code == 200


def test_people_and_letters_are_found(admin, bob, carol):
    enqueue(key="note:1", kind="note", recipient="bob@example.org")
    assert b"bob@example.org" in admin.get("/admin/accounts/user/?q=bob").content
    assert b"bob@example.org" not in admin.get("/admin/accounts/user/?q=carol").content
    assert b"bob@example.org" in admin.get("/admin/outbox/letter/?q=bob&state=waiting").content
    assert b"bob@example.org" not in admin.get("/admin/outbox/letter/?state=sent").content


def test_times_are_those_of_a_zone_that_is_named(admin, alice):
    User.objects.filter(pk=alice.pk).update(time_zone="Asia/Kolkata")
    enqueue(key="note:1", kind="note", recipient="bob@example.org")
    Letter.objects.update(created_at=datetime(2030, 11, 25, 13, tzinfo=UTC))
    page = markup(admin.get("/admin/outbox/letter/"))
    assert "25 Nov 2030, 18:30" in page
    assert "Times are those of Asia/Kolkata." in page
    chosen = {"action": "try_again", "_selected_action": [Letter.objects.get().pk]}
    asked = markup(admin.post("/admin/outbox/letter/", chosen))
    assert "25 Nov 2030, 18:30" in asked
    assert "Times are those of Asia/Kolkata." in asked


def test_an_account_can_be_opened_and_made(admin, bob):
    assert admin.get(f"/admin/accounts/user/{bob.pk}/change/").status_code == 200
    assert admin.get("/admin/accounts/user/add/").status_code == 200
    made = {"email": "Dave@example.org", "name": "Dave", "usable_password": "true"}
    words = {"password1": "twelve angry boats", "password2": "twelve angry boats"}
    assert admin.post("/admin/accounts/user/add/", {**made, **words}).status_code == 302
    visitor = Client()
    visitor.post("/account/login/", {"login": "dave@example.org", "password": "twelve angry boats"})
    assert visitor.session["_auth_user_id"] == str(User.objects.get(email="dave@example.org").pk)


def test_passkeys_and_apps_can_be_taken_away_and_their_secrets_not_seen(admin, bob):
    app = Authenticator.objects.create(user=bob, type="totp", data={"secret": "K7MPQ2K7MPQ2"})
    page = admin.get(f"/admin/mfa/authenticator/{app.pk}/change/")
    assert page.status_code == 200
    assert b"K7MPQ2K7MPQ2" not in page.content
    admin.post(f"/admin/mfa/authenticator/{app.pk}/delete/", {"post": "yes"})
    assert not Authenticator.objects.exists()


def test_deleting_accounts_says_what_becomes_of_their_calls_and_invitations(admin, bob):
    chosen = {"action": "delete_selected", "_selected_action": [bob.pk]}
    one, several = (
        admin.get(f"/admin/accounts/user/{bob.pk}/delete/"),
        admin.post("/admin/accounts/user/", chosen),
    )
    for page in (one, several):
        assert "Their personal links to other people’s meetings end too" in markup(page)


@pytest.mark.parametrize("pk", ["abc", "9" * 40, "0", "_5F"])
def test_a_page_of_nothing_is_not_found(admin, pk):
    assert admin.get(f"/admin/accounts/user/{pk}/password/").status_code == 404
    for model in site._registry:
        for page in ("change", "delete", "history"):
            path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{pk}/{page}/"
            assert admin.get(path).status_code in (302, 403), path
