"""Who sits behind one socket, and how far they have come: one object for session, socket and registry."""

from __future__ import annotations

import enum

from rooms.protocol.admission import Admission, Grant
from rooms.protocol.messages import Door, Role


class State(enum.Enum):
    """Where a conversation stands."""

    PREJOIN = "before the click: may enter, is not inside"
    ENTERING = "after the click: a seat is asked for"
    WAITING = "after the click: waits to be let in"
    JOINED = "inside"
    OVER = "nothing that arrives matters any more"


class Who:
    """What the session makes of somebody. The registry reads it, and notes what it learns from others.

    `key`: as whom they are addressed, and, when they join as somebody new, who they are.
    `tag`: tells their relay credentials from others' and stands in the relay's log, so nobody else knows it.
    """

    __slots__ = (
        "admission",
        "door",
        "grant",
        "has_lapsed",
        "host",
        "is_shut_out",
        "join_request",
        "key",
        "me",
        "role",
        "role_rev",
        "state",
        "tag",
    )

    def __init__(self, key: str, tag: str, admission: Admission, grant: Grant) -> None:
        self.key = key
        self.tag = tag
        self.admission = admission
        self.grant = grant
        self.state = State.PREJOIN
        # Their seat: from the moment in which others may address them by it.
        self.me = ""
        self.role: Role = admission.role
        # The number of the event up to which that is so: a message may be late.
        self.role_rev = 0
        # The door was shut to them when they last met it.
        self.is_shut_out = False
        # What they wait for.
        self.door: Door = "open"
        # As whom they wait to be let in, and which host they were told of.
        self.join_request = ""
        self.host = ""
        # What they rested on has ended: they have left, and are not away.
        self.has_lapsed = False

    @property
    def is_host(self) -> bool:
        """Inside, as a host."""
        return self.role == "host" and self.state is State.JOINED

    @property
    def is_outside(self) -> bool:
        """Nothing that happens inside is for them. What happens while a seat is asked for waits for it."""
        return self.is_shut_out and self.state is not State.ENTERING

    @property
    def is_at_open_door(self) -> bool:
        """They have not clicked yet, and see what happens inside."""
        return self.state is State.PREJOIN and not self.is_shut_out

    def take_role(self, role: Role, rev: int) -> bool:
        """Note their role as of this `rev`; whether that is a change."""
        if rev < self.role_rev:
            return False
        self.role_rev = rev
        is_new = self.role != role
        self.role = role
        return is_new
