from __future__ import annotations

from collections import Counter

from tests.settings import BASE_DIR


def test_no_line_stands_twice():
    """Where two branches changed one sentence, a merge keeps both."""
    lines = Counter(line for line in (BASE_DIR / "CHANGELOG.md").read_text().splitlines() if line)
    assert [line for line, times in lines.items() if times > 1] == []
