"""What every change to the roster is made of.

Each of these works inside a transaction that holds the room's row; the caller keeps its `rev` at the end.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal, cast

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from meetings.models import Meeting
from rooms.models import Call, Participant, ParticipantQuerySet, Room
from rooms.protocol import messages
from rooms.protocol.messages import (
    Access,
    LeftReason,
    ParticipantLeft,
    ParticipantUpdated,
    Role,
    RulesChanged,
)
from rooms.protocol.outcomes import Change, Snapshot
from rooms.roster import connections

# How many seats of a call one person may have: two devices, or a page that was lost and has come anew.
SEATS_EACH = 2
# No call is larger, with hosts for whom there was no seat left: nobody tells of more connections.
LARGEST = messages.MAX_LINKS + 1


class NoSeat(Exception):
    """Every seat is taken."""


class SitsElsewhere(Exception):
    """They have as many seats as one person may have."""


def new_id() -> str:
    """128 random bits, 22 characters."""
    return secrets.token_urlsafe(16)


def on_the_wire(participant: Participant, organizer_id: int) -> messages.Participant:
    """How the others know them, in a meeting of this account's."""
    return messages.Participant(
        id=participant.pk,
        name=participant.name,
        role=role_of(participant),
        seat=participant.seat,
        arrival=participant.arrival,
        away=participant.away_until is not None,
        # What is left out is None, and nothing that only equals a default.
        standing=_standing_on_the_wire(participant.standing),
        known_as=participant.known_as or None,
        # Of whoever is no host by the plan nothing has to be looked up.
        organizer=participant.role == Participant.Role.HOST and is_of(participant, organizer_id),
        given=_by_host(participant.given_by, participant.given_at),
        muted=_by_host(participant.muted_by, participant.muted_at),
        stopped=_by_host(participant.camera_stopped_by, participant.camera_stopped_at),
        asked=participant.asked_to_unmute,
    )


def is_of(participant: Participant, user_id: int) -> bool:
    """Whether it is their account, or they have come by an invitation to it."""
    return user_id in (participant.user_id, participant.attendee.user_id if participant.attendee else None)


def _by_host(by: str, at: datetime | None) -> messages.ByHost | None:
    return None if at is None else messages.ByHost(by, int(at.timestamp()))


def _standing_on_the_wire(standing: str) -> Literal["invited", "account"] | None:
    return None if standing == "guest" else cast(Literal["invited", "account"], standing)


def rules_on_the_wire(access: str, lobby: bool, call: Call | None) -> messages.Rules:
    """All rules that hold, of the meeting and of its call, if there is one."""
    admitted = cast(Access, access)
    if call is None:
        return messages.Rules(admitted, lobby)
    left = None if call.ends_at is None else (call.ends_at - timezone.now()).total_seconds()
    return messages.Rules(
        access=admitted,
        lobby=lobby,
        locked=call.locked,
        share=call.may_share,
        chat=call.may_chat,
        unmute=call.may_unmute,
        record=call.may_record,
        rename=call.may_rename,
        spotlight=call.spotlight or None,
        ends_in=None if left is None else max(0.0, round(left, 3)),
    )


def role_of(participant: Participant) -> Role:
    """Their role, as it is called on the wire."""
    return "host" if participant.is_host else "participant"


def lock(room_id: int) -> Room:
    """The room, held until the transaction ends."""
    return Room.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=room_id)


def keep_rev(room: Room, change: Change) -> None:
    """Store the number of the last event; where nothing has happened there is nothing to write."""
    if change.events:
        room.save(update_fields=["rev"])


def capacity_of(meeting: Meeting, role: Role = "participant") -> int:
    """How many may be inside. What the organizer chose keeps no host out; what a room carries does."""
    if meeting.capacity is None or role == "host":
        return settings.ROOM_CAPACITY
    return min(meeting.capacity, settings.ROOM_CAPACITY)


def free(room: Room, change: Change, role: Role, persons: Collection[str], ahead: int) -> None:
    """See to it that there is a seat for one more page of this person. Raises NoSeat, SitsElsewhere.

    `ahead`: so many others are to get a seat first. A host who has none yet always gets one, however many
    have come by one link.
    """
    everybody = list(inside(room))
    theirs = [seat for seat in everybody if seat.persons.intersection(persons)]
    if len(theirs) >= SEATS_EACH:
        away = [seat for seat in theirs if seat.away_until is not None]
        if not away:
            raise SitsElsewhere
        # It is for a page of theirs that may never come back.
        take_out(room, change, min(away, key=lambda seat: seat.seat), "timeout")
        return
    if len(everybody) + ahead < capacity_of(room.meeting, role) or (not ahead and free_a_seat(room, change)):
        return
    if role != "host" or theirs or len(everybody) >= LARGEST:
        raise NoSeat


def inside(room: Room) -> ParticipantQuerySet:
    """Everybody who has a seat."""
    return Participant.objects.inside().filter(call__room=room).select_related("call", "server")


def rooms_of(participants: QuerySet[Participant]) -> Sequence[int]:
    """The rooms in which they are; each is to be locked alone, so that nobody waits for two."""
    return sorted(set(participants.values_list("call__room_id", flat=True)))


def overdue() -> Q:
    """Those who were away for longer than a seat is kept, or whom no process ever held."""
    now = timezone.now()
    return Q(away_until__lte=now) | Q(server=None, away_until=None, joined_at__lte=now - settings.SEAT_KEPT)


def give_up_expired(room: Room, change: Change) -> None:
    """Take everybody out who is overdue.

    A lost socket is no lost person: they keep their seat while somebody inside hears them. Where nobody is
    connected at all, it is the server's own network that is in trouble.
    """
    due = list(inside(room).filter(overdue()))
    if not due:
        return
    connected = _connected(room)
    heard = connections.heard_by(connected)
    now = timezone.now()
    for participant in due:
        since = participant.away_since
        may_stay = since is not None and now - since < settings.SEAT_KEPT_LONGEST
        if may_stay and (not connected or participant.pk in heard):
            participant.away_until = now + settings.SEAT_KEPT / 3
            participant.save(update_fields=["away_until"])
        else:
            take_out(room, change, participant, "timeout")


def free_a_seat(room: Room, change: Change) -> bool:
    """Take out whoever was away the longest and is heard by nobody who is connected; if there is one."""
    heard = connections.heard_by(_connected(room))
    patient = inside(room).filter(away_since__lte=timezone.now() - settings.SEAT_KEPT)
    for participant in patient.exclude(pk__in=heard).order_by("away_since")[:1]:
        take_out(room, change, participant, "timeout")
        return True
    return False


def _connected(room: Room) -> set[str]:
    return set(inside(room).filter(away_until=None).exclude(server=None).values_list("pk", flat=True))


def take_out(room: Room, change: Change, participant: Participant, reason: LeftReason) -> None:
    """End their stay, and the call with the last one."""
    room.rev += 1
    participant.server = None
    participant.socket = ""
    participant.left_at = timezone.now()
    participant.left_reason = reason
    participant.session_key = ""
    participant.save(update_fields=["server", "socket", "left_at", "left_reason", "session_key"])
    change.events.append(ParticipantLeft(room.rev, participant.pk, reason))
    change.where.pop(participant.pk, None)
    if not inside(room).exists():
        room.calls.filter(ended_at=None).update(ended_at=participant.left_at)


def mark_away(room: Room, change: Change, participant: Participant, *, is_lost: bool) -> None:
    """They are not connected: their socket is lost, or their page went away. Their seat is kept."""
    now = timezone.now()
    participant.server = None
    participant.away_until = now + (settings.SEAT_KEPT if is_lost else settings.SEAT_KEPT_AFTER_PAGE)
    participant.away_since = now if is_lost else None
    participant.save(update_fields=["server", "socket", "away_until", "away_since"])
    tell_update(room, change, participant)


def tell_update(room: Room, change: Change, participant: Participant) -> None:
    """Something about them is news for the others."""
    room.rev += 1
    change.events.append(ParticipantUpdated(room.rev, on_the_wire(participant, room.meeting.organizer_id)))
    note_where(change, participant)


def tell_rules(room: Room, change: Change, call: Call, by: str | None) -> None:
    """Another rule holds, by this host's word: that is news for everybody."""
    room.rev += 1
    rules = rules_on_the_wire(room.meeting.access, room.meeting.lobby, call)
    members = {name: getattr(rules, name) for name in rules.__struct_fields__}
    change.events.append(RulesChanged(rev=room.rev, by=by, **members))


def note_where(change: Change, participant: Participant) -> None:
    """Say which process they are connected to."""
    if participant.server is not None:
        change.where[participant.pk] = participant.server.channel


def snapshot(room_id: int) -> Snapshot:
    """Everybody inside, and the rules, and the `rev` at which that was so, read in one statement.

    When nobody is inside `rev` may be older than that; the events in between are then heard once more.
    """
    rooms = Room.objects.values_list("rev", "meeting__access", "meeting__lobby", "meeting__organizer")
    rev, access, lobby, organizer_id = rooms.get(pk=room_id)
    inside = list(
        Participant.objects.inside()
        .filter(call__room_id=room_id)
        .select_related("server", "call__room")
        .annotate(access=F("call__room__meeting__access"), lobby=F("call__room__meeting__lobby"))
    )
    call = None
    if inside:
        call, rev = inside[0].call, inside[0].call.room.rev
        access, lobby = inside[0].access, inside[0].lobby  # type: ignore[attr-defined]
    return Snapshot(
        rev=rev,
        participants=[on_the_wire(participant, organizer_id) for participant in inside],
        where={p.pk: p.server.channel for p in inside if p.server is not None},
        rules=rules_on_the_wire(access, lobby, call),
    )
