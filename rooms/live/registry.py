"""Who can be reached in this process, and how everybody else is.

Everything here runs on the event loop; the database is reached in its thread. A participant who is connected
to this process is handed what is theirs directly. One who is connected to another process is reached over the
bridge. Letters may be lost on it, so events are numbered, and each heartbeat compares the numbers with the
database (docs/decisions/0009).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Coroutine
from functools import partial
from typing import Any, Protocol

from channels.db import database_sync_to_async

from rooms.live import processes
from rooms.live.bridge import EVERYBODY, Bridge, Letter, letter_about
from rooms.live.link_reports import LinkReports
from rooms.live.patience import patiently
from rooms.live.room_here import RoomHere
from rooms.live.servers import before_shutdown
from rooms.live.sockets import NOBODY_WAITS, Socket
from rooms.protocol import messages
from rooms.protocol.messages import RelayedSignal, Role, Undeliverable
from rooms.protocol.outcomes import Change, SocketElsewhere
from rooms.roster import departures, lobby
from rooms.roster.lobby import Look
from rooms.roster.seats import new_id

logger = logging.getLogger(__name__)

# How many sockets of one browser may wait at the door of a room; then the oldest is closed.
MOST_AT_DOOR = 8


class Checks(Protocol):
    """What a registry has compared with the database: when a letter gives reason to, and again and again."""

    async def go_on(self) -> None:
        """Check for as long as the process runs."""

    async def check_sockets(self, among: Collection[Socket]) -> None:
        """Close those whose session has ended or whose invitation was taken back."""

    async def check_seats(self) -> None:
        """Show out whoever lost their seat."""

    async def check_doors(self, only: RoomHere) -> None:
        """Look at who may enter, and when."""


class Registry:
    """The sockets of one process. There is one registry for each event loop (`this_process`)."""

    # Handed over by whoever makes the registry.
    checks: Checks

    def __init__(self) -> None:
        self.id = new_id()
        self.rooms: dict[str, RoomHere] = {}
        self.bridge = Bridge(self.id, self.hear)
        self.link_reports = LinkReports(self.spawn)
        self._starting = asyncio.Lock()
        # What runs for as long as the process, and what is soon done.
        self._duties: set[asyncio.Task[None]] = set()
        self._errands: set[asyncio.Task[None]] = set()
        self._stopping: asyncio.Task[None] | None = None

    @property
    def channel(self) -> str:
        """Where the other processes reach this one."""
        return self.bridge.channel

    # -- life -----------------------------------------------------------------------------------

    async def start(self) -> None:
        """Take a lease and listen, on the first socket of the process."""
        async with self._starting:
            if self._duties:
                return
            await self.bridge.open()
            await self.bridge.subscribe(EVERYBODY)
            await database_sync_to_async(processes.renew)(self.id, self.channel)
            buried = await database_sync_to_async(processes.bury_predecessors)(self.id)
            before_shutdown(self.stop)
            loop = asyncio.get_running_loop()
            for duty in (self.bridge.listen(), self.bridge.deliver(), self.checks.go_on()):
                self._duties.add(loop.create_task(duty))
            for change in buried:
                self.publish(change)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something beside the sockets, to its end."""
        task = asyncio.get_running_loop().create_task(work)
        self._errands.add(task)
        task.add_done_callback(self._errand_done)

    def _errand_done(self, task: asyncio.Task[None]) -> None:
        self._errands.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("an errand failed", exc_info=error)

    async def idle(self) -> None:
        """Return when nothing is under way any more."""
        while self._errands:
            await asyncio.wait(self._errands)

    def stop(self) -> asyncio.Future[None]:
        """The process ends: everybody here is away, and their seats are kept.

        It is stopping at once, before the caller waits: the server may be about to cancel every consumer.
        """
        if self._stopping is None:
            self._stopping = asyncio.get_running_loop().create_task(self._stop())
        return asyncio.shield(self._stopping)

    @property
    def is_stopping(self) -> bool:
        return self._stopping is not None

    async def _stop(self) -> None:
        for task in self._duties | self._errands:
            task.cancel()
        sockets = [socket for here in self.rooms.values() for socket in here.sockets]
        for socket in sockets:
            socket.end("restart")
        # All at once: each may take a second.
        await asyncio.gather(*(socket.flushed() for socket in sockets))
        if self._duties:
            await self._say_farewell()
        # Nobody waits for frames any more. Those that the server cancels by itself are done for.
        tasks = {s.task for s in sockets if s.task and not s.task.done() and not s.task.cancelling()}
        for consumer in tasks:
            consumer.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1)

    async def _say_farewell(self) -> None:
        try:
            for change in await database_sync_to_async(processes.end_process)(self.id):
                await self.bridge.say_at_once(change)
        except Exception:
            # The lease runs out by itself.
            logger.warning("could not say that this process ends", exc_info=True)

    # -- sockets --------------------------------------------------------------------------------

    def open(self, socket: Socket, room_id: int, code: str) -> RoomHere:
        """Let the socket hear what happens in the room; it is held until `release`."""
        here = self.rooms.get(code)
        if here is None:
            here = self.rooms[code] = RoomHere(room_id, code)
            here.subscription = asyncio.get_running_loop().create_task(self.bridge.subscribe(code))
        here.sockets.add(socket)
        here.waiting[socket.who.key] = socket
        self._make_room_at_door(here, socket)
        return here

    def _make_room_at_door(self, here: RoomHere, newest: Socket) -> None:
        session = newest.who.pass_.session_key
        same = [s for s in here.waiting.values() if s.who.pass_.session_key == session and not s.over]
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
        here.waiting.pop(socket.who.key, None)
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
            here.waiting[socket.who.key] = socket

    def take_over(self, here: RoomHere, socket: Socket, elsewhere: SocketElsewhere | None) -> None:
        """The join is certain: older sockets of this participant are closed."""
        older, socket.displaced = socket.displaced, None
        if older is not None:
            older.end("replaced")
        if elsewhere is not None:
            self.replace(elsewhere, socket.who.me, here.code)

    def leave(self, here: RoomHere, socket: Socket) -> bool:
        """The socket speaks for nobody any more; whether it did until now."""
        if here.inside.get(socket.who.me) is not socket:
            return False
        del here.inside[socket.who.me]
        return True

    def closed(self, here: RoomHere, socket: Socket) -> bool:
        """The socket is gone; whether it spoke for somebody until now."""
        here.sockets.discard(socket)
        here.waiting.pop(socket.who.key, None)
        spoke = here.inside.get(socket.who.me) is socket
        # It may have been in the middle of a join.
        self.restore(here, socket)
        if not here.sockets and self.rooms.get(here.code) is here:
            here.forget()
            del self.rooms[here.code]
            self.bridge.unsubscribe(here.code, unless=lambda: here.code in self.rooms)
        return spoke

    async def show_out(self, here: RoomHere, participant_id: str, socket: Socket) -> None:
        """Close the socket of somebody who is not inside any more, and say why."""
        reason = await database_sync_to_async(departures.why_left)(participant_id)
        self.leave(here, socket)
        socket.end(reason)

    async def mark_away(self, room_id: int, socket_key: str, *, is_lost: bool) -> None:
        """Whoever this socket spoke for is away, unless they have a newer one."""
        self.publish(await patiently(partial(departures.go_away, room_id, socket_key, is_lost=is_lost)))

    async def give_up_seat(self, room_id: int, socket_key: str) -> None:
        """Whoever this socket spoke for has left, unless they have a newer one."""
        self.publish(await patiently(partial(departures.leave, room_id, socket_key)))

    # -- to participants ------------------------------------------------------------------------

    def relay(self, here: RoomHere, socket: Socket, to: str, signal: RelayedSignal) -> None:
        """Hand a signal over, here or through the process that holds the target; else tell the sender."""
        # Visitors reach those inside, and nobody else at the door.
        target = here.reachable(to) if socket.who.me else here.inside.get(to)
        if target is not None and (socket.who.me or not target.is_behind):
            target.send(messages.dump(signal))
            return
        refusal = messages.dump(Undeliverable(to, signal.generation))
        channel = here.elsewhere.get(to) or (here.callers.get(to) if socket.who.me else None)
        if channel is None or target is not None:
            socket.reply(refusal)
            return
        letter = {
            "type": "signal",
            "code": here.code,
            "to": to,
            "text": messages.dump(signal),
            "sender": socket.who.me or socket.who.key,
            "waits": not socket.who.me,
            "refusal": refusal,
            "answer_to": self.channel,
        }
        self.bridge.send(channel, letter, failed=lambda: socket.reply(refusal))

    def publish(self, change: Change) -> None:
        """Tell everybody in the room, in this process and in the others."""
        letter = letter_about(change)
        self.hear(letter)
        self.bridge.publish(letter)

    def tell_hosts(self, code: str) -> None:
        """Somebody waits, waits no more, or has their answer: every process looks."""
        letter = {"type": "lobby", "code": code}
        self.hear(letter)
        self.bridge.publish(letter)

    def tell_of_flood(self, here: RoomHere, participant: str, by: str) -> None:
        """Hosts hear who has let go of whom."""
        visitor = here.waiting.get(participant)
        name = visitor.who.admission.name if visitor is not None else ""
        text = messages.dump(messages.FloodedBy(participant, name, by))
        letter = {"type": "flooded", "code": here.code, "text": text}
        self.hear(letter)
        self.bridge.publish(letter)

    def replace(self, older: SocketElsewhere, participant_id: str, code: str) -> None:
        """Another process holds an older socket of this participant: it is to be closed."""
        letter = {
            "type": "replaced",
            "code": code,
            "participant": participant_id,
            # Which one: the letter may come late, when they are back in that process on a third socket.
            "socket": older.key,
            "where": {participant_id: self.channel},
        }
        self.bridge.send(older.channel, letter)

    # -- those who wait to be let in ------------------------------------------------------------

    def look_at_lobby(self, here: RoomHere) -> None:
        """Have hosts here see who waits, and those who wait here ask again if they have an answer."""
        here.lobby_is_stale = True
        if here.has_door and not here.is_looking:
            here.is_looking = True
            self.spawn(self._look_at_lobby(here))

    async def _look_at_lobby(self, here: RoomHere) -> None:
        try:
            while here.lobby_is_stale:
                here.lobby_is_stale = False
                number = here.begin_look()
                looks = await patiently(partial(lobby.look, [here.room_id]))
                if here.room_id in looks:
                    self.show_lobby(here, looks[here.room_id], number)
        finally:
            here.is_looking = False

    def show_lobby(self, here: RoomHere, look: Look, number: int) -> None:
        """Pass on what was found by the look of this number, unless a later one was quicker."""
        if number < here.shown_look:
            return
        here.shown_look = number
        text = messages.dump(messages.Lobby(look.knocks))
        for socket in here.inside.values():
            if socket.who.is_host and not socket.is_held and socket.rules != look.rules:
                socket.rules = look.rules
                socket.send(messages.dump(look.rules))
            if socket.who.is_host and socket.lobby_shown != text:
                socket.lobby_shown = text
                socket.send(text)
        for socket in list(here.waiting.values()):
            if socket.who.knock and (socket.who.knock not in look.waiting or socket.who.host != look.host):
                socket.wake()

    def note_roles(self, here: RoomHere, roles: dict[str, Role], rev: int) -> None:
        """Have those be hosts, and nobody else, who were so at this `rev`, unless more is known of them."""
        for participant_id, role in roles.items():
            socket = here.inside.get(participant_id)
            if socket is None or socket.is_held or not socket.who.take_role(role, rev):
                continue
            if role == "host":
                self.look_at_lobby(here)
            elif socket.lobby_shown != NOBODY_WAITS:
                socket.lobby_shown = NOBODY_WAITS
                socket.send(NOBODY_WAITS)

    async def lose_knock(self, code: str, socket_key: str) -> None:
        """Whoever waited on this socket is gone."""
        if await patiently(partial(lobby.go_away, socket_key)):
            self.tell_hosts(code)

    # -- from other processes -------------------------------------------------------------------

    def hear(self, letter: Letter) -> None:
        """Do what a letter asks for; most are from other processes."""
        here = self.rooms.get(letter["code"])
        match letter["type"]:
            case "change":
                if here is not None:
                    self._hear_change(here, letter)
            case "lobby":
                if here is not None:
                    self.look_at_lobby(here)
            case "flooded":
                if here is not None:
                    for socket in here.inside.values():
                        if socket.who.is_host:
                            socket.send(letter["text"])
            case "doors":
                if here is not None:
                    self.spawn(self.checks.check_doors(here))
                    self.look_at_lobby(here)
            case "passes":
                self._hear_passes(letter)
            case "replaced":
                if here is not None:
                    self._hear_replaced(here, letter)
            case "signal":
                target = self._target(here, letter) if here is not None else None
                if target is not None:
                    target.send(letter["text"])
                else:
                    self._return(letter)
            case "undelivered":
                sender = here.reachable(letter["sender"]) if here is not None else None
                if sender is not None:
                    sender.send(letter["refusal"])

    def _target(self, here: RoomHere, letter: Letter) -> Socket | None:
        if not letter["waits"]:
            return here.reachable(letter["to"])
        target = here.inside.get(letter["to"])
        if target is None or target.is_behind:
            return None
        here.remember_caller(letter["sender"], letter["answer_to"])
        return target

    def _return(self, letter: Letter) -> None:
        answer = {
            "type": "undelivered",
            "code": letter["code"],
            "sender": letter["sender"],
            "refusal": letter["refusal"],
        }
        self.bridge.send(letter["answer_to"], answer)

    def _hear_passes(self, letter: Letter) -> None:
        users, sessions = set(letter["users"]), set(letter["sessions"])
        attendees = set(letter["attendees"])
        # An account may have thousands of invitations; those who hold few look whether one of theirs is its.
        everybody_invited = bool(users) or letter.get("many", False)
        concerned = [
            socket
            for here in self.rooms.values()
            for socket in here.sockets
            if socket.who.pass_.user_id in users
            or socket.who.pass_.session_key in sessions
            or socket.who.pass_.attendee_id in attendees
            or (everybody_invited and socket.who.pass_.attendee_id is not None)
        ]
        if concerned:
            self.spawn(self.checks.check_sockets(concerned))

    def _hear_replaced(self, here: RoomHere, letter: Letter) -> None:
        socket = here.inside.get(letter["participant"])
        if socket is not None and socket.who.key == letter["socket"]:
            self.leave(here, socket)
            here.elsewhere.update(letter["where"])
            socket.end("replaced")

    def _hear_change(self, here: RoomHere, letter: Letter) -> None:
        if letter["events"]:
            here.locate(letter["where"], self.channel, letter["events"][-1][0])
            if here.is_outdated():
                self.spawn(self.checks.check_seats())
        for participant_id, reason in letter["endings"].items():
            socket = here.inside.pop(participant_id, None)
            if socket is not None:
                socket.end(reason)
        for socket in [one for one in here.waiting.values() if one.who.pass_.is_of(letter["removed"])]:
            socket.end("removed")
        for rev, text in letter["events"]:
            here.hear(rev, text)
        if letter["events"]:
            self.note_roles(here, letter["roles"], letter["events"][-1][0])
        if any(socket.who.knock for socket in here.waiting.values()):
            # A host may have come, or gone.
            self.look_at_lobby(here)
        for participant_id in letter.get("gone", ()):
            here.elsewhere.pop(participant_id, None)
        if letter["ended"] is not None:
            here.inside.clear()
            for socket in list(here.sockets):
                socket.end(letter["ended"])
