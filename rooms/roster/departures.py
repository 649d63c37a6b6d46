"""Going away, leaving, being removed, the end of it all. Each is one short transaction that holds the room's
row, raises `rev` and returns what is to be told to the others after the commit.
"""

from __future__ import annotations

from django.db import transaction

from rooms.models import HostAction, Participant, Removal
from rooms.protocol.admission import Grant
from rooms.protocol.messages import ByeReason, SetRules
from rooms.protocol.outcomes import Change
from rooms.roster import entrance, grants, rules, seats
from rooms.roster.orders import Desk, NotAllowed


@transaction.atomic
def go_away(room_id: int, socket: str, *, is_lost: bool) -> Change:
    """A socket is lost; keep the seat for a while. Says nothing if a newer socket has taken over."""
    room = seats.lock(room_id)
    change = Change(room.meeting.code)
    me = seats.inside(room).filter(socket=socket).first()
    if me is not None:
        me.socket = ""
        seats.mark_away(room, change, me, is_lost=is_lost)
        seats.keep_rev(room, change)
    return change


@transaction.atomic
def leave(room_id: int, socket: str) -> Change:
    """Whoever sits behind this socket gives their seat up. Says nothing if a newer socket has taken over."""
    room = seats.lock(room_id)
    change = Change(room.meeting.code)
    me = seats.inside(room).filter(socket=socket).first()
    if me is not None:
        seats.take_out(room, change, me, "left")
        seats.keep_rev(room, change)
    return change


def remove(desk: Desk, participant_id: str, *, lock: bool = False) -> None:
    """A host sends a person away for good, with every seat that they have, and may lock the room behind them.

    Raises NotInside, NotAllowed.
    """
    desk.for_hosts()
    room, change, host = desk.room, desk.change, desk.me
    target = desk.find(participant_id)
    if target.is_host:
        raise NotAllowed("a host is not removed")
    removal = Removal.objects.create(
        room=room,
        person=target.person,
        guest_key=target.guest_key,
        user_id=target.user_id,
        attendee_id=target.attendee_id,
        name=target.name,
        removed_by=host.name,
    )
    other_identities = entrance.other_identities(room.meeting_id, target.user_id, target.attendee)
    change.removed = sorted(removal.persons.union(other_identities))
    for seat in seats.inside(room):
        if not seat.is_host and seat.persons.intersection(change.removed):
            seats.take_out(room, change, seat, "removed")
            change.endings[seat.pk] = "removed"
    desk.tell("remove", [target], name=target.name)
    desk.note(HostAction.Action.REMOVE, [target])
    if lock:
        rules.set_rules(desk, SetRules(locked=True))


@transaction.atomic
def end(room_id: int, reason: ByeReason) -> Change:
    """Everybody out: the meeting will not take place."""
    room = seats.lock(room_id)
    change = Change(room.meeting.code, ended=reason)
    for seat in seats.inside(room):
        seats.take_out(room, change, seat, "ended")
    seats.keep_rev(room, change)
    return change


@transaction.atomic
def uninvite(room_id: int, attendee_id: int) -> Change:
    """An attendee was taken off the list: their seats are gone."""
    room = seats.lock(room_id)
    change = Change(room.meeting.code)
    for seat in seats.inside(room).filter(attendee_id=attendee_id):
        seats.take_out(room, change, seat, "removed")
        change.endings[seat.pk] = "forbidden"
    seats.keep_rev(room, change)
    return change


def why_left(participant_id: str, grant: Grant) -> ByeReason:
    """What to say to a socket whose participant is not inside any more; `grant`: what it rested on."""
    reason = Participant.objects.filter(pk=participant_id).values_list("left_reason", flat=True).first()
    match reason:
        case Participant.LeftReason.REMOVED:
            return "removed"
        case Participant.LeftReason.ENDED:
            return "ended"
        case Participant.LeftReason.LEFT:
            # Most likely because of that, and the message about it is on its way.
            return grants.lapsed([grant]).get(grant, "restart")
        case _:
            return "restart"
