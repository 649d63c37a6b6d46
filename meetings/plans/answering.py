"""What attendees say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from meetings.models import Answer, Attendee, Meeting, Occurrence, Series
from meetings.plans import recording
from meetings.plans.asking import keep_past
from meetings.plans.locking import locked


@transaction.atomic
def respond(
    attendee: Attendee,
    partstat: Attendee.PartStat,
    note: str = "",
    about: str = "",
    occurrence: Occurrence | None = None,
    series: Series | None = None,
    said_at: datetime | None = None,
    knowing: int | None = None,
) -> bool:
    """Record an answer; a later one takes its place.

    With `occurrence` it holds for that one alone; without, for all that are still to come of `series`, or if
    none is named of that in which the meeting goes on. `about` is the `appointment` of what was asked, when
    it was asked. If it has been moved since, nobody has answered for the new time yet, and a yes says nothing
    of one that takes longer: nothing is recorded then, and the answer is False. Nor is anything of whoever is
    no longer invited, or to what is over, cancelled or no more by now. `said_at` is for what took its time to
    come here: what one occurrence was answered, or asked anew about, since then stays; so does what was asked
    anew after the version `knowing`.
    """
    said_at = said_at or timezone.now()
    meeting = locked(attendee.meeting)
    if not _is_invited(attendee, meeting):
        return False
    # As it is now that nobody else changes it.
    asked = (
        _series(meeting, series) if occurrence is None else _coming(meeting).filter(pk=occurrence.pk).first()
    )
    if asked is None or (about and not _holds(partstat, about, asked.appointment)):
        return False
    one = asked if isinstance(asked, Occurrence) and meeting.repeats else None
    series = asked.series if isinstance(asked, Occurrence) else asked
    if one is None:
        keep_past(series, [attendee.pk])
    now = timezone.now()
    said = {"partstat": partstat, "note": note, "answered_at": said_at, "recorded_at": now}
    Answer.objects.update_or_create(attendee=attendee, series=series, occurrence=one, defaults=said)
    if one is not None:
        return True
    own = Answer.objects.filter(attendee=attendee, series=series, occurrence__ends_at__gt=now)
    # Moved since, and nobody has answered for the new time.
    unknown = Q(letter__created_at__gt=said_at)
    if knowing is not None:
        unknown |= Q(occurrence__asked_sequence__gt=knowing)
    # Said in the same breath, what is said of one counts for that one.
    known = own.exclude(unknown, partstat=Attendee.PartStat.NEEDS_ACTION)
    known.exclude(answered_at__gte=said_at).ask_anew()
    return True


@transaction.atomic
def respond_to_dates(
    attendees: Collection[Attendee], partstat: Attendee.PartStat, dates: Mapping[int, str]
) -> bool:
    """Record one answer of one person to several dates of a series: to all of these, or to none.

    `attendees` are their invitations to it, `dates` by number what the `appointment` of each was when it was
    asked. A word that was said to one of them stays with it. The answer is False as that of `respond`.
    """
    meeting = locked(next(iter(attendees)).meeting)
    found = list(_coming(meeting).filter(pk__in=dates))
    is_as_asked = all(_holds(partstat, dates[date.pk], date.appointment) for date in found)
    may_answer = all(_is_invited(attendee, meeting) for attendee in attendees)
    if not (meeting.repeats and may_answer and is_as_asked and len(found) == len(dates)):
        return False
    said = {"partstat": partstat, "answered_at": timezone.now(), "recorded_at": timezone.now()}
    recording.put(
        (
            Answer(attendee=attendee, series_id=date.series_id, occurrence=date, **said)
            for attendee in attendees
            for date in found
        ),
        tuple(said),
    )
    return True


def _is_invited(attendee: Attendee, meeting: Meeting) -> bool:
    attendee.refresh_from_db(fields=["removed_at"])
    return not (meeting.is_cancelled or attendee.removed_at)


def _coming(meeting: Meeting) -> QuerySet[Occurrence]:
    """Its dates that can be answered."""
    coming = meeting.occurrences.filter(cancelled_at=None, ends_at__gt=timezone.now())
    return coming.select_related("series")


def _series(meeting: Meeting, series: Series | None) -> Series | None:
    """The one that is answered, if it goes on; that in which the meeting goes on if none is named."""
    if series is None or series.pk == meeting.last_series_id:
        return None if meeting.is_over else meeting.current
    found = meeting.series.not_cancelled().filter(pk=series.pk).first()
    return found if found and _coming(meeting).filter(series=found).exists() else None


def _holds(partstat: Attendee.PartStat, about: str, now: str) -> bool:
    """Whether what was said `about` an appointment is an answer to what it is now, as for `_ask_again`.

    Of one that begins when it did, a no still is one, and so is all that was said if it takes no longer.
    """
    if about == now:
        return True
    # When it begins, how many seconds it takes, and the rule of a series.
    starts_at, _, rest = about.partition("-")
    seconds, _, rule = rest.partition("-")
    starts_now, _, rest_now = now.partition("-")
    seconds_now, _, rule_now = rest_now.partition("-")
    if (starts_at, rule) != (starts_now, rule_now):
        return False
    takes_no_longer = seconds.isdecimal() and len(seconds) < 10 and int(seconds_now) <= int(seconds)
    return partstat == Attendee.PartStat.DECLINED or takes_no_longer
