"""One participant's conversation with a room, without any I/O: frames in, effects out.

The caller carries the effects out in order and tells the session what came of a join (`welcomed`). Time
comes in through the constructor as a clock of seconds that never goes back.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from rooms.protocol import messages
from rooms.protocol.messages import (
    Admit,
    Bye,
    ByeReason,
    Candidates,
    ClientMessage,
    Condition,
    Description,
    Failed,
    Flooded,
    Ice,
    IceServers,
    Join,
    Leave,
    Links,
    NeedOffer,
    Ping,
    Pong,
    ProtocolError,
    Refuse,
    RelayedSignal,
    Remove,
    Role,
    ServerMessage,
    SetLobby,
    Signal,
    Sync,
)

# docs/signaling.md, "The rest".
BURST = 200
FRAMES_PER_SECOND = 40.0
MAX_TOO_FAST = 3
MAX_REFUSED = 10
# A visitor needs a few signals for everybody inside, once; whoever gets them answers each.
VISITOR_BURST = 60
VISITOR_SIGNALS_PER_SECOND = 3.0
# Generations below this one are of before the click.
FIRST_GENERATION = 1000
# Asked again sooner, the same credentials are given again.
ICE_PAUSE = 10.0
# Each may become rows in the database, so there are fewer of these than of other frames.
LINKS_BURST = 10
LINKS_PER_SECOND = 1.0
# Each reaches every host, so nobody says it of many.
FLOODED_BURST = 5
FLOODED_PER_SECOND = 0.05
# Each is looked at by everybody who stands at the door.
LOBBY_BURST = 5
LOBBY_PER_SECOND = 0.5


class State(enum.Enum):
    """Where a conversation stands."""

    WAITING = "before the click: may enter, is not inside"
    KNOCKING = "after the click: waits to be let in"
    JOINED = "inside"
    OVER = "nothing that arrives matters any more"


# -- effects ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reply:
    """Send a message to this socket."""

    message: ServerMessage


@dataclass(frozen=True, slots=True)
class Relay:
    """Hand a signal to another participant of this room, or tell this one that it cannot be done."""

    to: str
    signal: RelayedSignal


@dataclass(frozen=True, slots=True)
class Enter:
    """Ask for a seat; `welcomed` is called when there is one."""

    join: Join


@dataclass(frozen=True, slots=True)
class GiveUpSeat:
    """Take this participant out of the roster."""


@dataclass(frozen=True, slots=True)
class SendAway:
    """Remove somebody for good; answered with `no-participant` when they are not inside."""

    participant: str


@dataclass(frozen=True, slots=True)
class AnswerKnocks:
    """Let people in who wait, or send them away; those who wait no more are passed over."""

    knocks: list[str]
    admitted: bool


@dataclass(frozen=True, slots=True)
class ChangeLobby:
    """Have whoever comes from now on wait for a host, or not any more."""

    on: bool


@dataclass(frozen=True, slots=True)
class NoteLinks:
    """Keep what this participant says of their links."""

    links: dict[str, Condition]


@dataclass(frozen=True, slots=True)
class TellOfFlood:
    """Tell hosts that this participant has let go of another, or of somebody at the door."""

    participant: str


@dataclass(frozen=True, slots=True)
class ShowRoster:
    """Send a snapshot to this socket."""


@dataclass(frozen=True, slots=True)
class Close:
    """Close this socket."""

    code: int


Effect = (
    Reply
    | Relay
    | Enter
    | GiveUpSeat
    | SendAway
    | AnswerKnocks
    | ChangeLobby
    | NoteLinks
    | TellOfFlood
    | ShowRoster
    | Close
)


class TokenBucket:
    """Lets `burst` frames pass at once and `rate` a second for long."""

    __slots__ = ("burst", "clock", "filled_at", "rate", "tokens")

    def __init__(self, burst: float, rate: float, clock: Callable[[], float]) -> None:
        self.burst = burst
        self.rate = rate
        self.clock = clock
        self.tokens = burst
        self.filled_at = clock()

    def take(self) -> bool:
        """Whether one more may pass now."""
        now = self.clock()
        self.tokens = min(self.burst, self.tokens + (now - self.filled_at) * self.rate)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True

    @property
    def is_full(self) -> bool:
        """As after the last `take`, but for the one that it took."""
        return self.tokens >= self.burst - 1


class Session:
    """The state machine of one socket that may enter."""

    def __init__(
        self,
        role: Role,
        ice: Callable[[], IceServers],
        clock: Callable[[], float],
        given: IceServers | None = None,
        *,
        visitor: str = "",
        outside: bool = False,
    ) -> None:
        """`visitor`: the id under which they may signal before the click; "" when they may not.

        `outside`: they find the door shut, and learn nothing of the room before they are let in.
        """
        self.role = role
        self.outside = outside
        self.visitor = visitor
        self.me = ""
        self.state = State.WAITING
        self.refused = 0
        self.too_fast = 0
        self.bucket = TokenBucket(BURST, FRAMES_PER_SECOND, clock)
        self.links_bucket = TokenBucket(LINKS_BURST, LINKS_PER_SECOND, clock)
        self.flooded_bucket = TokenBucket(FLOODED_BURST, FLOODED_PER_SECOND, clock)
        self.lobby_bucket = TokenBucket(LOBBY_BURST, LOBBY_PER_SECOND, clock)
        self.visitor_bucket = TokenBucket(VISITOR_BURST, VISITOR_SIGNALS_PER_SECOND, clock)
        self.clock = clock
        self.ice = ice
        self.given = given
        self.given_at = clock()

    def hear(self, frame: str | None) -> list[Effect]:
        """The effects of a frame as it came from the socket (None: it was binary)."""
        if self.state is State.OVER:
            return []
        try:
            self._pass_limit()
            return self.receive(messages.parse(frame))
        except ProtocolError as error:
            return self.refuse(error)

    def receive(self, message: ClientMessage) -> list[Effect]:
        """The effects of a message, for the caller to carry out in order. Raises ProtocolError."""
        match self.state, message:
            # First, since almost everything is one of these.
            case State.JOINED, Description() | Candidates() | NeedOffer():
                return [self._relay(message, self.me)]
            case _, Ping():
                return [Reply(Pong())]
            case _, Sync() | Ice() if self.outside:
                raise ProtocolError("not-joined", "you are not let in yet")
            case _, Sync():
                return [ShowRoster()]
            case _, Ice():
                return [Reply(self._credentials())]
            case State.WAITING, Join():
                return [Enter(message)]
            case State.KNOCKING, Join():
                raise ProtocolError("already-joined", "this socket waits to be let in")
            case State.KNOCKING, Leave():
                self.state = State.OVER
                return [Close(1000)]
            case State.JOINED, Join():
                raise ProtocolError("already-joined", "this socket has joined")
            case State.WAITING, Description() | Candidates() | NeedOffer() if self.visitor:
                return [self._knock(message)]
            case State.KNOCKING, Description() | Candidates() | NeedOffer() if self.visitor:
                # Under way when the door was shut, and no fault of theirs; nobody hears it.
                self._spend_of_visit()
                return []
            case State.WAITING | State.KNOCKING, _:
                raise ProtocolError("not-joined", "send `join` first, and wait to be let in")
            case _, Leave():
                self.state = State.OVER
                return [GiveUpSeat(), Close(1000)]
            case _, Remove(participant=participant):
                if self.role != "host":
                    raise ProtocolError("not-allowed", "only a host removes people")
                if participant == self.me:
                    raise ProtocolError("not-allowed", "leave instead of removing yourself")
                return [SendAway(participant)]
            case _, Admit(knocks=knocks) | Refuse(knocks=knocks):
                if self.role != "host":
                    raise ProtocolError("not-allowed", "only a host lets people in")
                return [AnswerKnocks(knocks, isinstance(message, Admit))]
            case _, SetLobby(on=on):
                if self.role != "host":
                    raise ProtocolError("not-allowed", "only a host changes who waits")
                if not self.lobby_bucket.take():
                    raise ProtocolError("too-fast", "`set-lobby` a few times is enough")
                return [ChangeLobby(on)]
            case _, Links(links=links):
                if self.me in links:
                    raise ProtocolError("not-allowed", "a link leads to somebody else")
                if not self.links_bucket.take():
                    raise ProtocolError(
                        "too-fast", f"`links` at most {LINKS_PER_SECOND:.0f} a second for long"
                    )
                return [NoteLinks(links)]
            case _, Flooded(participant=participant):
                if participant == self.me:
                    raise ProtocolError("not-allowed", "nobody lets go of themselves")
                # Over the limit it is no fault: of a crowd that misbehaves, hosts know after the first few.
                return [TellOfFlood(participant)] if self.flooded_bucket.take() else []
        raise AssertionError(f"{message} while {self.state}")  # the cases above are all there are

    def _knock(self, signal: Signal) -> Relay:
        if signal.generation >= FIRST_GENERATION:
            raise ProtocolError("not-allowed", f"before joining, generations are below {FIRST_GENERATION}")
        self._spend_of_visit()
        return self._relay(signal, self.visitor)

    def _spend_of_visit(self) -> None:
        if not self.visitor_bucket.take():
            raise ProtocolError("too-fast", "before joining, a few signals to each are enough")

    def _relay(self, signal: Signal, sender: str) -> Relay:
        if signal.to == sender:
            raise ProtocolError("not-allowed", "a signal is for somebody else")
        return Relay(signal.to, signal.sent_by(sender))

    def must_wait(self) -> None:
        """The join is not answered yet: they wait until they are let in."""
        self.state = State.KNOCKING
        self.outside = True

    def welcomed(self, me: str, role: Role) -> list[Effect]:
        """The effects of having been given a seat."""
        # Who was outside has got no servers yet.
        effects: list[Effect] = [Reply(self._credentials())] if self.outside else []
        self.me = me
        self.role = role
        self.outside = False
        self.state = State.JOINED
        return effects

    def take_role(self, role: Role) -> None:
        """The organizer made them a host while they are inside, or takes that back."""
        self.role = role

    def refuse(self, error: ProtocolError) -> list[Effect]:
        """The effects of a refused frame: say so, and close after too many."""
        effects: list[Effect] = [Reply(Failed(error.error, str(error)))]
        if error.error == "too-fast":
            self.too_fast += 1
            if self.too_fast >= MAX_TOO_FAST:
                effects += self.end("too-fast")
        else:
            self.refused += 1
            if self.refused >= MAX_REFUSED:
                effects += self.end("protocol")
        return effects

    def end(self, reason: ByeReason) -> list[Effect]:
        """The effects of ending the conversation from this side."""
        if self.state is State.OVER:
            return []
        self.state = State.OVER
        return [Reply(Bye(reason)), Close(messages.CLOSE_CODES[reason])]

    def _pass_limit(self) -> None:
        if not self.bucket.take():
            raise ProtocolError("too-fast", f"at most {FRAMES_PER_SECOND:.0f} frames a second for long")
        if self.bucket.is_full:
            # It was quiet for long: what was too fast then is forgiven.
            self.too_fast = 0

    def _credentials(self) -> IceServers:
        if self.given is None or self.clock() - self.given_at >= ICE_PAUSE:
            self.given, self.given_at = self.ice(), self.clock()
        return self.given
