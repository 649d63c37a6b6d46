"""What becomes of answers when a meeting is at other times."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone

from meetings.calendar import differences
from meetings.calendar.differences import Kind
from meetings.calendar.said import Said
from meetings.models import Answer, Attendee, Meeting, Occurrence, Series
from meetings.plans import parts, recording

PartStat = Attendee.PartStat
COMING = (PartStat.ACCEPTED, PartStat.TENTATIVE)


def ask_again(meeting: Meeting, staying: Iterable[Attendee], what: differences.Difference) -> None:
    """Forget what was answered to other times than these, and keep what holds, and what is history."""
    series, attendees = meeting.current, {attendee.pk for attendee in staying}
    answers = series.answers.filter(attendee__in=attendees)
    # That of the rule; history may stand before it.
    first = series.occurrences.filter(recurrence_id=series.wall_clock).first()
    if what.kind is not Kind.SERIES and (
        what.kind is Kind.ONCE or what.asks_everybody or what.asks_who_comes
    ):
        keep_past(series, attendees)
    if what.kind is Kind.SERIES:
        # What was said to the one holds for the one; nobody was asked to the others.
        said = answers.to_all().exclude(partstat=PartStat.NEEDS_ACTION)
        if first is not None:
            _carry(said.exclude(partstat__in=COMING) if what.takes_longer else said, series, to=first)
        answers.to_all().ask_anew()
    elif what.kind is Kind.ONCE:
        _carry(answers.to_one().filter(occurrence=first), series, to=None)
    elif what.asks_everybody:
        # What was answered for one alone is about another time.
        answers.ask_anew()
    if what.asks_who_comes:
        said_to_come = answers.to_come().filter(partstat__in=COMING)
        said_to_come.update(partstat=PartStat.NEEDS_ACTION, answered_at=None, note="")


@dataclass(frozen=True)
class Joined:
    """Dates to come of an earlier part and of all that follow it, which a change makes one series."""

    # By when they begin.
    dates: Mapping[datetime, Occurrence]
    # By attendee, what each said to these parts and to their dates.
    said: Mapping[int, Said[Answer]]
    # When the part began to which the meeting's own answers are.
    last_from: datetime

    def asked(self, what: differences.Difference, timing: differences.Timing) -> differences.Difference:
        """What a change is that was compared with the last part alone.

        A new time for dates before that one asks everybody: what was said to it is no answer to these.
        """
        moments = {timing.moment(key) for key in timing.keys}
        unknown = {at for at in moments if at < self.last_from and at + timing.duration > timezone.now()}
        return replace(what, kind=Kind.MOVED) if unknown - self.dates.keys() else what


def joined(meeting: Meeting, since: Occurrence) -> Joined | None:
    """What a change of `since` and the following joins; None where that is all of the last part."""
    if since.series_id == meeting.last_series_id:
        return None
    coming = parts.following(since).filter(cancelled_at=None, ends_at__gt=timezone.now())
    dates = {date.starts_at: date for date in coming}
    answers = Answer.objects.filter(series__in={date.series_id for date in dates.values()})
    last = [at for at, date in dates.items() if date.series_id == meeting.last_series_id]
    return Joined(dates, answers.said_by_attendee(), min(last, default=meeting.current.starts_at))


def carry_over(series: Series, before: Joined, staying: Iterable[Attendee]) -> None:
    """Let what was said to dates that were joined hold for those that are when they were."""
    now = series.occurrences.filter(cancelled_at=None, starts_at__in=before.dates)
    whole = {answer.attendee_id: answer for answer in series.answers.to_all()}
    attendees, silent, found = list(staying), Answer(), list[Answer]()
    for date in now:
        was = before.dates[date.starts_at]
        for attendee in attendees:
            answer = before.said[attendee.pk].holds(was.series_id, was.pk) or silent
            if answer.partstat in COMING and date.ends_at > was.ends_at:
                answer = silent
            all_ = whole.get(attendee.pk, silent)
            if was.pk == date.pk and all_.partstat == answer.partstat:
                continue
            if answer.occurrence_id or answer.partstat != all_.partstat:
                found.append(_like(answer, attendee.pk, series, date.pk))
    recording.put(found)


def keep_past(series: Series, attendees: Collection[int]) -> None:
    """Write down for dates that are over what was said to them with the whole, before that changes."""
    over = list(series.occurrences.filter(ends_at__lte=timezone.now()).values_list("pk", flat=True))
    if not over:
        return
    answers = series.answers.filter(attendee__in=attendees)
    whole = list(answers.to_all().exclude(partstat=PartStat.NEEDS_ACTION))
    own = set(answers.to_one().filter(occurrence__in=over).values_list("attendee", "occurrence"))
    recording.put(
        _like(answer, answer.attendee_id, series, date)
        for answer in whole
        for date in over
        if (answer.attendee_id, date) not in own
    )


def _carry(answers: Iterable[Answer], series: Series, to: Occurrence | None) -> None:
    """Let these be the answers to one date, or to the whole: in the end both are the same."""
    date = to.pk if to else None
    recording.put([_like(answer, answer.attendee_id, series, date) for answer in answers])


def _like(answer: Answer, attendee: int, series: Series, date: int | None) -> Answer:
    """The same said to something else. Nobody is told of it again: it was heard of where it was said."""
    said = {name: getattr(answer, name) for name in recording.SAID}
    return Answer(attendee_id=attendee, series=series, occurrence_id=date, **said)
