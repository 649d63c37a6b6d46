from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.names import clean_name


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
    ],
)
def test_a_name_keeps_its_script_and_loses_what_turns_or_hides(typed, kept):
    assert clean_name(typed) == kept


@given(st.text(max_size=300))
def test_a_name_is_short_and_on_one_line(typed):
    name = clean_name(typed)
    assert len(name) <= 64
    assert name == name.strip()
    assert not any(unicodedata.category(char) in {"Cc", "Cs"} for char in name)
    assert clean_name(name) == name
