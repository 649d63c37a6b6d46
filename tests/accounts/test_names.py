from __future__ import annotations

import json
import re
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.names import FLAG, clean_name, initials

# What is typed, and what is kept of it. The browser keeps the same of names that participants tell of each
# other (static/js/lib/names.js). Persian, Hindi and families of emoji need their joiners; elsewhere these
# are nothing but a second Alice. Some letters are blank, some marks stand on none, or in towers; some signs
# are newer than this Python's Unicode.
NAMES = json.loads((Path(__file__).parents[1] / "names.json").read_text())


@pytest.mark.parametrize(("typed", "kept"), NAMES)
def test_a_name_keeps_its_script_and_loses_what_turns_or_hides(typed, kept):
    assert clean_name(typed) == kept


@given(st.text(max_size=300))
def test_a_name_is_short_and_on_one_line(typed):
    name = clean_name(typed)
    assert len(name) <= 64
    assert name == name.strip()
    hidden = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    seen = re.sub(FLAG, "", name)
    assert not any(unicodedata.category(char) in hidden for char in seen if char not in "\u200c\u200d")
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
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿 👋", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
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
