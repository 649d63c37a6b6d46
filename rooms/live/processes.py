"""The server processes: each has a lease that it renews, and holds seats; those of the dead are given up."""

from __future__ import annotations

import os
import platform
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from rooms.models import Participant, ServerProcess
from rooms.protocol.messages import Role
from rooms.protocol.outcomes import Change
from rooms.roster import ending, lobby, seats


def renew(server_id: str, channel: str) -> bool:
    """Renew a process's lease. False when it had none: it is new, or was taken for dead."""
    if ServerProcess.objects.filter(pk=server_id).update(heartbeat_at=Now(), channel=channel):
        return True
    ServerProcess.objects.create(
        pk=server_id, channel=channel, heartbeat_at=Now(), host=platform.node()[:200], pid=os.getpid()
    )
    return False


def end_predecessors(server_id: str) -> list[Change]:
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


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's, but there
    return True


def sweep(server_id: str, *, end_dead: bool) -> list[Change]:
    """Give up the seats that nobody came back for; with `end_dead`, people of dead processes are away."""
    changes = []
    if end_dead:
        dead = ServerProcess.objects.filter(heartbeat_at__lt=Now() - settings.LEASE).exclude(pk=server_id)
        for process_id in list(dead.values_list("pk", flat=True)):
            changes += end_process(process_id, forget_sockets=False)
    for room_id in seats.rooms_of(Participant.objects.inside().filter(seats.overdue())):
        with transaction.atomic():
            room = seats.lock(room_id)
            change = Change(room.meeting.code)
            seats.give_up_expired(room, change)
            seats.keep_rev(room, change)
        changes.append(change)
    # Calls that a host has ended, where no process that had somebody inside has done it.
    return changes + [ending.end_due(room_id) for room_id in ending.rooms_due()]


def end_process(server_id: str, *, forget_sockets: bool = True) -> list[Change]:
    """A process has stopped, or is taken for dead: its people are away, their seats kept.

    A process that only seemed dead finds them again by their sockets (`reclaim`), unless these are forgotten.
    """
    changes = []
    for room_id in seats.rooms_of(Participant.objects.inside().filter(server_id=server_id)):
        with transaction.atomic():
            room = seats.lock(room_id)
            change = Change(room.meeting.code)
            for participant in seats.inside(room).filter(server_id=server_id):
                if forget_sockets:
                    participant.socket = ""
                seats.mark_away(room, change, participant, is_lost=True)
            seats.keep_rev(room, change)
        changes.append(change)
    lobby.let_go(server_id)
    ServerProcess.objects.filter(pk=server_id).delete()
    return changes


def reclaim(server_id: str, sockets: dict[str, str]) -> tuple[list[Change], set[str]]:
    """A process was silent for too long and is back: `sockets` (participant id -> socket) are still open.

    Returns the changes, and the participants who are not inside any more.
    """
    changes, kept = [], set()
    server = ServerProcess.objects.get(pk=server_id)
    for room_id in seats.rooms_of(Participant.objects.inside().filter(pk__in=sockets)):
        with transaction.atomic():
            room = seats.lock(room_id)
            change = Change(room.meeting.code)
            for participant in seats.inside(room).filter(pk__in=sockets):
                if participant.socket != sockets[participant.pk]:
                    continue
                kept.add(participant.pk)
                if participant.server_id != server_id:
                    participant.server = server
                    participant.away_until = None
                    seats.tell_update(room, change, participant)
                    participant.save(update_fields=["server", "away_until"])
            seats.keep_rev(room, change)
        changes.append(change)
    return changes, set(sockets) - kept


@dataclass(frozen=True)
class Seat:
    """What is stored of a participant whom a process holds, or should."""

    participant_id: str
    room_id: int
    socket: str
    is_inside: bool
    is_ours: bool
    # With the number of the room's latest event, up to which it was so.
    role: Role
    rev: int


def seats_of(server_id: str, participant_ids: Collection[str]) -> list[Seat]:
    """The seats that are connected to this process, as is stored, and those of these participants."""
    rows = Participant.objects.filter(Q(server_id=server_id, left_at=None) | Q(pk__in=participant_ids))
    return [
        Seat(
            participant_id=one.pk,
            room_id=one.call.room_id,
            socket=one.socket,
            is_inside=one.left_at is None,
            is_ours=one.server_id == server_id,
            role=seats.role_of(one),
            rev=one.call.room.rev,
        )
        for one in rows.select_related("call__room")
    ]
