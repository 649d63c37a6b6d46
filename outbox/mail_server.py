"""What a mail server takes, and says of what it does not take."""

from __future__ import annotations

import smtplib

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

# Answers about our own access to the server (RFC 4954, 6): no fault of the letter, so it waits.
ACCESS_CODES = frozenset({530, 534, 535, 538})


class Refused(Exception):
    """The mail server will never take this letter; says why."""


class MailServer:
    """The connection of one batch, opened when the first letter needs it and again after a fault."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def connect(self) -> BaseEmailBackend:
        """Raises OSError or SMTPException when the server cannot be had now."""
        if self._connection is None:
            opening = get_connection()
            opening.open()
            self._connection = opening
        return self._connection

    def send(self, message: EmailMessage) -> None:
        """Raises Refused for a permanent refusal, OSError or SMTPException for a passing one."""
        try:
            self.connect().send_messages([message])
        except (OSError, smtplib.SMTPException) as error:
            # Whatever was said, the server may have hung up with it (421), or be in the middle of something.
            self.close()
            raise _fault(error) from error

    def close(self) -> None:
        if self._connection is not None:
            closing, self._connection = self._connection, None
            closing.close()


def _fault(error: Exception) -> Exception:
    """Refused where the letter itself is at fault, else an error that passes."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        error = smtplib.SMTPResponseException(*next(iter(error.recipients.values())))
    # Every letter has the same sender: if that is refused, the fault is in our settings, not in the letter.
    if not isinstance(error, smtplib.SMTPResponseException) or isinstance(error, smtplib.SMTPSenderRefused):
        return error
    permanent = 500 <= error.smtp_code < 600 and error.smtp_code not in ACCESS_CODES
    return Refused(reason_of(error)) if permanent else error


def reason_of(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        return f"The mail server said: {error.smtp_code} {said}"
    return f"The mail server could not be reached: {error}"
