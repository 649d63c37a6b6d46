from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.names import clean_name, initials


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Alice   Okafor ", "Alice Okafor"),
        ("Alice\nBcc: eve@example.org", "Alice Bcc: eve@example.org"),
        ("\u202eecilA\u202c", "ecilA"),
        ("A\u0000l\u0007ice", "Alice"),
        ("Al\u200bice\ufeff", "Alice"),
        ("陳怡君", "陳怡君"),
        ("أمل الحسن", "أمل الحسن"),
        ("Nguyễn Thị Minh Khai", "Nguyễn Thị Minh Khai"),
        # Persian needs the joiner inside, emoji too.
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚀 Ada", "👩\u200d🚀 Ada"),
        ("e\u0301", "é"),
        ("\u202e\u2066", ""),
        # Hindi joins and does not join with a virama; a family is one emoji, whatever its skin.
        ("क्\u200dष क्\u200cष", "क्\u200dष क्\u200cष"),
        ("👩🏽\u200d👩🏽\u200d👧🏽", "👩🏽\u200d👩🏽\u200d👧🏽"),
        ("🏳️\u200d🌈 ❤️\u200d🔥", "🏳️\u200d🌈 ❤️\u200d🔥"),
        # Elsewhere joiners are nothing but a second Alice.
        ("Al\u200dice", "Alice"),
        ("Alice\u200c", "Alice"),
        ("\u200d\u200dAlice \u200d Okafor", "Alice Okafor"),
        # Blank without being white space.
        ("\u3164", ""),
        ("\u2800\u2800", ""),
        ("\U00013441\U00013442\U0001343f", ""),
        ("\u115f\u1160\uffa0\u200d\U000e0041", ""),
        ("Carol\u3164Méndez", "Carol Méndez"),
        # Marks without a letter, and towers of them.
        ("\u0301\u0301", ""),
        ("Z" + "\u0335\u0310\u0352" * 20 + "o", "Z" + "\u0335" * 4 + "o"),
        # Newer than this Python's Unicode, maybe.
        ("\U0001fae8", "\U0001fae8"),
        ("\ufffe\ufdd0", ""),
    ],
)
def test_a_name_keeps_its_script_and_loses_what_turns_or_hides(typed, kept):
    assert clean_name(typed) == kept


@given(st.text(max_size=300))
def test_a_name_is_short_and_on_one_line(typed):
    name = clean_name(typed)
    assert len(name) <= 64
    assert name == name.strip()
    hidden = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert not any(unicodedata.category(char) in hidden for char in name if char not in "\u200c\u200d")
    assert clean_name(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Bob Lindqvist", "BL"),
        ("陳怡君", "陳"),
        ("🎉", "🎉"),
        ("🎉🎉 party", "P"),
        ("👩🏽\u200d👩🏽\u200d👧🏽 👋", "👩🏽\u200d👩🏽\u200d👧🏽"),
        ("- 🏳️\u200d🌈", "🏳️\u200d🌈"),
        ("🇨🇭🇩🇪", "🇨🇭"),
        ("❤️", "❤️"),
        ("...", "?"),
        ("", "?"),
    ],
)
def test_a_name_of_emoji_has_an_emoji_for_initials(name, shown):
    assert initials(name) == shown


@pytest.mark.parametrize("piece", ["a\u200d", "\u200d\u0301", "ب\u0301\u200c", "e\u0301\u0301", "\u2800"])
@pytest.mark.parametrize("length", [64, 20_000])
def test_the_longest_name_that_somebody_may_send_costs_no_time(piece, length):
    before = time.process_time()
    clean_name(piece * 20_000, length)
    assert time.process_time() - before < 2
