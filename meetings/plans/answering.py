"""What attendees say."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from meetings.models import Answer, Attendee, Occurrence, Series
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
    of one that takes longer: nothing is recorded then, and the answer is False. `said_at` is for what took
    its time to come here: what one occurrence was answered, or asked anew about, since then stays; so does
    what was asked anew after the version `knowing`.
    """
    said_at = said_at or timezone.now()
    meeting = locked(attendee.meeting)
    if occurrence is not None:
        occurrence.refresh_from_db()
    series = meeting.series.filter(pk=series.pk).first() if series else meeting.current
    if series is None:
        return False
    if about and not _holds(partstat, about, (occurrence or series).appointment):
        return False
    now = timezone.now()
    said = {"partstat": partstat, "note": note, "answered_at": said_at, "recorded_at": now}
    one = occurrence if meeting.repeats else None
    Answer.objects.update_or_create(
        attendee=attendee, series=one.series if one else series, occurrence=one, defaults=said
    )
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
