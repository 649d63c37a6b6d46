"""A session on an open socket: what its page says is heard, and the effects are carried out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from functools import partial
from typing import cast

from channels.db import database_sync_to_async
from django.utils import timezone

from rooms.live import this_process
from rooms.live.inbox import WOKEN, Inbox
from rooms.live.registry import Registry
from rooms.live.retry import DATABASE_AWAY, patiently
from rooms.live.room_here import RoomHere
from rooms.live.sockets import Socket
from rooms.models import Room, ServerProcess
from rooms.protocol import effects as to_do
from rooms.protocol import messages
from rooms.protocol.admission import Admission, DoorState
from rooms.protocol.effects import Effect
from rooms.protocol.messages import Command, Join, RoomFacts
from rooms.protocol.outcomes import Arrived, Snapshot, Waits
from rooms.protocol.seating import PATIENCE
from rooms.protocol.session import Session
from rooms.protocol.who import State
from rooms.roster import arrivals, commands, doors, entrance, lobby, seats
from rooms.roster.orders import NotAllowed, NotInside

logger = logging.getLogger(__name__)


class Conversation:
    """Carries out what a session wants, and tells it what came of it. Decides nothing."""

    __slots__ = ("here", "inbox", "registry", "session", "socket")

    def __init__(
        self, registry: Registry, here: RoomHere, socket: Socket, session: Session, inbox: Inbox
    ) -> None:
        self.registry = registry
        self.here = here
        self.socket = socket
        self.session = session
        self.inbox = inbox
        socket.wake = inbox.wake

    # -- from the greeting to the end -----------------------------------------------------------

    async def greet(self, room: Room, title: str, capacity: int) -> None:
        """Say what they find: the first thing that they hear."""

        def work() -> tuple[Admission, DoorState, Snapshot]:
            return *doors.find(room, self.socket.who.admission), seats.snapshot(room.pk)

        admission, status, snapshot = await database_sync_to_async(work)()
        self._learn(snapshot)
        rules = snapshot.rules
        facts = RoomFacts(self.here.code, title, capacity, rules.access, rules.lobby)
        opens_in = status.opens_in(timezone.now())
        await self._carry_out(self.session.greeted(facts, status, opens_in, snapshot, admission.role))

    async def go_on(self) -> None:
        """Hear frames and carry out their effects until the socket closes.

        A fault of ours ends it too: the server closes with 1011, and the page comes back.
        """
        is_open, code = True, None
        try:
            code = await self._hear_all()
            is_open = False
        finally:
            # When the process stops, the registry has the last word on the sockets that are still open.
            if not (is_open and self.registry.is_stopping):
                self.end(code)
            self.inbox.close()

    async def _hear_all(self) -> int | None:
        """Until the socket closes; its code."""
        session, inbox, who = self.session, self.inbox, self.socket.who
        while True:
            event = await inbox.next(may_be_woken=who.state is State.WAITING)
            if event is WOKEN:
                await self._carry_out(session.woken())
            elif event["type"] == "websocket.disconnect":
                return cast("int | None", event.get("code"))
            else:
                await self._carry_out(session.hear(event.get("text")))

    def end(self, code: int | None) -> None:
        """The socket is gone."""
        self.socket.lost()
        spoke = self.registry.closed(self.here, self.socket)
        if not self.registry.is_stopping:
            for effect in self.session.closed(code, spoke=spoke):
                self._do(effect)

    # -- effects --------------------------------------------------------------------------------

    async def _carry_out(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            if type(effect) in _QUESTIONS:
                await self._carry_out(await self._ask(effect))
            else:
                self._do(effect)

    def _do(self, effect: Effect) -> None:
        """Carry out what needs no answer. What takes longer goes on beside the conversation."""
        registry, here, socket = self.registry, self.here, self.socket
        match effect:
            case to_do.Relay(to, signal):
                registry.relay(here, socket, to, signal)
            case to_do.Reply(message):
                socket.reply(messages.dump(message))
            case to_do.Release(forgetting):
                if forgetting:
                    socket.forget_held()
                socket.release()
            case to_do.Close(code):
                socket.close(code)
            case to_do.SetAlarm(seconds):
                self.inbox.set_alarm(seconds)
            case to_do.TakeOver(elsewhere):
                registry.take_over(here, socket, elsewhere)
            case to_do.Publish(change):
                registry.publish(change)
            case to_do.TellHosts():
                registry.tell_hosts(here.code)
            case to_do.LookAtLobby():
                registry.look_at_lobby(here)
            case to_do.TellOfDecision(names, admitted):
                decided = messages.Decided(socket.who.me, admitted, names)
                registry.say_to_hosts(here.code, decided, but=socket.who.me)
            case to_do.TellOfFlood(participant):
                registry.tell_of_flood(here, participant, socket.who.me)
            case to_do.NoteConnections(said):
                registry.connection_reports.add(here.room_id, socket.who.me, said)
            case to_do.RememberName(name):
                registry.spawn(patiently(partial(entrance.remember_name, socket.who.grant.session_key, name)))
            case to_do.GiveUpSeat():
                registry.leave(here, socket)
                registry.spawn(registry.give_up_seat(here.room_id, socket.who.key))
            case to_do.MarkAway(is_lost):
                registry.spawn(registry.mark_away(here.room_id, socket.who.key, is_lost=is_lost))
            case to_do.LoseJoinRequest():
                registry.spawn(registry.lose_join_request(here.code, socket.who.key))
            case _:
                raise AssertionError(effect)

    async def _ask(self, effect: Effect) -> list[Effect]:
        """Carry out what the session waits for; what it makes of the answer."""
        match effect:
            case to_do.Enter(join):
                return await self._enter(join)
            case to_do.Pause(seconds):
                await asyncio.sleep(seconds)
            case to_do.RenewLease():
                await this_process.heartbeat().beat()
            case to_do.ShowRoster():
                snapshot = await patiently(partial(seats.snapshot, self.here.room_id), PATIENCE)
                self._learn(snapshot)
                return self.session.shown(snapshot)
            case to_do.ShowOut():
                await self.registry.show_out(self.here, self.socket.who.me, self.socket)
            case to_do.Decide(join_requests, admitted):
                return await self._decide(join_requests, admitted)
            case to_do.CarryOut(command):
                return await self._command(command)
        return []

    async def _enter(self, join: Join) -> list[Effect]:
        """Ask for a seat.

        Reachable before the others hear of it; silent until the session has said what comes first.
        """
        registry, here, socket = self.registry, self.here, self.socket
        loop = asyncio.get_running_loop()

        def announce(me: str) -> None:
            loop.call_soon_threadsafe(registry.enter, here, socket, me)

        def work() -> Arrived | Waits:
            return arrivals.arrive(
                here.room_id,
                socket.who.admission,
                join,
                grant=socket.who.grant,
                server_id=registry.id,
                socket=socket.who.key,
                announce=announce,
            )

        socket.hold()
        try:
            outcome = await database_sync_to_async(work)()
        except doors.NotAdmitted as refusal:
            registry.restore(here, socket)
            return self.session.refused(refusal.reason)
        except (ServerProcess.DoesNotExist, *DATABASE_AWAY) as error:
            unknown = isinstance(error, ServerProcess.DoesNotExist)
            again = self.session.lease_lost() if unknown else self.session.try_lost()
            if not again:
                raise
            logger.warning("no seat could be given; trying again: %s", error)
            return again
        if isinstance(outcome, Waits):
            registry.restore(here, socket)
            return self.session.must_wait(outcome)
        self._learn(outcome.snapshot)
        return self.session.seated(outcome)

    async def _command(self, command: Command) -> list[Effect]:
        work = partial(commands.carry_out, self.here.room_id, self.socket.who.me, command)
        try:
            change = await patiently(work, PATIENCE)
        except NotInside:
            return self.session.no_participant()
        except NotAllowed as refusal:
            return self.session.not_allowed(str(refusal))
        return self.session.carried_out(command, change)

    async def _decide(self, join_requests: list[str], admitted: bool) -> list[Effect]:
        decide = partial(
            lobby.decide, self.here.room_id, self.socket.who.me, join_requests, admitted=admitted
        )
        try:
            names = await patiently(decide, PATIENCE)
        except NotAllowed as refusal:
            return self.session.not_allowed(str(refusal))
        if not names:
            # Somebody else was quicker: this page does not know it yet.
            self.socket.lobby_shown = ""
        return self.session.decided(names, admitted=admitted)

    def _learn(self, snapshot: Snapshot) -> None:
        self.here.locate(snapshot.where, self.registry.channel, snapshot.rev)
        if self.here.seen is None:
            self.here.seen = snapshot.rev
        self.registry.learn_rules(self.here, snapshot.rules, snapshot.rev)
        self.socket.rev = snapshot.rev


# What is waited for before the next effect.
_QUESTIONS: frozenset[type[Effect]] = frozenset(
    {
        to_do.Enter,
        to_do.Pause,
        to_do.RenewLease,
        to_do.ShowRoster,
        to_do.ShowOut,
        to_do.Decide,
        to_do.CarryOut,
    }
)
