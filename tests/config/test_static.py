"""What is served is whole."""

from __future__ import annotations

import re

from django.conf import settings

SHEETS = settings.BASE_DIR / "static" / "css"


def test_every_sheet_is_part_of_a_page():
    pages = {"plan.css", "call.css"}
    imported = {
        name for page in pages for name in re.findall(r'@import "([^"]+)"', (SHEETS / page).read_text())
    }
    assert {path.name for path in SHEETS.glob("*.css")} == pages | imported
