"""What happens to meetings when the account of their organizer is deleted."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from meetings.models.attendees import Answer, Attendee
from outbox.models import Letter

# The kind of the short letters about earlier parts of a series (meetings.letters.part_letters).
PART_LETTER = "part"


def keep_coming_meetings(collector: Any, field: Any, meetings: Any, using: str) -> None:
    """What happens to the meetings of an organizer who is deleted: those to come are in the way.

    Their attendees would hear nothing of the end, since a letter is written from the meeting; they are to be
    cancelled first, and the letters about that sent.
    """
    now = timezone.now()
    every = field.model.objects
    # The short ones about earlier parts of a series hang on no attendee.
    addresses = Attendee.objects.filter(meeting__in=meetings).values("email")
    short = Letter.objects.waiting().filter(kind=PART_LETTER, recipient__in=addresses)
    untold = models.Q(letter__sent_at=None, letter__dead_at=None, letter__isnull=False)
    untold |= models.Q(pk__in=set(short.values_list("payload__attendee", flat=True)))
    waiting = Attendee.objects.filter(untold, meeting__in=meetings, meeting__cancelled_at__isnull=False)
    # Of a meeting that stands, those about single dates: who is not told comes in vain.
    about_one = Answer.objects.filter(
        attendee__meeting__in=meetings,
        attendee__meeting__cancelled_at=None,
        attendee__removed_at=None,
        letter__sent_at=None,
        letter__dead_at=None,
        letter__isnull=False,
    )
    untold_meetings = models.Q(pk__in=waiting.values("meeting"))
    untold_meetings |= models.Q(pk__in=about_one.values("attendee__meeting"))
    if unheard := every.filter(untold_meetings):
        raise models.ProtectedError("The letters about their end are still on the way.", set(unheard))
    standing = {meeting for meeting in meetings if not meeting.is_cancelled and not meeting.personal}
    if coming := {meeting for meeting in standing if meeting.ends_at > now}:
        raise models.ProtectedError("Meetings that are still to come have to be cancelled first.", coming)
    models.CASCADE(collector, field, meetings, using)
