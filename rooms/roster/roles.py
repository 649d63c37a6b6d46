"""Who is a host in this call: what was given in it counts more than what the plan says."""

from __future__ import annotations

from django.utils import timezone

from rooms.models import HostAction, Participant
from rooms.protocol.messages import Role
from rooms.roster import seats
from rooms.roster.doors import same_invitation, same_person
from rooms.roster.orders import Desk, NotAllowed

GIVEN = ["given_role", "given_by", "given_at"]


def set_role(desk: Desk, participant_id: str, role: Role) -> None:
    """Make somebody a host for the rest of the call, with every seat that they have, or take that back."""
    desk.for_hosts()
    one = desk.find(participant_id)
    if _is_organizer(desk, one) and role != "host":
        raise NotAllowed("the organizer is a host, always")
    given, now = Participant.Role(role), timezone.now()
    changed = []
    theirs = same_person(one) if role == "host" else same_invitation(one)
    for seat in seats.inside(desk.room).filter(theirs):
        # Of a browser that the organizer has used as a guest as well.
        if seats.role_of(seat) != role and not _is_organizer(desk, seat):
            seat.given_role, seat.given_by, seat.given_at = given, desk.me.pk, now
            seats.tell_update(desk.room, desk.change, seat)
            seat.save(update_fields=GIVEN)
            changed.append(seat)
    if changed:
        # How the door stands to them may be another matter now.
        desk.change.doors = True
        desk.tell("set-role", changed)
        desk.note(HostAction.Action.SET_ROLE, [one], role)


def _is_organizer(desk: Desk, one: Participant) -> bool:
    return seats.is_of(one, desk.room.meeting.organizer_id)
