"""What all changes of a meeting have in common: a lock, a number that rises, news after the commit."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.dispatch import Signal

from meetings.models import Meeting


def locked(meeting: Meeting) -> Meeting:
    """The meeting as it is now; nobody else changes it until the transaction ends.

    The caller's object is brought up to date, since others hold it too.
    """
    found = Meeting.objects.select_for_update(of=("self",)).select_related("last_series").get(pk=meeting.pk)
    meeting.refresh_from_db()
    meeting.last_series = found.last_series
    return meeting


def raise_sequence(meeting: Meeting) -> None:
    """What calendars are told from now on is newer, about every part of a series."""
    meeting.current.sequence += 1
    meeting.current.save(update_fields=["sequence"])
    if meeting.repeats:
        meeting.series.exclude(pk=meeting.current.pk).update(sequence=F("sequence") + 1)


def after_commit(signal: Signal, **news: Any) -> None:
    transaction.on_commit(lambda: signal.send_robust(**news))
