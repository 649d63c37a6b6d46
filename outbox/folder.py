"""Letters as files: where they land while no mail server is configured."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from email.message import MIMEPart
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

# Nanoseconds since 1970, so that names sort by time, and some chance, so that no two are the same.
NAME = re.compile(r"\d{19}-[0-9a-f]{8}")


class FolderBackend(BaseEmailBackend):
    """A mail backend that writes each message as one .eml file into OUTBOX_FOLDER."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            # Django's messages know the line endings of mail; the type of the standard library does not.
            _write(message.message().as_bytes(linesep="\r\n"))  # type: ignore[call-arg]
        return len(email_messages)


def _write(content: bytes) -> None:
    """Whole or not at all: a reader never sees half a letter, a power cut leaves none."""
    folder: Path = settings.OUTBOX_FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{time.time_ns():019d}-{secrets.token_hex(4)}"
    draft = folder / f".{name}.draft"
    with draft.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / f"{name}.eml")


@dataclass(frozen=True)
class StoredLetter:
    """A letter of the folder."""

    name: str
    message: ParsedMessage

    @property
    def sent_at(self) -> datetime:
        return datetime.fromtimestamp(int(self.name.partition("-")[0]) / 1e9, UTC)

    @property
    def recipient(self) -> str:
        return str(self.message.get("To", ""))

    @property
    def sender(self) -> str:
        return str(self.message.get("From", ""))

    @property
    def subject(self) -> str:
        return str(self.message.get("Subject", ""))

    @property
    def message_id(self) -> str:
        return str(self.message.get("Message-ID", "")).strip()

    @property
    def text(self) -> str:
        return _content(self.message.get_body(("plain",)))

    @property
    def html(self) -> str:
        return _content(self.message.get_body(("html",)))

    @property
    def calendars(self) -> list[bytes]:
        """The calendar files that came with it."""
        attached = [
            part for part in self.message.iter_attachments() if (part.get_filename() or "").endswith(".ics")
        ]
        return [content for part in attached if isinstance(content := part.get_payload(decode=True), bytes)]


def _content(part: MIMEPart | None) -> str:
    return str(part.get_content()) if part else ""


def names() -> list[str]:
    """The names of all letters, newest first."""
    found = settings.OUTBOX_FOLDER.glob("*.eml")
    return sorted((file.stem for file in found if NAME.fullmatch(file.stem)), reverse=True)


def letters(chosen: Sequence[str]) -> Iterator[StoredLetter]:
    """The letters of these names that are (still) there."""
    for name in chosen:
        if (letter := find(name)) is not None:
            yield letter


def find(name: str) -> StoredLetter | None:
    """The letter of this name, or None."""
    if not NAME.fullmatch(name):
        return None
    try:
        content = (settings.OUTBOX_FOLDER / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        return None
    return StoredLetter(name, message_from_bytes(content, policy=policy.default))
