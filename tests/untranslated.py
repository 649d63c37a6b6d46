"""What is left of English on a page in a pseudo-language, in which every letter has an accent."""

from __future__ import annotations

import re
from collections.abc import Collection
from html.parser import HTMLParser

# What people read or hear of a page beside its text.
ATTRIBUTES = (
    *("alt", "aria-description", "aria-label", "aria-roledescription", "aria-valuetext"),
    *("label", "placeholder", "title"),
)
# Not read, or what somebody typed: it stands in `bdi`, or with `dir="auto"`, whatever language it is in.
SILENT = {"bdi", "code", "pre", "script", "style", "textarea"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
BUTTONS = {"button", "reset", "submit"}
# Names of things in the machine's own spelling: addresses, codes of rooms, time zones, files, keys.
NAMES = re.compile(
    r"https?://\S+|\S+@\S+|\b[a-z0-9]{4}-[a-z0-9]{5}-[a-z0-9]{4}\b|\b[A-Z]\w+(?:/[A-Z][\w-]+)+|\bUTC\b|\b\w+\.(?:csv|ics)\b"
)
ENGLISH = re.compile(r"[A-Za-z]{2,}")


class _Reader(HTMLParser):
    """Gathers what a page says, a text at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.typed: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.texts += [text for name in ATTRIBUTES if (text := given.get(name))]
        if tag == "input" and given.get("type") in BUTTONS:
            self.texts.append(given.get("value") or "")
        typed = tag in SILENT or given.get("dir") == "auto"
        if tag not in VOID and (typed or self._silent):
            self._silent += 1

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag not in VOID:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if data.strip():
            (self.typed if self._silent else self.texts).append(" ".join(data.split()))


def said(page: str) -> list[str]:
    """The texts of a page, those in attributes too."""
    reader = _Reader()
    reader.feed(page)
    return reader.texts


def typed(page: str) -> list[str]:
    """What on a page is somebody's own text, or a machine's."""
    reader = _Reader()
    reader.feed(page)
    return reader.typed


def english(texts: Collection[str], names: Collection[str]) -> list[str]:
    """Those texts that hold a word of plain letters other than these names."""
    allowed = re.compile(
        "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(names, key=len, reverse=True)) or "$^"
    )
    return [text for text in dict.fromkeys(texts) if ENGLISH.search(allowed.sub("", NAMES.sub("", text)))]
