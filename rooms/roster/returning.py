"""Whoever comes back to a call finds again what hosts have given them in it or done to them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from rooms.models import Call, Participant, Room
from rooms.protocol.admission import Admission
from rooms.roster import doors, mutes

GIVEN = ("given_role", "given_by", "given_at")
MUTED = ("muted_by", "muted_at", "camera_stopped_by", "camera_stopped_at", "asked_to_unmute")


def take_along(room: Room, me: Participant, somebody: Admission) -> None:
    """Give a new seat what its holder had in this call; else it begins as everybody's does who comes now."""
    call = me.call
    if (given := doors.role_given(room, call, somebody)) is not None:
        _copy(given, me, GIVEN)
    if (before := _last(call, doors.same_person(somebody))) is not None:
        me.named_by, me.name = before.named_by, name_of(before, me.name)
    # A private window is not the way out of a mute.
    if (muted := _last(call, doors.same_invitation(somebody))) is not None:
        _copy(muted, me, MUTED)
    mutes.mute_newcomer(me)


def take_own_role(room: Room, me: Participant, somebody: Admission) -> None:
    """The organizer is a host, also on a seat that was somebody's of this browser until they signed in."""
    if doors.is_organizer(room, somebody):
        me.given_role, me.given_by, me.given_at = "", "", None


def name_of(known: Participant, typed: str) -> str:
    """What they are called who come back: as they type, unless a host has named them or names stay."""
    may_rename = known.is_host or known.call.may_rename
    return typed if may_rename and not known.named_by else known.name


def _last(call: Call, whose: Q) -> Participant | None:
    return call.participants.filter(whose).order_by("seat").last()


def _copy(seat: Participant, to: Participant, fields: Iterable[str]) -> None:
    for field in fields:
        setattr(to, field, getattr(seat, field))
