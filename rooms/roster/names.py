"""What people are called in a call."""

from __future__ import annotations

from rooms.models import HostAction
from rooms.roster import seats
from rooms.roster.doors import same_person
from rooms.roster.orders import Desk, NotAllowed


def rename(desk: Desk, participant_id: str, name: str) -> None:
    """Somebody has another name, by their own word or a host's, which counts whatever they type later."""
    is_own = participant_id == desk.me.pk
    if not is_own:
        desk.for_hosts()
    elif not (desk.me.is_host or desk.call.may_rename):
        raise NotAllowed("participants do not change their names")
    one = desk.me if is_own else desk.find(participant_id)
    before, by = one.name, "" if is_own else desk.me.pk
    if before == name and not (is_own and one.named_by):
        return
    if not is_own:
        desk.note(HostAction.Action.RENAME, [one], name)
    elif one.named_by:
        desk.left_behind(same_person(one)).update(named_by="")
    one.name, one.named_by = name, by
    if before != name:
        seats.tell_update(desk.room, desk.change, one)
    one.save(update_fields=["name", "named_by"])
    if not is_own:
        desk.tell("rename", [one], name=before)
