"""A meeting at another time, in tests for which nobody needs to be told."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from meetings.models import Meeting
from meetings.plans import occurrences


@transaction.atomic
def retime(meeting: Meeting, **times: Any) -> None:
    """Give it these of starts_at, duration, time_zone and rrule, and the dates that follow from them."""
    for name, value in times.items():
        setattr(meeting.current, name, value)
    meeting.current.save()
    meeting.save()
    occurrences.lay_out(meeting)
