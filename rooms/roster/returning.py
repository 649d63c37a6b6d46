"""Whoever comes back to a call finds again what hosts have given them in it or done to them."""

from __future__ import annotations

from rooms.models import Call, Participant
from rooms.protocol.admission import Admission
from rooms.roster import mutes
from rooms.roster.doors import same_person

# What a new seat of the same person has from the one before.
KEPT = (
    *("given_role", "given_by", "given_at", "named_by"),
    *("muted_by", "muted_at", "camera_stopped_by", "camera_stopped_at", "asked_to_unmute"),
)


def last_seat(call: Call, somebody: Admission) -> Participant | None:
    """The newest seat that they have, or had, in this call, as far as that is known."""
    return call.participants.filter(same_person(somebody)).order_by("seat").last()


def take_along(me: Participant, before: Participant | None) -> None:
    """Give a new seat what its holder had before, or have it begin as everybody's does who comes now."""
    if before is not None:
        typed = me.name
        for field in KEPT:
            setattr(me, field, getattr(before, field))
        me.name = name_of(before, typed)
    mutes.mute_newcomer(me)


def name_of(known: Participant, typed: str) -> str:
    """What they are called who come back: as they type, unless a host has named them or names stay."""
    may_rename = known.is_host or known.call.may_rename
    return typed if may_rename and not known.named_by else known.name
