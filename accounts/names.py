"""Names as people type them: kept in any script, freed of what does not belong into a name."""

from __future__ import annotations

import unicodedata
import zlib

NAME_LENGTH = 64
# Joiners shape letters in Persian, Hindi and others, and hold emoji together.
_JOINERS = "\u200c\u200d"


def clean_name(text: str, length: int = NAME_LENGTH) -> str:
    """`text` on one line, without control characters and without marks that turn the writing direction.

    A direction mark in a name would turn the words around it; `<bdi>` isolates whole names instead.
    """
    kept = "".join(
        " " if category.startswith("Z") or char in "\t\n\r\v\f" else char
        for char in unicodedata.normalize("NFC", text)
        if (category := unicodedata.category(char)) not in {"Cf", "Cs", "Cn", "Co"} or char in _JOINERS
        if category != "Cc" or char in "\t\n\r\v\f"
    )
    return " ".join(kept.split())[:length].strip()


def initials(name: str) -> str:
    """One letter, or two from the first and the last word where the script has capitals."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    first, last = words[0][0], words[-1][0]
    if len(words) == 1 or not (first.upper() != first.lower() and last.upper() != last.lower()):
        return first.upper()
    return (first + last).upper()


def hue(key: str) -> int:
    """1 to 8, always the same for the same person."""
    return zlib.crc32(key.strip().lower().encode()) % 8 + 1
