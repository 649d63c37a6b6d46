"""What each attendee says, as the table of a meeting tells it: to a date, and otherwise to the rest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.calendar.said import ONE_BY_ONE, SILENT
from meetings.inbox import reply_support
from meetings.letters import dates
from meetings.models import Answer, Attendee, Occurrence, Series

PartStat = Attendee.PartStat


@dataclass(frozen=True)
class Told:
    """What somebody says to the date that is shown."""

    answer: Answer
    # To which date that is, and what they say to the others, if that is another.
    only: str = ""
    # Whether any of this is that nothing was heard.
    lacks_answer: bool = False


def to_the_whole(attendees: Collection[Attendee]) -> dict[int, Told]:
    """By attendee, of a meeting that is once, or has no date."""
    answers = {attendee.pk: attendee.answer for attendee in attendees}
    return {pk: Told(answer, lacks_answer=answer.partstat == SILENT) for pk, answer in answers.items()}


def to_date(attendees: Collection[Attendee], date: Occurrence) -> dict[int, Told]:
    """On the page of one date of a series."""
    found = Answer.objects.about(date.series_id, date.pk).filter(attendee__in=attendees).said_by_attendee()
    told = {}
    for attendee in attendees:
        said = found[attendee.pk]
        answer, whole = (said.holds(date.series_id, one) or Answer() for one in (date.pk, None))
        only = _("To this one") if answer.partstat != whole.partstat else ""
        told[attendee.pk] = Told(answer, only, answer.partstat == SILENT)
    return told


def to_series(
    attendees: Collection[Attendee], date: Occurrence, last: Series, last_part: dates.AskedFrom
) -> dict[int, Told]:
    """On the page of a series, of which `date` is shown and `last` the part in which it goes on."""
    to_come = list(last.to_answer().values_list("pk", flat=True)) if last.repeats else []
    shown = Q(series=date.series_id, occurrence=date) | Q(series=last, occurrence__in=to_come)
    answers = Answer.objects.filter(Q(occurrence=None) | shown, attendee__in=attendees)
    found, told = answers.said_by_attendee(), {}
    for attendee in attendees:
        said = found[attendee.pk]
        answer = said.holds(date.series_id, date.pk) or Answer()
        to_last = said.read(lambda answer: answer.partstat).to_whole(last.pk, to_come)
        only = _only(date, last, to_last, last_part) if answer.partstat != to_last else ""
        told[attendee.pk] = Told(answer, only, SILENT in (answer.partstat, to_last if only else ""))
    return told


def _only(date: Occurrence, last: Series, to_last: str, last_part: dates.AskedFrom) -> str:
    """To the next one. To the series: No answer. Or: From Monday, 9 December on: No answer."""
    if date.series_id != last.pk and not last_part.day:
        return ""
    whole = _to_rest(to_last, last_part)
    if date.starts_at > timezone.now():
        shown = _("To the next one.")
    else:
        shown = _("To the last one.") if date.is_over else _("To this one.")
    return f"{shown} {whole}"


def _to_rest(partstat: str, last_part: dates.AskedFrom) -> str:
    if partstat == ONE_BY_ONE:
        if last_part.day:
            return _("From %(day)s on, each date has an answer of its own") % {"day": last_part.day}
        return _("Each date has an answer of its own")
    answer = reply_support.no_answer() if partstat == SILENT else str(PartStat(partstat).label)
    said = {"day": last_part.day, "answer": answer}
    if last_part.is_last:
        return _("On %(day)s: %(answer)s") % said
    if last_part.day:
        return _("From %(day)s on: %(answer)s") % said
    return _("To the series: %(answer)s") % said
