"""What becomes of answers when a meeting is at other times."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils import timezone

from meetings.calendar import differences
from meetings.calendar.differences import Kind
from meetings.models import Answer, Attendee, Meeting, Occurrence, Series
from meetings.plans import recording

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


def keep_past(series: Series, attendees: Collection[int]) -> None:
    """Write down for dates that are over what was said to them with the whole, before that changes."""
    over = list(series.occurrences.filter(ends_at__lte=timezone.now()).values_list("pk", flat=True))
    if not over:
        return
    answers = series.answers.filter(attendee__in=attendees)
    whole = list(answers.to_all().exclude(partstat=PartStat.NEEDS_ACTION))
    own = set(answers.to_one().filter(occurrence__in=over).values_list("attendee", "occurrence"))
    recording.put(
        _like(answer, series, date)
        for answer in whole
        for date in over
        if (answer.attendee_id, date) not in own
    )


def _carry(answers: Iterable[Answer], series: Series, to: Occurrence | None) -> None:
    """Let these be the answers to one date, or to the whole: in the end both are the same."""
    date = to.pk if to else None
    recording.put([_like(answer, series, date) for answer in answers])


def _like(answer: Answer, series: Series, date: int | None) -> Answer:
    """The same said to something else. Nobody is told of it again: it was heard of where it was said."""
    said = {name: getattr(answer, name) for name in recording.SAID}
    return Answer(attendee_id=answer.attendee_id, series=series, occurrence_id=date, **said)
