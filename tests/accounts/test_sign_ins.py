"""What is told when somebody may be signed in no more, and what is not."""

from __future__ import annotations

import pytest

from accounts.models import User
from accounts.signals import sign_ins_changed

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(django_capture_on_commit_callbacks):
    """`told(do)`: the accounts that are told of when `do` is done."""
    heard: list[int] = []

    def hear(users: set[int], **kwargs: object) -> None:
        heard.extend(users)

    def done(do) -> list[int]:
        sign_ins_changed.connect(hear)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                do()
        finally:
            sign_ins_changed.disconnect(hear)
        return heard

    return done


def test_settings_that_sign_nobody_out_are_told_to_nobody(client, alice, told):
    client.force_login(alice)
    settings = {"name": "Alice", "time_zone": "Asia/Tokyo", "week_starts": "0"}
    assert told(lambda: client.post("/account/settings/", settings)) == []
    alice.refresh_from_db()
    assert alice.time_zone == "Asia/Tokyo"


def test_an_account_that_is_saved_as_it_was_is_told_to_nobody(alice, told):
    assert told(alice.save) == []
    assert told(lambda: alice.save(update_fields=["is_active", "password"])) == []


def test_a_new_account_is_told_to_nobody(told):
    assert told(lambda: User.objects.create_user("new@example.org", "correct horse")) == []


@pytest.mark.parametrize("fields", [None, ["password"], ["is_active"]])
def test_a_new_password_and_a_switched_off_account_are_told(alice, told, fields):
    alice.set_password("another horse")
    alice.is_active = False
    assert told(lambda: alice.save(update_fields=fields)) == [alice.pk]
    assert told(alice.save) == ([alice.pk, alice.pk] if fields else [alice.pk])
