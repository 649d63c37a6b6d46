"""How the door of a room stands to somebody: whether they may come at all, and what they have to wait for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import cast

from django.db.models import Q
from django.utils import timezone

from meetings.models import Attendee, Meeting
from rooms.models import Call, JoinRequest, Participant, Room
from rooms.protocol import admission as rules
from rooms.protocol.admission import Admission, DoorFacts, DoorState, is_open_to
from rooms.protocol.messages import Access, ByeReason, Role
from rooms.roster import removals


class NotAdmitted(Exception):
    """There is no seat for them."""

    def __init__(self, reason: ByeReason) -> None:
        super().__init__(reason)
        self.reason = reason


OPEN = DoorState("open")
FULL = DoorState("full")


def find(room: Room, plan: Admission) -> tuple[Admission, DoorState]:
    """As whom somebody who may enter counts in the call that goes on, and what they meet at its door."""
    call = room.calls.filter(ended_at=None).first()
    somebody = plan if call is None else _as_given(room, call, plan)
    return somebody, _door_for(room, call, somebody)


def _as_given(room: Room, call: Call, somebody: Admission) -> Admission:
    """What they were given in the call counts more than the plan."""
    given = role_given(room, call, somebody)
    return somebody if given is None else replace(somebody, role=cast(Role, given.given_role))


def role_given(room: Room, call: Call, somebody: Admission) -> Participant | None:
    """The seat with which they were given a role last; none of the organizer's, who is a host always."""
    if is_organizer(room, somebody):
        return None
    # A role that came by an invitation is taken back from whoever comes by that.
    taken = same_invitation(somebody) & Q(given_role=Participant.Role.PARTICIPANT)
    given = call.participants.filter(same_person(somebody) | taken).exclude(given_role="")
    return given.order_by("given_at").last()


def is_organizer(room: Room, somebody: Admission) -> bool:
    """By their account, or by an invitation of their own."""
    return f"user:{room.meeting.organizer_id}" in somebody.persons


def _door_for(room: Room, call: Call | None, somebody: Admission) -> DoorState:
    meeting = room.meeting
    if somebody.role == "host":
        return OPEN
    now = timezone.now()
    locked = call is not None and call.locked
    if not (locked or meeting.lobby or meeting.personal or meeting.early is not None):
        return OPEN
    facts = DoorFacts(
        opens_at=_opens_at(meeting, call, now),
        locked=locked,
        lobby=meeting.lobby,
        # Whose room it is comes first: its link is in many hands, and for good.
        host_first=meeting.personal,
        host_inside=bool(host_inside(room.pk)),
        let_in=call is not None and _is_let_in(call, somebody),
    )
    door = rules.door(somebody.role, facts, now)
    return DoorState(door, facts.opens_at if door == "early" else None)


def _opens_at(meeting: Meeting, call: Call | None, now: datetime) -> datetime | None:
    if meeting.early is None or meeting.personal or meeting.instant:
        return None
    occurrence = meeting.occurrence_at(now)
    previous = meeting.occurrences.filter(cancelled_at=None, ends_at__lte=now).last()
    return rules.opens_at(
        occurrence.starts_at if occurrence else None,
        meeting.early,
        previous_end=previous.ends_at if previous else None,
        call_since=call.started_at if call else None,
    )


def _is_let_in(call: Call, somebody: Admission) -> bool:
    """Whether they were inside in this call, or were admitted to it.

    By account, or by browser: a personal link that was passed on is not the person.
    """
    same = same_person(somebody)
    if call.join_requests.filter(same, decision=JoinRequest.Decision.ADMITTED).exists():
        return True
    return call.participants.filter(same).exclude(left_reason=Participant.LeftReason.REMOVED).exists()


def same_person(somebody: Admission | Participant) -> Q:
    """Those of a call who are this person as well, as far as that is known."""
    same = Q(person=f"user:{somebody.user_id}") if somebody.user_id is not None else Q()
    if somebody.guest_key:
        same |= Q(guest_key=somebody.guest_key)
    # Whoever has neither is at least the same as others who have neither.
    return same or Q(person=somebody.person, guest_key="")


def same_invitation(somebody: Admission | Participant) -> Q:
    """This person, and whoever has come by the same invitation, which may have been passed on.

    What hosts have taken from one of them, or done to one, holds for all; what they have given does not.
    """
    same = same_person(somebody)
    return same if somebody.attendee_id is None else same | Q(attendee=somebody.attendee_id)


def host_inside(room_id: int) -> str:
    """The name of the host who has been inside the longest; "" when there is none."""
    hosts = Participant.objects.inside().hosts().filter(call__room=room_id)
    return hosts.order_by("seat").values_list("name", flat=True).first() or ""


def check(room: Room, admission: Admission) -> Admission:
    """The admission by the plan of now: what holds may have changed since the socket was opened.

    Raises NotAdmitted.
    """
    meeting = room.meeting
    if meeting.is_cancelled:
        raise NotAdmitted("cancelled")
    if admission.user_id == meeting.organizer_id:
        return admission
    if removals.is_removed(room.pk, admission.persons):
        raise NotAdmitted("removed")
    access = cast(Access, meeting.access)
    if admission.attendee_id is None:
        if not is_open_to(access, admission.user_id, None):
            raise NotAdmitted("sign-in" if admission.user_id is None else "not-invited")
        return admission
    attendee = Attendee.objects.entitled().filter(pk=admission.attendee_id).first()
    if attendee is None:
        raise NotAdmitted("forbidden")
    is_host = attendee.cohost or attendee.user_id == meeting.organizer_id
    return replace(admission, role="host" if is_host else "participant")


def shut_to(at_doors: Mapping[int, Iterable[Admission]]) -> dict[int, set[Admission]]:
    """Of those who stand at rooms' open doors, those who could not simply go in any more."""
    with_door = ~Q(meeting__access="anyone") | Q(meeting__lobby=True) | Q(meeting__personal=True)
    with_door |= Q(meeting__early__isnull=False)
    with_door |= Q(pk__in=Call.objects.filter(ended_at=None, locked=True).values("room"))
    rooms = Room.objects.select_related("meeting").filter(with_door, pk__in=at_doors)
    return {room.pk: {one for one in at_doors[room.pk] if not _is_open(room, one)} for room in rooms}


def _is_open(room: Room, admission: Admission) -> bool:
    try:
        plan = check(room, admission)
    except NotAdmitted:
        return False
    return find(room, plan)[1].door == "open"
