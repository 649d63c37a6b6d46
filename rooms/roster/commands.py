"""What somebody inside asks for is carried out: one short transaction that holds the room's row, and tells
what the others are to hear after the commit. Whether they may is decided here, by what is stored.
"""

from __future__ import annotations

from django.db import transaction

from rooms.protocol.messages import (
    AskUnmute,
    Command,
    End,
    LowerHand,
    Mute,
    Remove,
    Rename,
    SetLobby,
    SetRole,
    SetRules,
    StartCamera,
    StopCamera,
    Unmute,
)
from rooms.protocol.outcomes import Change
from rooms.roster import departures, ending, lobby, mutes, names, roles, rules, seats
from rooms.roster.orders import Desk, NotAllowed


@transaction.atomic
def carry_out(room_id: int, participant_id: str, command: Command) -> Change:
    """Do what this participant asks for. Raises NotInside, NotAllowed."""
    room = seats.lock(room_id)
    me = seats.inside(room).filter(pk=participant_id).first()
    if me is None:
        raise NotAllowed("you are not inside any more")
    desk = Desk(room, Change(room.meeting.code), me)
    match command:
        case Mute(participants=participants):
            mutes.mute(desk, participants)
        case StopCamera(participants=participants):
            mutes.stop_camera(desk, participants)
        case AskUnmute(participants=participants):
            mutes.ask_unmute(desk, participants)
        case LowerHand(participants=participants):
            mutes.lower_hand(desk, participants)
        case Unmute():
            mutes.unmute(desk)
        case StartCamera():
            mutes.start_camera(desk)
        case Rename(participant=participant, name=name):
            names.rename(desk, participant, name)
        case SetRules():
            rules.set_rules(desk, command)
        case SetLobby(on=on):
            lobby.change(desk, on=on)
        case SetRole(participant=participant, role=role):
            roles.set_role(desk, participant, role)
        case Remove(participant=participant, lock=lock):
            departures.remove(desk, participant, lock=lock)
        case End(on=on):
            ending.end(desk, on=on)
    seats.keep_rev(room, desk.change)
    return desk.change
