"""What becomes of answers when a meeting is at other times."""

from __future__ import annotations

from collections.abc import Iterable

from meetings.calendar import differences
from meetings.calendar.differences import Kind
from meetings.models import Answer, Attendee, Meeting, Occurrence, Series

PartStat = Attendee.PartStat
COMING = (PartStat.ACCEPTED, PartStat.TENTATIVE)


def ask_again(meeting: Meeting, staying: Iterable[Attendee], what: differences.Difference) -> None:
    """Forget what was answered to other times than these, and keep what holds."""
    series = meeting.current
    answers = series.answers.filter(attendee__in=[attendee.pk for attendee in staying])
    first = series.occurrences.first()
    if what.kind is Kind.SERIES:
        # What was said to the one holds for the one; nobody was asked to the others.
        said = answers.to_all().exclude(partstat=PartStat.NEEDS_ACTION)
        _carry(said.exclude(partstat__in=COMING) if what.takes_longer else said, series, to=first)
        answers.to_all().ask_anew()
    elif what.kind is Kind.ONCE:
        _carry(answers.to_one().filter(occurrence=first), series, to=None)
    elif what.asks_everybody:
        # What was answered for one alone is about another time.
        answers.ask_anew()
    if what.asks_who_comes:
        said_to_come = answers.filter(partstat__in=COMING)
        said_to_come.update(partstat=PartStat.NEEDS_ACTION, answered_at=None, note="")


def _carry(answers: Iterable[Answer], series: Series, to: Occurrence | None) -> None:
    """Let these be the answers to one date, or to the whole: in the end both are the same."""
    known = {answer.attendee_id: answer for answer in series.answers.filter(occurrence=to)}
    fresh, changed = [], []
    for answer in answers:
        other = known.get(answer.attendee_id)
        if other is None:
            other = Answer(attendee_id=answer.attendee_id, series=series, occurrence=to)
            fresh.append(other)
        else:
            changed.append(other)
        other.partstat, other.answered_at, other.note = answer.partstat, answer.answered_at, answer.note
    Answer.objects.bulk_create(fresh)
    Answer.objects.bulk_update(changed, ["partstat", "answered_at", "note"])
