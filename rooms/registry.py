"""Who can be reached in this process, and the bridge to the other processes.

Everything here runs on the event loop; the database is reached through `roster`, in its thread. A participant
who is connected to this process is handed what is theirs directly. One who is connected to another process
is reached over the channel layer, through the single channel of that process. Layers deliver at most once, so
events are numbered, and each heartbeat compares the numbers with the database (docs/decisions/0009).
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
import weakref
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import DatabaseError, InterfaceError

from rooms import entrance, messages, roster
from rooms.entrance import Pass
from rooms.messages import Bye, ByeReason, RelayedSignal, Undeliverable
from rooms.models import Room
from rooms.roster import Change, Snapshot, SocketElsewhere

logger = logging.getLogger(__name__)
T = TypeVar("T")

# A receiver who has so many bytes waiting is dropped, so that the room is not.
MAX_UNSENT = 4 * 1024 * 1024
# How long an event waits for the one before it, which may come another way.
REORDER = 0.5
# A layer that takes longer is taken for broken.
LAYER_TIMEOUT = 3.0
LAYER_PAUSE = 1.0
# How many letters to other processes may wait.
MAX_POST = 10_000
# Sessions, invitations and groups are looked at again so often (seconds).
RECHECK = 30.0
# While the database is away, a change is tried again so often and for so long (seconds).
RETRY_PAUSE = 1.0
RETRY_FOR = 60.0

DATABASE_AWAY = (DatabaseError, InterfaceError)


class Socket:
    """One open WebSocket of this process, and what waits to be sent on it.

    What is sent while it is held waits until `release`: nothing may come before `ready`, nor, for somebody
    who has just been given a seat, before `welcome`.
    """

    def __init__(
        self,
        send: Callable[[dict[str, Any]], Awaitable[None]],
        granted: Pass,
        unsent: Callable[[], int] = lambda: 0,
    ) -> None:
        self.key = roster.new_id()
        # The consumer's, to be ended with the process.
        self.task = asyncio.current_task()
        self.granted = granted
        self.me = ""
        self.over = False
        self._send = send
        self._unsent = unsent
        self._queue: deque[dict[str, Any]] = deque()
        self._queued = 0
        # What the page knows; what is older need not be sent.
        self.rev = 0
        self._held: list[tuple[int | None, str]] | None = []
        self._flushing: asyncio.Task[None] | None = None

    @property
    def is_held(self) -> bool:
        return self._held is not None

    def hold(self) -> None:
        """Keep what comes from others until `release`."""
        self._held = []

    def release(self) -> None:
        """Send what was held, and from now on at once."""
        held, self._held = self._held or [], None
        for rev, text in held:
            self.send(text, rev)

    def send(self, text: str, rev: int | None = None) -> None:
        """Send a frame from others; an event with its number."""
        if self._held is not None:
            if not self.over:
                self._held.append((rev, text))
        elif rev is None or rev > self.rev:
            self.reply(text)
            self.rev = max(self.rev, rev or 0)

    def reply(self, text: str) -> None:
        """Send a frame, held or not."""
        if self.over:
            return
        if self._queued + self._unsent() + len(text) > MAX_UNSENT:
            logger.warning("dropping a receiver who does not keep up")
            self._queue.clear()
            self._queued = 0
            self.close(messages.CLOSE_CODES["restart"])
            return
        self._queued += len(text)
        self._push({"type": "websocket.send", "text": text})

    def end(self, reason: ByeReason) -> None:
        """Say why, and close."""
        self.reply(messages.dump(Bye(reason)))
        self.close(messages.CLOSE_CODES[reason])

    def close(self, code: int) -> None:
        """Close, after what waits has been sent."""
        if not self.over:
            self.over = True
            self._push({"type": "websocket.close", "code": code})

    def lost(self) -> None:
        """The other end is gone: nothing can be sent any more."""
        self.over = True
        self._queue.clear()

    async def flushed(self) -> None:
        """Return when the server has taken everything, or after a second."""
        if self._flushing is not None:
            await asyncio.wait([self._flushing], timeout=1)

    def _push(self, event: dict[str, Any]) -> None:
        self._queue.append(event)
        if self._flushing is None:
            self._flushing = asyncio.get_running_loop().create_task(self._flush())

    async def _flush(self) -> None:
        try:
            while self._queue:
                event = self._queue.popleft()
                # A slow receiver holds up this task, and nobody else.
                await self._send(event)
                self._queued -= len(event.get("text", ""))
        except Exception as error:
            # The server has noticed the loss before us; `websocket.disconnect` is on its way.
            logger.debug("a socket closed while sending: %r", error)
            self.lost()
        finally:
            self._flushing = None


class RoomHere:
    """What this process knows about a room that somebody here is connected to."""

    def __init__(self, room_id: int, code: str) -> None:
        self.room_id = room_id
        self.code = code
        self.sockets: set[Socket] = set()
        # Participants who are connected to this process, and the channels of the others' processes.
        self.inside: dict[str, Socket] = {}
        self.elsewhere: dict[str, str] = {}
        # The number of the last event that was passed on; None until there was one or a snapshot.
        self.seen: int | None = None
        # What the database said at the last heartbeat: by now it should have been seen.
        self.expected = 0
        # Events were passed on though one before them was missing, and nobody knows which.
        self.has_gap = False
        self._early: dict[int, str] = {}
        self._timer: asyncio.TimerHandle | None = None
        self.subscription: asyncio.Task[bool] | None = None

    def hear(self, rev: int, text: str) -> None:
        """Pass an event on, in the order of the numbers as far as they come soon enough."""
        if self.seen is None or rev == self.seen + 1:
            self._pass_on(rev, text)
            self._pass_on_followers(rev)
        elif rev > self.seen:
            self._early[rev] = text
            if self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(REORDER, self._stop_waiting)

    def locate(self, where: dict[str, str], here: str) -> None:
        """Learn where participants are connected; `here` is the channel of this process."""
        self.elsewhere.update({key: channel for key, channel in where.items() if channel != here})
        for key, channel in where.items():
            if channel == here:
                self.elsewhere.pop(key, None)

    def show(self, snapshot: Snapshot) -> None:
        """Bring every socket up to date at once: events were lost."""
        self.seen = max(self.seen or 0, snapshot.rev)
        self.has_gap = False
        self._early = {rev: text for rev, text in self._early.items() if rev > self.seen}
        text = messages.dump(messages.Snapshot(snapshot.rev, snapshot.participants))
        for socket in list(self.sockets):
            socket.send(text, snapshot.rev)
        self._pass_on_followers(self.seen)

    def _pass_on_followers(self, rev: int) -> None:
        while (text := self._early.pop(rev + 1, None)) is not None:
            self._pass_on(rev := rev + 1, text)

    def _pass_on(self, rev: int, text: str) -> None:
        self.seen = rev
        for socket in list(self.sockets):
            socket.send(text, rev)

    def _stop_waiting(self) -> None:
        # The clients see the gap and ask for a snapshot; the heartbeat looks at who should not be here.
        self._timer = None
        self.has_gap = bool(self._early)
        early, self._early = self._early, {}
        for rev in sorted(early):
            self._pass_on(rev, early[rev])

    def forget(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


class Registry:
    """The sockets of one process. There is one registry for each event loop."""

    @classmethod
    def here(cls) -> Registry:
        """The registry of the running loop."""
        loop = asyncio.get_running_loop()
        if loop not in _registries:
            _registries[loop] = cls()
        return _registries[loop]

    def __init__(self) -> None:
        self.id = roster.new_id()
        self.channel = ""
        self.rooms: dict[str, RoomHere] = {}
        self.layer: Any = get_channel_layer()
        self._starting = asyncio.Lock()
        self._doorways: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        # What runs for as long as the process, and what is soon done.
        self._duties: set[asyncio.Task[None]] = set()
        self._errands: set[asyncio.Task[None]] = set()
        self._post: asyncio.Queue[tuple[Callable[[], Awaitable[None]], Callable[[], None] | None]]
        self._post = asyncio.Queue(MAX_POST)
        self._steady_since = 0.0
        self._checked_at = time.monotonic()
        self._stopping: asyncio.Task[None] | None = None

    # -- life -----------------------------------------------------------------------------------

    async def start(self) -> None:
        """Take a lease and listen, on the first socket of the process."""
        async with self._starting:
            if self.channel:
                return
            channel = await self.layer.new_channel("process")
            await database_sync_to_async(roster.renew)(self.id, channel)
            buried = await database_sync_to_async(roster.bury_predecessors)(self.id)
            self.channel = channel
            self._steady_since = time.monotonic()
            loop = asyncio.get_running_loop()
            before_shutdown(self.stop)
            for duty in (self._listen(), self._deliver_post(), self._beat_forever()):
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
        for socket in sockets:
            await socket.flushed()
        if self.channel:
            await self._say_farewell()
        # Nobody waits for frames any more. Those that the server cancels by itself are done for.
        tasks = {s.task for s in sockets if s.task and not s.task.done() and not s.task.cancelling()}
        for consumer in tasks:
            consumer.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1)

    async def _say_farewell(self) -> None:
        try:
            for change in await database_sync_to_async(roster.end_process)(self.id):
                async with asyncio.timeout(LAYER_TIMEOUT):
                    await self.layer.group_send(_group(change.code), self._letter(change))
        except Exception:
            # The lease runs out by itself.
            logger.warning("could not say that this process ends", exc_info=True)

    # -- sockets --------------------------------------------------------------------------------

    def open(self, socket: Socket, room: Room, code: str) -> RoomHere:
        """Let the socket hear what happens in the room; it is held until `release`."""
        here = self.rooms.get(code)
        if here is None:
            here = self.rooms[code] = RoomHere(room.pk, code)
            here.subscription = asyncio.get_running_loop().create_task(self._subscribe(code))
        here.sockets.add(socket)
        return here

    async def subscribed(self, here: RoomHere) -> None:
        """Return when the other processes' news of this room come here, or cannot."""
        if here.subscription is not None:
            # Others wait for the same: it goes on though this one is cancelled.
            await asyncio.shield(here.subscription)

    def enter(self, here: RoomHere, socket: Socket, participant_id: str) -> Socket | None:
        """From now on signals to the participant go to this socket; the one that had them, if any."""
        if socket not in here.sockets:
            return None  # it closed while the seat was being given
        # Who they were on an earlier try, which was rolled back.
        self.leave(here, socket)
        older = here.inside.get(participant_id)
        here.inside[participant_id] = socket
        socket.me = participant_id
        return older

    def restore(self, here: RoomHere, socket: Socket, displaced: list[Socket]) -> None:
        """The join came to nothing: as it was before `enter`."""
        self.leave(here, socket)
        socket.me = ""
        for older in displaced:
            if older in here.sockets:
                here.inside[older.me] = older

    def leave(self, here: RoomHere, socket: Socket) -> bool:
        """The socket speaks for nobody any more; whether it did until now."""
        if here.inside.get(socket.me) is not socket:
            return False
        del here.inside[socket.me]
        return True

    def closed(self, here: RoomHere, socket: Socket) -> None:
        """The socket is gone."""
        here.sockets.discard(socket)
        self.leave(here, socket)
        if not here.sockets and self.rooms.get(here.code) is here:
            here.forget()
            del self.rooms[here.code]
            self._mail(lambda: self._unsubscribe(here.code))

    # -- to participants ------------------------------------------------------------------------

    def relay(self, here: RoomHere, socket: Socket, to: str, signal: RelayedSignal) -> None:
        """Hand a signal over, here or through the process that holds the target; else tell the sender."""
        target = here.inside.get(to)
        if target is not None:
            target.send(messages.dump(signal))
            return
        refusal = messages.dump(Undeliverable(to, signal.generation))
        channel = here.elsewhere.get(to)
        if channel is None:
            socket.reply(refusal)
            return
        letter = {
            "type": "signal",
            "code": here.code,
            "to": to,
            "text": messages.dump(signal),
            "sender": socket.me,
            "refusal": refusal,
            "answer_to": self.channel,
        }
        self._mail(lambda: self.layer.send(channel, letter), failed=lambda: socket.reply(refusal))

    def publish(self, change: Change) -> None:
        """Tell everybody in the room, in this process and in the others."""
        letter = self._letter(change)
        self._hear(letter)
        self._mail(lambda: self.layer.group_send(_group(change.code), letter))

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
        self._mail(lambda: self.layer.send(older.channel, letter))

    def _letter(self, change: Change) -> dict[str, Any]:
        return {**_letter(change), "origin": self.id}

    # -- from other processes -------------------------------------------------------------------

    async def _listen(self) -> None:
        while True:
            try:
                letter = await self.layer.receive(self.channel)
            except Exception as error:
                logger.warning("the channel layer is away; listening again soon: %r", error)
                await asyncio.sleep(LAYER_PAUSE)
                continue
            try:
                if letter.get("origin") != self.id:
                    self._hear(letter)
            except Exception:
                logger.exception("a letter from another process was not understood")

    def _hear(self, letter: dict[str, Any]) -> None:
        here = self.rooms.get(letter["code"])
        match letter["type"]:
            case "change":
                if here is not None:
                    self._hear_change(here, letter)
            case "replaced":
                if here is not None:
                    self._hear_replaced(here, letter)
            case "signal":
                target = here.inside.get(letter["to"]) if here is not None else None
                if target is not None:
                    target.send(letter["text"])
                else:
                    self._return(letter)
            case "undelivered":
                sender = here.inside.get(letter["sender"]) if here is not None else None
                if sender is not None:
                    sender.send(letter["refusal"])

    def _return(self, letter: dict[str, Any]) -> None:
        answer = {
            "type": "undelivered",
            "code": letter["code"],
            "sender": letter["sender"],
            "refusal": letter["refusal"],
        }
        self._mail(lambda: self.layer.send(letter["answer_to"], answer))

    def _hear_replaced(self, here: RoomHere, letter: dict[str, Any]) -> None:
        socket = here.inside.get(letter["participant"])
        if socket is not None and socket.key == letter["socket"]:
            self.leave(here, socket)
            here.locate(letter["where"], self.channel)
            socket.end("replaced")

    def _hear_change(self, here: RoomHere, letter: dict[str, Any]) -> None:
        here.locate(letter["where"], self.channel)
        for participant_id, reason in letter["endings"].items():
            socket = here.inside.pop(participant_id, None)
            if socket is not None:
                socket.end(reason)
        for rev, text in letter["events"]:
            here.hear(rev, text)
        for participant_id in letter.get("gone", ()):
            here.elsewhere.pop(participant_id, None)
        if letter["ended"] is not None:
            here.inside.clear()
            for socket in list(here.sockets):
                socket.end(letter["ended"])

    # -- the layer ------------------------------------------------------------------------------

    def _mail(self, deliver: Callable[[], Awaitable[None]], failed: Callable[[], None] | None = None) -> None:
        """Deliver in order, without waiting; `failed` is called if that cannot be done."""
        try:
            self._post.put_nowait((deliver, failed))
        except asyncio.QueueFull:
            if failed is not None:
                failed()

    async def _deliver_post(self) -> None:
        while True:
            deliver, failed = await self._post.get()
            try:
                async with asyncio.timeout(LAYER_TIMEOUT):
                    await deliver()
            except Exception as error:
                # A layer that is full or away. What was lost is found again by the numbers of the events.
                logger.warning("could not reach another process: %r", error)
                if failed is not None:
                    failed()

    async def _subscribe(self, code: str) -> bool:
        """Whether that could be done."""
        try:
            async with self._doorway(code), asyncio.timeout(LAYER_TIMEOUT):
                await self.layer.group_add(_group(code), self.channel)
        except Exception as error:
            # Tried again with the next check; until then the heartbeat brings the news.
            logger.warning("could not subscribe to a room: %r", error)
            return False
        return True

    async def _unsubscribe(self, code: str) -> None:
        async with self._doorway(code):
            if code not in self.rooms:  # nobody has come back meanwhile
                await self.layer.group_discard(_group(code), self.channel)

    def _doorway(self, code: str) -> asyncio.Lock:
        """Coming and going of one room go one after the other, or the last to leave shuts out the next."""
        lock = self._doorways.get(code)
        if lock is None:
            lock = self._doorways[code] = asyncio.Lock()
        return lock

    # -- the heartbeat --------------------------------------------------------------------------

    async def _beat_forever(self) -> None:
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
        if not await database_sync_to_async(roster.renew)(self.id, self.channel):
            self._steady_since = began
            await self._reclaim()
        bury = began - self._steady_since >= settings.LEASE.total_seconds()
        for change in await database_sync_to_async(roster.sweep)(self.id, bury=bury):
            self.publish(change)
        await self._catch_up()
        if began - self._checked_at >= RECHECK:
            self._checked_at = began
            await self.check_passes()
            await self.check_seats()
            for code in list(self.rooms):
                if not await self._subscribe(code):
                    break  # a layer that is away must not hold up the heartbeat, room by room

    async def _reclaim(self) -> None:
        held = {me: socket.key for here in self.rooms.values() for me, socket in here.inside.items()}
        changes, lost = await database_sync_to_async(roster.reclaim)(self.id, held)
        for here in list(self.rooms.values()):
            for me in lost & here.inside.keys():
                socket = here.inside[me]
                if socket.is_held:
                    continue  # their seat is only being given
                # The seat was given up meanwhile: come again.
                self.leave(here, socket)
                socket.end("restart")
        for change in changes:
            self.publish(change)

    async def _catch_up(self) -> None:
        """Show the roster of each room of which an event should have come and did not."""
        rooms = {here.room_id: here for here in self.rooms.values()}
        if not rooms:
            return
        facts = await database_sync_to_async(_facts)(list(rooms))
        for room_id, here in rooms.items():
            if room_id not in facts:
                self._hear_change(here, _letter(Change(here.code, ended="not-found")))
                continue
            rev, cancelled = facts[room_id]
            if cancelled:
                self._hear_change(here, _letter(Change(here.code, ended="cancelled")))
            elif here.has_gap or (here.seen is not None and here.seen < here.expected):
                await self._show_again(here)
            here.expected = rev

    async def _show_again(self, here: RoomHere) -> None:
        snapshot = await database_sync_to_async(roster.snapshot)(here.room_id)
        here.locate(snapshot.where, self.channel)
        here.show(snapshot)
        inside = {participant.id for participant in snapshot.participants}
        # Who is about to be welcomed may be too new for this snapshot.
        gone = [(me, s) for me, s in here.inside.items() if me not in inside and not s.is_held]
        for me, socket in gone:
            await self.show_out(here, me, socket)

    async def show_out(self, here: RoomHere, participant_id: str, socket: Socket) -> None:
        """Close the socket of somebody who is not inside any more, and say why."""
        reason = await database_sync_to_async(roster.why_left)(participant_id)
        self.leave(here, socket)
        socket.end(reason)

    async def check_seats(self) -> None:
        """Compare who is held to be connected here with what is stored.

        Whoever lost the seat without hearing of it is shown out. Who is stored as connected here, though the
        socket closed while the database was away for long, is away.
        """
        held = {
            me: (here, socket)
            for here in self.rooms.values()
            for me, socket in here.inside.items()
            if not socket.is_held
        }
        stored = await database_sync_to_async(roster.seats)(self.id, held.keys())
        # Looked at after the database: a socket is open before it is stored.
        open_here = {socket.key for here in self.rooms.values() for socket in here.sockets}
        for seat in stored:
            here, socket = held.get(seat.participant_id, (None, None))
            if here is not None and socket is not None and here.inside.get(seat.participant_id) is socket:
                if not seat.is_inside:
                    await self.show_out(here, seat.participant_id, socket)
                elif seat.socket != socket.key:
                    self.leave(here, socket)
                    socket.end("restart" if seat.is_ours or not seat.socket else "replaced")
            elif seat.is_inside and seat.is_ours and seat.socket and seat.socket not in open_here:
                self.spawn(self.mark_away(seat.room_id, seat.socket, settings.SEAT_KEPT))

    async def mark_away(self, room_id: int, socket_key: str, kept: timedelta) -> None:
        """Whoever this socket spoke for is away, unless they have a newer one."""
        self.publish(await patiently(partial(roster.go_away, room_id, socket_key, kept)))

    async def check_passes(self) -> None:
        """Close the sockets whose session has ended or whose invitation was taken back."""
        sockets = [socket for here in self.rooms.values() for socket in here.sockets if not socket.over]
        if not sockets:
            return
        ended, uninvited = await database_sync_to_async(entrance.outdated)({s.granted for s in sockets})
        for socket in sockets:
            if socket.granted in ended:
                socket.end("session")
            elif socket.granted in uninvited:
                socket.end("forbidden")


_registries: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Registry] = weakref.WeakKeyDictionary()


async def patiently(work: Callable[[], T], seconds: float = RETRY_FOR) -> T:
    """Do something in the database's thread; while the database is away, try again for so long."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return await database_sync_to_async(work)()
        except DATABASE_AWAY as error:
            if time.monotonic() > deadline:
                raise
            logger.warning("the database is away; trying again: %s", error)
            await asyncio.sleep(RETRY_PAUSE)


def before_shutdown(work: Callable[[], asyncio.Future[None]]) -> None:
    """Have `work` done before the server stops, if it is daphne, which has no `lifespan`.

    daphne cancels its applications when it stops, but for one case: a socket that was opened in the last
    second makes it fail on a KeyError and cancel none (daphne 4.2.3, Server.kill_all_applications).
    """
    reactor = sys.modules.get("twisted.internet.reactor")
    if reactor is None or not reactor.running:
        return
    from twisted.internet.defer import Deferred

    def trigger() -> Deferred[None]:
        return Deferred.fromFuture(work())

    reactor.addSystemEventTrigger("before", "shutdown", trigger)


def publish_from_thread(change: Change) -> None:
    """Tell every process about a change that was made outside of the sockets: by a web request."""
    try:
        async_to_sync(_send_to_all)(change)
    except Exception as error:
        # The heartbeat of each process finds it in the database.
        logger.warning("could not announce a change: %r", error)


async def _send_to_all(change: Change) -> None:
    layer: Any = get_channel_layer()
    # Whoever pressed the button does not wait for a layer that swallows everything.
    async with asyncio.timeout(LAYER_TIMEOUT):
        await layer.group_send(_group(change.code), _letter(change))


def _group(code: str) -> str:
    return f"room.{code}"


def _letter(change: Change) -> dict[str, Any]:
    return {
        "type": "change",
        "code": change.code,
        "events": [(event.rev, messages.dump(event)) for event in change.events],
        "where": change.where,
        "gone": [event.id for event in change.events if isinstance(event, messages.ParticipantLeft)],
        "endings": change.endings,
        "ended": change.ended,
    }


def _facts(room_ids: Iterable[int]) -> dict[int, tuple[int, bool]]:
    rows = Room.objects.filter(pk__in=room_ids).values_list("pk", "rev", "meeting__cancelled_at")
    return {pk: (rev, cancelled_at is not None) for pk, rev, cancelled_at in rows}
