"""The parts of a series: "this and the following" splits one, and calling off what follows joins them again.

A UID has one rule (RFC 5545, 3.8.4.7), so each part is a `Series`. These functions lay out rows; the verbs
call them with the meeting locked, and write the letters.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from meetings.calendar import recurrence
from meetings.letters import announced
from meetings.models import Answer, Meeting, Occurrence, Series


def before_in_series(occurrence: Occurrence) -> QuerySet[Occurrence]:
    """What comes before an occurrence by the rules of its series, wherever it was moved by hand."""
    same = Q(series=occurrence.series_id, recurrence_id__lt=occurrence.recurrence_id)
    return occurrence.meeting.occurrences.filter(same | Q(series__lt=occurrence.series_id))


def part_before(part: Series) -> Series:
    """The one that goes before. Raises Series.DoesNotExist for the first."""
    return part.meeting.series.not_cancelled().filter(pk__lt=part.pk).latest("pk")


def parts_after(part: Series) -> QuerySet[Series]:
    """Those between `part` and the last one."""
    return part.meeting.series.not_cancelled().filter(pk__gt=part.pk, pk__lt=part.meeting.last_series_id)


def letters_of_following(since: Occurrence) -> tuple[int, int, int]:
    """How many letters a change of `since` and the following is to one who stays, is new, or is taken off.

    One about the part that goes on, and one about each that it ends, or that calendars have to forget.
    """
    part = since.series
    is_split = part.occurrences.filter(recurrence_id__lt=since.recurrence_id).exists()
    is_last = part.pk == since.meeting.last_series_id
    ended = 0 if is_last else parts_after(part).count() + (not is_split)
    coming = before_in_series(since).filter(cancelled_at=None, ends_at__gt=timezone.now())
    going = set(coming.order_by().values_list("series", flat=True))
    touched = ended + is_split
    return 1 + touched, 1 + len(going), 1 + touched + len(going - {part.pk})


def end(parts: Iterable[Series]) -> list[announced.Announced]:
    """Do away with parts of a series; what calendars have to be told of it."""
    ended = []
    for part in parts:
        ended.append(announced.of_part(part))
        part.delete()
    return ended


def split(meeting: Meeting, since: Occurrence) -> dict[str, Any]:
    """Part the series before `since`: what is before stays under the old UID.

    What a letter has to know of it: the part that ends earlier now, those that ended altogether, what `since`
    was and how many dates were left from it on. Empty if nothing is before, so that the whole series changes.
    """
    told = {
        "was": announced.of_one(since),
        "dates": following(since).filter(cancelled_at=None).count(),
    }
    part = meeting.series.get(pk=since.series_id)
    part.meeting = meeting
    is_last = part.pk == meeting.last_series_id
    has_before = part.occurrences.filter(recurrence_id__lt=since.recurrence_id).exists()
    its_following = part.occurrences.filter(recurrence_id__gte=since.recurrence_id)
    if is_last and not (part.repeats and has_before):
        return {}
    ended = end(parts_after(part))
    if not has_before:
        # The following are all of an earlier part, and of the later ones.
        return {"ended": ended + end([part])}
    if is_last:
        meeting.last_series = _like(part)
        _move(its_following, meeting.last_series)
    else:
        its_following.delete()
    part.rrule = recurrence.cut(part.rrule, part.wall_clock, since.recurrence_id)
    part.sequence += 1
    part.save(update_fields=["rrule", "sequence"])
    return {"split": part.pk, "ended": ended, **told}


def _like(part: Series) -> Series:
    """A series for the dates that follow: the same under another UID, with what was answered to the whole."""
    other = Series.objects.create(
        meeting=part.meeting,
        sequence=part.sequence,
        asked_sequence=part.asked_sequence,
        lengthened_sequence=part.lengthened_sequence,
        title=part.title,
        starts_at=part.starts_at,
        wall_clock=part.wall_clock,
        time_zone=part.time_zone,
        duration=part.duration,
        rrule=part.rrule,
    )
    to_all = list(part.answers.to_all())
    for answer in to_all:
        answer.pk, answer.series = None, other
    Answer.objects.bulk_create(to_all)
    return other


def _move(dates: QuerySet[Occurrence], to: Series) -> None:
    """Let dates be those of another series, with what was answered to each."""
    Answer.objects.filter(occurrence__in=dates).update(series=to)
    dates.update(series=to)


def agenda_from(since: Occurrence) -> str:
    """What is planned for an occurrence and the following, where that is one thing; else for the series."""
    own = set(following(since).values_list("agenda", flat=True))
    [agenda] = own if len(own) == 1 else [None]
    return since.meeting.agenda if agenda is None else agenda


def give_agenda(since: Occurrence, agenda: str) -> None:
    """Let an occurrence and the following have this agenda; whichever has another of its own keeps that."""
    planned = agenda_from(since)
    if agenda != planned:
        alike = following(since).filter(Q(agenda=None) | Q(agenda=planned))
        alike.update(agenda=None if agenda == since.meeting.agenda else agenda)


def following(since: Occurrence) -> QuerySet[Occurrence]:
    """An occurrence and what comes after it, of whichever part."""
    standing = since.meeting.occurrences.filter(series__cancelled_at=None)
    return standing.exclude(pk__in=before_in_series(since).values("pk"))


def keep_agenda(meeting: Meeting, agenda: str) -> None:
    """Let the earlier parts of a series keep what they were about."""
    if meeting.agenda != agenda:
        left = meeting.occurrences.exclude(series=meeting.last_series)
        left.filter(agenda=None).update(agenda=agenda)


def cancel_rest(occurrence: Occurrence, goes_on: Series) -> list[announced.Announced]:
    """Cancel an occurrence and what follows it, so that the meeting goes on, and ends, in `goes_on`.

    Its dates stay, in series that are cancelled. What calendars have to be told of those that they know.
    """
    meeting, now = goes_on.meeting, timezone.now()
    off = list(meeting.series.not_cancelled().filter(pk__gt=goes_on.pk))
    off.sort(key=lambda part: part.pk != meeting.last_series_id)
    ended = [announced.of_part(part) for part in off]
    if off:
        goes_on.sequence = max(goes_on.sequence, meeting.current.sequence)
    if occurrence.series_id == goes_on.pk:
        rest = _like(goes_on)
        rest.rrule = recurrence.rest(goes_on.rrule, goes_on.wall_clock, occurrence.recurrence_id)
        rest.wall_clock = occurrence.recurrence_id
        rest.starts_at = recurrence.moment(rest.wall_clock, rest.zone)
        rest.save()
        _move(goes_on.occurrences.filter(recurrence_id__gte=occurrence.recurrence_id), rest)
        goes_on.rrule = _cut(goes_on, occurrence.recurrence_id)
        off.append(rest)
    Series.objects.filter(pk__in=[part.pk for part in off]).update(cancelled_at=now)
    meeting.occurrences.filter(series__in=off, cancelled_at=None).update(cancelled_at=now)
    meeting.last_series = goes_on
    return ended


def _cut(series: Series, before: str) -> str:
    """Its rule without the dates from there on."""
    if series.keys[-1] < before:
        return series.rrule
    return recurrence.cut(series.rrule, series.wall_clock, before)
