"""A host ends the call for everybody: in a moment, so that it can be taken back.

When it is due stands with the call. Any process with somebody in the room ends it then, and the heartbeat of
any where none did.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from rooms.models import Call, HostAction
from rooms.protocol.outcomes import Change
from rooms.roster import seats
from rooms.roster.orders import Desk

NOTICE = timedelta(seconds=10)


def end(desk: Desk, *, on: bool) -> None:
    """Have the call end in a moment, or take that back."""
    desk.for_hosts()
    call = desk.call
    if on == (call.ends_at is not None):
        return
    call.ends_at = timezone.now() + NOTICE if on else None
    call.save(update_fields=["ends_at"])
    seats.tell_rules(desk.room, desk.change, call, desk.me.pk)
    desk.note(HostAction.Action.END, detail="on" if on else "off")


@transaction.atomic
def end_due(room_id: int) -> Change:
    """Everybody out, if it is time and nobody has taken it back."""
    room = seats.lock(room_id)
    change = Change(room.meeting.code)
    if room.calls.filter(_due()).exists():
        change.call_ended = True
        for seat in seats.inside(room):
            seats.take_out(room, change, seat, "ended")
            change.endings[seat.pk] = "ended"
        seats.keep_rev(room, change)
    return change


def rooms_due() -> Sequence[int]:
    """The rooms whose call should have ended by now."""
    return list(Call.objects.filter(_due()).values_list("room_id", flat=True))


def _due() -> Q:
    return Q(ended_at=None, ends_at__lte=timezone.now())
