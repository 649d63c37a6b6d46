"""The open sockets of one process, by room, and whom each of them speaks for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Coroutine
from typing import Any, Protocol

from rooms.live.bridge import Bridge, Message, message_about
from rooms.live.room_here import RoomHere
from rooms.live.sockets import Socket
from rooms.protocol.outcomes import Change
from rooms.roster.seats import new_id

logger = logging.getLogger(__name__)

# How many sockets of one browser may wait at the door of a room; then the oldest is closed.
MOST_AT_DOOR = 8


class Checks(Protocol):
    """What a registry has compared with the database: when a message gives reason to, and again and again."""

    async def go_on(self) -> None:
        """Check for as long as the process runs."""

    async def check_sockets(self, among: Collection[Socket]) -> None:
        """Close those whose session has ended or whose invitation was taken back."""

    async def check_seats(self) -> None:
        """Show out whoever lost their seat."""

    async def check_doors(self, only: RoomHere) -> None:
        """Look at who may enter, and when."""


class SocketsHere:
    """Who is on which socket, in which room; and what runs beside the sockets."""

    # Handed over by whoever makes the registry.
    checks: Checks

    def __init__(self) -> None:
        self.id = new_id()
        self.rooms: dict[str, RoomHere] = {}
        self.bridge = Bridge(self.id, self.hear)
        self._tasks: set[asyncio.Task[None]] = set()

    def hear(self, message: Message) -> None:
        """Do what a message asks for."""
        raise NotImplementedError

    def publish(self, change: Change) -> None:
        """Tell everybody in the room, in this process and in the others."""
        message = message_about(change)
        self.hear(message)
        self.bridge.publish(message)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something beside the sockets, to its end."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._task_done)

    def _task_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("a task failed", exc_info=error)

    async def idle(self) -> None:
        """Return when nothing is under way any more."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    # -- sockets --------------------------------------------------------------------------------

    def open(self, socket: Socket, room_id: int, code: str) -> RoomHere:
        """Let the socket hear what happens in the room; it is held until `release`."""
        here = self.rooms.get(code)
        if here is None:
            here = self.rooms[code] = RoomHere(room_id, code)
            here.subscription = asyncio.get_running_loop().create_task(self.bridge.subscribe(code))
        here.sockets.add(socket)
        here.outside[socket.who.key] = socket
        self._make_room_at_door(here, socket)
        return here

    def _make_room_at_door(self, here: RoomHere, newest: Socket) -> None:
        session = newest.who.grant.session_key
        same = [s for s in here.outside.values() if s.who.grant.session_key == session and not s.over]
        for older in same[:-MOST_AT_DOOR]:
            older.end("replaced")

    async def subscribed(self, here: RoomHere) -> None:
        """Return when the other processes' news of this room come here, or cannot."""
        if here.subscription is not None:
            # Others wait for the same: it goes on though this one is cancelled.
            await asyncio.shield(here.subscription)

    def enter(self, here: RoomHere, socket: Socket, participant_id: str) -> None:
        """From now on signals to the participant go to this socket, and not to the one that had them."""
        if socket not in here.sockets:
            return  # it closed while the seat was being given
        # Who they were on an earlier try, which was rolled back.
        self.restore(here, socket)
        here.outside.pop(socket.who.key, None)
        socket.displaced = here.inside.get(participant_id)
        here.inside[participant_id] = socket
        socket.who.me = participant_id

    def restore(self, here: RoomHere, socket: Socket) -> None:
        """The join came to nothing: as it was before `enter`."""
        older, socket.displaced = socket.displaced, None
        if self.leave(here, socket) and older is not None and older in here.sockets:
            here.inside[older.who.me] = older
        socket.who.me = ""
        if socket in here.sockets:
            here.outside[socket.who.key] = socket

    def leave(self, here: RoomHere, socket: Socket) -> bool:
        """The socket speaks for nobody any more; whether it did until now."""
        if here.inside.get(socket.who.me) is not socket:
            return False
        del here.inside[socket.who.me]
        return True

    def closed(self, here: RoomHere, socket: Socket) -> bool:
        """The socket is gone; whether it spoke for somebody until now."""
        here.sockets.discard(socket)
        here.outside.pop(socket.who.key, None)
        spoke = here.inside.get(socket.who.me) is socket
        # It may have been in the middle of a join.
        self.restore(here, socket)
        if not here.sockets and self.rooms.get(here.code) is here:
            here.forget()
            del self.rooms[here.code]
            self.bridge.unsubscribe(here.code, unless=lambda: here.code in self.rooms)
        return spoke
