"""What never stands in a log: the secrets in addresses of pages, and the addresses of people."""

from __future__ import annotations

import logging
import re

# As they are, or as they stand in `?next=`, be it in one that stands in another.
_SLASH = "(?:/|%(?:25)*2F)"
# Before the part that is a secret: personal links, reminders, calendar feeds, the first administrator, the
# outbox, and what allauth mails.
_BEFORE_SECRETS = (
    "i",
    "reminders",
    "calendar",
    "first",
    "open",
    "confirm-email",
    f"reset{_SLASH}key",
)
# Of what is escaped, a slash ends a part of an address, a question mark too.
_PART = r"(?:[^/\s?&\"'<>%]|%(?!(?:25)*(?:2F|3F)))+"
SECRET = re.compile(rf"({_SLASH}(?:{'|'.join(_BEFORE_SECRETS)}){_SLASH}){_PART}", re.IGNORECASE)
# What was typed on the first page: a code, however it was written, or a link.
TYPED = re.compile(
    rf"({_SLASH}meetings{_SLASH}go{_SLASH}(?:\?|%(?:25)*3F)to(?:=|%(?:25)*3D))[^\s&\"'<>]+", re.IGNORECASE
)
# The code of a meeting is the key of its door; its beginning is enough to know it again.
CODE = re.compile(r"(?<![\w-])([a-z0-9]{4})-[a-z0-9]{5}-[a-z0-9]{4}(?![\w-])", re.IGNORECASE)
# Also what stands before the host of a database's address: name and password. It begins where a word does,
# and there alone: from each of its letters anew, a long path would take seconds.
_WORD = r"[^\s<>\"'()\[\],;=|]"
PERSON = re.compile(rf"(?<!{_WORD}){_WORD}+(?:@|%40)[\w.-]+")


def redact(text: str) -> str:
    """`text` without what opens something or names somebody."""
    text = TYPED.sub(r"\1…", text)
    text = SECRET.sub(r"\1…", text)
    text = CODE.sub(r"\1-…", text)
    return PERSON.sub("(address)", text)


class Formatter(logging.Formatter):
    """Writes lines without such things, wherever they come from: arguments, exceptions, their traces."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))
