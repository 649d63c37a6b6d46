"""The vocabulary on the wire (docs/signaling.md): one frozen type per message.

`parse` is the only validation there is: what it returns has the right members, types and sizes.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from accounts.names import NAME_LENGTH, clean_name

VERSION = 1
MAX_FRAME_BYTES = 65_536
MAX_NAME = NAME_LENGTH

Role = Literal["host", "participant"]
# Whom a meeting is open to (meetings.models.Meeting.Access).
Access = Literal["anyone", "known", "invited"]
# What somebody who may enter meets at the door: nothing, a door that opens later, no host yet, or the lobby.
# Or, once they are let in, that somebody has to leave first.
Door = Literal["open", "early", "host", "lobby", "full"]
# What is known of somebody who waits, beside the name that they typed.
Standing = Literal["invited", "account", "guest"]
MAX_KNOCKS = 50
LeftReason = Literal["left", "timeout", "removed", "ended"]
# How it goes with a link between two participants, as one of them finds it.
Condition = Literal["connected", "connecting", "repairing", "failed", "left"]
MAX_LINKS = 16
ParticipantId = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{22}\Z")]
# Beyond 2^53 a browser could not say the same number again.
Generation = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Error = Literal[
    "malformed",
    "unknown-type",
    "too-large",
    "too-fast",
    "not-joined",
    "already-joined",
    "not-allowed",
    "no-participant",
]
ByeReason = Literal[
    "protocol",
    "sign-in",
    "forbidden",
    "origin",
    "removed",
    "not-invited",
    "refused",
    "not-found",
    "replaced",
    "full",
    "elsewhere",
    "cancelled",
    "ended",
    "session",
    "too-fast",
    "restart",
]
CLOSE_CODES: dict[ByeReason, int] = {
    "protocol": 4400,
    "sign-in": 4401,
    "forbidden": 4403,
    "origin": 4403,
    "removed": 4403,
    "not-invited": 4403,
    "refused": 4403,
    "not-found": 4404,
    "replaced": 4408,
    "full": 4409,
    "elsewhere": 4409,
    "cancelled": 4410,
    "ended": 4410,
    "session": 4412,
    "too-fast": 4429,
    "restart": 4503,
}


class ProtocolError(Exception):
    """A frame that is refused; the text is a sentence for a developer."""

    def __init__(self, error: Error, message: str) -> None:
        super().__init__(message)
        self.error = error


class Message(msgspec.Struct, frozen=True, tag_field="type"):
    """What every message has in common: the member `type`."""


# -- what both directions are made of -----------------------------------------------------------


class Participant(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody in the roster, as the others know them; `name` is what they call themselves."""

    id: str
    name: str
    role: Role
    seat: int
    arrival: int
    away: bool
    # By what they came, and the name of that account or invitation; None for a guest.
    standing: Literal["invited", "account"] | None = None
    known_as: str | None = None


class SessionDescription(msgspec.Struct, frozen=True):
    """RTCSessionDescriptionInit; what is in `sdp` is between the browsers."""

    type: Literal["offer", "answer"]
    sdp: Annotated[str, Meta(max_length=49_152)]


class Candidate(msgspec.Struct, frozen=True, rename="camel"):
    """RTCIceCandidateInit."""

    candidate: Annotated[str, Meta(max_length=4096)]
    sdp_mid: Annotated[str, Meta(max_length=256)] | None = None
    sdp_m_line_index: Annotated[int, Meta(ge=0, le=65_535)] | None = None
    username_fragment: Annotated[str, Meta(max_length=256)] | None = None


class IceServer(msgspec.Struct, frozen=True, omit_defaults=True):
    """RTCIceServer."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class RoomFacts(msgspec.Struct, frozen=True):
    """What somebody at the door is told about the room."""

    code: str
    title: str
    capacity: int
    access: Access
    # Whether people wait until a host lets them in.
    lobby: bool


class Knock(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody who waits to be let in, as hosts see them."""

    id: str
    name: str
    standing: Standing
    # In Unix seconds.
    asked_at: int
    # The name of their account or invitation, as of a participant.
    known_as: str | None = None
    # The address that their invitation went to: which of two Bobs that is. Of accounts none is told.
    address: str | None = None


# -- from the client ----------------------------------------------------------------------------


class Join(Message, frozen=True, tag="join"):
    """The click: let me in under this name, or back in with this token."""

    name: Annotated[str, Meta(max_length=4 * MAX_NAME)]
    token: Annotated[str, Meta(max_length=200)] | None = None
    fresh: bool = True

    def __post_init__(self) -> None:
        # Too long a name is for its owner to shorten.
        name = clean_name(self.name, len(self.name))
        if not 1 <= len(name) <= MAX_NAME:
            raise ValueError(f"`name` has 1 to {MAX_NAME} characters, this one has {len(name)}")
        msgspec.structs.force_setattr(self, "name", name)


class Leave(Message, frozen=True, tag="leave"):
    """I give my seat up."""


class Remove(Message, frozen=True, tag="remove"):
    """A host sends somebody away for good."""

    participant: ParticipantId


class Admit(Message, frozen=True, tag="admit"):
    """A host lets people in who wait."""

    knocks: Annotated[list[ParticipantId], Meta(min_length=1, max_length=MAX_KNOCKS)]


class Refuse(Message, frozen=True, tag="refuse"):
    """A host does not let them in this time."""

    knocks: Annotated[list[ParticipantId], Meta(min_length=1, max_length=MAX_KNOCKS)]


class SetLobby(Message, frozen=True, tag="set-lobby"):
    """A host has whoever comes from now on wait until a host lets them in; or not any more."""

    on: bool


class Ice(Message, frozen=True, tag="ice"):
    """My credentials are about to expire."""


class Sync(Message, frozen=True, tag="sync"):
    """I missed an event."""


class Ping(Message, frozen=True, tag="ping"):
    """Are you there?"""


class Description(Message, frozen=True, tag="description"):
    """An offer or an answer for one participant."""

    to: ParticipantId
    generation: Generation
    description: SessionDescription

    def sent_by(self, sender: str) -> RelayedDescription:
        return RelayedDescription(sender, self.generation, self.description)


class Candidates(Message, frozen=True, tag="candidates"):
    """ICE candidates for one participant; null is the end of them."""

    to: ParticipantId
    generation: Generation
    candidates: Annotated[list[Candidate | None], Meta(max_length=64)]

    def sent_by(self, sender: str) -> RelayedCandidates:
        return RelayedCandidates(sender, self.generation, self.candidates)


class NeedOffer(Message, frozen=True, tag="need-offer"):
    """The side that answers asks the other one to offer."""

    to: ParticipantId
    generation: Generation
    reason: Literal["ice", "connection"]

    def sent_by(self, sender: str) -> RelayedNeedOffer:
        return RelayedNeedOffer(sender, self.generation, self.reason)


class Links(Message, frozen=True, tag="links"):
    """How it goes with my links: those whose condition has changed since I last said."""

    links: Annotated[dict[ParticipantId, Condition], Meta(min_length=1, max_length=MAX_LINKS)]


class Flooded(Message, frozen=True, tag="flooded"):
    """I have let go of somebody, who sent me more than a call can mean."""

    participant: ParticipantId


Signal = Description | Candidates | NeedOffer
ClientMessage = (
    Join
    | Leave
    | Remove
    | Admit
    | Refuse
    | SetLobby
    | Ice
    | Sync
    | Ping
    | Links
    | Flooded
    | Description
    | Candidates
    | NeedOffer
)


# -- from the server ----------------------------------------------------------------------------


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


class FloodedBy(Message, frozen=True, tag="flooded"):
    """To hosts: what one participant says of another, or of somebody at the door."""

    participant: str
    # What is known of somebody who has not come in; "" if nothing is. Of those inside the roster knows more.
    name: str
    # Who says so: the server's word.
    by: str


class Rules(Message, frozen=True, tag="rules"):
    """To hosts: whom the meeting is open to, and whether it has a lobby, when `ready` said otherwise."""

    access: Access
    lobby: bool


class Welcome(Message, frozen=True, tag="welcome"):
    """You are in."""

    me: str
    token: str
    resumed: bool
    rev: int
    participants: list[Participant]


class Snapshot(Message, frozen=True, tag="snapshot"):
    """Everybody inside, at a `rev`."""

    rev: int
    participants: list[Participant]


class ParticipantJoined(Message, frozen=True, tag="participant-joined"):
    """Somebody new."""

    rev: int
    participant: Participant


class ParticipantUpdated(Message, frozen=True, tag="participant-updated"):
    """Somebody is away, back, renamed, or on a new page."""

    rev: int
    participant: Participant


class ParticipantLeft(Message, frozen=True, tag="participant-left"):
    """Somebody is gone."""

    rev: int
    id: str
    reason: LeftReason


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


Event = ParticipantJoined | ParticipantUpdated | ParticipantLeft
RelayedSignal = RelayedDescription | RelayedCandidates | RelayedNeedOffer
ServerMessage = (
    Ready
    | Waiting
    | Lobby
    | FloodedBy
    | Rules
    | Welcome
    | Snapshot
    | ParticipantJoined
    | ParticipantUpdated
    | ParticipantLeft
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


# -- to and from text ---------------------------------------------------------------------------


class _Head(msgspec.Struct):
    type: str


_decoder = msgspec.json.Decoder(ClientMessage)
_head_decoder = msgspec.json.Decoder(_Head)
_encoder = msgspec.json.Encoder()
_TYPES = {
    *("join", "leave", "remove", "admit", "refuse", "set-lobby", "ice", "sync", "ping", "links", "flooded"),
    *("description", "candidates", "need-offer"),
}


def parse(frame: str | None) -> ClientMessage:
    """The message in a text frame (None for a binary one), or ProtocolError."""
    if frame is None:
        raise ProtocolError("malformed", "frames are text, not binary")
    # The cheap bound first: no text of this many characters is shorter in bytes.
    if len(frame) > MAX_FRAME_BYTES or len(data := frame.encode("utf-8", "replace")) > MAX_FRAME_BYTES:
        raise ProtocolError("too-large", f"a frame has at most {MAX_FRAME_BYTES} bytes")
    try:
        return _decoder.decode(data)
    except msgspec.ValidationError as error:
        raise ProtocolError(_kind_of_fault(data), str(error)) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProtocolError("malformed", f"not JSON: {error}") from error


def _kind_of_fault(data: bytes) -> Error:
    try:
        return "malformed" if _head_decoder.decode(data).type in _TYPES else "unknown-type"
    except msgspec.DecodeError:
        return "malformed"


def dump(message: ServerMessage) -> str:
    """The text frame of a message."""
    return _encoder.encode(message).decode()
