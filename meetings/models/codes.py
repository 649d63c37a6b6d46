"""The public names of meetings."""

from __future__ import annotations

import secrets

# Without letters and digits that are mistaken for each other when read aloud or written down.
CODE_ALPHABET = "abcdefghjkmnpqrstvwxyz23456789"
CODE_GROUPS = (4, 5, 4)


def new_code() -> str:
    """A meeting's public name, such as `kfpx-tvwqm-m3xz`: 63 random bits."""
    return "-".join("".join(secrets.choice(CODE_ALPHABET) for _ in range(n)) for n in CODE_GROUPS)
