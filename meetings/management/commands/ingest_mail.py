from __future__ import annotations

import logging
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from meetings.calendar.replies import LONGEST_MAIL
from meetings.inbox import ingest
from meetings.inbox.answers import Outcome

log = logging.getLogger(__name__)

CHUNK = 64 * 1024

# What a mail server makes of it (sysexits.h): refused, it tells the sender our words; put off, it keeps the
# message and comes again.
EXIT_CODES = {
    Outcome.TAKEN: os.EX_OK,
    Outcome.NOTHING_NEW: os.EX_OK,
    Outcome.UNKNOWN: os.EX_NOUSER,
    Outcome.UNREADABLE: os.EX_DATAERR,
}


class Command(BaseCommand):
    """Takes one message on standard input: the answer of a calendar program, or a letter that came back."""

    help = __doc__ or ""
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("recipient", nargs="*", help="the addresses that it was delivered to")

    def handle(self, *args: Any, recipient: list[str], **options: Any) -> None:
        # One byte too many tells that there is more. That is let through: a mail server that cannot get rid
        # of all takes it for a fault of ours, and comes again with it for days.
        content = sys.stdin.buffer.read(LONGEST_MAIL + 1)
        while sys.stdin.buffer.read(CHUNK):
            pass
        try:
            result = ingest.take(content, recipient)
        except Exception:
            # A database that is away, or a fault of ours: either way the message must not be lost.
            log.exception("mail that came back could not be handled")
            sys.exit(os.EX_TEMPFAIL)
        self.stdout.write(result.words)
        sys.exit(EXIT_CODES[result.outcome])
