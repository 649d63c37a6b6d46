"""Who is a host inside, as the organizer has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F, Q

from rooms.models import Participant
from rooms.protocol.outcomes import Change
from rooms.roster import seats
from rooms.roster.doors import same_invitation


@transaction.atomic
def review(room_id: int) -> Change:
    """Make those hosts whom the organizer has made co-hosts, and nobody else."""
    room = seats.lock(room_id)
    organizer_id = room.meeting.organizer_id
    change = Change(room.meeting.code)
    for seat in seats.inside(room).filter(_MISJUDGED):
        # What the plan says now is the last word, also against what was given in the call.
        theirs = seat.call.participants.filter(same_invitation(seat)).exclude(given_role="")
        others = list(seats.inside(room).filter(pk__in=theirs).exclude(pk=seat.pk))
        before = {one.pk: seats.on_the_wire(one, organizer_id) for one in (seat, *others)}
        is_host = seat.role == Participant.Role.HOST
        seat.role = Participant.Role.PARTICIPANT if is_host else Participant.Role.HOST
        theirs.update(given_role="", given_by="", given_at=None)
        for one in (seat, *others):
            one.given_role, one.given_by, one.given_at = "", "", None
            if seats.on_the_wire(one, organizer_id) != before[one.pk]:
                seats.tell_update(room, change, one)
        seat.save(update_fields=["role"])
    seats.keep_rev(room, change)
    return change


def rooms_to_review(room_ids: Iterable[int]) -> Sequence[int]:
    """Those of these rooms in which somebody should be a host, or should be none any more."""
    return seats.rooms_of(Participant.objects.inside().filter(_MISJUDGED, call__room__in=room_ids))


_OF_ORGANIZER = Q(attendee__user=F("call__room__meeting__organizer"))
_BY_PLAN = Q(attendee__cohost=True) | _OF_ORGANIZER
_MISJUDGED = (_BY_PLAN & Q(role=Participant.Role.PARTICIPANT)) | (
    Q(attendee__cohost=False, role=Participant.Role.HOST) & ~_OF_ORGANIZER
)
