"""The server knows again what a page sent, should its answer be lost."""

from __future__ import annotations

import pytest

from tests.meetings.typed import FORM

pytestmark = pytest.mark.django_db
NEW = "/meetings/new/"


def sent(name: str, **changes: str) -> dict[str, str]:
    return {**FORM, "people": "", "typing": name, **changes}


def test_the_page_of_the_form_names_what_was_taken(as_person, alice):
    client = as_person(alice)
    assert client.post(NEW, sent("abcdefgh1")).status_code == 302
    assert 'data-taken="abcdefgh1"' in client.get(NEW).content.decode()


def test_what_was_not_taken_is_not_named(as_person, alice):
    client = as_person(alice)
    assert client.post(NEW, sent("abcdefgh1", title="")).status_code == 200
    assert 'data-taken=""' in client.get(NEW).content.decode()


def test_a_few_names_are_kept_and_nothing_but_names(as_person, alice):
    client = as_person(alice)
    names = ["x", "a" * 41, "ABCDEFGHI", "abc defgh", "é" * 10, *(f"abcdefgh{n}" for n in range(10))]
    for day, name in enumerate(names, start=1):
        assert client.post(NEW, sent(name, date=f"2031-03-{day:02}")).status_code == 302
    assert client.session["taken"] == [f"abcdefgh{n}" for n in range(2, 10)]


def test_of_who_is_not_signed_in_nothing_is_kept(client):
    client.post("/account/login/", {"typing": "abcdefgh1"})
    client.post(NEW, sent("abcdefgh1"))
    assert "taken" not in client.session
