"""What is said before somebody's account is opened in another way."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def opens_the_account() -> str:
    return _("Whoever reads the letters to a confirmed address can sign in to the account.")


def says_letters(letters: int) -> list[str]:
    """How many go out; nothing where that is none."""
    text = ngettext(
        "1 letter goes out, to the addresses that these accounts have already.",
        "%(count)s letters go out, to the addresses that these accounts have already.",
        letters,
    )
    return [text % {"count": letters}] if letters else []
