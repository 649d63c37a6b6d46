"""An English sentence that is left in a letter fails: in a pseudo-language every letter has an accent."""

from __future__ import annotations

import pytest
from django.test import override_settings

from accounts.mail import KIND, WORDS
from language import pseudo
from outbox import delivery
from tests.meetings.conftest import plan as plan
from tests.meetings.letterbox import html_of, text_of
from tests.meetings.letters.scenes import NOON, SCENES, Stage, letter_of
from tests.untranslated import english, said, typed

# What people wrote, and names of things.
NAMES = (
    *("Roundtable", "localhost", "Alice", "Bob Lindqvist", "Carol", "Dave", "Erin", "Berlin"),
    *(
        "Autumn timetable",
        "Winter timetable",
        "With the mayor",
        "Bring your laptop",
        "Thank you",
        "Welcome",
        "Numbers",
    ),
)


def left(message) -> list[str]:
    """Of the HTML, and of the text, in which what somebody typed is known by the HTML alone."""
    page = html_of(message)
    text = [" ".join(paragraph.split()) for paragraph in text_of(message).split("\n\n")]
    return english([message.subject, *said(page), *text], [*NAMES, *typed(page)])


@pytest.mark.usefixtures("_compiled", "bob")
@pytest.mark.parametrize("name", SCENES)
def test_nothing_english_is_left_in_a_letter(name, alice, carol, plan, settings, monkeypatch, mailoutbox):
    carol.is_staff = carol.is_superuser = True
    carol.save()
    stage = Stage(alice, carol, plan, settings, monkeypatch)
    stage.now(NOON)
    letter = letter_of(name, stage)
    mailoutbox.clear()
    with override_settings(LANGUAGE_CODE=pseudo.ACCENTED):
        delivery.deliver_due("test")
    letter.refresh_from_db()
    assert not letter.error
    [message] = [sent for sent in mailoutbox if sent.extra_headers["Message-ID"] == letter.message_id]
    assert left(message) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("_compiled")
@pytest.mark.parametrize("name", WORDS)
def test_nothing_english_is_left_in_a_letter_about_an_account(name, mailoutbox):
    words = ("from_email", "to_email", "deleted_email", "address", "before", "by", "by_email")
    payload = {"letter": name, "code": "1234-56", **dict.fromkeys(words, "dave@far.example")}
    delivery.enqueue(key="1", kind=KIND, recipient="dave@far.example", payload=payload)
    with override_settings(LANGUAGE_CODE=pseudo.ACCENTED):
        delivery.deliver_due("test")
    [message] = mailoutbox
    assert left(message) == []


def test_a_letter_that_its_reader_asked_for_is_in_the_language_of_the_page(reading, alice, mailoutbox):
    reading(pseudo.ACCENTED).post("/account/login/code/", {"email": alice.email})
    delivery.deliver_due("test")
    [message] = mailoutbox
    assert "[Ýöûŕ çöđé" in html_of(message)
    assert 'lang="en-xa" dir="ltr"' in html_of(message)


def test_a_letter_in_a_language_that_is_no_longer_offered_is_in_that_of_the_site(alice, mailoutbox):
    payload = {"letter": "password_changed", "language": "tlh"}
    delivery.enqueue(key="1", kind=KIND, recipient=alice.email, payload=payload)
    delivery.deliver_due("test")
    assert mailoutbox[0].subject == "Your password was changed"
