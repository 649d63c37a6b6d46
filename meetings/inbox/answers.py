"""Answers that come by mail: whose they are, what they are about, and whether they still hold.

Who wrote a message is not asked, since anybody can write any name there. An answer counts when it came to
the signed address of one invitation (letters.tags) and speaks of that meeting. Told twice, nothing changes
the second time.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings import words
from meetings.calendar import itip_replies, recurrence_ids, replies
from meetings.calendar.itip_replies import ANSWERS, DELEGATED, NOTE_LENGTH, Event, Said
from meetings.calendar.replies import Mail
from meetings.models import Answer, Attendee, Meeting, Occurrence, OccurrenceQuerySet, Series
from meetings.plans import invitations


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


OLDER = Result(Outcome.NOTHING_NEW, "Ignored: it is no later than the answer that we have.")


def foremost(results: Iterable[Result]) -> Result:
    """Of several answers in one letter, what was taken says more than what was not."""
    return min(results, key=lambda result: list(Outcome).index(result.outcome))


def take(mail: Mail, attendees: set[int]) -> Result:
    """Record what a mail answers for one of these attendees, by number: to whose addresses it came."""
    now = timezone.now()
    # What is said of all goes first, so that what is said of one in the same breath stands.
    events = sorted(mail.events, key=lambda event: event.recurrence_id is not None)
    results = [_take(event, mail, attendees, now) for event in events]
    return foremost([*results, *(Result(Outcome.UNREADABLE, f"Refused: {why}.") for why in mail.refusals)])


@transaction.atomic
def _take(event: Event, mail: Mail, attendees: set[int], now: datetime) -> Result:
    attendee, said = _speaker(event, mail, attendees)
    if attendee is None or said is None:
        return Result(Outcome.UNKNOWN, "Refused: address, meeting and attendee do not fit together.")
    meeting = Meeting.objects.select_for_update().get(pk=attendee.meeting_id)
    attendee.refresh_from_db()
    if attendee.removed_at:
        return Result(Outcome.UNKNOWN, "Refused: they are no longer invited.")
    if said.partstat not in ANSWERS and event.method == "REPLY":
        return Result(Outcome.UNREADABLE, f"Refused: “{words.plain(said.partstat)[:20]}” is no answer.")
    if event.is_unclear and meeting.repeats:
        # Never taken for all of them.
        return Result(
            Outcome.UNREADABLE, "Refused: it is about one date of a series, and nobody can say which."
        )
    series = _series(event, meeting)
    occurrence = _occurrence(event, series) if event.recurrence_id else None
    if event.recurrence_id and occurrence is None and meeting.repeats:
        return Result(Outcome.NOTHING_NEW, "Ignored: it is about a time that is not in the series now.")
    if not meeting.repeats:
        # Some programs name the one time of a single meeting as well.
        occurrence = None
    subjects = _subjects(event, series, occurrence)
    goes_on = series.pk == meeting.last_series_id or _coming(series).exists()
    if not subjects or not goes_on or (occurrence or meeting).is_cancelled or (occurrence or meeting).is_over:
        return Result(Outcome.NOTHING_NEW, "Ignored: that meeting is over or cancelled.")
    said_at = replies.said_at(event, mail, now)
    if _is_of_before(event, said_at, attendee, series):
        return Result(Outcome.NOTHING_NEW, "Ignored: it answers an invitation that was taken back since.")
    if _is_outdated(event, said.partstat, series, occurrence):
        return Result(Outcome.NOTHING_NEW, "Ignored: the meeting has been moved since they answered.")
    if event.method == "COUNTER":
        said = _proposing(event, said, ZoneInfo(series.time_zone))
    is_bare = mail.handed_over_at is None
    recorded = (_record(event, said, attendee, one, series, said_at, is_bare=is_bare) for one in subjects)
    return foremost(recorded)


# -- whose --------------------------------------------------------------------------------------


def _speaker(event: Event, mail: Mail, attendees: set[int]) -> tuple[Attendee | None, Said | None]:
    """The invitation that the event answers, and what it says there.

    Calendars answer from the address that they know their owner by, which need not be the invited one. It is
    noted then, unless it is invited itself: so far nobody answers for another who is.
    """
    for attendee in Attendee.objects.select_related("meeting__organizer").filter(pk__in=attendees):
        meeting = attendee.meeting
        if not _is_about(event, meeting):
            continue
        said = itip_replies.speaker(event, attendee.email, mail.sender)
        if said is None:
            continue
        if said.is_at(attendee.email):
            return attendee, _for_a_delegate(event, said)
        other = meeting.attendees.invited().filter(email__iexact=said.address).first()
        if other is None:
            note = _("Answered as %(address)s.") % {"address": said.address}
            return attendee, _with(note, _for_a_delegate(event, said))
        if other.user_id is not None and other.user_id == attendee.user_id:
            return other, _for_a_delegate(event, said)
    return None, None


def _for_a_delegate(event: Event, said: Said) -> Said:
    """Whoever sends somebody else does not come; whom, and what they say, is a word to the organizer."""
    if said.partstat != DELEGATED or not said.delegates:
        return said
    to = said.delegates[0]
    theirs = next((one.partstat for one in event.attendees if one.is_at(to)), "")
    sentence = {
        "ACCEPTED": _("Sends %(delegate)s instead, who says yes."),
        "TENTATIVE": _("Sends %(delegate)s instead, who says maybe."),
        "DECLINED": _("Sends %(delegate)s instead, who says no."),
    }.get(theirs, _("Sends %(delegate)s instead."))
    return _with(sentence % {"delegate": to}, replace(said, partstat="DECLINED"))


def _with(sentence: str, said: Said) -> Said:
    """A sentence of ours before the word that came with the answer, in the language of the site."""
    return replace(said, note=f"{sentence} {said.note}".rstrip()[:NOTE_LENGTH])


def _is_about(event: Event, meeting: Meeting) -> bool:
    return event.uid.lower() in {str(uid) for uid in meeting.series.values_list("uid", flat=True)}


# -- what about ---------------------------------------------------------------------------------


def _series(event: Event, meeting: Meeting) -> Series:
    """The part of a series that the event is about, by its UID: its zone and its number count."""
    parts = meeting.series.all()
    return next((part for part in parts if str(part.uid) == event.uid.lower()), meeting.current)


def _occurrence(event: Event, series: Series) -> Occurrence | None:
    """The one that the event is about, by the time that the rule gives it."""
    part = series.occurrences.all()
    ids = part.values_list("recurrence_id", flat=True)
    at = event.recurrence_id
    key = recurrence_ids.named(at, list(ids), ZoneInfo(series.time_zone)) if at else None
    return part.select_related("meeting", "series").filter(recurrence_id=key).first() if key else None


def _subjects(event: Event, series: Series, occurrence: Occurrence | None) -> list[Occurrence | None]:
    """What the answer is recorded for; None stands for the whole of its series."""
    if occurrence is None or not event.and_following:
        return [occurrence]
    return list(_coming(series).filter(recurrence_id__gte=occurrence.recurrence_id))


def _coming(series: Series) -> OccurrenceQuerySet:
    return Occurrence.objects.not_cancelled().filter(series=series, ends_at__gt=timezone.now())


# -- whether it still holds ---------------------------------------------------------------------


def _is_of_before(event: Event, said_at: datetime, attendee: Attendee, series: Series) -> bool:
    """Whether they said it before they were taken off the list and invited again."""
    if not attendee.invited_sequence:
        return False
    if event.sequence is not None and series.pk == series.meeting.last_series_id:
        return event.sequence < attendee.invited_sequence
    # DTSTAMP knows whole seconds.
    return said_at < attendee.invited_at.replace(microsecond=0)


def _is_outdated(event: Event, partstat: str, series: Series, occurrence: Occurrence | None) -> bool:
    """Whether they were asked anew after what they answer: about another time, or another rule.

    Much else makes a new version, such as a title, or a guest less. No answer is lost for that. Of a meeting
    that takes longer those are asked who come.
    """
    asked = max(series.asked_sequence, occurrence.asked_sequence if occurrence else 0)
    if partstat != Attendee.PartStat.DECLINED:
        asked = max(asked, series.lengthened_sequence)
    if (event.sequence or 0) >= asked:
        return False
    if event.method == "COUNTER":
        return True
    if occurrence is not None:
        # Moved away and back, it is what they said yes or no to.
        return not _is_at(event, occurrence.starts_at, occurrence.ends_at, series)
    if series.rrule and event.sequence is not None:
        # The first time says nothing of the rule.
        return True
    return not _is_at(event, series.starts_at, series.ends_at, series)


def _is_at(event: Event, starts_at: datetime, ends_at: datetime, series: Series) -> bool:
    """Whether the time that they answered for is this one, its length included if they name it."""
    zone = ZoneInfo(series.time_zone)
    return (
        event.starts_at is not None
        and recurrence_ids.shows(event.starts_at, starts_at, zone)
        and (event.ends_at is None or recurrence_ids.shows(event.ends_at, ends_at, zone))
    )


# -- recorded -----------------------------------------------------------------------------------


def _record(
    event: Event,
    said: Said,
    attendee: Attendee,
    occurrence: Occurrence | None,
    series: Series,
    said_at: datetime,
    *,
    is_bare: bool,
) -> Result:
    answers = Answer.objects.filter(attendee=attendee, series=series)
    known = answers.filter(occurrence=occurrence).first()
    if occurrence is not None:
        to_all = attendee.answer_to(series.pk).answered_at
        if to_all is not None and said_at < to_all:
            return OLDER
    partstat = Attendee.PartStat(said.partstat if said.partstat in ANSWERS else "TENTATIVE")
    if known is not None and known.answered_at is not None:
        if said_at <= known.answered_at:
            # Where no server has left its time, a clock that is slow looks like an answer that is old.
            now = timezone.now()
            is_copy = bool(event.stamp and known.stamped_at and event.stamp <= known.stamped_at)
            if is_copy or not is_bare or now - said_at > replies.SLOWEST_CLOCK:
                return OLDER
            said_at = now
        is_whole = occurrence is None and attendee.meeting.repeats
        if (known.partstat, known.note) == (partstat, said.note) and not is_whole:
            return Result(Outcome.NOTHING_NEW, "Ignored: the answer is known.")
    invitations.respond(
        attendee,
        partstat,
        said.note,
        occurrence=occurrence,
        series=series,
        said_at=said_at,
        knowing=event.sequence,
    )
    answers.filter(occurrence=occurrence).update(stamped_at=event.stamp)
    return Result(Outcome.TAKEN, f"Attendee {attendee.pk} answered {partstat}.")


def _proposing(event: Event, said: Said, zone: ZoneInfo) -> Said:
    """Another time cannot be agreed on by mail here; the organizer sees it as a word with the answer."""
    starts = event.starts_at
    if not isinstance(starts, datetime):
        return said
    starts = starts.astimezone(zone) if starts.tzinfo else starts
    proposal = {"day": words.short_day(starts), "clock": words.clock(starts)}
    if starts.tzinfo:
        sentence = _("Proposes %(day)s, %(clock)s (%(zone)s).")
        return _with(sentence % {**proposal, "zone": words.zone_words(zone.key)}, said)
    return _with(_("Proposes %(day)s, %(clock)s.") % proposal, said)
