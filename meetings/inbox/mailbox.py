"""Fetches mail that comes back from a mailbox (IMAP4rev1, RFC 3501), where the mail server offers no pipe."""

from __future__ import annotations

import imaplib
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings

from meetings.calendar.replies import LONGEST_MAIL
from meetings.inbox import ingest
from outbox.chores import chore

log = logging.getLogger(__name__)

TIMEOUT = 20
MOST_AT_ONCE = 100


@chore(every=timedelta(minutes=1))
def fetch() -> int:
    """Take what is new in the mailbox of IMAP_URL; how many messages that were.

    What was taken is marked as read; what was refused stays unread with a flag, for a person to see. So
    nothing is handled again, and nothing is deleted.
    """
    if not settings.IMAP_URL:
        return 0
    handled = 0
    try:
        with _mailbox(urlsplit(settings.IMAP_URL)) as mailbox:
            for number in _new(mailbox)[:MOST_AT_ONCE]:
                content = _content(mailbox, number)
                refused = content is None or ingest.take(content).outcome.is_refused
                mailbox.uid("STORE", number, "+FLAGS.SILENT", r"(\Flagged)" if refused else r"(\Seen)")
                handled += 1
    except (OSError, imaplib.IMAP4.error) as error:
        # No trace: it is somebody else's server, and will be asked again.
        log.warning("the mailbox could not be read: %s", error)
    return handled


@contextmanager
def _mailbox(url: SplitResult) -> Iterator[imaplib.IMAP4]:
    host = url.hostname or "localhost"
    mailbox = (
        imaplib.IMAP4_SSL(host, url.port or 993, timeout=TIMEOUT)
        if url.scheme == "imaps"
        else imaplib.IMAP4(host, url.port or 143, timeout=TIMEOUT)
    )
    with mailbox:
        mailbox.login(unquote(url.username or ""), unquote(url.password or ""))
        folder = unquote(url.path.lstrip("/")) or "INBOX"
        status, answer = mailbox.select('"' + re.sub(r'(["\\])', r"\\\1", folder) + '"')
        if status != "OK":
            raise imaplib.IMAP4.error(f"no folder “{folder}”: {answer!r}")
        yield mailbox


def _new(mailbox: imaplib.IMAP4) -> list[str]:
    """The UIDs of what nobody has looked at."""
    _, [found] = mailbox.uid("SEARCH", "UNSEEN", "UNFLAGGED")
    return found.decode().split() if isinstance(found, bytes) else []


def _content(mailbox: imaplib.IMAP4, number: str) -> bytes | None:
    """The message, of a long one as much as is looked at and a byte; None if it is gone."""
    _, parts = mailbox.uid("FETCH", number, f"(BODY.PEEK[]<0.{LONGEST_MAIL + 1}>)")
    content = next((part[1] for part in parts if isinstance(part, tuple)), None)
    if content is None:
        log.warning("mail that came back: it is gone.")
    return content
