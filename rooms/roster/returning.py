"""Whoever comes back to a call finds again what hosts have given them in it or done to them."""

from __future__ import annotations

from collections.abc import Iterable

from rooms.models import Participant, Room
from rooms.protocol.admission import Admission
from rooms.roster import doors, mutes, roles


def take_along(room: Room, me: Participant, somebody: Admission) -> None:
    """Give a new seat what its holder had in this call; else it begins as everybody's does who comes now."""
    call = me.call
    if (given := doors.role_given(room, call, somebody)) is not None:
        _copy(given, me, roles.GIVEN)
    seats = call.participants.filter(doors.same_person(somebody)).order_by("seat")
    if (before := seats.exclude(named_by="").last() or seats.last()) is not None:
        me.named_by, me.name = before.named_by, name_of(before, me.name)
        me.asked_to_unmute = before.asked_to_unmute
    # A private window is not the way out of a mute, nor is another device that was not muted.
    theirs = call.participants.filter(doors.same_invitation(somebody))
    if (muted := theirs.exclude(muted_at=None).order_by("muted_at", "seat").last()) is not None:
        _copy(muted, me, mutes.MUTED)
    stopped = theirs.exclude(camera_stopped_at=None).order_by("camera_stopped_at", "seat").last()
    if stopped is not None:
        _copy(stopped, me, mutes.STOPPED)
    mutes.mute_newcomer(me)


def take_own_role(room: Room, me: Participant, somebody: Admission) -> None:
    """The organizer is a host, also on a seat that was somebody's of this browser until they signed in."""
    if doors.is_organizer(room, somebody):
        me.given_role, me.given_by, me.given_at = "", "", None


def name_of(known: Participant, typed: str) -> str:
    """What they are called who come back: as they type, unless a host has named them or names stay."""
    may_rename = known.is_host or known.call.may_rename
    return typed if may_rename and not known.named_by else known.name


def _copy(seat: Participant, to: Participant, fields: Iterable[str]) -> None:
    for field in fields:
        setattr(to, field, getattr(seat, field))
