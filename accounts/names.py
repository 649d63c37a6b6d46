"""Names as people type them: kept in any script, freed of what does not belong into a name."""

from __future__ import annotations

import unicodedata

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
