"""The letters in the administration: what is seen of them, and what is done to them."""

from __future__ import annotations

import pytest
from django.utils import timezone

from outbox.delivery import enqueue
from outbox.models import Letter
from tests.markup import markup

pytestmark = pytest.mark.django_db


def test_a_letter_shows_no_secret_and_cannot_be_changed(admin):
    enqueue(key="code:1", kind="account", recipient="bob@example.org", payload={"code": "K7MPQ2"})
    letter = Letter.objects.get()
    page = admin.get(f"/admin/outbox/letter/{letter.pk}/change/")
    assert page.status_code == 200
    assert b"K7MPQ2" not in page.content
    assert b'name="recipient"' not in page.content
    assert admin.get("/admin/outbox/letter/add/").status_code == 403


@pytest.mark.parametrize("action", ["try_again", "give_up"])
def test_an_action_on_letters_asks_first(admin, action):
    enqueue(key="note:1", kind="note", recipient="bob@example.org")
    gone = {"dead_at": timezone.now(), "error": "550"} if action == "try_again" else {}
    Letter.objects.update(**gone)
    letter = Letter.objects.get()
    chosen = {"action": action, "_selected_action": [letter.pk]}
    page = admin.post("/admin/outbox/letter/", chosen)
    assert b"note to bob@example.org" in page.content
    assert Letter.objects.get().dead_at == letter.dead_at
    admin.post("/admin/outbox/letter/", {**chosen, "confirmed": "yes"})
    assert bool(Letter.objects.get().dead_at) is (action == "give_up")


def test_what_is_stuck_or_came_back_can_be_seen_at_once(admin):
    for key, facts in {
        "note:1": {"attempts": 9, "error": "The mail server said: 451 later"},
        "note:2": {"sent_at": timezone.now(), "bounced_at": timezone.now(), "bounce": "5.1.1 No such user"},
        "note:3": {"dead_at": timezone.now(), "error": "The mail server said: 550"},
        "note:4": {"dead_at": timezone.now(), "error": "It came too late to be of use."},
        "note:5": {"dead_at": timezone.now(), "error": "No longer true when it was due.", "is_moot": True},
    }.items():
        enqueue(key=key, kind="note", recipient="bob@example.org")
        Letter.objects.filter(key=key).update(**facts)
    page = markup(admin.get("/admin/outbox/letter/"))
    assert "Stuck: 1. Given up since yesterday: 2." in page
    assert "Came back (1)" in page
    assert "5.1.1 No such user" in markup(admin.get("/admin/outbox/letter/?state=back"))
    assert markup(admin.get("/admin/outbox/letter/?state=stuck")).count("field-kind") == 1
