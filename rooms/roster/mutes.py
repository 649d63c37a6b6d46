"""Whom hosts have muted, whose cameras they have stopped, and who has turned them on again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from django.utils import timezone

from rooms.models import HostAction, Participant
from rooms.roster import seats
from rooms.roster.doors import same_invitation
from rooms.roster.orders import Desk, NotAllowed

MUTED = ["muted_by", "muted_at", "asked_to_unmute"]
STOPPED = ["camera_stopped_by", "camera_stopped_at"]


def mute(desk: Desk, participant_ids: Sequence[str] | None) -> None:
    """Nobody hears them until they unmute; of all, also whoever comes while they may not do so unasked."""
    desk.for_hosts()
    call, marked = desk.call, []
    for one in desk.targets(participant_ids):
        if one.muted_at is None or one.asked_to_unmute:
            _mark_muted(one, desk.me.pk)
            seats.tell_update(desk.room, desk.change, one)
            one.save(update_fields=MUTED)
            marked.append(one)
    # Of all it is about those to come as well, and done also where nobody is there to be muted.
    begins = participant_ids is None and not call.muted_by
    if begins or (participant_ids is None and marked):
        call.muted_by = desk.me.pk
        call.save(update_fields=["muted_by"])
    if begins or marked:
        _say(desk, "mute", HostAction.Action.MUTE, marked, participant_ids)


def mute_newcomer(participant: Participant) -> None:
    """Everybody was muted before they came, and nobody may unmute by themselves: neither may they."""
    call = participant.call
    if call.muted_by and not call.may_unmute and not participant.is_host and participant.muted_at is None:
        _mark_muted(participant, call.muted_by)


def stop_camera(desk: Desk, participant_ids: Sequence[str] | None) -> None:
    """Nobody sees them until they turn their cameras on again."""
    desk.for_hosts()
    marked = []
    for one in desk.targets(participant_ids):
        if one.camera_stopped_at is None:
            one.camera_stopped_by, one.camera_stopped_at = desk.me.pk, timezone.now()
            seats.tell_update(desk.room, desk.change, one)
            one.save(update_fields=STOPPED)
            marked.append(one)
    if marked:
        _say(desk, "stop-camera", HostAction.Action.STOP_CAMERA, marked, participant_ids)


def ask_unmute(desk: Desk, participant_ids: Sequence[str] | None) -> None:
    """They are asked to turn their microphones on; also once more, who has not done so yet."""
    desk.for_hosts()
    asked = desk.targets(participant_ids)
    for one in asked:
        if not one.asked_to_unmute:
            one.asked_to_unmute = True
            seats.tell_update(desk.room, desk.change, one)
            one.save(update_fields=["asked_to_unmute"])
    if asked:
        _say(desk, "ask-unmute", HostAction.Action.ASK_UNMUTE, asked, participant_ids)


def lower_hand(desk: Desk, participant_ids: Sequence[str] | None) -> None:
    """Their hands are down. Whose are up the server does not know."""
    desk.for_hosts()
    targets = desk.targets(participant_ids)
    if targets:
        _say(desk, "lower-hand", HostAction.Action.LOWER_HAND, targets, participant_ids)


def unmute(desk: Desk) -> None:
    """They turn their own microphone on again."""
    me = desk.me
    if me.muted_at is not None and not (me.is_host or me.asked_to_unmute or desk.call.may_unmute):
        raise NotAllowed("participants unmute once a host asks them to")
    if me.muted_at is not None:
        desk.left_behind(same_invitation(me)).update(muted_by="", muted_at=None, asked_to_unmute=False)
    if me.muted_at is not None or me.asked_to_unmute:
        me.muted_by, me.muted_at, me.asked_to_unmute = "", None, False
        seats.tell_update(desk.room, desk.change, me)
        me.save(update_fields=MUTED)


def start_camera(desk: Desk) -> None:
    """They turn their own camera on again."""
    me = desk.me
    if me.camera_stopped_at is not None:
        desk.left_behind(same_invitation(me)).update(camera_stopped_by="", camera_stopped_at=None)
        me.camera_stopped_by, me.camera_stopped_at = "", None
        seats.tell_update(desk.room, desk.change, me)
        me.save(update_fields=STOPPED)


def _mark_muted(one: Participant, by: str) -> None:
    one.muted_by, one.muted_at, one.asked_to_unmute = by, timezone.now(), False


def _say(
    desk: Desk,
    order: Literal["mute", "stop-camera", "ask-unmute", "lower-hand"],
    action: HostAction.Action,
    about: Sequence[Participant],
    asked_for: Sequence[str] | None,
) -> None:
    everybody = asked_for is None
    desk.tell(order, about, everybody=everybody)
    desk.note(action, () if everybody else about)
