"""What clients say."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from accounts.names import clean_name
from rooms.protocol.messages.from_server import RelayedCandidates, RelayedDescription, RelayedNeedOffer
from rooms.protocol.messages.parts import Candidate, SessionDescription
from rooms.protocol.messages.words import (
    MAX_KNOCKS,
    MAX_LINKS,
    MAX_NAME,
    Condition,
    Generation,
    Message,
    ParticipantId,
)


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
    """How it goes with my connections: those whose condition has changed since I last said."""

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
