"""What a process does again and again: renew its lease, sweep, and look for what it has missed."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection, Iterable

from channels.db import database_sync_to_async
from django.conf import settings
from django.db.models import Q

from accounts import sessions
from rooms.live import processes
from rooms.live.bridge import EVERYBODY, message_about
from rooms.live.registry import Registry
from rooms.live.retry import DATABASE_AWAY
from rooms.live.room_here import RoomHere
from rooms.live.sockets import Socket
from rooms.models import Participant, Room
from rooms.protocol.admission import Admission
from rooms.protocol.outcomes import Change
from rooms.roster import doors, grants, hosts, lobby, removals, seats
from rooms.roster.lobby import Look

logger = logging.getLogger(__name__)

# By room: `rev`, and whether the meeting is cancelled.
Facts = dict[int, tuple[int, bool]]
# The changes of a sweep, the facts about rooms, and who waits at the doors of some.
Found = tuple[list[Change], Facts, dict[int, Look]]
# Sessions, invitations and groups are looked at again so often (seconds).
RECHECK = 10.0
# And whether sessions of open sockets are to be renewed.
KEEP = 600.0


class Heartbeat:
    """Keeps a registry and the database of one mind, whatever was lost on the way."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._steady_since = time.monotonic()
        self._checked_at = time.monotonic()
        self._kept_at = -KEEP

    async def go_on(self) -> None:
        """Beat for as long as the process runs."""
        self._steady_since = time.monotonic()
        while True:
            await asyncio.sleep(settings.HEARTBEAT.total_seconds())
            try:
                await self.beat()
            except Exception as error:
                # Whoever was away for long must not judge others by the time that has passed.
                self._steady_since = time.monotonic()
                known = isinstance(error, DATABASE_AWAY)
                logger.warning("no heartbeat; trying again: %s", error, exc_info=not known)

    async def beat(self) -> None:
        """Renew the lease, sweep, and look for what was missed."""
        began = time.monotonic()
        registry = self._registry
        rooms = {here.room_id: here for here in registry.rooms.values()}
        doors = {room_id: here.begin_look() for room_id, here in rooms.items() if here.has_door}
        end_dead = began - self._steady_since >= settings.LEASE.total_seconds()
        found = await self._look(rooms, doors, end_dead=end_dead)
        if found is None:
            self._steady_since = began
            await self._reclaim()
            found = await self._look(rooms, doors, end_dead=False) or ([], {}, {})
        changes, facts, looks = found
        for change in changes:
            registry.publish(change)
        await self._catch_up(rooms, facts)
        for room_id, look in looks.items():
            await registry.tell_what_was_missed(rooms[room_id], look)
            registry.show_lobby(rooms[room_id], look, doors[room_id])
        if began - self._checked_at >= RECHECK:
            self._checked_at = began
            await self.keep_sessions()
            await self.check_grants()
            await self.check_seats()
            await self.check_doors()
            for code in [EVERYBODY, *registry.rooms]:
                if not await registry.bridge.subscribe(code):
                    break  # a layer that is away must not hold up the heartbeat, room by room

    async def _look(self, rooms: Iterable[int], doors: Iterable[int], *, end_dead: bool) -> Found | None:
        """Renew the lease and sweep; None: there was no lease."""

        def work() -> Found | None:
            if not processes.renew(self._registry.id, self._registry.channel):
                return None
            return processes.sweep(self._registry.id, end_dead=end_dead), _facts(rooms), lobby.look(doors)

        # In one go, since each way to the database's thread opens a connection.
        return await database_sync_to_async(work)()

    async def _reclaim(self) -> None:
        registry = self._registry
        held = {me: socket.who.key for here in registry.rooms.values() for me, socket in here.inside.items()}
        changes, lost = await database_sync_to_async(processes.reclaim)(registry.id, held)
        for here in list(registry.rooms.values()):
            for me in lost & here.inside.keys():
                socket = here.inside[me]
                if socket.is_held:
                    continue  # their seat is only being given
                # The seat was given up meanwhile: come again.
                registry.leave(here, socket)
                socket.end("restart")
        for change in changes:
            registry.publish(change)

    async def _catch_up(self, rooms: dict[int, RoomHere], facts: Facts) -> None:
        """Show the roster of each room of which an event should have come and did not."""
        for room_id, here in rooms.items():
            if room_id not in facts:
                self._registry.hear(message_about(Change(here.code, ended="not-found")))
                continue
            rev, cancelled = facts[room_id]
            if cancelled:
                self._registry.hear(message_about(Change(here.code, ended="cancelled")))
            elif here.has_gap or (here.seen is not None and here.seen < here.expected):
                await self._show_again(here)
            here.expected = rev

    async def _show_again(self, here: RoomHere) -> None:
        snapshot = await database_sync_to_async(seats.snapshot)(here.room_id)
        here.locate(snapshot.where, self._registry.channel, snapshot.rev)
        self._registry.learn_rules(here, snapshot.rules, snapshot.rev)
        here.show(snapshot)
        roles = {one.id: one.role for one in snapshot.participants}
        self._registry.note_roles(here, roles, snapshot.rev)
        inside = {participant.id for participant in snapshot.participants}
        # Who is about to be welcomed may be too new for this snapshot.
        gone = [(me, s) for me, s in here.inside.items() if me not in inside and not s.is_held]
        for me, socket in gone:
            await self._registry.show_out(here, me, socket)
        if here.is_outdated():
            await self.check_seats()

    async def check_seats(self) -> None:
        """Compare who is held to be connected here with what is stored.

        Whoever lost the seat without hearing of it is shown out, and roles are as stored. Who is stored as
        connected here, though the socket closed while the database was away for long, is away.
        """
        registry = self._registry
        held = {
            me: (here, socket)
            for here in registry.rooms.values()
            for me, socket in here.inside.items()
            if not socket.is_held
        }
        stored = await database_sync_to_async(processes.seats_of)(registry.id, held.keys())
        # Looked at after the database: a socket is open before it is stored.
        open_here = {socket.who.key for here in registry.rooms.values() for socket in here.sockets}
        for seat in stored:
            here, socket = held.get(seat.participant_id, (None, None))
            if here is not None and socket is not None and here.inside.get(seat.participant_id) is socket:
                if not seat.is_inside:
                    await registry.show_out(here, seat.participant_id, socket)
                elif seat.socket != socket.who.key:
                    registry.leave(here, socket)
                    socket.end("restart" if seat.is_ours or not seat.socket else "replaced")
                else:
                    registry.note_roles(here, {seat.participant_id: seat.role}, seat.rev)
            elif seat.is_inside and seat.is_ours and seat.socket and seat.socket not in open_here:
                registry.spawn(registry.mark_away(seat.room_id, seat.socket, is_lost=True))

    async def keep_sessions(self) -> None:
        """Renew the sessions of open sockets, each once a day; looked at once in a while."""
        now = time.monotonic()
        if now - self._kept_at < KEEP:
            return
        self._kept_at = now
        keys = {
            socket.who.grant.session_key
            for here in self._registry.rooms.values()
            for socket in here.sockets
            if not socket.over
        }
        if keys:
            await database_sync_to_async(sessions.renew)(keys)

    async def check_grants(self) -> None:
        """Find what sockets and seats rested on and has ended since, should the message of it be lost."""
        rooms = list(self._registry.rooms.values())
        waiting = {
            here.room_id: {person for socket in here.outside.values() for person in socket.who.grant.persons}
            for here in rooms
        }

        def work() -> tuple[list[Change], dict[int, set[str]]]:
            ours = Q(server=self._registry.id) | Q(server=None)
            return grants.end_lapsed(Participant.objects.filter(ours)), removals.among(waiting)

        changes, removed = await database_sync_to_async(work)()
        for change in changes:
            self._registry.publish(change)
        for here in rooms:
            for socket in list(here.outside.values()):
                if socket.who.grant.is_of(removed.get(here.room_id, ())):
                    socket.end("removed")
        await self.check_sockets([socket for here in rooms for socket in here.sockets])

    async def check_sockets(self, among: Collection[Socket]) -> None:
        """Close those of these sockets whose session has ended or whose invitation was taken back.

        Whoever had a seat has left by then (`grants.end_lapsed`); if they still have it, their browser's
        session has another key now, and the page comes back to the seat with that.
        """
        sockets = [socket for socket in among if not socket.over]
        if not sockets:
            return
        lapsed = await database_sync_to_async(grants.lapsed)({socket.who.grant for socket in sockets})
        for socket in sockets:
            if reason := lapsed.get(socket.who.grant):
                # A seat that is only being given is not yet seen by whoever ends those that have lapsed.
                socket.who.has_lapsed = socket.is_held
                socket.end(reason)

    async def check_doors(self, only: RoomHere | None = None) -> None:
        """Look at what organizers may have changed: who is a host, and how the doors stand.

        Whoever waits asks again. Whoever stands at an open door that is shut by now has to come again.
        """
        rooms = list(self._registry.rooms.values()) if only is None else [only]
        room_ids = [here.room_id for here in rooms]
        at_doors = {
            here.room_id: {s.who.admission for s in here.outside.values() if s.is_at_open_door}
            for here in rooms
        }

        def work() -> tuple[list[Change], dict[int, set[Admission]]]:
            lobby.forget()
            misjudged = hosts.rooms_to_review(room_ids)
            return [hosts.review(room_id) for room_id in misjudged], doors.shut_to(at_doors)

        changes, shut = await database_sync_to_async(work)()
        for change in changes:
            self._registry.publish(change)
        for here in rooms:
            for socket in list(here.outside.values()):
                if socket.who.join_request:
                    socket.wake()
                elif socket.is_at_open_door and socket.who.admission in shut.get(here.room_id, ()):
                    socket.end("restart")


def _facts(room_ids: Iterable[int]) -> Facts:
    rows = Room.objects.filter(pk__in=room_ids).values_list("pk", "rev", "meeting__cancelled_at")
    return {pk: (rev, cancelled_at is not None) for pk, rev, cancelled_at in rows}
