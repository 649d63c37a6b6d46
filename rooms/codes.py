"""Codes as people write them: in capitals, and without the dashes."""

from __future__ import annotations

from meetings.models import CODE_ALPHABET, CODE_GROUPS

_LETTERS = f"[{CODE_ALPHABET}{CODE_ALPHABET.upper()}]"
PATTERN = "-?".join(f"{_LETTERS}{{{n}}}" for n in CODE_GROUPS)


def canonical(code: str) -> str:
    """The code as it is stored."""
    letters = code.lower().replace("-", "")
    groups = []
    for length in CODE_GROUPS:
        groups.append(letters[:length])
        letters = letters[length:]
    return "-".join(groups)


class CodeConverter:
    """Path converter for what may be a meeting's code."""

    regex = PATTERN

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
