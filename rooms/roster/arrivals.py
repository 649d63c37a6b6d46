"""Somebody comes in, or comes back: one short transaction that holds the room's row, raises `rev` and returns
what is to be told to the others after the commit.

Subscribe to the room's events before calling `arrive` (docs/decisions/0002): whatever commits later is heard.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from rooms.models import Call, Participant, Room, ServerProcess
from rooms.protocol.admission import Admission, DoorState, Grant
from rooms.protocol.messages import Join, ParticipantJoined
from rooms.protocol.outcomes import Arrived, Change, JoinRequested, SocketElsewhere, Waits
from rooms.roster import doors, grants, lobby, returning, roles, seats
from rooms.roster.doors import NotAdmitted


@transaction.atomic
def arrive(
    room_id: int,
    admission: Admission,
    join: Join,
    *,
    grant: Grant,
    server_id: str,
    socket: str,
    announce: Callable[[str], None],
) -> Arrived | Waits:
    """Give them a seat, or the seat back that their token stands for; or have them wait. Raises NotAdmitted.

    `announce` is told the participant's id before the commit: nobody can address them any earlier.
    """
    room = seats.lock(room_id)
    plan = doors.check(room, admission)
    if reason := grants.lapsed([grant]).get(grant):
        raise NotAdmitted(reason)
    change = Change(room.meeting.code)
    seats.give_up_expired(room, change)

    has_waited = False
    known = _find(room, plan, join.token) if join.token else None
    if known is None and join.token and not join.fresh and _has_ended(room, join.token):
        # A page that was away when it ended comes by itself: it begins no other call.
        raise NotAdmitted("ended")
    token = join.token or ""
    replaced = None
    # The answer to an earlier try may have been lost with the database after it was committed.
    me = seats.inside(room).filter(socket=socket).first()
    if me is not None:
        if known is None or known.pk != me.pk:
            known, token = None, secrets.token_urlsafe(32)
            me.token_digest = _digest(token)
            me.save(update_fields=["token_digest"])
        seats.tell_update(room, change, me)
    elif known is None or (join.fresh and _has_open_socket(known)):
        # Somebody new, or a duplicated tab: somebody of its own.
        admission, status = doors.find(room, plan)
        requested = _request(room, admission, status, join.name, server_id, socket)
        if requested is not None:
            seats.keep_rev(room, change)
            return Waits(requested, change)
        try:
            ahead = lobby.ahead_of(room, admission)
            seats.free(room, change, admission.role, admission.persons, ahead)
        except seats.SitsElsewhere:
            raise NotAdmitted("elsewhere") from None
        except seats.NoSeat:
            requested = lobby.wait_for_seat(room, admission, server_id, socket)
            if requested is None:
                raise NotAdmitted("full") from None
            seats.keep_rev(room, change)
            return Waits(requested, change)
        has_waited = lobby.let_in(room, admission)
        known, token = None, secrets.token_urlsafe(32)
        me = _seat(room, change, plan, grant, join.name, token, server_id, socket)
    else:
        me = known
        if me.server is not None and me.socket and me.server_id != server_id:
            replaced = SocketElsewhere(me.server.channel, me.socket)
        _resume(room, change, me, plan, grant, join, server_id, socket)
    seats.keep_rev(room, change)
    announce(me.pk)
    return Arrived(
        me=me.pk,
        role=seats.role_of(me),
        token=token,
        resumed=known is not None,
        snapshot=seats.snapshot(room_id),
        change=change,
        replaced=replaced,
        has_waited=has_waited,
    )


def _request(
    room: Room, admission: Admission, status: DoorState, name: str, server_id: str, socket: str
) -> JoinRequested | None:
    if status.door == "open":
        return None
    try:
        return lobby.wait(room, admission, status, name, server_id, socket)
    except lobby.Refused:
        raise NotAdmitted("refused") from None
    except lobby.Crowded:
        raise NotAdmitted("too-fast") from None


def _find(room: Room, admission: Admission, token: str) -> Participant | None:
    """The participant whom the token stands for, if it is in the hands of the same person."""
    found = seats.inside(room).filter(token_digest=_digest(token)).first()
    if found is None:
        return None
    same_browser = bool(found.guest_key) and found.guest_key == admission.guest_key
    return found if found.person == admission.person or same_browser else None


def _has_ended(room: Room, token: str) -> bool:
    """Whether a host has ended the call in which this token stood for a seat."""
    ended = Participant.objects.filter(left_reason=Participant.LeftReason.ENDED, call__room=room)
    return ended.filter(token_digest=_digest(token)).exists()


def _has_open_socket(participant: Participant) -> bool:
    if participant.server_id is None or not participant.socket:
        return False
    alive = ServerProcess.objects.filter(pk=participant.server_id, heartbeat_at__gt=Now() - settings.LEASE)
    return alive.exists()


def _seat(
    room: Room,
    change: Change,
    admission: Admission,
    grant: Grant,
    name: str,
    token: str,
    server_id: str,
    socket: str,
) -> Participant:
    call = room.calls.filter(ended_at=None).first() or Call.objects.create(room=room)
    room.rev += 1
    me = Participant(
        # By this id they may have been called before the click.
        id=socket,
        call=call,
        person=admission.person,
        guest_key=admission.guest_key,
        user_id=admission.user_id,
        attendee_id=admission.attendee_id,
        session_key=grant.session_key,
        link_id=grant.link_id,
        name=name,
        standing=admission.standing,
        known_as=admission.known_as,
        role=admission.role,
        seat=room.rev,
        arrival=room.rev,
        token_digest=_digest(token),
        server_id=server_id,
        socket=socket,
    )
    returning.take_along(room, me, admission)
    me.save(force_insert=True)
    change.events.append(ParticipantJoined(room.rev, seats.on_the_wire(me, room.meeting.organizer_id)))
    seats.note_where(change, me)
    return me


def _resume(
    room: Room,
    change: Change,
    me: Participant,
    admission: Admission,
    grant: Grant,
    join: Join,
    server_id: str,
    socket: str,
) -> None:
    organizer_id = room.meeting.organizer_id
    before = seats.on_the_wire(me, organizer_id), me.server_id
    me.server = ServerProcess.objects.get(pk=server_id)
    me.socket = socket
    me.away_until = None
    me.name = returning.name_of(me, join.name)
    # Who they are now: somebody may have signed in, or out, since they took the seat.
    me.role = Participant.Role(admission.role)
    returning.take_own_role(room, me, admission)
    me.person, me.user_id, me.attendee_id = admission.person, admission.user_id, admission.attendee_id
    me.standing, me.known_as = admission.standing, admission.known_as
    me.session_key, me.link_id = grant.session_key, grant.link_id
    if join.fresh:
        me.arrival = room.rev + 1
    # A move to another process is news for the processes, though the page sees nothing of it.
    if before != (seats.on_the_wire(me, organizer_id), me.server_id):
        seats.tell_update(room, change, me)
    who = ["person", "user", "attendee", "role", "standing", "known_as", "session_key", "link"]
    me.save(update_fields=["server", "socket", "away_until", "name", "arrival", *who, *roles.GIVEN])


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
