"""What a session wants done. Its caller carries these out in order."""

from __future__ import annotations

import msgspec

from rooms.protocol.messages import Command, Condition, Join, RelayedSignal, ServerMessage
from rooms.protocol.outcomes import Change, SocketElsewhere

# -- on this socket -----------------------------------------------------------------------------


class Reply(msgspec.Struct, frozen=True):
    """Send a message to this socket."""

    message: ServerMessage


class Release(msgspec.Struct, frozen=True):
    """Send what others have said since it was held back; or forget that, since it is not for them."""

    forgetting: bool


class Close(msgspec.Struct, frozen=True):
    """Close this socket."""

    code: int


class SetAlarm(msgspec.Struct, frozen=True):
    """Say `woken` in so many seconds, in place of any alarm before; None: not at all."""

    seconds: float | None


class Pause(msgspec.Struct, frozen=True):
    """Wait for so many seconds before what comes next."""

    seconds: float


# -- to be answered by a method of the session --------------------------------------------------


class Enter(msgspec.Struct, frozen=True):
    """Ask for a seat.

    Nothing else is heard until one of `seated`, `must_wait`, `refused`, `lease_lost` and `try_lost` has said
    what came of it. What others say meanwhile is held back.
    """

    join: Join


class ShowRoster(msgspec.Struct, frozen=True):
    """Read who is inside: `shown`."""


class Decide(msgspec.Struct, frozen=True):
    """Let people in who wait, or send them away: `decided`, or else `not_allowed`."""

    join_requests: list[str]
    admitted: bool


class CarryOut(msgspec.Struct, frozen=True):
    """Do what somebody inside asks for: `carried_out`, or else `no_participant` or `not_allowed`."""

    command: Command


# -- to others ----------------------------------------------------------------------------------


class Relay(msgspec.Struct, frozen=True):
    """Hand a signal to another participant of this room, or tell this one that it cannot be done."""

    to: str
    signal: RelayedSignal


class TakeOver(msgspec.Struct, frozen=True):
    """Close the older sockets of whoever has come back on this one, here or in another process."""

    elsewhere: SocketElsewhere | None


class Publish(msgspec.Struct, frozen=True):
    """Tell everybody in the room what has changed."""

    change: Change


class TellHosts(msgspec.Struct, frozen=True):
    """Have hosts everywhere look at who waits."""


class LookAtLobby(msgspec.Struct, frozen=True):
    """Have this host see who waits."""


class TellOfDecision(msgspec.Struct, frozen=True):
    """Tell the other hosts that this one has let these people in, or has not."""

    names: list[str]
    admitted: bool


class TellOfFlood(msgspec.Struct, frozen=True):
    """Tell hosts that this participant has let go of another, or of somebody at the door."""

    participant: str


class ShowOut(msgspec.Struct, frozen=True):
    """They are not inside any more: close, and say why."""


# -- to be kept ---------------------------------------------------------------------------------


class RenewLease(msgspec.Struct, frozen=True):
    """This process was taken for dead: take its lease again, before what comes next."""


class RememberName(msgspec.Struct, frozen=True):
    """Fill in the name the next time that this browser comes."""

    name: str


class NoteConnections(msgspec.Struct, frozen=True):
    """Keep what this participant says of their connections."""

    connections: dict[str, Condition]


class GiveUpSeat(msgspec.Struct, frozen=True):
    """Take this participant out of the roster."""


class MarkAway(msgspec.Struct, frozen=True):
    """They are not connected any more: by a fault, or because their page went away. Their seat is kept."""

    is_lost: bool


class LoseJoinRequest(msgspec.Struct, frozen=True):
    """Nobody waits on this socket any more."""


Effect = (
    Relay
    | Reply
    | Release
    | Close
    | SetAlarm
    | Pause
    | Enter
    | ShowRoster
    | Decide
    | CarryOut
    | TakeOver
    | Publish
    | TellHosts
    | LookAtLobby
    | TellOfDecision
    | TellOfFlood
    | ShowOut
    | RenewLease
    | RememberName
    | NoteConnections
    | GiveUpSeat
    | MarkAway
    | LoseJoinRequest
)
