# Long, since who is reached here, and who elsewhere, is one question to whoever sends.
"""Who can be reached in this process, and how everybody else is.

Everything here runs on the event loop; the database is reached in its thread. A participant who is connected
to this process is handed what is theirs directly. One who is connected to another process is reached over the
bridge. Letters may be lost on it, so events are numbered, and each heartbeat compares the numbers with the
database (docs/decisions/0009).
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from channels.db import database_sync_to_async

from rooms.live import processes
from rooms.live.bridge import EVERYBODY, Message
from rooms.live.connection_reports import ConnectionReports
from rooms.live.lobby_watch import LobbyWatch
from rooms.live.retry import patiently
from rooms.live.room_here import RoomHere
from rooms.live.servers import before_shutdown
from rooms.live.sockets import Socket
from rooms.protocol import messages
from rooms.protocol.messages import RelayedSignal, Rules, Undeliverable
from rooms.protocol.outcomes import SocketElsewhere
from rooms.roster import departures, ending, lobby

logger = logging.getLogger(__name__)

# A call is ended so many seconds after it is due.
LATENESS = 0.05


class Registry(LobbyWatch):
    """What one process tells and hears. There is one registry for each event loop (`this_process`)."""

    def __init__(self) -> None:
        super().__init__()
        self.connection_reports = ConnectionReports(self.spawn)
        self._starting = asyncio.Lock()
        # What runs for as long as the process.
        self._duties: set[asyncio.Task[None]] = set()
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
            ended = await database_sync_to_async(processes.end_predecessors)(self.id)
            before_shutdown(self.stop)
            loop = asyncio.get_running_loop()
            for duty in (self.bridge.listen(), self.bridge.deliver(), self.checks.go_on()):
                self._duties.add(loop.create_task(duty))
            for change in ended:
                self.publish(change)

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
        for task in self._duties | self._tasks:
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

    async def show_out(self, here: RoomHere, participant_id: str, socket: Socket) -> None:
        """Close the socket of somebody who is not inside any more, and say why."""
        reason = await database_sync_to_async(departures.why_left)(participant_id, socket.who.grant)
        self.leave(here, socket)
        socket.end(reason)

    async def mark_away(self, room_id: int, socket_key: str, *, is_lost: bool) -> None:
        """Whoever this socket spoke for is away, unless they have a newer one."""
        self.publish(await patiently(partial(departures.go_away, room_id, socket_key, is_lost=is_lost)))

    async def give_up_seat(self, room_id: int, socket_key: str) -> None:
        """Whoever this socket spoke for has left, unless they have a newer one."""
        self.publish(await patiently(partial(departures.leave, room_id, socket_key)))

    def learn_rules(self, here: RoomHere, rules: Rules, rev: int) -> None:
        """The rules at this `rev`, as the database has them."""
        if here.ways_in is None:
            here.ways_in = rules.access, rules.lobby
        self._expect_end(here, rules.ends_in, rev)

    def _expect_end(self, here: RoomHere, ends_in: float | None, rev: int) -> None:
        # A little late, or the two clocks may not agree that it is time.
        seconds = None if ends_in is None else ends_in + LATENESS
        here.expect_end(seconds, rev, lambda: self.spawn(self.end_call(here)))

    async def end_call(self, here: RoomHere) -> None:
        """It is time; unless somebody has taken it back, or another process was quicker."""
        self.publish(await patiently(partial(ending.end_due, here.room_id)))

    # -- to participants ------------------------------------------------------------------------

    def take_over(self, here: RoomHere, socket: Socket, elsewhere: SocketElsewhere | None) -> None:
        """The join is certain: older sockets of this participant are closed."""
        older, socket.displaced = socket.displaced, None
        if older is not None:
            older.end("replaced")
        if elsewhere is not None:
            self.replace(elsewhere, socket.who.me, here.code)

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
        message = {
            "type": "signal",
            "code": here.code,
            "to": to,
            "text": messages.dump(signal),
            "sender": socket.who.me or socket.who.key,
            "waits": not socket.who.me,
            "refusal": refusal,
            "answer_to": self.channel,
        }
        self.bridge.send(channel, message, failed=lambda: socket.reply(refusal))

    def tell_hosts(self, code: str) -> None:
        """Somebody waits, waits no more, or has their answer: every process looks."""
        message = {"type": "lobby", "code": code}
        self.hear(message)
        self.bridge.publish(message)

    def tell_of_flood(self, here: RoomHere, participant: str, by: str) -> None:
        """Hosts hear who has let go of whom."""
        visitor = here.outside.get(participant)
        name = visitor.who.admission.name if visitor is not None else ""
        self.say_to_hosts(here.code, messages.FloodedBy(participant, name, by))

    def say_to_hosts(self, code: str, news: messages.ServerMessage, *, but: str = "") -> None:
        """Hosts hear it wherever they are connected, but for this one. What is lost costs them a sentence."""
        message = {"type": "to-hosts", "code": code, "text": messages.dump(news), "but": but}
        self.hear(message)
        self.bridge.publish(message)

    def replace(self, older: SocketElsewhere, participant_id: str, code: str) -> None:
        """Another process holds an older socket of this participant: it is to be closed."""
        message = {
            "type": "replaced",
            "code": code,
            "participant": participant_id,
            # Which one: the message may come late, when they are back in that process on a third socket.
            "socket": older.key,
            "where": {participant_id: self.channel},
        }
        self.bridge.send(older.channel, message)

    async def lose_join_request(self, code: str, socket_key: str) -> None:
        """Whoever waited on this socket is gone."""
        if await patiently(partial(lobby.go_away, socket_key)):
            self.tell_hosts(code)

    # -- from other processes -------------------------------------------------------------------

    def hear(self, message: Message) -> None:
        """Do what a message asks for; most are from other processes."""
        here = self.rooms.get(message["code"])
        match message["type"]:
            case "change":
                if here is not None:
                    self._hear_change(here, message)
            case "lobby":
                if here is not None:
                    self.look_at_lobby(here)
            case "to-hosts":
                if here is not None:
                    for socket in here.inside.values():
                        if socket.who.is_host and socket.who.me != message["but"]:
                            socket.send(message["text"])
            case "doors":
                if here is not None:
                    self.look_at_doors(here)
            case "passes":
                self._hear_grants(message)
            case "replaced":
                if here is not None:
                    self._hear_replaced(here, message)
            case "signal":
                target = self._target(here, message) if here is not None else None
                if target is not None:
                    target.send(message["text"])
                else:
                    self._return(message)
            case "undelivered":
                sender = here.reachable(message["sender"]) if here is not None else None
                if sender is not None:
                    sender.send(message["refusal"])

    def _target(self, here: RoomHere, message: Message) -> Socket | None:
        if not message["waits"]:
            return here.reachable(message["to"])
        target = here.inside.get(message["to"])
        if target is None or target.is_behind:
            return None
        here.remember_caller(message["sender"], message["answer_to"])
        return target

    def _return(self, message: Message) -> None:
        answer = {
            "type": "undelivered",
            "code": message["code"],
            "sender": message["sender"],
            "refusal": message["refusal"],
        }
        self.bridge.send(message["answer_to"], answer)

    def _hear_grants(self, message: Message) -> None:
        users, sessions = set(message["users"]), set(message["sessions"])
        attendees = set(message["attendees"])
        # An account may have thousands of invitations; those who hold few look whether one of theirs is its.
        everybody_invited = bool(users) or message.get("many", False)
        concerned = [
            socket
            for here in self.rooms.values()
            for socket in here.sockets
            if socket.who.grant.user_id in users
            or socket.who.grant.session_key in sessions
            or socket.who.grant.attendee_id in attendees
            or (everybody_invited and socket.who.grant.attendee_id is not None)
        ]
        if concerned:
            self.spawn(self.checks.check_sockets(concerned))

    def _hear_replaced(self, here: RoomHere, message: Message) -> None:
        socket = here.inside.get(message["participant"])
        if socket is not None and socket.who.key == message["socket"]:
            self.leave(here, socket)
            here.elsewhere.update(message["where"])
            socket.end("replaced")

    def _hear_change(self, here: RoomHere, message: Message) -> None:
        if message["events"]:
            here.locate(message["where"], self.channel, message["events"][-1][0])
            if here.is_outdated():
                self.spawn(self.checks.check_seats())
        for participant_id, reason in message["endings"].items():
            socket = here.inside.pop(participant_id, None)
            if socket is not None:
                socket.end(reason)
        for socket in [one for one in here.outside.values() if one.who.grant.is_of(message["removed"])]:
            socket.end("removed")
        if (rules := message.get("rules")) is not None:
            here.ways_in = rules["access"], rules["lobby"]
            self._expect_end(here, rules["ends_in"], message["events"][-1][0])
        for rev, text in message["events"]:
            here.hear(rev, text)
        if message["events"]:
            self.note_roles(here, message["roles"], message["events"][-1][0])
        if message.get("call_ended"):
            # Or they would come in by themselves and begin another. Who waits for the hour waits on.
            for socket in list(here.outside.values()):
                if socket.who.join_request and socket.who.door != "early":
                    socket.end("ended")
        if any(socket.who.join_request for socket in here.outside.values()):
            # A host may have come, or gone.
            self.look_at_lobby(here)
        if message.get("doors"):
            self.look_at_doors(here)
        for participant_id in message.get("gone", ()):
            here.elsewhere.pop(participant_id, None)
        if message["ended"] is not None:
            here.inside.clear()
            for socket in list(here.sockets):
                socket.end(message["ended"])
