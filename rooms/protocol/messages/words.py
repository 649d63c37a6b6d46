"""What members of messages may be: the words with a few values, the numbers and their bounds."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from accounts.names import NAME_LENGTH

VERSION = 1
MAX_FRAME_BYTES = 65_536
MAX_NAME = NAME_LENGTH

Role = Literal["host", "participant"]
# Whom a meeting is open to (meetings.models.Meeting.Access).
Access = Literal["anyone", "known", "invited"]
# What somebody who may enter meets at the door: nothing, one that opens later or is locked, no host
# yet, or the lobby. Or, once they are let in, that somebody has to leave first.
Door = Literal["open", "early", "locked", "host", "lobby", "full"]
# What is known of somebody who waits, beside the name that they typed.
Standing = Literal["invited", "account", "guest"]
MAX_KNOCKS = 50
LeftReason = Literal["left", "timeout", "removed", "ended"]
# How it goes with the connection of two participants, as one of them finds it.
Condition = Literal["connected", "connecting", "repairing", "failed", "left"]
MAX_LINKS = 16
# What hosts order, as the others are told. What changes rules is told with the rules.
OrderName = Literal[
    "mute",
    "stop-camera",
    "ask-unmute",
    "lower-hand",
    "rename",
    "set-role",
    "remove",
]
# As many as can be inside.
MAX_TARGETS = MAX_LINKS + 1
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
