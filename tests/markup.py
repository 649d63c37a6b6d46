"""A page's HTML for tests that look into it, however its template is broken into lines."""

from __future__ import annotations

import re
from typing import Protocol

# Beside these, white space is never seen (CSS Text 3, 4.1.2).
BLOCKS = (
    "address|article|aside|body|dd|details|dialog|div|dl|dt|fieldset|footer|form|h[1-6]|head|header|hr|html|legend|li|link|main"
    "|meta|nav|ol|option|p|section|summary|table|tbody|td|tfoot|th|thead|title|tr|ul"
)


class Page(Protocol):
    @property
    def content(self) -> bytes: ...


def markup(page: Page | str) -> str:
    """As if it were written on one line, and without the spaces that nobody sees; values stay as they are."""
    text = page if isinstance(page, str) else page.content.decode()
    kept: list[str] = []

    def keep(value: re.Match[str]) -> str:
        kept.append(value[0])
        return f"\0{len(kept) - 1}\0"

    text = re.sub(r'(?<==)"[^"]*"|(?<=>)[^<]+(?=</textarea>)', keep, text)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r" (/?>)", r"\1", text)
    text = re.sub(rf" ?(</?(?:{BLOCKS})\b[^>]*>) ?", r"\1", text)
    return re.sub(r"\0(\d+)\0", lambda place: kept[int(place[1])], text)
