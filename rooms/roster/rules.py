"""By which rules people come into a call and take part in it.

Those of a call are columns of its row and end with it; whom the meeting is open to and whether it has a
lobby is the meeting's (docs/decisions/0061).
"""

from __future__ import annotations

from django.db import transaction

from rooms.models import HostAction, Participant
from rooms.protocol.messages import SetRules
from rooms.protocol.outcomes import Change
from rooms.roster import seats
from rooms.roster.orders import Desk

COLUMNS = {
    "locked": "locked",
    "share": "may_share",
    "chat": "may_chat",
    "unmute": "may_unmute",
    "record": "may_record",
    "rename": "may_rename",
    "spotlight": "spotlight",
}


def set_rules(desk: Desk, wanted: SetRules) -> None:
    """A host has other rules hold for the rest of the call. Raises NotInside, of somebody to be large."""
    desk.for_hosts()
    call = desk.call
    changed = {}
    for rule, value in wanted.said.items():
        column = COLUMNS[rule]
        if rule == "spotlight" and value is not None:
            desk.find(str(value))
        if getattr(call, column) != (stored := "" if value is None else value):
            setattr(call, column, stored)
            changed[rule] = value
    if not changed:
        return
    if changed.get("unmute") is True:
        # Whoever comes later is heard again.
        call.muted_by = ""
    call.save(update_fields=[*(COLUMNS[rule] for rule in changed), "muted_by"])
    desk.change.doors |= "locked" in changed
    seats.tell_rules(desk.room, desk.change, call, desk.me.pk)
    spotlit = Participant.objects.filter(pk=call.spotlight) if "spotlight" in changed else ()
    detail = [f"{rule} {_in_words(value)}" for rule, value in changed.items()]
    desk.note(HostAction.Action.SET_RULES, spotlit, ", ".join(detail))


def _in_words(value: bool | str | None) -> str:
    return "on" if value else "off"


@transaction.atomic
def tell_again(room_id: int) -> Change:
    """The plan of the meeting says otherwise who comes in: that is news for those inside."""
    room = seats.lock(room_id)
    change = Change(room.meeting.code)
    call = room.calls.filter(ended_at=None).first()
    if call is not None:
        seats.tell_rules(room, change, call, None)
        seats.keep_rev(room, change)
    return change
