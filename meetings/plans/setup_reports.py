"""Whose browser, camera, microphone and network were found to be good for a call, and when."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from meetings.models import Attendee, Meeting


def note_tested(attendee: Attendee) -> None:
    """An attendee's set-up works; of somebody with an account, for all of their meetings to come."""
    now = timezone.now()
    Attendee.objects.filter(pk=attendee.pk).update(tested_at=now)
    if attendee.user is not None:
        note_tested_by(attendee.user)


def note_tested_by(user: User) -> None:
    """The set-up of somebody with an account works."""
    now = timezone.now()
    coming = Meeting.objects.not_cancelled().ending_after(now)
    Attendee.objects.invited().filter(user=user, meeting__in=coming).update(tested_at=now)
