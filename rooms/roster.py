"""Who is inside: arrive, go away, come back, leave, be removed. Each is one short transaction that holds the
room's row, raises `rev` and returns what is to be told to the others after the commit.

Subscribe to the room's events before calling `arrive` (docs/decisions/0002): whatever commits later is heard.
"""

from __future__ import annotations

import hashlib
import os
import platform
import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from meetings.models import Attendee
from rooms import messages
from rooms.admission import Admission
from rooms.messages import (
    ByeReason,
    Event,
    Join,
    LeftReason,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantUpdated,
    Role,
)
from rooms.models import Call, Participant, Removal, Room, ServerProcess


class NoEntry(Exception):
    """There is no seat for them."""

    def __init__(self, reason: ByeReason) -> None:
        super().__init__(reason)
        self.reason = reason


class NotInside(Exception):
    """The participant is not in the roster, or not any more."""


class NotAllowed(Exception):
    """Only a host may do this, and not to a host."""


@dataclass
class Change:
    """What a transaction changed, for everybody who is connected to this room."""

    code: str
    events: list[Event] = field(default_factory=list)
    # The processes that those of the events are connected to: participant id -> layer channel.
    where: dict[str, str] = field(default_factory=dict)
    # Whose sockets are to be closed, and why.
    endings: dict[str, ByeReason] = field(default_factory=dict)
    # Why every socket of the room is to be closed.
    ended: ByeReason | None = None


@dataclass(frozen=True)
class Snapshot:
    """Everybody inside, at a `rev`."""

    rev: int
    participants: list[messages.Participant]
    where: dict[str, str]


@dataclass(frozen=True)
class SocketElsewhere:
    """A socket of another process."""

    # The layer channel of the process.
    channel: str
    key: str


@dataclass(frozen=True)
class Arrived:
    """Somebody has a seat."""

    me: str
    role: Role
    token: str
    resumed: bool
    snapshot: Snapshot
    change: Change
    # The socket that this one replaces, if another process holds it.
    replaced: SocketElsewhere | None


def new_id() -> str:
    """128 random bits, 22 characters."""
    return secrets.token_urlsafe(16)


# -- one participant ----------------------------------------------------------------------------


@transaction.atomic
def arrive(
    room_id: int,
    admission: Admission,
    join: Join,
    *,
    server_id: str,
    socket: str,
    announce: Callable[[str], None],
) -> Arrived:
    """Give them a seat, or the seat back that their token stands for. Raises NoEntry.

    `announce` is told the participant's id before the commit: nobody can address them any earlier.
    """
    room = _lock(room_id)
    _check_door(room, admission)
    change = Change(room.meeting.code)
    _give_up_expired(room, change)

    known = _find(room, admission, join.token) if join.token else None
    token = join.token or ""
    replaced = None
    # The answer to an earlier try may have been lost with the database after it was committed.
    me = _inside(room).filter(socket=socket).first()
    if me is not None:
        if known is None or known.pk != me.pk:
            known, token = None, secrets.token_urlsafe(32)
            me.token_digest = _digest(token)
            me.save(update_fields=["token_digest"])
        _tell_update(room, change, me)
    elif known is None or (join.fresh and _has_open_socket(known)):
        # Somebody new, or a duplicated tab: somebody of its own.
        known, token = None, secrets.token_urlsafe(32)
        me = _seat(room, change, admission, join.name, token, server_id, socket)
    else:
        me = known
        if me.server is not None and me.socket and me.server_id != server_id:
            replaced = SocketElsewhere(me.server.channel, me.socket)
        _resume(room, change, me, admission, join, server_id, socket)
    room.save(update_fields=["rev"])
    announce(me.pk)
    return Arrived(
        me=me.pk,
        role=_role(me),
        token=token,
        resumed=known is not None,
        snapshot=snapshot(room_id),
        change=change,
        replaced=replaced,
    )


def _check_door(room: Room, admission: Admission) -> None:
    """What may have changed since the socket was opened."""
    if room.meeting.is_cancelled:
        raise NoEntry("cancelled")
    if admission.role == "host":
        return
    same_person = Q(person__in=admission.persons)
    if admission.guest_key:
        same_person |= Q(guest_key=admission.guest_key)
    if room.removals.filter(same_person).exists():
        raise NoEntry("removed")
    if admission.attendee_id and not Attendee.objects.invited().filter(pk=admission.attendee_id).exists():
        raise NoEntry("forbidden")


def _find(room: Room, admission: Admission, token: str) -> Participant | None:
    """The participant whom the token stands for, if it is in the hands of the same person."""
    found = _inside(room).filter(token_digest=_digest(token)).first()
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
    room: Room, change: Change, admission: Admission, name: str, token: str, server_id: str, socket: str
) -> Participant:
    if _inside(room).count() >= settings.ROOM_CAPACITY:
        raise NoEntry("full")
    call = room.calls.filter(ended_at=None).first() or Call.objects.create(room=room)
    room.rev += 1
    me = Participant.objects.create(
        id=new_id(),
        call=call,
        person=admission.person,
        guest_key=admission.guest_key,
        user_id=admission.user_id,
        attendee_id=admission.attendee_id,
        name=name,
        role=admission.role,
        seat=room.rev,
        arrival=room.rev,
        token_digest=_digest(token),
        server_id=server_id,
        socket=socket,
    )
    change.events.append(ParticipantJoined(room.rev, on_the_wire(me)))
    _note_where(change, me)
    return me


def _resume(
    room: Room, change: Change, me: Participant, admission: Admission, join: Join, server_id: str, socket: str
) -> None:
    before = on_the_wire(me), me.server_id
    me.server = ServerProcess.objects.get(pk=server_id)
    me.socket = socket
    me.away_until = None
    me.name = join.name
    # Who they are now: somebody may have signed in, or out, since they took the seat.
    me.role = Participant.Role(admission.role)
    if join.fresh:
        me.arrival = room.rev + 1
    # A move to another process is news for the processes, though the page sees nothing of it.
    if before != (on_the_wire(me), me.server_id):
        _tell_update(room, change, me)
    me.save(update_fields=["server", "socket", "away_until", "name", "role", "arrival"])


@transaction.atomic
def go_away(room_id: int, socket: str, kept: timedelta) -> Change:
    """A socket is lost; keep the seat for a while. Says nothing if a newer socket has taken over."""
    room = _lock(room_id)
    change = Change(room.meeting.code)
    me = _inside(room).filter(socket=socket).first()
    if me is not None:
        me.socket = ""
        _mark_away(room, change, me, kept)
        room.save(update_fields=["rev"])
    return change


@transaction.atomic
def leave(room_id: int, participant_id: str) -> Change:
    """They give their seat up."""
    room = _lock(room_id)
    change = Change(room.meeting.code)
    me = _inside(room).filter(pk=participant_id).first()
    if me is not None:
        _take_out(room, change, me, "left")
        room.save(update_fields=["rev"])
    return change


@transaction.atomic
def remove(room_id: int, host_id: str, participant_id: str) -> Change:
    """A host sends a person away for good, with every seat that they have. Raises NotInside, NotAllowed."""
    room = _lock(room_id)
    change = Change(room.meeting.code)
    host = _inside(room).filter(pk=host_id, role=Participant.Role.HOST).first()
    target = _inside(room).filter(pk=participant_id).first()
    if target is None:
        raise NotInside
    if host is None or target.role == Participant.Role.HOST:
        raise NotAllowed
    Removal.objects.create(
        room=room, person=target.person, guest_key=target.guest_key, name=target.name, removed_by=host.name
    )
    same_person = Q(person=target.person)
    if target.guest_key:
        same_person |= Q(guest_key=target.guest_key)
    if target.user_id:
        same_person |= Q(user_id=target.user_id)
    if target.attendee_id:
        same_person |= Q(attendee_id=target.attendee_id)
    for seat in _inside(room).filter(same_person).exclude(role=Participant.Role.HOST):
        _take_out(room, change, seat, "removed")
        change.endings[seat.pk] = "removed"
    room.save(update_fields=["rev"])
    return change


# -- several at once ----------------------------------------------------------------------------


@transaction.atomic
def end(room_id: int, reason: ByeReason) -> Change:
    """Everybody out: the meeting will not take place."""
    room = _lock(room_id)
    change = Change(room.meeting.code, ended=reason)
    for seat in _inside(room):
        _take_out(room, change, seat, "ended")
    room.save(update_fields=["rev"])
    return change


@transaction.atomic
def uninvite(room_id: int, attendee_id: int) -> Change:
    """An attendee was taken off the list: their seats are gone."""
    room = _lock(room_id)
    change = Change(room.meeting.code)
    for seat in _inside(room).filter(attendee_id=attendee_id).exclude(role=Participant.Role.HOST):
        _take_out(room, change, seat, "removed")
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
        participants=[on_the_wire(participant) for participant in inside],
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


@dataclass(frozen=True)
class Seat:
    """What is stored of a participant whom a process holds, or should."""

    participant_id: str
    room_id: int
    socket: str
    is_inside: bool
    is_ours: bool


def seats(server_id: str, participant_ids: Collection[str]) -> list[Seat]:
    """The seats that are connected to this process, as is stored, and those of these participants."""
    rows = Participant.objects.filter(Q(server_id=server_id, left_at=None) | Q(pk__in=participant_ids))
    found = rows.values_list("pk", "call__room_id", "socket", "left_at", "server_id")
    return [
        Seat(pk, room, socket, left_at is None, server == server_id)
        for pk, room, socket, left_at, server in found
    ]


# -- processes ----------------------------------------------------------------------------------


def renew(server_id: str, channel: str) -> bool:
    """Renew a process's lease. False when it had none: it is new, or was taken for dead."""
    if ServerProcess.objects.filter(pk=server_id).update(heartbeat_at=Now(), channel=channel):
        return True
    ServerProcess.objects.create(
        pk=server_id, channel=channel, heartbeat_at=Now(), host=platform.node()[:200], pid=os.getpid()
    )
    return False


def bury_predecessors(server_id: str) -> list[Change]:
    """On this machine nobody has to wait for a lease to see that a process is gone.

    Without this, a page that is reloaded just after a crash would be taken for a duplicate of itself.
    Should it be a mistake (two machines of one name), the process finds its people again by `reclaim`.
    """
    changes = []
    neighbours = ServerProcess.objects.filter(host=platform.node()[:200]).exclude(pk=server_id)
    for process_id, pid in list(neighbours.values_list("pk", "pid")):
        # Containers that restart have the same name and the same number.
        if pid == os.getpid() or not _is_running(pid):
            changes += end_process(process_id, forget_sockets=False)
    return changes


def sweep(server_id: str, *, bury: bool) -> list[Change]:
    """Give up the seats that nobody came back for; with `bury`, mark the people of dead processes as away."""
    changes = []
    if bury:
        dead = ServerProcess.objects.filter(heartbeat_at__lt=Now() - settings.LEASE).exclude(pk=server_id)
        for process_id in list(dead.values_list("pk", flat=True)):
            changes += end_process(process_id, forget_sockets=False)
    now = timezone.now()
    overdue = Participant.objects.inside().filter(
        Q(away_until__lte=now) | Q(server=None, away_until=None, joined_at__lte=now - settings.SEAT_KEPT)
    )
    for room_id in _rooms(overdue):
        with transaction.atomic():
            room = _lock(room_id)
            change = Change(room.meeting.code)
            _give_up_expired(room, change)
            room.save(update_fields=["rev"])
        changes.append(change)
    return changes


def end_process(server_id: str, *, forget_sockets: bool = True) -> list[Change]:
    """A process has stopped, or is taken for dead: its people are away, their seats kept.

    A process that only seemed dead finds them again by their sockets (`reclaim`), unless these are forgotten.
    """
    changes = []
    for room_id in _rooms(Participant.objects.inside().filter(server_id=server_id)):
        with transaction.atomic():
            room = _lock(room_id)
            change = Change(room.meeting.code)
            for participant in _inside(room).filter(server_id=server_id):
                if forget_sockets:
                    participant.socket = ""
                _mark_away(room, change, participant, settings.SEAT_KEPT)
            room.save(update_fields=["rev"])
        changes.append(change)
    ServerProcess.objects.filter(pk=server_id).delete()
    return changes


def reclaim(server_id: str, sockets: dict[str, str]) -> tuple[list[Change], set[str]]:
    """A process was silent for too long and is back: `sockets` (participant id -> socket) are still open.

    Returns the changes, and the participants who are not inside any more.
    """
    changes, kept = [], set()
    server = ServerProcess.objects.get(pk=server_id)
    for room_id in _rooms(Participant.objects.inside().filter(pk__in=sockets)):
        with transaction.atomic():
            room = _lock(room_id)
            change = Change(room.meeting.code)
            for participant in _inside(room).filter(pk__in=sockets):
                if participant.socket != sockets[participant.pk]:
                    continue
                kept.add(participant.pk)
                if participant.server_id != server_id:
                    participant.server = server
                    participant.away_until = None
                    _tell_update(room, change, participant)
                    participant.save(update_fields=["server", "away_until"])
            room.save(update_fields=["rev"])
        changes.append(change)
    return changes, set(sockets) - kept


# -- the parts ----------------------------------------------------------------------------------


def on_the_wire(participant: Participant) -> messages.Participant:
    """How the others know them."""
    return messages.Participant(
        id=participant.pk,
        name=participant.name,
        role=_role(participant),
        seat=participant.seat,
        arrival=participant.arrival,
        away=participant.away_until is not None,
    )


def _role(participant: Participant) -> Role:
    return "host" if participant.role == Participant.Role.HOST else "participant"


def _lock(room_id: int) -> Room:
    return Room.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=room_id)


def _inside(room: Room) -> QuerySet[Participant]:
    return Participant.objects.inside().filter(call__room=room).select_related("call", "server")


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's, but there
    return True


def _rooms(participants: QuerySet[Participant]) -> Sequence[int]:
    # In a fixed order; each is locked alone anyway, so that nobody waits for two.
    return sorted(set(participants.values_list("call__room_id", flat=True)))


def _give_up_expired(room: Room, change: Change) -> None:
    now = timezone.now()
    orphaned = Q(server=None, away_until=None, joined_at__lte=now - settings.SEAT_KEPT)
    _take_out_all(room, change, _inside(room).filter(Q(away_until__lte=now) | orphaned), "timeout")


def _take_out_all(
    room: Room, change: Change, participants: Iterable[Participant], reason: LeftReason
) -> None:
    for participant in participants:
        _take_out(room, change, participant, reason)


def _take_out(room: Room, change: Change, participant: Participant, reason: LeftReason) -> None:
    room.rev += 1
    participant.server = None
    participant.socket = ""
    participant.left_at = timezone.now()
    participant.left_reason = reason
    participant.save(update_fields=["server", "socket", "left_at", "left_reason"])
    change.events.append(ParticipantLeft(room.rev, participant.pk, reason))
    change.where.pop(participant.pk, None)
    if not _inside(room).exists():
        room.calls.filter(ended_at=None).update(ended_at=participant.left_at)


def _mark_away(room: Room, change: Change, participant: Participant, kept: timedelta) -> None:
    participant.server = None
    participant.away_until = timezone.now() + kept
    participant.save(update_fields=["server", "socket", "away_until"])
    _tell_update(room, change, participant)


def _tell_update(room: Room, change: Change, participant: Participant) -> None:
    room.rev += 1
    change.events.append(ParticipantUpdated(room.rev, on_the_wire(participant)))
    _note_where(change, participant)


def _note_where(change: Change, participant: Participant) -> None:
    if participant.server is not None:
        change.where[participant.pk] = participant.server.channel


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
