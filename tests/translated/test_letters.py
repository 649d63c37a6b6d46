"""An English sentence that is left in a letter fails: in a pseudo-language every letter has an accent."""

from __future__ import annotations

import pytest
from django.test import override_settings

from language import pseudo
from outbox import delivery
from tests.meetings.conftest import plan as plan
from tests.meetings.letterbox import html_of
from tests.meetings.letters.scenes import NOON, SCENES, Stage, letter_of
from tests.untranslated import english, said

# What people wrote, and names of things.
NAMES = (
    *("Roundtable", "localhost", "Alice", "Carol", "Dave", "Erin", "Berlin"),
    *("Autumn timetable", "Winter timetable", "With the mayor", "Bring your laptop", "Thank you"),
)


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
    assert english([message.subject, *said(html_of(message))], NAMES) == []
