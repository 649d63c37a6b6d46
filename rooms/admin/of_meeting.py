"""Of which meeting something in a room is, as lists show it."""

from __future__ import annotations

from typing import Protocol

from django.contrib import admin
from django.utils.translation import gettext_lazy

from rooms.models import Room


class InRoom(Protocol):
    room: Room


class OfMeeting:
    """Columns for what has a room: title and code of the meeting."""

    @admin.display(description=gettext_lazy("meeting"), ordering="room__meeting__title")
    def meeting(self, one: InRoom) -> str:
        return one.room.meeting.title

    @admin.display(description=gettext_lazy("code"), ordering="room__meeting__code")
    def code(self, one: InRoom) -> str:
        return one.room.meeting.code
