"""The lobby of a room: who waits to be let in, and what hosts say to those who do.

Who waits is rows in the database, as presence is (docs/decisions/0023). `wait` and `decide` are short
transactions that hold the room's row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from rooms.models import HostAction, JoinRequest, Participant, Room
from rooms.protocol import messages
from rooms.protocol.admission import Admission, DoorState
from rooms.protocol.outcomes import Change, JoinRequested
from rooms.roster import doors, seats
from rooms.roster.doors import same_person
from rooms.roster.orders import Desk, NotAllowed

# Whoever was refused may ask once more in the same call, but not at once.
REFUSED_FOR = timedelta(seconds=60)
MOST_REFUSALS = 2
# How many pages may wait by one account or one invitation: as many as they would get seats.
MOST_EACH = seats.SEATS_EACH
# So many guests at a door, or new ones in a minute, are a prank. It keeps nobody else out, whom we know.
MOST_GUESTS = 50
MOST_IN_A_MINUTE = 30
# A join request that nobody decided is forgotten so long after its page has gone.
REMEMBERED_FOR = timedelta(minutes=10)

# Whom a meeting is open to, and whether it has a lobby.
WaysIn = tuple[str, bool]


class Refused(Exception):
    """A host does not let them in, for now."""


class Crowded(Exception):
    """More guests wait than any host can look at, or more pages by one invitation than a person has."""


@dataclass(frozen=True)
class Look:
    """Who waits at the door of a room, and who could let them in."""

    # Everybody who waits.
    waiting: Collection[str]
    # What hosts are shown of it: as many as they can decide at once, those we know before guests.
    knocks: list[messages.Knock]
    host: str
    ways_in: WaysIn


# -- waiting ------------------------------------------------------------------------------------


def wait(
    room: Room, somebody: Admission, status: DoorState, name: str, server_id: str, socket: str
) -> JoinRequested:
    """Have them wait at a door that stands so. Raises Refused, Crowded.

    Works inside a transaction that holds the room's row.
    """
    _check_refusals(room, somebody)
    now = timezone.now()
    request = _requests_of(room, somebody).first() or _request_of_same_invitation(room, somebody)
    is_news = request is None or request.server_id is None or request.name != name
    if request is None:
        if somebody.standing == "guest" and _is_crowded(room, now):
            raise Crowded
        request = JoinRequest(pk=seats.new_id(), room=room, asked_at=now)
    request.person, request.guest_key = somebody.person, somebody.guest_key
    request.name, request.standing, request.known_as = name, somebody.standing, somebody.known_as
    request.attendee_id = somebody.attendee_id
    request.server_id, request.socket, request.seen_at = server_id, socket, now
    request.save()
    return JoinRequested(request.pk, status, status.opens_in(now), doors.host_inside(room.pk), is_news)


def _request_of_same_invitation(room: Room, somebody: Admission) -> JoinRequest | None:
    """The join request of another browser that came by the same account or invitation, if that has gone.

    Without it each browser that opens the letter anew would be one more at the door. Raises Crowded.
    """
    if somebody.standing == "guest":
        return None
    theirs = room.join_requests.filter(decision="", person__in=somebody.known)
    if gone := theirs.filter(server=None).first():
        return gone
    if theirs.count() >= MOST_EACH:
        raise Crowded
    return None


def wait_for_seat(room: Room, somebody: Admission, server_id: str, socket: str) -> JoinRequested | None:
    """Have them wait for a seat whom a host has admitted, or who waited until the door opened; else None.

    Works inside a transaction that holds the room's row.
    """
    call = room.calls.filter(ended_at=None).first()
    if call is None:
        return None
    now = timezone.now()
    # Of those whom hosts see at the door they are none any more.
    is_news = _requests_of(room, somebody).update(
        decision=JoinRequest.Decision.ADMITTED, decided_at=now, queued_at=now, call=call
    )
    theirs = call.join_requests.filter(same_person(somebody), decision=JoinRequest.Decision.ADMITTED)
    admitted = theirs.order_by(F("queued_at").asc(nulls_last=True), "asked_at", "pk").first()
    if admitted is None:
        return None
    # Whoever had a seat begins anew at the end; whose page was gone for a moment keeps their place.
    admitted.queued_at = admitted.queued_at or now
    admitted.server_id, admitted.socket, admitted.seen_at = server_id, socket, now
    admitted.save(update_fields=["queued_at", "server", "socket", "seen_at"])
    return JoinRequested(admitted.pk, doors.FULL, None, doors.host_inside(room.pk), bool(is_news))


def ahead_of(room: Room, somebody: Admission) -> int:
    """How many get a seat before them: who waits for one and was let in before; of a newcomer all who wait.

    Nobody has to wait for somebody whose page is gone, or the process that holds it.
    """
    queue = _queue(room)
    here = Q(server__heartbeat_at__gt=Now() - settings.LEASE)
    waiting = queue.filter(here).count()
    if not waiting:
        return 0
    theirs = set(queue.filter(same_person(somebody)).values_list("pk", flat=True))
    places = queue.filter(here | Q(pk__in=theirs)).values_list("pk", flat=True)
    return next((place for place, one in enumerate(places) if one in theirs), waiting)


def _queue(room: Room) -> QuerySet[JoinRequest]:
    """Those who were let in to the call that goes on and have no seat yet, the first one first."""
    queue = JoinRequest.objects.filter(call__in=room.calls.filter(ended_at=None))
    return queue.exclude(queued_at=None).order_by("queued_at", "asked_at", "pk")


def _is_crowded(room: Room, now: datetime) -> bool:
    guests = room.join_requests.filter(standing="guest")
    newest = guests.filter(asked_at__gt=now - timedelta(minutes=1))
    return guests.waiting().count() >= MOST_GUESTS or newest.count() >= MOST_IN_A_MINUTE


def let_in(room: Room, somebody: Admission) -> bool:
    """They go in; whether they were at the door until now."""
    _queue(room).filter(same_person(somebody)).update(queued_at=None, server=None, socket="")
    return bool(_requests_of(room, somebody).delete()[0])


def _requests_of(room: Room, somebody: Admission) -> QuerySet[JoinRequest]:
    """At most one: the same person in the same browser."""
    return room.join_requests.filter(decision="", person=somebody.person, guest_key=somebody.guest_key)


def _check_refusals(room: Room, somebody: Admission) -> None:
    # Also what was said to another browser with the same account or invitation.
    same = same_person(somebody) | Q(person__in=somebody.known)
    refusals = room.join_requests.filter(same, decision=JoinRequest.Decision.REFUSED, call__ended_at=None)
    times = list(refusals.values_list("decided_at", flat=True))
    recent = timezone.now() - REFUSED_FOR
    if len(times) >= MOST_REFUSALS or any(at is not None and at > recent for at in times):
        raise Refused


def go_away(socket: str) -> bool:
    """The socket of somebody who waits is lost; whether they did wait on it."""
    waiting = JoinRequest.objects.filter(socket=socket)
    return bool(waiting.update(server=None, socket="", seen_at=timezone.now()))


def let_go(server_id: str) -> None:
    """A process has ended: nobody waits on it any more."""
    waiting = JoinRequest.objects.filter(server_id=server_id)
    waiting.update(server=None, socket="", seen_at=timezone.now())


def forget() -> None:
    """Drop the join requests that nobody decided and whose pages have been gone for long."""
    JoinRequest.objects.filter(decision="", server=None, seen_at__lt=timezone.now() - REMEMBERED_FOR).delete()


# -- hosts --------------------------------------------------------------------------------------


@transaction.atomic
def decide(room_id: int, host_id: str, asking: Collection[str], *, admitted: bool) -> list[str]:
    """A host lets people in, or does not; the names of those who still waited. Raises NotAllowed."""
    room = seats.lock(room_id)
    host = seats.inside(room).hosts().filter(pk=host_id).first()
    if host is None:
        raise NotAllowed("only a host lets people in")
    waiting = room.join_requests.waiting().filter(pk__in=asking)
    decided = list(waiting)
    if not decided:
        return []
    now = timezone.now()
    # Whoever is let in is in the queue from now on, should there be no seat; the others wait no more.
    theirs: dict[str, Any] = {"queued_at": now} if admitted else {"server": None, "socket": ""}
    waiting.update(
        decision=JoinRequest.Decision.ADMITTED if admitted else JoinRequest.Decision.REFUSED,
        decided_at=now,
        decided_by=host.name,
        call=host.call,
        **theirs,
    )
    desk = Desk(room, Change(room.meeting.code), host)
    desk.note(HostAction.Action.ADMIT if admitted else HostAction.Action.REFUSE, decided)
    return [request.name for request in decided]


def change(desk: Desk, *, on: bool) -> None:
    """A host has whoever comes from now on wait, or not any more. Raises NotAllowed.

    They are told how it is also when it was so already: their page did not know it.
    """
    desk.for_hosts()
    meeting = desk.room.meeting
    if meeting.lobby != on:
        meeting.lobby = on
        meeting.save(update_fields=["lobby"])
        desk.change.doors = True
        desk.note(HostAction.Action.SET_LOBBY, detail="on" if on else "off")
    seats.tell_rules(desk.room, desk.change, desk.call, desk.me.pk)


def look(room_ids: Iterable[int]) -> dict[int, Look]:
    """Who waits at these rooms' doors."""
    room_ids = list(room_ids)
    found: dict[int, list[messages.Knock]] = {room_id: [] for room_id in room_ids}
    for request in JoinRequest.objects.waiting().filter(room__in=room_ids).select_related("attendee"):
        standing = cast(messages.Standing, request.standing)
        asked_at = int(request.asked_at.timestamp())
        found[request.room_id].append(
            messages.Knock(
                request.pk,
                request.name,
                standing,
                asked_at,
                request.known_as or None,
                request.attendee.email if request.attendee else None,
            )
        )
    hosts: dict[int, str] = {}
    inside = Participant.objects.inside().hosts().filter(call__room__in=room_ids)
    for room_id, name in inside.order_by("-seat").values_list("call__room_id", "name"):
        hosts[room_id] = name
    rows = Room.objects.filter(pk__in=room_ids).values_list("pk", "meeting__access", "meeting__lobby")
    return {
        room_id: Look(
            {knock.id for knock in found[room_id]},
            _shown(found[room_id]),
            hosts.get(room_id, ""),
            (access, on),
        )
        for room_id, access, on in rows
    }


def _shown(knocks: list[messages.Knock]) -> list[messages.Knock]:
    known_first = sorted(knocks, key=lambda knock: knock.standing == "guest")
    shown = {knock.id for knock in known_first[: messages.MAX_KNOCKS]}
    return [knock for knock in knocks if knock.id in shown]
