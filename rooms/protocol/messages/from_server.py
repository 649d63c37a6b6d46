"""What the server says."""

from __future__ import annotations

from typing import Literal

from rooms.protocol.messages.parts import (
    Candidate,
    IceServer,
    Knock,
    Participant,
    RoomFacts,
    Rules,
    SessionDescription,
)
from rooms.protocol.messages.words import (
    Access,
    ByeReason,
    Door,
    Error,
    LeftReason,
    Message,
    OrderName,
    Role,
)


class Ready(Message, frozen=True, tag="ready"):
    """You may enter; this is who is inside."""

    version: int
    # The id of whoever joins by this socket as somebody new.
    me: str
    # Connections before the click are welcome.
    early: bool
    room: RoomFacts
    role: Role
    # Whoever finds it other than open sees nobody, and gets no ICE servers, before they are let in.
    door: Door
    # In so many seconds, when it is a matter of time.
    opens_in: float | None
    rev: int
    participants: list[Participant]
    # None to whoever finds the door other than open.
    rules: Rules | None
    ice_servers: list[IceServer]
    ice_expires_at: int | None
    # In seconds from now: a client's clock may be hours away from ours.
    ice_expires_in: int | None = None


class Waiting(Message, frozen=True, tag="waiting"):
    """You have asked to be let in, and wait; said again whenever something about it changes."""

    door: Door
    # The name of a host inside who can let you in; "" when there is none.
    host: str
    opens_in: float | None


class Lobby(Message, frozen=True, tag="lobby"):
    """To hosts: everybody who waits to be let in, the longest first."""

    knocks: list[Knock]


class Decided(Message, frozen=True, tag="decided"):
    """To the other hosts: which of them has let in these people who waited, or has not."""

    by: str
    admitted: bool
    # As hosts read them in the lobby.
    names: list[str]


class FloodedBy(Message, frozen=True, tag="flooded"):
    """To hosts: what one participant says of another, or of somebody at the door."""

    participant: str
    # What is known of somebody who has not come in; "" if nothing is. Of those inside the roster knows more.
    name: str
    # Who says so: the server's word.
    by: str


class Welcome(Message, frozen=True, tag="welcome"):
    """You are in."""

    me: str
    token: str
    resumed: bool
    rev: int
    participants: list[Participant]
    rules: Rules


class Snapshot(Message, frozen=True, tag="snapshot"):
    """Everybody inside, and the rules, at a `rev`."""

    rev: int
    participants: list[Participant]
    rules: Rules


class ParticipantJoined(Message, frozen=True, tag="participant-joined"):
    """Somebody new."""

    rev: int
    participant: Participant


class ParticipantUpdated(Message, frozen=True, tag="participant-updated"):
    """Somebody is away, back, renamed, on a new page, of another role, muted, stopped or asked."""

    rev: int
    participant: Participant


class ParticipantLeft(Message, frozen=True, tag="participant-left"):
    """Somebody is gone."""

    rev: int
    id: str
    reason: LeftReason


class RulesChanged(Message, frozen=True, tag="rules"):
    """Another rule holds; all of them each time, as in `Rules`."""

    rev: int
    # The host who has changed it; None: it was changed with the plan of the meeting.
    by: str | None
    access: Access
    lobby: bool
    locked: bool
    share: bool
    chat: bool
    unmute: bool
    record: bool
    rename: bool
    spotlight: str | None
    ends_in: float | None


class Order(Message, frozen=True, tag="order"):
    """What a host has ordered, so that pages can say it in words. What holds by it is in the roster."""

    rev: int
    order: OrderName
    by: str
    participants: list[str]
    # It was about everybody but hosts, not about some of them.
    all: bool
    # What whoever was renamed or removed was called before.
    name: str | None


class RelayedDescription(Message, frozen=True, tag="description"):
    """A description as it arrives: the sender is the server's word."""

    sender: str
    generation: int
    description: SessionDescription


class RelayedCandidates(Message, frozen=True, tag="candidates"):
    """Candidates as they arrive."""

    sender: str
    generation: int
    candidates: list[Candidate | None]


class RelayedNeedOffer(Message, frozen=True, tag="need-offer"):
    """A wish for an offer as it arrives."""

    sender: str
    generation: int
    reason: Literal["ice", "connection"]


class Undeliverable(Message, frozen=True, tag="undeliverable"):
    """Your signal reached nobody."""

    to: str
    generation: int


class IceServers(Message, frozen=True, tag="ice-servers"):
    """Fresh credentials."""

    ice_servers: list[IceServer]
    ice_expires_at: int | None
    ice_expires_in: int | None = None


class SetUp(Message, frozen=True, tag="set-up"):
    """To whoever tests their set-up: the ICE servers to try, for two minutes."""

    ice_servers: list[IceServer]


class Pong(Message, frozen=True, tag="pong"):
    """I am here."""


class Failed(Message, frozen=True, tag="failed"):
    """Your frame was refused and changed nothing."""

    error: Error
    message: str


class Bye(Message, frozen=True, tag="bye"):
    """Why this socket is about to be closed."""

    reason: ByeReason


Event = ParticipantJoined | ParticipantUpdated | ParticipantLeft | RulesChanged | Order
RelayedSignal = RelayedDescription | RelayedCandidates | RelayedNeedOffer
ServerMessage = (
    Ready
    | Waiting
    | Lobby
    | Decided
    | FloodedBy
    | Welcome
    | Snapshot
    | ParticipantJoined
    | ParticipantUpdated
    | ParticipantLeft
    | RulesChanged
    | Order
    | RelayedDescription
    | RelayedCandidates
    | RelayedNeedOffer
    | Undeliverable
    | IceServers
    | SetUp
    | Pong
    | Failed
    | Bye
)
