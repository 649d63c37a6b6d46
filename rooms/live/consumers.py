"""A Session on a WebSocket. Carries effects out and decides nothing."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast

from asgiref.sync import sync_to_async
from channels.consumer import AsyncConsumer
from channels.db import database_sync_to_async
from django.conf import settings
from django.utils import timezone

from accounts.zones import zone_in
from rooms.codes import canonical
from rooms.live import this_process
from rooms.live.patience import patiently
from rooms.live.registry import Registry
from rooms.live.room_here import RoomHere
from rooms.live.servers import innermost, unsent_by, write_at_once
from rooms.live.sockets import Socket
from rooms.models import Room, ServerProcess
from rooms.protocol import ice, messages
from rooms.protocol.admission import Admission, DoorStatus, Pass, Refusal
from rooms.protocol.messages import (
    Access,
    ByeReason,
    IceServers,
    Join,
    ProtocolError,
    Ready,
    RoomFacts,
    Rules,
    Welcome,
)
from rooms.protocol.outcomes import Arrived, Snapshot, Waits
from rooms.protocol.session import (
    AnswerKnocks,
    ChangeLobby,
    Close,
    Effect,
    Enter,
    GiveUpSeat,
    NoteLinks,
    Relay,
    Reply,
    SendAway,
    Session,
    ShowRoster,
    TellOfFlood,
)
from rooms.roster import entrance, guesses, links, lobby, roster
from rooms.roster.seats import capacity_of

logger = logging.getLogger(__name__)
Event = dict[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]

# Shorter than the ten seconds after which a page gives its socket up.
PATIENCE = 6.0
# How long somebody waits for an answer who has tried too many codes that do not exist.
PATIENCE_WITH_GUESSES = 2.0
# The page went away: the browser's own word for it, and the page's, which says so while it still can.
GOING_AWAY_CODES = frozenset({1001, 4001})
# What the conversation hears when somebody who waits is to ask again.
WOKEN = {"type": "woken"}
# While the database is away, this many reports of one socket wait for it.
MOST_REPORTS = 64


class RoomConsumer(AsyncConsumer):
    """One socket of one page, from handshake to close.

    It has one receive loop of its own: what Channels' dispatch does for each message (two hops to another
    thread, a queue and a task) costs more than relaying a signal.
    """

    registry: Registry
    here: RoomHere
    room_id: int
    title: str
    capacity: int
    admission: Admission
    session: Session
    socket: Socket
    may_be_seated = False
    may_be_waiting = False
    # The click that is not answered yet, and when the door opens by the clock.
    asked: Join
    # What was said to somebody who waits: how the door stands, and the host.
    told: tuple[DoorStatus, str] | None = None
    alarm: asyncio.TimerHandle | None = None
    hearing: asyncio.Task[Event] | None = None

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        self.scope = scope
        self.hear = receive
        self.send_raw = send
        self.open = True
        self.close_code: int | None = None
        self.woken = asyncio.Event()
        self.link_reports: list[links.Report] = []
        self.is_keeping_links = False
        try:
            await receive()
            # Before anything else, so that the browser sees why it is closed.
            await send({"type": "websocket.accept"})
            if await self.admitted():
                await self.converse()
            else:
                await self.wait_for_close()
        except asyncio.CancelledError:
            # The server stops, or has given up an application whose client went a while ago. Only the former
            # concerns anybody else, and the registry hears of it by itself.
            if self.open and not hasattr(self, "here"):
                await self.turn_away("restart")
            raise
        finally:
            if self.hearing is not None:
                self.hearing.cancel()
            # When the process stops, the registry has the last word on the sockets that are still open.
            if hasattr(self, "here") and not (self.open and self.registry.is_stopping):
                self.part()

    async def admitted(self) -> bool:
        """Look at who is there; if they may enter, the socket is ready."""
        if not self.scope["same_origin"]:
            return await self.turn_away("origin")
        code = canonical(self.scope["url_route"]["kwargs"]["code"])
        django_session = self.scope["session"]
        zone = zone_in(self.scope["cookies"])

        def approach() -> entrance.Door | None:
            entrance.tell_apart(django_session, code)
            return entrance.approach(code, self.scope["user"], django_session, zone)

        door = await database_sync_to_async(approach)()
        if door is None:
            address = guesses.address_of(self.scope)
            if await sync_to_async(guesses.note)(self.scope["user"].pk, address):
                # One after the other, and not as fast as the line allows.
                await asyncio.sleep(PATIENCE_WITH_GUESSES)
            return await self.turn_away("not-found")
        if isinstance(door.answer, Refusal):
            return await self.turn_away(door.answer.reason)

        self.title, self.admission = door.title, door.answer
        self.capacity = capacity_of(door.meeting)
        granted = Pass(
            django_session.session_key or "",
            self.admission.user_id,
            self.admission.attendee_id,
            door.link_id,
            () if self.admission.role == "host" else self.admission.persons,
        )
        room = await database_sync_to_async(entrance.room_of)(door.meeting)
        # Whoever sits still for hours should hold little: no models.
        self.room_id = room.pk
        self.registry = this_process.registry()
        await self.registry.start()
        if self.registry.is_stopping:
            return await self.turn_away("restart")
        send = innermost(self.send_raw)
        write_at_once(send)
        self.socket = Socket(send, granted, unsent_by(send))
        self.socket.admission = self.admission
        self.here = self.registry.open(self.socket, room.pk, code)
        # Subscribed before the roster is read: what changes in between is heard twice, not missed.
        await self.registry.subscribed(self.here)
        await self.greet(room)
        return True

    async def turn_away(self, reason: ByeReason) -> bool:
        await self.send_raw({"type": "websocket.send", "text": messages.dump(messages.Bye(reason))})
        await self.send_raw({"type": "websocket.close", "code": messages.CLOSE_CODES[reason]})
        return False

    async def greet(self, room: Room) -> None:
        def work() -> tuple[DoorStatus, Snapshot]:
            return lobby.door_status(room, self.admission), roster.snapshot(room.pk)

        standing, snapshot = await database_sync_to_async(work)()
        self.learn(snapshot)
        meeting = room.meeting
        rules = self.socket.rules = Rules(cast(Access, meeting.access), meeting.lobby)
        outside = standing.door != "open"
        early = settings.EARLY_CONNECTIONS and not outside
        given = None if outside else self.ice_servers()
        self.session = Session(
            self.admission.role,
            self.ice_servers,
            time.monotonic,
            given,
            visitor=self.socket.key if early else "",
            outside=outside,
        )
        ready = Ready(
            version=messages.VERSION,
            me=self.socket.key,
            early=early,
            room=RoomFacts(self.here.code, self.title, self.capacity, rules.access, rules.lobby),
            role=self.admission.role,
            door=standing.door,
            opens_in=standing.opens_in(timezone.now()),
            rev=0 if outside else snapshot.rev,
            participants=[] if outside else snapshot.participants,
            ice_servers=given.ice_servers if given else [],
            ice_expires_at=given.ice_expires_at if given else None,
            ice_expires_in=given.ice_expires_in if given else None,
        )
        self.socket.reply(messages.dump(ready))
        self.shut_out(outside)

    def shut_out(self, outside: bool) -> None:
        """Release the socket; who is outside hears nothing of what happens in the room."""
        self.socket.outside = outside
        if outside:
            self.socket.forget_held()
        self.socket.release()

    def learn(self, snapshot: Snapshot) -> None:
        self.here.locate(snapshot.where, self.registry.channel, snapshot.rev)
        if self.here.seen is None:
            self.here.seen = snapshot.rev
        self.socket.rev = snapshot.rev

    def ice_servers(self) -> IceServers:
        return ice.servers(
            settings.STUN_URLS,
            settings.TURN_URLS,
            secret=settings.TURN_SECRET,
            lifetime=settings.TURN_LIFETIME.total_seconds(),
            now=time.time(),
            tag=self.socket.tag,
        )

    async def converse(self) -> None:
        """Hear frames and carry out their effects until the socket closes.

        A fault of ours ends it too: the server closes with 1011, and the page comes back.
        """
        while (event := await self.next_event())["type"] != "websocket.disconnect":
            if self.socket.over:
                continue
            if event is WOKEN:
                await self.enter(self.asked)
                continue
            for effect in self.session.hear(event.get("text")):
                await self.perform(effect)
        self.open = False
        self.close_code = event.get("code")

    async def next_event(self) -> Event:
        """What comes from the page; or WOKEN, when somebody who waits is to ask again."""
        if not self.socket.knock:
            hearing, self.hearing = self.hearing, None
            return await (hearing or self.hear())
        self.hearing = self.hearing or asyncio.ensure_future(self.hear())
        waking = asyncio.ensure_future(self.woken.wait())
        try:
            await asyncio.wait({self.hearing, waking}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waking.cancel()
        if self.hearing.done():
            event, self.hearing = self.hearing.result(), None
            return event
        self.woken.clear()
        return WOKEN

    async def perform(self, effect: Effect) -> None:
        match effect:
            case Relay(to, signal):
                self.registry.relay(self.here, self.socket, to, signal)
            case Reply(message):
                self.socket.reply(messages.dump(message))
            case Close(code):
                self.socket.close(code)
            case Enter(join):
                await self.enter(join)
            case NoteLinks(conditions):
                self.link_reports.append(links.Report(timezone.now(), conditions))
                del self.link_reports[:-MOST_REPORTS]
                if not self.is_keeping_links:
                    self.is_keeping_links = True
                    self.registry.spawn(self.keep_links())
            case TellOfFlood(participant):
                self.registry.tell_of_flood(self.here, participant, self.session.me)
            case ShowRoster():
                await self.show_roster()
            case SendAway(participant):
                await self.send_away(participant)
            case AnswerKnocks(knocks, admitted):
                await self.answer_knocks(knocks, admitted)
            case ChangeLobby(on):
                await self.change_lobby(on)
            case GiveUpSeat():
                self.registry.leave(self.here, self.socket)
                self.registry.spawn(self.give_up_seat())

    async def enter(self, join: Join) -> None:
        """Take a seat, or wait for one to be given.

        Reachable before the others hear of it; silent until `welcome` has been said.
        """
        loop = asyncio.get_running_loop()
        displaced: list[Socket] = []

        def register(participant_id: str) -> None:
            older = self.registry.enter(self.here, self.socket, participant_id)
            if older is not None:
                displaced.append(older)

        def announce(participant_id: str) -> None:
            loop.call_soon_threadsafe(register, participant_id)

        def work() -> Arrived | Waits:
            return roster.arrive(
                self.room_id,
                self.admission,
                join,
                granted=self.socket.granted,
                server_id=self.registry.id,
                socket=self.socket.key,
                announce=announce,
            )

        self.socket.hold()
        # Until this is over nobody can say whether there is a seat: the answer may be lost after the commit.
        self.may_be_seated = self.may_be_waiting = True
        was_outside, self.socket.outside = self.socket.outside, False
        try:
            try:
                arrived = await patiently(work, PATIENCE)
            except ServerProcess.DoesNotExist:
                # This process was taken for dead; it takes its lease again.
                await this_process.heartbeat().beat()
                arrived = await patiently(work, PATIENCE)
        except roster.NoEntry as refusal:
            self.may_be_seated = False
            self.registry.restore(self.here, self.socket, displaced)
            self.shut_out(was_outside)
            for effect in self.session.end(refusal.reason):
                await self.perform(effect)
            return
        except BaseException:
            self.registry.restore(self.here, self.socket, displaced)
            raise
        self.may_be_seated = False
        if isinstance(arrived, Waits):
            # An earlier try may have had a seat, until the database lost it.
            self.registry.restore(self.here, self.socket, displaced)
            self.wait_to_be_let_in(join, arrived)
            return
        self.may_be_waiting = False
        self.socket.knock = ""
        self.silence_alarm()
        for effect in self.session.welcomed(arrived.me, arrived.role):
            await self.perform(effect)
        self.socket.is_host, self.socket.role_rev = arrived.role == "host", arrived.snapshot.rev
        self.socket.take_role = self.session.take_role
        self.learn(arrived.snapshot)
        for older in displaced:
            older.end("replaced")
        if arrived.replaced is not None:
            self.registry.replace(arrived.replaced, arrived.me, self.here.code)
        welcome = Welcome(
            me=arrived.me,
            token=arrived.token,
            resumed=arrived.resumed,
            rev=arrived.snapshot.rev,
            participants=arrived.snapshot.participants,
        )
        self.socket.reply(messages.dump(welcome))
        self.socket.release()
        self.registry.publish(arrived.change)
        if arrived.has_waited:
            self.registry.tell_hosts(self.here.code)
        elif self.socket.is_host:
            self.registry.look_at_lobby(self.here)
        if self.admission.user_id is None:
            self.registry.spawn(self.remember_name(join.name))

    def wait_to_be_let_in(self, join: Join, waits: Waits) -> None:
        knocked = waits.knocked
        self.silence_alarm()
        self.asked = join
        self.session.must_wait()
        self.socket.knock, self.socket.host, self.socket.wake = knocked.knock, knocked.host, self.woken.set
        self.shut_out(True)
        opens_in = knocked.opens_in
        # They ask again whenever something may have changed; mostly nothing has.
        if self.told != (knocked.status, knocked.host):
            self.told = knocked.status, knocked.host
            self.socket.reply(messages.dump(messages.Waiting(knocked.status.door, knocked.host, opens_in)))
        if opens_in is not None:
            # A little later, or the two clocks may not agree that it is time.
            self.alarm = asyncio.get_running_loop().call_later(opens_in + 0.05, self.woken.set)
        if waits.change.events:
            self.registry.publish(waits.change)
        if knocked.is_news:
            self.registry.tell_hosts(self.here.code)

    def silence_alarm(self) -> None:
        if self.alarm is not None:
            self.alarm.cancel()
            self.alarm = None

    async def remember_name(self, name: str) -> None:
        await patiently(partial(entrance.remember_name, self.socket.granted.session_key, name))

    async def show_roster(self) -> None:
        snapshot = await patiently(partial(roster.snapshot, self.room_id), PATIENCE)
        self.learn(snapshot)
        self.socket.reply(messages.dump(messages.Snapshot(snapshot.rev, snapshot.participants)))
        if self.session.me and all(
            participant.id != self.session.me for participant in snapshot.participants
        ):
            # They are out, and the news of it was lost.
            await self.registry.show_out(self.here, self.session.me, self.socket)

    async def send_away(self, participant: str) -> None:
        try:
            change = await patiently(
                partial(roster.remove, self.room_id, self.socket.me, participant), PATIENCE
            )
        except roster.NotInside:
            refusal = ProtocolError("no-participant", "nobody with this id is inside")
        except roster.NotAllowed:
            refusal = ProtocolError("not-allowed", "a host cannot be removed")
        else:
            self.registry.publish(change)
            return
        for effect in self.session.refuse(refusal):
            await self.perform(effect)

    async def answer_knocks(self, knocks: list[str], admitted: bool) -> None:
        answer = partial(lobby.answer, self.room_id, self.socket.me, knocks, admitted=admitted)
        try:
            is_news = await patiently(answer, PATIENCE)
        except lobby.NotAllowed:
            for effect in self.session.refuse(ProtocolError("not-allowed", "only a host lets people in")):
                await self.perform(effect)
            return
        # Also when somebody else was quicker: this page does not know it yet.
        self.socket.lobby_shown = "" if not is_news else self.socket.lobby_shown
        self.registry.tell_hosts(self.here.code)

    async def change_lobby(self, on: bool) -> None:
        try:
            await patiently(partial(lobby.change, self.room_id, self.socket.me, on=on), PATIENCE)
        except lobby.NotAllowed:
            refusal = ProtocolError("not-allowed", "only a host changes who waits")
            for effect in self.session.refuse(refusal):
                await self.perform(effect)
            return
        # Also when it was so already: this page does not know it yet.
        self.socket.rules = None
        self.registry.look_at_lobby(self.here)

    async def keep_links(self) -> None:
        """Beside the conversation, in order: nobody waits for what is only kept for later."""
        try:
            while self.link_reports:
                reports = list(self.link_reports)
                self.link_reports.clear()
                await patiently(partial(links.note, self.room_id, self.session.me, reports))
        finally:
            self.is_keeping_links = False

    async def give_up_seat(self) -> None:
        self.registry.publish(await patiently(partial(roster.leave, self.room_id, self.socket.key)))

    def part(self) -> None:
        """The socket is gone. Whoever sat behind it is away, unless a newer socket speaks for them."""
        self.socket.lost()
        self.silence_alarm()
        if self.may_be_waiting and not self.registry.is_stopping:
            self.registry.spawn(self.registry.lose_knock(self.here.code, self.socket.key))
        spoke = self.registry.leave(self.here, self.socket)
        self.registry.closed(self.here, self.socket)
        if (spoke or self.may_be_seated) and not self.registry.is_stopping:
            if self.socket.has_lapsed:
                self.registry.spawn(self.give_up_seat())
                return
            is_lost = self.close_code not in GOING_AWAY_CODES
            self.registry.spawn(self.registry.mark_away(self.room_id, self.socket.key, is_lost=is_lost))

    async def wait_for_close(self) -> None:
        """Stay until the server has closed: daphne counts on the application to be there."""
        while (await self.hear())["type"] != "websocket.disconnect":
            pass
        self.open = False
