"""What messages of both directions are made of."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from rooms.protocol.messages.words import Access, Role, Standing


class ByHost(msgspec.Struct, frozen=True):
    """What a host has done to somebody, and holds."""

    # The participant id of the host.
    by: str
    # In Unix seconds.
    at: int


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
    # The meeting is theirs: they stay a host.
    organizer: bool = False
    # Their role was given to them in this call.
    given: ByHost | None = None
    # Nobody plays their microphone, or shows their camera, until they turn it on again themselves.
    muted: ByHost | None = None
    stopped: ByHost | None = None
    # A host asks them to turn their microphone on.
    asked: bool = False


class Rules(msgspec.Struct, frozen=True):
    """By which rules people come in and take part. Hosts may do everything, always."""

    # The meeting's: whom it is open to, and whether people wait until a host lets them in.
    access: Access
    lobby: bool
    # Those of this call: whether nobody new comes in, and whether participants may.
    locked: bool = False
    share: bool = True
    chat: bool = True
    unmute: bool = True
    record: bool = True
    rename: bool = True
    # Who is large for everybody.
    spotlight: str | None = None
    # The call ends for everybody in so many seconds.
    ends_in: float | None = None


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
