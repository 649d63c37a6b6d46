"""Mail that comes back: the answers of calendar programs, and letters that could not be delivered."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from meetings.calendar import replies
from meetings.calendar.itip_replies import Unreadable
from meetings.inbox import answers
from meetings.inbox.answers import Outcome, Result
from meetings.letters import part_letters, tags
from meetings.models import Attendee
from outbox import delivery
from outbox.bounces import Report
from outbox.models import Letter

log = logging.getLogger(__name__)

# The letters that have a calendar come from the address of their invitation (meetings.letters.tags).
FROM_SIGNED = (
    *part_letters.WHOLE,
    part_letters.KIND,
    "cancellation",
    "removal",
    "occurrence-update",
    "occurrence-cancellation",
)


def take(content: bytes, sent_to: Iterable[str] = ()) -> Result:
    """Read one message, and record what it says. Raises for nothing that stands in it.

    `sent_to`: the addresses that the mail server delivered it to, where it tells them.
    """
    try:
        result = _take(replies.read(content), sent_to)
    except Unreadable as error:
        result = Result(Outcome.UNREADABLE, f"Refused: {error}.")
    log.log(
        logging.WARNING if result.outcome.is_refused else logging.INFO,
        "mail that came back: %s",
        result.words,
    )
    return result


def _take(mail: replies.Mail, sent_to: Iterable[str]) -> Result:
    found = [*mail.tags, *(tag.lower() for address in sent_to for tag in replies.TAG.findall(address))]
    attendees = {pk for tag in found if (pk := tags.attendee_id(tag)) is not None}
    if mail.report:
        return _bounce(mail.report, attendees)
    if mail.is_automatic and not mail.events:
        return Result(Outcome.NOTHING_NEW, "Ignored: a program wrote it: a holiday notice, or a receipt.")
    if not mail.events:
        return Result(
            Outcome.UNKNOWN,
            "Refused: this address reads the answers of calendar programs only. "
            "To write to the organizer, answer the invitation.",
        )
    if not attendees:
        return Result(Outcome.UNKNOWN, "Refused: it did not come to the address of an invitation.")
    return answers.take(mail, attendees)


def _bounce(report: Report, attendees: set[int]) -> Result:
    if not report.failed:
        return Result(Outcome.NOTHING_NEW, "Ignored: a letter is late, or has arrived.")
    letter = delivery.note_bounce(report.message_id, report.reason, report.other_ids)
    if letter is None and (letter := _latest_letter(attendees)):
        delivery.note_return(letter, report.reason)
    if letter is None:
        return Result(Outcome.UNKNOWN, "Refused: a letter came back, but it is none of ours.")
    return Result(Outcome.TAKEN, f"Letter {letter.pk} ({letter.kind}) came back.")


def _latest_letter(attendees: set[int]) -> Letter | None:
    """The last one that went out from these addresses.

    Some servers on the way give a letter another Message-ID, or return nothing of it. The signed address
    that it came from, where reports of it go, still tells to whom it was.
    """
    emails = Attendee.objects.filter(pk__in=attendees).values("email")
    mine = Letter.objects.filter(kind__in=FROM_SIGNED, recipient__in=emails, payload__attendee__in=attendees)
    return mine.exclude(sent_at=None).order_by("-sent_at", "-pk").first()
