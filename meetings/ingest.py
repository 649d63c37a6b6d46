"""Mail that comes back: the answers of calendar programs, and letters that could not be delivered.

Who wrote a message is not asked, since anybody can write any name there. An answer counts when it came to
the signed address of one invitation (meetings.tags) and speaks of that meeting and of that attendee. Told
twice, nothing changes the second time.
"""

from __future__ import annotations

import enum
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from meetings import invitations, recurrence, replies, tags, words
from meetings.models import Answer, Attendee, EarlierSeries, Meeting, Occurrence
from meetings.replies import NOTE_LENGTH, Event, Said, Unreadable
from outbox import delivery
from outbox.bounces import Report

log = logging.getLogger(__name__)


class Outcome(enum.Enum):
    """What became of a message; of several, the first here says most."""

    TAKEN = "taken"
    # True, and no news: a copy, an older answer, a holiday notice, a delay.
    NOTHING_NEW = "nothing new"
    # It answers no invitation of ours.
    UNKNOWN = "unknown"
    # Nobody could make sense of it.
    UNREADABLE = "unreadable"

    @property
    def is_refused(self) -> bool:
        return self in (Outcome.UNKNOWN, Outcome.UNREADABLE)


@dataclass(frozen=True)
class Result:
    """How a message was received, in words for the log."""

    outcome: Outcome
    words: str


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
    if mail.report:
        return _bounce(mail.report)
    if mail.is_automatic and not mail.events:
        return Result(Outcome.NOTHING_NEW, "Ignored: a program answered, such as a holiday notice.")
    if not mail.events:
        return Result(
            Outcome.UNKNOWN,
            "Refused: this address reads the answers of calendar programs only. "
            "To write to the organizer, answer the invitation.",
        )
    found = [*mail.tags, *(tag.lower() for address in sent_to for tag in replies.TAG.findall(address))]
    attendees = {pk for tag in found if (pk := tags.attendee_id(tag)) is not None}
    if not attendees:
        return Result(Outcome.UNKNOWN, "Refused: it did not come to the address of an invitation.")
    return _foremost([_answer(event, attendees) for event in mail.events])


def _bounce(report: Report) -> Result:
    if not report.failed:
        return Result(Outcome.NOTHING_NEW, "Ignored: a letter is late, or has arrived.")
    letter = delivery.note_bounce(report.message_id, report.reason)
    if letter is None:
        return Result(Outcome.UNKNOWN, "Refused: a letter came back, but it is none of ours.")
    return Result(Outcome.TAKEN, f"A letter came back: {letter}.")


# -- answers ------------------------------------------------------------------------------------


@transaction.atomic
def _answer(event: Event, attendees: set[int]) -> Result:
    attendee, said = _speaker(event, attendees)
    if attendee is None or said is None:
        return Result(Outcome.UNKNOWN, "Refused: address, meeting and attendee do not fit together.")
    meeting = Meeting.objects.select_for_update().get(pk=attendee.meeting_id)
    attendee.refresh_from_db()
    if attendee.removed_at:
        return Result(Outcome.UNKNOWN, "Refused: they are no longer invited.")
    if said.partstat not in replies.ANSWERS and event.method == "REPLY":
        return Result(Outcome.UNREADABLE, f"Refused: “{words.plain(said.partstat)[:20]}” is no answer.")
    series = _series(event, meeting)
    occurrence = _occurrence(event, series) if event.recurrence_id else None
    if event.recurrence_id and occurrence is None:
        return Result(Outcome.NOTHING_NEW, "Ignored: it is about a time that is not in the series now.")
    if not meeting.repeats:
        # Some programs name the one time of a single meeting as well.
        occurrence = None
    subjects: list[Occurrence | None] = [occurrence]
    if occurrence is None and isinstance(series, EarlierSeries):
        # The whole of a part is what of it is still to come.
        subjects = list(series.occurrences.standing().filter(ends_at__gt=timezone.now()))
    if not subjects or _is_off(occurrence or meeting):
        return Result(Outcome.NOTHING_NEW, "Ignored: that meeting is over or cancelled.")
    if event.sequence < series.sequence and not _is_at(event.starts_at, occurrence, series):
        return Result(Outcome.NOTHING_NEW, "Ignored: the meeting has been moved since they answered.")
    return _foremost(_record(event, said, attendee, subject, series) for subject in subjects)


def _is_off(subject: Meeting | Occurrence) -> bool:
    return subject.is_cancelled or subject.is_over


def _foremost(results: Iterable[Result]) -> Result:
    """Of several answers in one letter, what was taken says more than what was not."""
    return min(results, key=lambda result: list(Outcome).index(result.outcome))


def _speaker(event: Event, attendees: set[int]) -> tuple[Attendee | None, Said | None]:
    """The invitation that the event answers, and what it says there."""
    for attendee in Attendee.objects.select_related("meeting__organizer").filter(pk__in=attendees):
        if not _is_about(event, attendee.meeting):
            continue
        for said in event.attendees:
            if said.address.lower() == attendee.email.lower():
                return attendee, said
    return None, None


def _is_about(event: Event, meeting: Meeting) -> bool:
    earlier = meeting.earlier_series.values_list("uid", flat=True)
    return event.uid in {str(uid) for uid in (meeting.uid, *earlier)}


def _series(event: Event, meeting: Meeting) -> Meeting | EarlierSeries:
    """The part of a series that the event is about, by its UID: its zone and its number count."""
    earlier = (part for part in meeting.earlier_series.all() if str(part.uid) == event.uid)
    return next(earlier, meeting)


def _occurrence(event: Event, series: Meeting | EarlierSeries) -> Occurrence | None:
    """The one that the event is about, by the time that the rule gives it."""
    at = event.recurrence_id
    if at is None:
        return None
    key = recurrence.wall_clock(at, ZoneInfo(series.time_zone)) if at.tzinfo else recurrence.written(at)
    part = (
        series.occurrences if isinstance(series, EarlierSeries) else series.occurrences.filter(earlier=None)
    )
    return part.select_related("meeting", "earlier").filter(recurrence_id=key).first()


def _is_at(moment: datetime | None, occurrence: Occurrence | None, series: Meeting | EarlierSeries) -> bool:
    """Whether the time that they answered for is the one that holds."""
    if moment is None:
        return False
    zone = ZoneInfo(series.time_zone)
    starts_at = occurrence.starts_at if occurrence else recurrence.moment(series.wall_clock, zone)
    if moment.tzinfo is None:
        return recurrence.written(moment) == recurrence.wall_clock(starts_at, zone)
    return moment == starts_at.replace(second=0, microsecond=0) or moment == starts_at


def _record(
    event: Event,
    said: Said,
    attendee: Attendee,
    occurrence: Occurrence | None,
    series: Meeting | EarlierSeries,
) -> Result:
    known: Attendee | Answer | None = attendee
    said_to_all = attendee.answered_at
    if occurrence is not None:
        known = Answer.objects.filter(attendee=attendee, occurrence=occurrence).first()
    # A clock that is fast must not outdo the answers that come after.
    stamp = min(event.stamp, timezone.now())
    partstat = Attendee.PartStat(said.partstat if said.partstat in replies.ANSWERS else "TENTATIVE")
    note = said.note if event.method == "REPLY" else _proposal(event, said, ZoneInfo(series.time_zone))
    if said_to_all is not None and stamp <= said_to_all:
        return Result(Outcome.NOTHING_NEW, "Ignored: it is no later than the answer that we have.")
    if known is not None and known.answered_at is not None:
        if stamp <= known.answered_at:
            return Result(Outcome.NOTHING_NEW, "Ignored: it is no later than the answer that we have.")
        if (known.partstat, known.note) == (partstat, note):
            return Result(Outcome.NOTHING_NEW, "Ignored: the answer is known.")
    invitations.respond(attendee, partstat, note, occurrence=occurrence, said_at=stamp)
    return Result(Outcome.TAKEN, f"{attendee.email} answered {partstat}.")


def _proposal(event: Event, said: Said, zone: ZoneInfo) -> str:
    """Another time cannot be agreed on by mail here; the organizer sees it as a word with the answer."""
    starts = event.starts_at
    if starts is None:
        return said.note
    starts = starts.astimezone(zone) if starts.tzinfo else starts
    proposal = f"Proposes {words.short_day(starts)}, {words.clock(starts)}"
    if starts.tzinfo:
        proposal += f" ({words.zone_words(zone.key)})"
    return f"{proposal}. {said.note}".removesuffix(". ")[:NOTE_LENGTH]
