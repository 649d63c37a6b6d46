# Long, since it is the whole conversation: what each frame means, in each state.
"""One participant's conversation with a room, without any I/O, from the greeting to the end.

What happens is told by a method: a frame came (`hear`), a seat was given (`seated`), somebody who waits is to
ask again (`woken`), the socket is gone (`closed`). Each answers with effects, which the caller carries out in
order. Time comes in as a clock of seconds that never goes back.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import UNSET

from rooms.protocol import messages
from rooms.protocol.admission import DoorState
from rooms.protocol.effects import (
    CarryOut,
    Close,
    Decide,
    Effect,
    GiveUpSeat,
    NoteConnections,
    Publish,
    Relay,
    Release,
    RememberName,
    Reply,
    ShowOut,
    ShowRoster,
    TellHosts,
    TellOfDecision,
    TellOfFlood,
)
from rooms.protocol.limits import (
    COMMANDS_PER_SECOND,
    FRAMES_PER_SECOND,
    LINKS_PER_SECOND,
    MAX_REFUSED,
    MAX_TOO_FAST,
    Limits,
)
from rooms.protocol.messages import (
    Admit,
    AskUnmute,
    Candidates,
    ClientMessage,
    Command,
    Description,
    End,
    Failed,
    Flooded,
    Ice,
    IceServers,
    Join,
    Leave,
    Links,
    LowerHand,
    Mute,
    NeedOffer,
    Ping,
    Pong,
    ProtocolError,
    Ready,
    Refuse,
    Remove,
    Rename,
    Role,
    RoomFacts,
    SetLobby,
    SetRole,
    SetRules,
    Signal,
    StartCamera,
    StopCamera,
    Sync,
    Unmute,
)
from rooms.protocol.outcomes import Change, Snapshot
from rooms.protocol.seating import Seating
from rooms.protocol.who import State, Who

# Generations below this one are of before the click.
FIRST_GENERATION = 1000


class Session(Seating):
    """The state machine of one socket that may enter. Where it stands is in `who`."""

    __slots__ = ("_is_early", "_limits")

    def __init__(
        self,
        who: Who,
        ice: Callable[[], IceServers],
        clock: Callable[[], float],
        *,
        early: bool = False,
    ) -> None:
        """`early`: they may signal before the click, under the id that they will have."""
        super().__init__(who, ice, clock)
        self._is_early = early
        self._limits = Limits(clock)

    def greeted(
        self,
        room: RoomFacts,
        status: DoorState,
        opens_in: float | None,
        snapshot: Snapshot,
        role: Role | None = None,
    ) -> list[Effect]:
        """They may enter: tell them so, and of the room if its door is open.

        `role`: what they count as in the call that goes on, if that is another than the plan has it.
        """
        who = self.who
        who.role = role or who.role
        outside = who.is_shut_out = status.door != "open"
        self._is_early = self._is_early and not outside
        given = None if outside else self._credentials()
        ready = Ready(
            version=messages.VERSION,
            me=who.key,
            early=self._is_early,
            room=room,
            role=who.role,
            door=status.door,
            opens_in=opens_in,
            rev=0 if outside else snapshot.rev,
            participants=[] if outside else snapshot.participants,
            rules=None if outside else snapshot.rules,
            ice_servers=given.ice_servers if given else [],
            ice_expires_at=given.ice_expires_at if given else None,
            ice_expires_in=given.ice_expires_in if given else None,
        )
        return [Reply(ready), Release(forgetting=outside)]

    # -- frames ---------------------------------------------------------------------------------

    def hear(self, frame: str | None) -> list[Effect]:
        """The effects of a frame as it came from the socket (None: it was binary)."""
        if self.who.state is State.OVER:
            return []
        try:
            if not self._limits.pass_frame():
                raise ProtocolError("too-fast", f"at most {FRAMES_PER_SECOND:.0f} frames a second for long")
            return self.receive(messages.parse(frame))
        except ProtocolError as error:
            return self.reject(error)

    def receive(self, message: ClientMessage) -> list[Effect]:
        """The effects of a message, for the caller to carry out in order. Raises ProtocolError."""
        who = self.who
        match who.state, message:
            # First, since almost everything is one of these.
            case State.JOINED, Description() | Candidates() | NeedOffer():
                return [self._relay(message, who.me)]
            case _, Ping():
                return [Reply(Pong())]
            case _, Sync() | Ice() if who.is_shut_out:
                raise ProtocolError("not-joined", "you are not let in yet")
            case _, Sync():
                return [ShowRoster()]
            case _, Ice():
                return [Reply(self._credentials())]
            case State.PREJOIN, Join():
                self._asked = message
                return self._ask_for_seat()
            case State.WAITING, Join():
                raise ProtocolError("already-joined", "this socket waits to be let in")
            case State.WAITING, Leave():
                who.state = State.OVER
                return [Close(1000)]
            case State.JOINED, Join():
                raise ProtocolError("already-joined", "this socket has joined")
            case State.PREJOIN, Description() | Candidates() | NeedOffer() if self._is_early:
                return [self._relay_early(message)]
            case State.WAITING, Description() | Candidates() | NeedOffer() if self._is_early:
                # Under way when the door was shut, and no fault of theirs; nobody hears it.
                self._spend_of_visit()
                return []
            case State.PREJOIN | State.WAITING, _:
                raise ProtocolError("not-joined", "send `join` first, and wait to be let in")
            case State.JOINED, Leave():
                who.state = State.OVER
                return [GiveUpSeat(), Close(1000)]
            case State.JOINED, _:
                return self._receive_inside(message)
        raise AssertionError(f"{message} while {who.state}")  # nothing is heard while a seat is asked for

    def _receive_inside(self, message: ClientMessage) -> list[Effect]:
        who = self.who
        match message:
            case Admit(knocks=knocks) | Refuse(knocks=knocks):
                self._for_hosts("only a host lets people in")
                self._spend_of_commands()
                return [Decide(knocks, isinstance(message, Admit))]
            case SetLobby():
                self._for_hosts("only a host changes who waits")
                self._spend_of_doors()
                return [CarryOut(message)]
            case Links(links=links):
                if who.me in links:
                    raise ProtocolError("not-allowed", "a link leads to somebody else")
                if not self._limits.links.take():
                    at_most = f"`links` at most {LINKS_PER_SECOND:.0f} a second for long"
                    raise ProtocolError("too-fast", at_most)
                return [NoteConnections(links)]
            case Flooded(participant=participant):
                if participant == who.me:
                    raise ProtocolError("not-allowed", "nobody lets go of themselves")
                # Over the limit it is no fault: of a crowd that misbehaves, hosts know after the first few.
                return [TellOfFlood(participant)] if self._limits.flooded.take() else []
            case (
                Mute()
                | StopCamera()
                | AskUnmute()
                | LowerHand()
                | Remove()
                | SetRules()
                | SetRole()
                | End()
                | Unmute()
                | StartCamera()
                | Rename()
            ):
                self._check_command(message)
                return [CarryOut(message)]
        raise AssertionError(message)  # the cases of both methods are all there are

    def _check_command(self, command: Command) -> None:
        """What can be said without looking at the roster: the rest is decided there."""
        me = self.who.me
        match command:
            case Unmute() | StartCamera():
                pass  # of themselves
            case Rename(participant=participant) if participant == me:
                pass
            case Remove(participant=participant):
                self._for_hosts("only a host removes people")
                if participant == me:
                    raise ProtocolError("not-allowed", "leave instead of removing yourself")
            case Mute(participants=ids) | StopCamera(participants=ids):
                self._for_hosts("only a host does that to others")
                self._about_others(ids)
            case AskUnmute(participants=ids) | LowerHand(participants=ids):
                self._for_hosts("only a host does that to others")
                self._about_others(ids)
            case _:
                self._for_hosts("only a host does that")
        if isinstance(command, SetRules) and command.locked is not UNSET:
            self._spend_of_doors()
        self._spend_of_commands()

    def _spend_of_doors(self) -> None:
        if not self._limits.lobby.take():
            raise ProtocolError("too-fast", "to open and shut the door a few times is enough")

    def _spend_of_commands(self) -> None:
        if not self._limits.commands.take():
            raise ProtocolError("too-fast", f"at most {COMMANDS_PER_SECOND:.0f} of these a second for long")

    def _about_others(self, participant_ids: list[str] | None) -> None:
        if participant_ids and self.who.me in participant_ids:
            raise ProtocolError("not-allowed", "do it yourself, it needs no order")

    def _for_hosts(self, otherwise: str) -> None:
        if self.who.role != "host":
            raise ProtocolError("not-allowed", otherwise)

    def _relay_early(self, signal: Signal) -> Relay:
        if signal.generation >= FIRST_GENERATION:
            raise ProtocolError("not-allowed", f"before joining, generations are below {FIRST_GENERATION}")
        self._spend_of_visit()
        return self._relay(signal, self.who.key)

    def _spend_of_visit(self) -> None:
        if not self._limits.visit.take():
            raise ProtocolError("too-fast", "before joining, a few signals to each are enough")

    def _relay(self, signal: Signal, sender: str) -> Relay:
        if signal.to == sender:
            raise ProtocolError("not-allowed", "a signal is for somebody else")
        return Relay(signal.to, signal.sent_by(sender))

    def reject(self, error: ProtocolError) -> list[Effect]:
        """The effects of a frame that is refused: say so, and close after too many."""
        effects: list[Effect] = [Reply(Failed(error.error, str(error)))]
        limits = self._limits
        if error.error == "too-fast":
            limits.too_fast += 1
            if limits.too_fast >= MAX_TOO_FAST:
                effects += self.end("too-fast")
        else:
            limits.refused += 1
            if limits.refused >= MAX_REFUSED:
                effects += self.end("protocol")
        return effects

    # -- other answers --------------------------------------------------------------------------

    def shown(self, snapshot: Snapshot) -> list[Effect]:
        """Who is inside, as they have asked."""
        who = self.who
        effects: list[Effect] = [
            Reply(messages.Snapshot(snapshot.rev, snapshot.participants, snapshot.rules))
        ]
        if who.state is State.JOINED and all(one.id != who.me for one in snapshot.participants):
            # They are out, and the news of it was lost.
            effects.append(ShowOut())
        return effects

    def carried_out(self, command: Command, change: Change) -> list[Effect]:
        """It is done; the others hear what has changed, if anything has."""
        effects: list[Effect] = [Publish(change)] if change.events else []
        match command:
            case Rename(participant=participant, name=name) if participant == self.who.me:
                if self.who.admission.user_id is None:
                    effects.append(RememberName(name))
        return effects

    def decided(self, names: list[str], *, admitted: bool) -> list[Effect]:
        """The host has decided about those who are called so; all others had an answer, or have gone."""
        effects: list[Effect] = [TellHosts()]
        if names:
            effects.append(TellOfDecision(names, admitted))
        return effects

    # Who is inside, and who is a host, may be another matter since a page has looked: it is told, and no
    # fault of its. How often, the limit of commands says.

    def no_participant(self) -> list[Effect]:
        """Whom they mean is not inside."""
        return [Reply(Failed("no-participant", "nobody with this id is inside"))]

    def not_allowed(self, why: str) -> list[Effect]:
        """The transaction found that they may not do this; the text is a sentence for a developer."""
        return [Reply(Failed("not-allowed", why))]
