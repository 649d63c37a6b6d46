"""Every letter says what it said, also if it was written by the version before.

`stored/` holds one file for each scene (tests.meetings.letters.scenes): the kind and the payload as the
outbox had them in November 2026, its numbers left open, and the subject and the text that came of them. A
letter that waits while a copy is brought up to date has such a payload, and is to say the same.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from outbox import delivery
from outbox.models import Letter
from tests.meetings.letterbox import text_of
from tests.meetings.letters.scenes import NOON, SCENES, STORED, Stage, letter_of, stored

# Numbers and moments that are others every time.
OPEN = (
    "announcement",
    "attendee",
    "circular",
    "main",
    "occurrence",
    "previous",
    "since",
    "uid",
    "until",
    "user",
)


@pytest.fixture
def stage(alice, bob, carol, plan, settings, monkeypatch, mailoutbox) -> Stage:
    carol.is_staff = carol.is_superuser = True
    carol.save()
    set_up = Stage(alice, carol, plan, settings, monkeypatch)
    set_up.now(NOON)
    return set_up


# What is called otherwise since.
RENAMED = {"circular": "announcement"}


def opened(payload: Any) -> Any:
    """A payload with its numbers left open."""
    if isinstance(payload, list):
        return [opened(part) for part in payload]
    if not isinstance(payload, dict):
        return payload
    return {
        key: f"<{key}>" if key in OPEN and value is not None else opened(value)
        for key, value in sorted(payload.items())
    }


def filled(kept: Any, actual: Any) -> Any:
    """A stored payload with the numbers that it has here."""
    if isinstance(kept, list):
        return [filled(*pair) for pair in zip(kept, actual, strict=True)]
    if isinstance(kept, dict):
        return {key: filled(value, actual.get(RENAMED.get(key, key))) for key, value in kept.items()}
    return actual if isinstance(kept, str) and re.fullmatch(r"<\w+>", kept) else kept


def said(letter: Letter, mailoutbox: list[Any]) -> str:
    """Deliver the letter; its subject and text, without what is another every time."""
    mailoutbox.clear()
    delivery.deliver_due("test")
    letter.refresh_from_db()
    assert not letter.error, letter.error
    [message] = [sent for sent in mailoutbox if sent.extra_headers["Message-ID"] == letter.message_id]
    text = re.sub(r"/(i|reminders)/[\w:-]{16,}/", r"/\1/…/", text_of(message))
    text = re.sub(r"/answer/on/\d+/", "/answer/on/…/", text)
    return f"{message.subject}\n\n" + re.sub(r"/[a-z2-9]{4}-[a-z2-9]{5}-[a-z2-9]{4}/", "/code/", text)


@pytest.mark.parametrize("name", SCENES)
def test_a_letter_says_what_it_said(name, stage, mailoutbox):
    letter = letter_of(name, stage)
    kind, _, text = stored(name)
    assert letter.kind == RENAMED.get(kind, kind)
    assert said(letter, mailoutbox) == text


def one_of_each_shape() -> list[str]:
    """Of scenes whose letters have the same kind, and payloads of the same parts, one."""
    shapes: dict[str, str] = {}
    for name in SCENES:
        kind, payload, _ = stored(name)
        parts = [part for part, value in payload.items() if value is not None]
        shapes.setdefault(f"{kind} {parts} {payload.get('what')}", name)
    return list(shapes.values())


@pytest.mark.parametrize("name", one_of_each_shape())
def test_a_letter_that_waited_while_this_copy_was_brought_up_to_date_says_the_same(name, stage, mailoutbox):
    letter = letter_of(name, stage)
    kind, kept, text = stored(name)
    letter.kind, letter.payload = kind, filled(kept, letter.payload)
    letter.save()
    assert said(letter, mailoutbox) == text


def test_there_is_one_stored_letter_for_each_scene():
    assert {path.stem for path in STORED.glob("*.txt")} == set(SCENES)
