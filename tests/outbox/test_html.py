"""The look of letters stands at their elements, and what cannot, in their head."""

from __future__ import annotations

import re

import pytest

from accounts.mail import WORDS, render_letter
from outbox import html
from outbox.models import Letter
from tests.meetings.letterbox import html_of

PLACES = dict.fromkeys(
    ("by", "by_email", "address", "before", "to_email", "from_email", "deleted_email"), "x"
)


def test_the_look_is_put_at_each_element_and_nothing_is_to_be_fetched():
    letter = html.render("mail/base.html", {"subject": "Hello", "product": "Roundtable", "preview": "Hi"})
    assert re.search(r'<td class="sheet" style="[^"]*background-color:#ffffff', letter)
    assert not re.search(r"<link|<script|url\(|@import", letter)


def test_the_dark_and_narrow_windows_stay_in_the_head_behind_the_character_set():
    letter = html.render("mail/base.html", {"subject": "Hello", "product": "Roundtable"})
    head, _, body = letter.partition("</head>")
    assert head.index("charset") < head.index("@media (prefers-color-scheme: dark)")
    assert "@media (max-width: 480px)" in head
    assert "@media" not in body


@pytest.mark.parametrize("name", WORDS)
def test_every_letter_about_an_account_has_that_look(name):
    payload = {"letter": name, "code": "ABCD-2345", **PLACES}
    message = render_letter(Letter(kind="account", recipient="bob@example.org", payload=payload))
    content = html_of(message)
    assert re.search(r'<h1 class="title ink" style="[^"]*font-size:28px', content)
    assert re.search(r'<p class="code" style="[^"]*letter-spacing:8px', content)
