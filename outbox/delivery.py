"""The way of a letter: written with its cause, rendered when it is due, sent, marked.

A letter is never lost: it stays in the table until the mail server has taken it. It can arrive twice
only if we die between the server's "250" and our mark, and then with the same Message-ID, by which
mail programs recognize the copy.
"""

from __future__ import annotations

import logging
import random
import smtplib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_noop

from outbox.mail_server import MailServer, Refused, reason_of
from outbox.models import Letter

log = logging.getLogger(__name__)

Render = Callable[[Letter], EmailMessage | None]

# Longer than any exchange with a mail server takes: each of its steps ends after EMAIL_TIMEOUT.
LEASE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)
# With these pauses about five days, as long as a mail server tries (RFC 5321, 4.5.4.1).
MOST_ATTEMPTS = 128


@dataclass(frozen=True)
class _Kind:
    render: Render
    # What the payload holds must not outlive the letter, as with codes.
    secret: bool


_kinds: dict[str, _Kind] = {}


class UnknownKind(LookupError):
    """No renderer is registered for a letter: its app is missing or older than the letter."""


def renderer(kind: str, *, secret: bool = False) -> Callable[[Render], Render]:
    """Register the function that makes the message of letters of this kind, at the time of sending.

    It answers None when the letter is no longer true; then it is given up instead. Recipient and
    Message-ID are set by the delivery. With `secret` the payload is erased once the letter is sent or dead.
    """

    def register(render: Render) -> Render:
        _kinds[kind] = _Kind(render, secret)
        return render

    return register


def enqueue(
    *,
    key: str,
    kind: str,
    recipient: str,
    payload: dict[str, Any] | None = None,
    priority: int = 5,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
) -> bool:
    """Write a letter in the caller's transaction; whether it is new.

    `key` names the cause. A letter whose key is known already is left as it is, so that doing the
    same thing twice sends one letter.
    """
    letter = Letter(
        key=key,
        kind=kind,
        recipient=recipient,
        payload=payload or {},
        priority=priority,
        not_before=not_before or timezone.now(),
        expires_at=expires_at,
    )
    known = Letter.objects.filter(key=key).exists()
    # The database ignores the conflict: an error would spoil the caller's transaction on Postgres.
    Letter.objects.bulk_create([letter], ignore_conflicts=True)
    return not known


def try_again(letters: QuerySet[Letter]) -> int:
    """Make letters that wait or were given up due now, as if new; how many.

    Those that are too late, and those whose secret is erased, stay where they are.
    """
    now = timezone.now()
    return (
        letters.filter(sent_at=None)
        .exclude(expires_at__lte=now)
        .exclude(kind__in=secret_kinds(), dead_at__isnull=False)
        .update(dead_at=None, is_moot=False, error="", attempts=0, not_before=now)
    )


def give_up(letters: QuerySet[Letter], reason: str) -> int:
    """Give up letters that wait, unless a worker has them in hand, with their secrets; how many."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    waiting = letters.filter(free, sent_at=None, dead_at=None)
    secret = Q(kind__in=secret_kinds())
    return waiting.filter(secret).update(dead_at=now, error=reason, payload={}) + waiting.exclude(
        secret
    ).update(dead_at=now, error=reason)


def secret_kinds() -> list[str]:
    """Whose letters hold what must not outlive them, and nobody but the recipient may read."""
    return [name for name, kind in _kinds.items() if kind.secret]


def message_id(key: str) -> str:
    """The Message-ID of the letter with this key: the same at every attempt, and nobody's to guess.

    Whoever names it has seen the letter, or a mail server that did: by it we know what comes back.
    """
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return f"<{salted_hmac('outbox.message-id', key, algorithm='sha256').hexdigest()[:40]}@{host}>"


def note_bounce(message_id: str, reason: str, other_ids: Sequence[str] = ()) -> Letter | None:
    """Record that a letter came back after it was sent; None if there is none with such a Message-ID."""
    known = [known for known in (message_id, *other_ids) if known]
    letter = Letter.objects.filter(message_id__in=known).first() if known else None
    if letter is not None:
        note_return(letter, reason)
    return letter


def note_return(letter: Letter, reason: str) -> None:
    """Record that this letter came back. Told twice, it stays as it was told first."""
    if letter.bounced_at is None:
        letter.bounced_at, letter.bounce = timezone.now(), reason
        letter.save(update_fields=["bounced_at", "bounce"])
        log.warning("letter %d (%s) came back: %s", letter.pk, letter.kind, reason)


def deliver_due(worker_id: str, limit: int = 50, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Deliver up to `limit` letters that are due; how many were handled, well or not.

    Any number of workers may do so at once. The connection to the mail server is kept for the batch.
    """
    handled = 0
    server = MailServer()
    try:
        while handled < limit and not should_stop() and (letter := _lease(worker_id)):
            _deliver(letter, server)
            handled += 1
    finally:
        server.close()
    return handled


def _lease(worker_id: str) -> Letter | None:
    """The most urgent letter that is due, ours for the time of a lease; None if nothing is due."""
    now = timezone.now()
    due = (
        Letter.objects.waiting()
        .filter(Q(leased_until=None) | Q(leased_until__lte=now), not_before__lte=now)
        .order_by("priority", "not_before", "pk")
    )
    # Asked without a transaction first: on SQLite every transaction takes the one write lock.
    if not due.exists():
        return None
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        letter = due.first()
        if letter:
            letter.leased_by = worker_id
            letter.leased_until = now + LEASE
            letter.attempts += 1
            # Kept from the first attempt on: neither a new key nor a new address makes another letter of it.
            letter.message_id = letter.message_id or message_id(letter.key)
            letter.save(update_fields=["leased_by", "leased_until", "attempts", "message_id"])
    return letter


def _deliver(letter: Letter, server: MailServer) -> None:
    if letter.expires_at and letter.expires_at <= timezone.now():
        return _give_up_one(letter, gettext_noop("It came too late to be of use."))
    try:
        # First of all: rendering may mint a link, which must not happen again and again while nobody answers.
        server.connect()
        message = _render(letter)
        if message is None:
            return _give_up_one(letter, gettext_noop("No longer true when it was due."), is_moot=True)
        server.send(message)
    except Refused as refused:
        _give_up_one(letter, str(refused))
    except (OSError, smtplib.SMTPException) as error:
        log.warning("letter %d (%s) is put off: %s", letter.pk, letter.kind, error)
        _put_off(letter, reason_of(error))
    except Exception as error:
        # A fault in our own rendering must not stop the letters behind this one.
        log.exception("letter %d (%s) could not be made", letter.pk, letter.kind)
        _put_off(letter, f"{type(error).__name__}: {error}")
    else:
        _mark(letter, sent_at=timezone.now(), error="")


def language_of(letter: Letter) -> str:
    """In which language its reader is written to: that of the page on which they caused it, if it was they.

    Of others nothing is known until people choose theirs: the site's.
    """
    caused_in = str(letter.payload.get("language") or "")
    return caused_in if caused_in in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _render(letter: Letter) -> EmailMessage | None:
    try:
        kind = _kinds[letter.kind]
    except KeyError:
        raise UnknownKind(f"nobody renders letters of the kind “{letter.kind}”") from None
    with translation.override(language_of(letter)):
        message = kind.render(letter)
    if message is None:
        return None
    message.to, message.cc, message.bcc = [letter.recipient], [], []
    message.extra_headers["Message-ID"] = letter.message_id
    # Amazon SES and others write another one in its place. In a report, this one tells which letter it was.
    message.extra_headers["X-Original-Message-ID"] = letter.message_id
    # Keeps holiday notices from answering (RFC 3834, 5).
    message.extra_headers.setdefault("Auto-Submitted", "auto-generated")
    return message


def _put_off(letter: Letter, reason: str) -> None:
    if letter.attempts >= MOST_ATTEMPTS:
        return _give_up_one(letter, reason)
    _mark(letter, not_before=timezone.now() + _pause(letter.attempts), error=reason)


def _pause(attempts: int) -> timedelta:
    """Twice as long after every attempt; a little by chance, so that letters do not all come back at once."""
    pause: timedelta = min(FIRST_PAUSE * 2 ** min(attempts - 1, 12), LONGEST_PAUSE)
    return pause * random.uniform(0.8, 1.2)


def _give_up_one(letter: Letter, reason: str, *, is_moot: bool = False) -> None:
    level = logging.INFO if is_moot else logging.WARNING
    log.log(level, "letter %d (%s) is given up: %s", letter.pk, letter.kind, reason)
    _mark(letter, dead_at=timezone.now(), error=reason, is_moot=is_moot)


def _mark(letter: Letter, **facts: Any) -> None:
    """Record what became of it, unless the lease ran out and somebody else has it now."""
    kind = _kinds.get(letter.kind)
    if kind and kind.secret and ("sent_at" in facts or "dead_at" in facts):
        facts["payload"] = {}
    ours = Letter.objects.filter(pk=letter.pk, leased_by=letter.leased_by, leased_until=letter.leased_until)
    if not ours.update(**facts, leased_by="", leased_until=None):
        log.warning("letter %d (%s) took longer than its lease", letter.pk, letter.kind)
