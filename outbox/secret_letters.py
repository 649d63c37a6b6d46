"""Which letters of the folder hold a secret that is nobody's but their recipient's: a code."""

from __future__ import annotations

from collections.abc import Collection

from outbox import delivery
from outbox.folder import StoredLetter
from outbox.models import Letter


def secret_among(letters: Collection[StoredLetter]) -> set[str]:
    """The names of those that hold one, or of which nobody knows that they hold none."""
    wanted = {letter.message_id for letter in letters}
    open_ones = Letter.objects.filter(message_id__in=wanted - {""}).exclude(kind__in=delivery.secret_kinds())
    known = set(open_ones.values_list("message_id", flat=True))
    return {letter.name for letter in letters if letter.message_id not in known}


def is_secret(letter: StoredLetter) -> bool:
    return bool(secret_among([letter]))
