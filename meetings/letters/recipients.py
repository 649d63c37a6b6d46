"""Whom a letter is for, whether it is still true, and what its reader was told before."""

from __future__ import annotations

from django.db.models import Case, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from meetings.letters import part_letters, payloads
from meetings.letters.announced import Announced
from meetings.models import Answer, Attendee, AttendeeQuerySet, Occurrence
from outbox.models import Letter


def who_said_to_next(attendees: AttendeeQuerySet, *partstats: str) -> AttendeeQuerySet:
    """Those whose answer to the next date of their meeting is one of these; after the end, to the last.

    It may be one of an earlier part: who comes is not said by an answer to where the series goes on.
    """
    is_to_come = When(ends_at__gt=timezone.now(), then=F("starts_at"))
    next_one = Occurrence.objects.filter(meeting=OuterRef(OuterRef("meeting")), cancelled_at=None)
    next_one = next_one.order_by(Case(is_to_come).asc(nulls_last=True), "-starts_at", "-pk")
    said = Answer.objects.filter(attendee=OuterRef("pk"))
    # A meeting that is once has an answer to the whole alone.
    own = said.to_one().exclude(series__rrule="").filter(occurrence=Subquery(next_one.values("pk")[:1]))
    series = Coalesce(Subquery(next_one.values("series")[:1]), OuterRef("meeting__last_series"))
    said_to_next = Coalesce(
        Subquery(own.values("partstat")),
        Subquery(said.to_all().filter(series=series).values("partstat")),
        Value(str(Attendee.PartStat.NEEDS_ACTION)),
    )
    return attendees.alias(said_to_next=said_to_next).filter(said_to_next__in=partstats)


def of_meeting(letter: Letter, *, removed: bool = False) -> Attendee | None:
    """Whom the letter is for; None if it is overtaken by a newer one or they are gone."""
    payload = payloads.read(letter, payloads.AboutMeeting)
    attendee = (
        Attendee.objects.select_related("meeting__organizer", "meeting__last_series", "user")
        .filter(pk=payload.attendee, letter=letter)
        .first()
    )
    return attendee if attendee and bool(attendee.removed_at) == removed else None


def of_occurrence(letter: Letter) -> tuple[Attendee, Occurrence] | None:
    """The same for a letter about one date, with the date. A newer one about its part says it too."""
    payload = payloads.read(letter, payloads.AboutOccurrence)
    answer = (
        Answer.objects.select_related(
            *("attendee__meeting__organizer", "attendee__meeting__last_series", "attendee__user"),
            *("occurrence__series", "occurrence__meeting"),
        )
        .filter(
            attendee=payload.attendee,
            occurrence=payload.occurrence,
            letter=letter,
            attendee__removed_at=None,
            attendee__meeting__cancelled_at=None,
        )
        .first()
    )
    if answer is None or answer.occurrence is None or answer.occurrence.series.cancelled_at:
        # What follows was cancelled since, which the letter about the whole says.
        return None
    attendee, series = answer.attendee, answer.occurrence.series
    if series.pk == attendee.meeting.last_series_id:
        newest = attendee.letter_id
    else:
        part = part_letters.latest(series.uid, [attendee]).get(attendee.pk)
        newest = part.pk if part else 0
    return None if (newest or 0) > letter.pk else (attendee, answer.occurrence)


def last_told(letter: Letter) -> Announced | None:
    """The facts in the last letter that reached them; None if none did, and this is their invitation.

    A letter that was overtaken before it went out told them nothing, so the one before it counts. Each
    letter but the first says in `before` what was true until it was written.
    """
    before = payloads.read(letter, payloads.Told).before
    while before is not None and (previous := _previous(letter)) and not part_letters.went_out(previous):
        letter, before = previous, payloads.read(previous, payloads.Told).before
    return before


def have_heard(letter: Letter) -> bool:
    """Whether any earlier letter reached them."""
    previous = _previous(letter)
    while previous is not None:
        if part_letters.went_out(previous):
            return True
        previous = _previous(previous)
    return False


def _previous(letter: Letter) -> Letter | None:
    return Letter.objects.filter(pk=payloads.read(letter, payloads.Told).previous or 0).first()
