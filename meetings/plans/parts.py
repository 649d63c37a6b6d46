"""The parts of a series: what "this and the following" leaves behind, and what takes it back.

A meeting is the last part. Each part before is an `EarlierSeries` with a UID of its own, since a UID has one
rule (RFC 5545, 3.8.4.7). These functions lay out rows; `plans.invitations` calls them with the meeting
locked, and writes the letters.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone

from meetings.calendar import recurrence
from meetings.letters import announced
from meetings.models import Answer, Attendee, EarlierSeries, Meeting, Occurrence


def before_in_series(occurrence: Occurrence) -> QuerySet[Occurrence]:
    """What comes before an occurrence by the rules of its series, wherever it was moved by hand."""
    same = Q(earlier=occurrence.earlier, recurrence_id__lt=occurrence.recurrence_id)
    parts = occurrence.meeting.earlier_series.all()
    if occurrence.earlier:
        parts = parts.filter(wall_clock__lt=occurrence.earlier.wall_clock)
    return occurrence.meeting.occurrences.filter(same | Q(earlier__in=parts.values("pk")))


def part_before(part: EarlierSeries | None, meeting: Meeting) -> EarlierSeries | None:
    """The one before `part`, or before the last one, which is the meeting."""
    parts = meeting.earlier_series.order_by("wall_clock")
    return (parts.filter(wall_clock__lt=part.wall_clock) if part else parts).last()


def parts_after(part: EarlierSeries) -> QuerySet[EarlierSeries]:
    """Those between `part` and the last one."""
    return part.meeting.earlier_series.filter(wall_clock__gt=part.wall_clock)


def letters_of_following(since: Occurrence) -> tuple[int, int, int]:
    """How many letters a change of `since` and the following is to one who stays, is new, or is taken off.

    One about the part that goes on, and one about each that it ends, or that calendars have to forget.
    """
    part = since.earlier
    is_split = since.meeting.occurrences.filter(earlier=part, recurrence_id__lt=since.recurrence_id).exists()
    ended = parts_after(part).count() + (not is_split) if part else 0
    coming = before_in_series(since).filter(cancelled_at=None, ends_at__gt=timezone.now())
    going = set(coming.order_by().values_list("earlier", flat=True))
    own = since.earlier_id
    touched = ended + is_split
    return 1 + touched, 1 + len(going), 1 + touched + len(going - {own})


def end(parts: Iterable[EarlierSeries]) -> list[announced.Announced]:
    """Do away with parts of a series; what calendars have to be told of it."""
    ended = []
    for part in parts:
        ended.append(announced.of_part(part))
        part.delete()
    return ended


def leave_behind(meeting: Meeting, since: Occurrence) -> dict[str, Any]:
    """Part the series before `since`: what is before stays under the old UID.

    What a letter has to know of it: the part that ends earlier now, those that ended altogether, what `since`
    was and how many dates were left from it on. Empty if nothing is before, so that the whole series changes.
    """
    told = {
        "was": announced.of_one(since),
        "dates": _following(since).filter(cancelled_at=None).count(),
    }
    staying = meeting.occurrences.filter(earlier=since.earlier, recurrence_id__lt=since.recurrence_id)
    if earlier := since.earlier:
        # The following are the rest of an earlier part, and all of the later ones.
        ended = end(parts_after(earlier))
        earlier.occurrences.filter(recurrence_id__gte=since.recurrence_id).delete()
        if not staying.exists():
            return {"ended": ended + end([earlier])}
        earlier.rrule = recurrence.cut(earlier.rrule, earlier.wall_clock, since.recurrence_id)
        earlier.sequence += 1
        earlier.save(update_fields=["rrule", "sequence"])
        return {"split": earlier.pk, "ended": ended, **told}
    if not meeting.repeats or not staying.exists():
        return {}
    earlier = EarlierSeries.objects.create(
        meeting=meeting,
        uid=meeting.uid,
        sequence=meeting.sequence + 1,
        asked_sequence=meeting.asked_sequence,
        lengthened_sequence=meeting.lengthened_sequence,
        title=meeting.title,
        wall_clock=meeting.wall_clock,
        time_zone=meeting.time_zone,
        duration=meeting.duration,
        rrule=recurrence.cut(meeting.rrule, meeting.wall_clock, since.recurrence_id),
    )
    staying.update(earlier=earlier)
    meeting.uid = uuid.uuid4()
    return {"split": earlier.pk, **told}


def agenda_from(since: Occurrence) -> str:
    """What is planned for an occurrence and the following, where that is one thing; else for the series."""
    own = set(_following(since).values_list("agenda", flat=True))
    [agenda] = own if len(own) == 1 else [None]
    return since.meeting.agenda if agenda is None else agenda


def give_agenda(since: Occurrence, agenda: str) -> None:
    """Let an occurrence and the following have this agenda; whichever has another of its own keeps that."""
    planned, following = agenda_from(since), _following(since)
    if agenda != planned:
        alike = following.filter(Q(agenda=None) | Q(agenda=planned))
        alike.update(agenda=None if agenda == since.meeting.agenda else agenda)


def _following(since: Occurrence) -> QuerySet[Occurrence]:
    return since.meeting.occurrences.exclude(pk__in=before_in_series(since).values("pk"))


def keep_words(meeting: Meeting, title: str, agenda: str) -> None:
    """Let the earlier parts of a series keep what they were called and about."""
    left = meeting.occurrences.exclude(earlier=None)
    if meeting.title != title:
        left.filter(title="").update(title=title)
    if meeting.agenda != agenda:
        left.filter(agenda=None).update(agenda=agenda)


def keep_answers(occurrences: Iterable[Occurrence], attendees: list[Attendee]) -> None:
    """Write down for each of these what was answered for the whole, which means the others from now on."""
    given = {attendee.pk: attendee for attendee in attendees}
    for occurrence in occurrences:
        Answer.objects.bulk_create(
            (Answer(attendee=attendee, occurrence=occurrence) for attendee in given.values()),
            ignore_conflicts=True,
        )
        own = list(Answer.objects.filter(occurrence=occurrence, attendee__in=given, partstat=""))
        for answer in own:
            whole = given[answer.attendee_id]
            answer.partstat, answer.answered_at, answer.note = whole.partstat, whole.answered_at, whole.note
        Answer.objects.bulk_update(own, ["partstat", "answered_at", "note"])


def answer_as_to_one(occurrences: Iterable[Occurrence]) -> None:
    """Let what was answered to the one that is left of a series be the answer to the whole."""
    for occurrence in occurrences:
        own = Answer.objects.filter(occurrence=occurrence, attendee__removed_at=None).exclude(partstat="")
        given = []
        for answer in own.select_related("attendee"):
            attendee = answer.attendee
            attendee.partstat, attendee.answered_at = answer.partstat, answer.answered_at
            attendee.note = answer.note
            given.append(attendee)
        Attendee.objects.bulk_update(given, ["partstat", "answered_at", "note"])


def ask_alone(meeting: Meeting, attendees: list[Attendee]) -> None:
    """Ask those who come into a series that was parted for each date of its earlier parts.

    What they say to the whole is about the last part; of the others it says nothing.
    """
    coming = meeting.occurrences.exclude(earlier=None).filter(ends_at__gt=timezone.now())
    dates = list(coming.values_list("pk", flat=True))
    asked = Attendee.PartStat.NEEDS_ACTION
    Answer.objects.bulk_create(
        (Answer(attendee=one, occurrence_id=pk, partstat=asked) for one in attendees for pk in dates),
        batch_size=500,
        ignore_conflicts=True,
    )
    Answer.objects.filter(attendee__in=attendees, occurrence__in=coming, partstat="").update(partstat=asked)


def return_to(meeting: Meeting, earlier: EarlierSeries | None) -> None:
    """Let an earlier part of the series be the meeting again."""
    if earlier is None:
        raise ValueError("there is no earlier part")
    meeting.occurrences.filter(earlier=None).delete()
    Occurrence.objects.filter(earlier=earlier).update(earlier=None)
    uid = earlier.uid
    meeting.sequence = max(meeting.sequence, earlier.sequence)
    meeting.asked_sequence = earlier.asked_sequence
    meeting.lengthened_sequence = earlier.lengthened_sequence
    meeting.time_zone, meeting.duration = earlier.time_zone, earlier.duration
    meeting.rrule, meeting.title = earlier.rrule, earlier.title
    meeting.wall_clock = earlier.wall_clock
    meeting.starts_at = recurrence.moment(earlier.wall_clock, ZoneInfo(earlier.time_zone))
    earlier.delete()
    meeting.uid = uid
    # What was a title of their own is the meeting's again.
    meeting.occurrences.filter(earlier=None, title=meeting.title).update(title="")
