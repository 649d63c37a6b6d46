"""What the roster answers: a seat, the need to wait, who is inside, and what the others are to hear of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from rooms.protocol import messages
from rooms.protocol.admission import DoorState
from rooms.protocol.messages import ByeReason, Event, Role


@dataclass
class Change:
    """What a transaction changed, for everybody who is connected to this room."""

    code: str
    events: list[Event] = field(default_factory=list)
    # The processes that those of the events are connected to: participant id -> layer channel.
    where: dict[str, str] = field(default_factory=dict)
    # Whose sockets are to be closed, and why.
    endings: dict[str, ByeReason] = field(default_factory=dict)
    # Who may not even wait at the door any more: what a removal is about.
    removed: list[str] = field(default_factory=list)
    # Why every socket of the room is to be closed.
    ended: ByeReason | None = None
    # The door may stand otherwise to those who are at it.
    doors: bool = False
    # A host has ended the call: nobody waits for it any more.
    call_ended: bool = False


@dataclass(frozen=True)
class JoinRequested:
    """Somebody waits to be let in."""

    join_request: str
    status: DoorState
    # In so many seconds the door opens, if that is what they wait for.
    opens_in: float | None
    # The name of a host who is inside; "" when there is none.
    host: str
    # Hosts do not know of it yet.
    is_news: bool


@dataclass(frozen=True)
class Snapshot:
    """Everybody inside, and the rules, at a `rev`."""

    rev: int
    participants: list[messages.Participant]
    where: dict[str, str]
    rules: messages.Rules


@dataclass(frozen=True)
class SocketElsewhere:
    """A socket of another process."""

    # The layer channel of the process.
    channel: str
    key: str


@dataclass(frozen=True)
class Arrived:
    """Somebody has a seat."""

    me: str
    role: Role
    token: str
    resumed: bool
    snapshot: Snapshot
    change: Change
    # The socket that this one replaces, if another process holds it.
    replaced: SocketElsewhere | None
    # They were waiting at the door until now.
    has_waited: bool


@dataclass(frozen=True)
class Waits:
    """Somebody has to wait before they get a seat."""

    requested: JoinRequested
    change: Change
