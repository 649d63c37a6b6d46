"""Who is inside: arrive, go away, come back, leave, be removed. Each is one short transaction that holds the
room's row, raises `rev` and returns what is to be told to the others after the commit.

Subscribe to the room's events before calling `arrive` (docs/decisions/0002): whatever commits later is heard.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import cast

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from meetings.models import Attendee
from rooms.models import Call, Participant, Removal, Room, ServerProcess
from rooms.protocol.admission import Admission, Pass, is_open_to
from rooms.protocol.messages import Access, ByeReason, Join, ParticipantJoined
from rooms.protocol.outcomes import Arrived, Change, Knocked, Snapshot, SocketElsewhere, Waits
from rooms.roster import entrance, lobby, passes, removals, seats


class NoEntry(Exception):
    """There is no seat for them."""

    def __init__(self, reason: ByeReason) -> None:
        super().__init__(reason)
        self.reason = reason


class NotInside(Exception):
    """The participant is not in the roster, or not any more."""


class NotAllowed(Exception):
    """Only a host may do this, and not to a host."""


# -- one participant ----------------------------------------------------------------------------


@transaction.atomic
def arrive(
    room_id: int,
    admission: Admission,
    join: Join,
    *,
    granted: Pass,
    server_id: str,
    socket: str,
    announce: Callable[[str], None],
) -> Arrived | Waits:
    """Give them a seat, or the seat back that their token stands for; or have them wait. Raises NoEntry.

    `announce` is told the participant's id before the commit: nobody can address them any earlier.
    """
    room = seats.lock(room_id)
    admission = _check_door(room, admission)
    if reason := passes.lapsed([granted]).get(granted):
        raise NoEntry(reason)
    change = Change(room.meeting.code)
    seats.give_up_expired(room, change)

    has_waited = False
    known = _find(room, admission, join.token) if join.token else None
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
        knocked = _knock(room, admission, join.name, server_id, socket)
        if knocked is not None:
            room.save(update_fields=["rev"])
            return Waits(knocked, change)
        try:
            seats.free(room, change, admission.role, admission.persons)
        except seats.SitsElsewhere:
            raise NoEntry("elsewhere") from None
        except seats.NoSeat:
            knocked = lobby.wait_for_seat(room, admission)
            if knocked is None:
                raise NoEntry("full") from None
            room.save(update_fields=["rev"])
            return Waits(knocked, change)
        has_waited = lobby.let_in(room, admission)
        known, token = None, secrets.token_urlsafe(32)
        me = _seat(room, change, admission, granted, join.name, token, server_id, socket)
    else:
        me = known
        if me.server is not None and me.socket and me.server_id != server_id:
            replaced = SocketElsewhere(me.server.channel, me.socket)
        _resume(room, change, me, admission, granted, join, server_id, socket)
    room.save(update_fields=["rev"])
    announce(me.pk)
    return Arrived(
        me=me.pk,
        role=seats.role_of(me),
        token=token,
        resumed=known is not None,
        snapshot=snapshot(room_id),
        change=change,
        replaced=replaced,
        has_waited=has_waited,
    )


def _check_door(room: Room, admission: Admission) -> Admission:
    """What may have changed since the socket was opened; the admission as of now. Raises NoEntry."""
    meeting = room.meeting
    if meeting.is_cancelled:
        raise NoEntry("cancelled")
    if admission.user_id == meeting.organizer_id:
        return admission
    if removals.is_removed(room.pk, admission.persons):
        raise NoEntry("removed")
    access = cast(Access, meeting.access)
    if admission.attendee_id is None:
        if not is_open_to(access, admission.user_id, None):
            raise NoEntry("sign-in" if admission.user_id is None else "not-invited")
        return admission
    attendee = Attendee.objects.entitled().filter(pk=admission.attendee_id).first()
    if attendee is None:
        raise NoEntry("forbidden")
    return replace(admission, role="host" if attendee.cohost else "participant")


def shut_to(at_doors: Mapping[int, Iterable[Admission]]) -> dict[int, set[Admission]]:
    """Of those who stand at rooms' open doors, those who could not simply go in any more."""
    with_door = ~Q(meeting__access="anyone") | Q(meeting__lobby=True) | Q(meeting__personal=True)
    with_door |= Q(meeting__early__isnull=False)
    rooms = Room.objects.select_related("meeting").filter(with_door, pk__in=at_doors)
    return {room.pk: {one for one in at_doors[room.pk] if not _is_open(room, one)} for room in rooms}


def _is_open(room: Room, admission: Admission) -> bool:
    try:
        admission = _check_door(room, admission)
    except NoEntry:
        return False
    return lobby.door_status(room, admission).door == "open"


def _knock(room: Room, admission: Admission, name: str, server_id: str, socket: str) -> Knocked | None:
    try:
        return lobby.wait(room, admission, name, server_id, socket)
    except lobby.Refused:
        raise NoEntry("refused") from None
    except lobby.Crowded:
        raise NoEntry("too-fast") from None


def _find(room: Room, admission: Admission, token: str) -> Participant | None:
    """The participant whom the token stands for, if it is in the hands of the same person."""
    found = seats.inside(room).filter(token_digest=_digest(token)).first()
    if found is None:
        return None
    same_browser = bool(found.guest_key) and found.guest_key == admission.guest_key
    return found if found.person == admission.person or same_browser else None


def _has_open_socket(participant: Participant) -> bool:
    if participant.server_id is None or not participant.socket:
        return False
    alive = ServerProcess.objects.filter(pk=participant.server_id, heartbeat_at__gt=Now() - settings.LEASE)
    return alive.exists()


def _seat(
    room: Room,
    change: Change,
    admission: Admission,
    granted: Pass,
    name: str,
    token: str,
    server_id: str,
    socket: str,
) -> Participant:
    call = room.calls.filter(ended_at=None).first() or Call.objects.create(room=room)
    room.rev += 1
    me = Participant.objects.create(
        # By this id they may have been called before the click.
        id=socket,
        call=call,
        person=admission.person,
        guest_key=admission.guest_key,
        user_id=admission.user_id,
        attendee_id=admission.attendee_id,
        session_key=granted.session_key,
        link_id=granted.link_id,
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
    change.events.append(ParticipantJoined(room.rev, seats.on_the_wire(me)))
    seats.note_where(change, me)
    return me


def _resume(
    room: Room,
    change: Change,
    me: Participant,
    admission: Admission,
    granted: Pass,
    join: Join,
    server_id: str,
    socket: str,
) -> None:
    before = seats.on_the_wire(me), me.server_id
    me.server = ServerProcess.objects.get(pk=server_id)
    me.socket = socket
    me.away_until = None
    me.name = join.name
    # Who they are now: somebody may have signed in, or out, since they took the seat.
    me.role = Participant.Role(admission.role)
    me.person, me.user_id, me.attendee_id = admission.person, admission.user_id, admission.attendee_id
    me.standing, me.known_as = admission.standing, admission.known_as
    me.session_key, me.link_id = granted.session_key, granted.link_id
    if join.fresh:
        me.arrival = room.rev + 1
    # A move to another process is news for the processes, though the page sees nothing of it.
    if before != (seats.on_the_wire(me), me.server_id):
        seats.tell_update(room, change, me)
    who = ["person", "user", "attendee", "role", "standing", "known_as", "session_key", "link"]
    me.save(update_fields=["server", "socket", "away_until", "name", "arrival", *who])


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def go_away(room_id: int, socket: str, *, is_lost: bool) -> Change:
    """A socket is lost; keep the seat for a while. Says nothing if a newer socket has taken over."""
    room = seats.lock(room_id)
    change = Change(room.meeting.code)
    me = seats.inside(room).filter(socket=socket).first()
    if me is not None:
        me.socket = ""
        seats.mark_away(room, change, me, is_lost=is_lost)
        room.save(update_fields=["rev"])
    return change


@transaction.atomic
def leave(room_id: int, socket: str) -> Change:
    """Whoever sits behind this socket gives their seat up. Says nothing if a newer socket has taken over."""
    room = seats.lock(room_id)
    change = Change(room.meeting.code)
    me = seats.inside(room).filter(socket=socket).first()
    if me is not None:
        seats.take_out(room, change, me, "left")
        room.save(update_fields=["rev"])
    return change


@transaction.atomic
def remove(room_id: int, host_id: str, participant_id: str) -> Change:
    """A host sends a person away for good, with every seat that they have. Raises NotInside, NotAllowed."""
    room = seats.lock(room_id)
    change = Change(room.meeting.code)
    host = seats.inside(room).filter(pk=host_id, role=Participant.Role.HOST).first()
    target = seats.inside(room).filter(pk=participant_id).first()
    if target is None:
        raise NotInside
    if host is None or target.role == Participant.Role.HOST:
        raise NotAllowed
    removal = Removal.objects.create(
        room=room,
        person=target.person,
        guest_key=target.guest_key,
        user_id=target.user_id,
        attendee_id=target.attendee_id,
        name=target.name,
        removed_by=host.name,
    )
    kin = entrance.kin(room.meeting_id, target.user_id, target.attendee)
    change.removed = sorted(removal.persons.union(kin))
    for seat in seats.inside(room).exclude(role=Participant.Role.HOST):
        if seat.persons.intersection(change.removed):
            seats.take_out(room, change, seat, "removed")
            change.endings[seat.pk] = "removed"
    room.save(update_fields=["rev"])
    return change


@transaction.atomic
def review_hosts(room_id: int) -> Change:
    """Make those hosts whom the organizer has made co-hosts, and nobody else."""
    room = seats.lock(room_id)
    change = Change(room.meeting.code)
    for seat in seats.inside(room).filter(_MISJUDGED):
        is_host = seat.role == Participant.Role.HOST
        seat.role = Participant.Role.PARTICIPANT if is_host else Participant.Role.HOST
        seats.tell_update(room, change, seat)
        seat.save(update_fields=["role"])
    room.save(update_fields=["rev"])
    return change


def rooms_with_other_hosts(room_ids: Iterable[int]) -> Sequence[int]:
    """Those of these rooms in which somebody should be a host, or should be none any more."""
    return seats.rooms_of(Participant.objects.inside().filter(_MISJUDGED, call__room__in=room_ids))


_MISJUDGED = Q(attendee__cohost=True, role=Participant.Role.PARTICIPANT) | Q(
    attendee__cohost=False, role=Participant.Role.HOST
)


# -- everybody ----------------------------------------------------------------------------------


@transaction.atomic
def end(room_id: int, reason: ByeReason) -> Change:
    """Everybody out: the meeting will not take place."""
    room = seats.lock(room_id)
    change = Change(room.meeting.code, ended=reason)
    for seat in seats.inside(room):
        seats.take_out(room, change, seat, "ended")
    room.save(update_fields=["rev"])
    return change


@transaction.atomic
def uninvite(room_id: int, attendee_id: int) -> Change:
    """An attendee was taken off the list: their seats are gone."""
    room = seats.lock(room_id)
    change = Change(room.meeting.code)
    for seat in seats.inside(room).filter(attendee_id=attendee_id):
        seats.take_out(room, change, seat, "removed")
        change.endings[seat.pk] = "forbidden"
    room.save(update_fields=["rev"])
    return change


def snapshot(room_id: int) -> Snapshot:
    """Everybody inside, and the `rev` at which that was so, read in one statement.

    When nobody is inside `rev` may be older than that; the events in between are then heard once more.
    """
    rev = Room.objects.values_list("rev", flat=True).get(pk=room_id)
    inside = list(
        Participant.objects.inside().filter(call__room_id=room_id).select_related("server", "call__room")
    )
    return Snapshot(
        rev=inside[0].call.room.rev if inside else rev,
        participants=[seats.on_the_wire(participant) for participant in inside],
        where={p.pk: p.server.channel for p in inside if p.server is not None},
    )


def why_left(participant_id: str) -> ByeReason:
    """What to say to a socket whose participant is not inside any more."""
    reason = Participant.objects.filter(pk=participant_id).values_list("left_reason", flat=True).first()
    match reason:
        case Participant.LeftReason.REMOVED:
            return "removed"
        case Participant.LeftReason.ENDED:
            return "ended"
        case _:
            return "restart"
