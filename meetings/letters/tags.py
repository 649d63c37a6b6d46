"""The address that an answer to one invitation goes to, so that nobody can answer for somebody else.

`meetings@example.org` becomes `meetings+17-k3vq…@example.org`: whose it is, and a signature that only we
can make. It stands in the invitation, where calendar programs look for whom to answer (ORGANIZER).
"""

from __future__ import annotations

import base64
from email.utils import parseaddr

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from meetings.models import Attendee

LENGTH = 20


def are_used() -> bool:
    """Whether answers come back to us at all."""
    return bool(settings.REPLY_ADDRESS)


def sender(attendee: Attendee | None) -> str:
    """The address that letters with a calendar part come from, and that these answer; or that of nobody's."""
    if attendee is None or not are_used():
        return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    local, _, host = settings.REPLY_ADDRESS.rpartition("@")
    return f"{local}+{tag(attendee)}@{host}"


def tag(attendee: Attendee) -> str:
    return f"{attendee.pk}-{_signature(attendee.pk, settings.SECRET_KEY)}"


def attendee_id(tag: str) -> int | None:
    """Whose invitation the tag stands for; None if we have not made it."""
    number, _, signature = tag.partition("-")
    if not number.isdecimal():
        return None
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if constant_time_compare(signature, _signature(int(number), key)):
            return int(number)
    return None


def _signature(pk: int, key: str) -> str:
    """A hundred bits; in letters that survive a mail server that knows no capitals."""
    digest = salted_hmac("meetings.reply", str(pk), secret=key, algorithm="sha256").digest()
    return base64.b32encode(digest).decode().lower()[:LENGTH]
