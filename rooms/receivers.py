"""News from meetings: one was cancelled, somebody is no longer invited."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from meetings.models import Attendee, Meeting
from meetings.signals import attendee_removed, meeting_cancelled
from rooms import bridge, roster
from rooms.models import Room


@receiver(meeting_cancelled)
def close_the_room(meeting: Meeting, **kwargs: Any) -> None:
    room = Room.objects.filter(meeting=meeting).first()
    if room is not None:
        bridge.publish_from_thread(roster.end(room.pk, "cancelled"))


@receiver(attendee_removed)
def show_out(attendee: Attendee, **kwargs: Any) -> None:
    room = Room.objects.filter(meeting=attendee.meeting_id).first()
    if room is not None:
        bridge.publish_from_thread(roster.uninvite(room.pk, attendee.pk))
