"""What clients say."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from accounts.names import clean_name
from rooms.protocol.messages.from_server import RelayedCandidates, RelayedDescription, RelayedNeedOffer
from rooms.protocol.messages.parts import Candidate, SessionDescription
from rooms.protocol.messages.words import (
    MAX_KNOCKS,
    MAX_LINKS,
    MAX_NAME,
    MAX_TARGETS,
    Condition,
    Generation,
    Message,
    ParticipantId,
    Role,
)

Name = Annotated[str, Meta(max_length=4 * MAX_NAME)]
# Whom it is about; None, or left out: everybody but hosts.
Targets = Annotated[list[ParticipantId], Meta(min_length=1, max_length=MAX_TARGETS)] | None


def _cleaned(typed: str) -> str:
    # Too long a name is for its owner to shorten.
    name = clean_name(typed, len(typed))
    if not 1 <= len(name) <= MAX_NAME:
        raise ValueError(f"`name` has 1 to {MAX_NAME} characters, this one has {len(name)}")
    return name


class Join(Message, frozen=True, tag="join"):
    """The click: let me in under this name, or back in with this token."""

    name: Name
    token: Annotated[str, Meta(max_length=200)] | None = None
    fresh: bool = True

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "name", _cleaned(self.name))


class Leave(Message, frozen=True, tag="leave"):
    """I give my seat up."""


class Remove(Message, frozen=True, tag="remove"):
    """A host sends somebody away for good, and perhaps locks the room behind them."""

    participant: ParticipantId
    lock: bool = False


class Mute(Message, frozen=True, tag="mute"):
    """A host has nobody hear these people until they turn their microphones on again themselves."""

    participants: Targets = None


class StopCamera(Message, frozen=True, tag="stop-camera"):
    """A host has nobody see these people until they turn their cameras on again themselves."""

    participants: Targets = None


class AskUnmute(Message, frozen=True, tag="ask-unmute"):
    """A host asks these people to turn their microphones on."""

    participants: Targets = None


class LowerHand(Message, frozen=True, tag="lower-hand"):
    """A host has these people's hands down."""

    participants: Targets = None


class Unmute(Message, frozen=True, tag="unmute"):
    """I turn my microphone on again, which a host has muted or asks me to turn on."""


class StartCamera(Message, frozen=True, tag="start-camera"):
    """I turn my camera on again, which a host has stopped."""


class Rename(Message, frozen=True, tag="rename"):
    """A host calls somebody, or somebody calls themselves, by another name."""

    participant: ParticipantId
    name: Name

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "name", _cleaned(self.name))


class SetRules(Message, frozen=True, tag="set-rules", omit_defaults=True):
    """A host changes rules of this call; what is left out stays as it is."""

    locked: bool | UnsetType = UNSET
    share: bool | UnsetType = UNSET
    chat: bool | UnsetType = UNSET
    unmute: bool | UnsetType = UNSET
    record: bool | UnsetType = UNSET
    rename: bool | UnsetType = UNSET
    spotlight: ParticipantId | UnsetType | None = UNSET

    def __post_init__(self) -> None:
        if not self.said:
            raise ValueError("`set-rules` has at least one rule")

    @property
    def said(self) -> dict[str, bool | str | None]:
        """The rules that are to hold, by their names."""
        found = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: value for name, value in found.items() if value is not UNSET}


class SetRole(Message, frozen=True, tag="set-role"):
    """A host makes somebody a host for the rest of this call, or takes that back."""

    participant: ParticipantId
    role: Role


class End(Message, frozen=True, tag="end"):
    """A host ends the call for everybody, in a moment; or takes that back."""

    on: bool


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


# What is asked for by those inside about themselves or others, decided by the roster and told to everybody.
Command = (
    Mute
    | StopCamera
    | AskUnmute
    | LowerHand
    | Unmute
    | StartCamera
    | Rename
    | SetRules
    | SetLobby
    | SetRole
    | Remove
    | End
)
Signal = Description | Candidates | NeedOffer
ClientMessage = (
    Join
    | Leave
    | Remove
    | Admit
    | Refuse
    | SetLobby
    | Mute
    | StopCamera
    | AskUnmute
    | LowerHand
    | Unmute
    | StartCamera
    | Rename
    | SetRules
    | SetRole
    | End
    | Ice
    | Sync
    | Ping
    | Links
    | Flooded
    | Description
    | Candidates
    | NeedOffer
)
