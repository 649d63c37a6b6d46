"""What meetings have to tell the rest of the house, sent after the commit, and what they ask it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.dispatch import Signal

from meetings.models import Meeting

# With `meeting`: it will not take place.
meeting_cancelled = Signal()
# With `attendee`: no longer invited, their links no longer work.
attendee_removed = Signal()
# With `attendees`, numbers: personal links of theirs let nobody in any more.
links_revoked = Signal()
# With `meeting`: whom it is open to, or when, may be another than it was.
doors_changed = Signal()
# With `meeting`: who is a host in its room may be another than it was.
hosts_changed = Signal()
# With `code`: the meeting is gone, and all that was its own.
meeting_deleted = Signal()
# With `meetings`, a queryset: who is in their rooms now? A receiver that knows answers with a dict, from a
# meeting's number to how many are inside.
insiders_asked = Signal()


def insiders(meetings: QuerySet[Meeting]) -> dict[int, int]:
    """How many are in the rooms of these meetings now, by meeting; an empty room is left out."""
    found: dict[int, int] = {}
    answers: Sequence[tuple[Any, Any]] = insiders_asked.send(sender=Meeting, meetings=meetings)
    for _, answer in answers:
        found |= answer
    return found
