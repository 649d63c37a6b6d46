"""Letters as a mail program reads them."""

from __future__ import annotations

import re
from email import message_from_bytes
from email import policy as policies
from typing import Any

from icalendar import Calendar


def parsed(message):
    """As a mail program reads it."""
    return message_from_bytes(message.message().as_bytes(linesep="\r\n"), policy=policies.default)


def text_of(message) -> str:
    return parsed(message).get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(message) -> str:
    return parsed(message).get_body(("html",)).get_content()


def calendar_of(message) -> tuple[str, Any]:
    """The method that the MIME part names, and the calendar in it."""
    [part] = [part for part in parsed(message).walk() if part.get_content_type() == "text/calendar"]
    return part.get_param("method"), Calendar.from_ical(part.get_content())


def calendar_files(message) -> list[bytes]:
    parts = parsed(message).walk()
    return [part.get_payload(decode=True) for part in parts if part.get_content_type() == "application/ics"]


def secret_of(message) -> str:
    """The personal link in a letter; there is one."""
    [secret] = set(re.findall(r"/i/([\w-]+)/", text_of(message)))
    return str(secret)
