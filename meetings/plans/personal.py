"""A room of one's own: open at any time, at an address that stays until its owner wants another."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from meetings.models import Meeting, new_code
from meetings.plans.locking import after_commit
from meetings.signals import doors_changed, insiders


class SomebodyIsInside(Exception):
    """The address of a room cannot change under those who are in it."""


def room_of(user: User) -> Meeting | None:
    """None until they first asked for it."""
    return Meeting.objects.filter(organizer=user, personal=True).select_related("organizer").first()


def open_room(user: User, time_zone: str) -> Meeting:
    """The user's room, made the first time."""
    # In the language of its owner; from then on it is a text of theirs, as every title is.
    title = _("%(name)s’s room") % {"name": user.get_short_name()}
    return Meeting.objects.get_or_create(organizer=user, personal=True, defaults={"title": title})[0]


def furnish(
    room: Meeting, *, title: str, description: str, access: str, lobby: bool, capacity: int | None
) -> None:
    """Name the room and say who may enter, from the next who comes on."""
    room.title, room.description = title, description
    room.access, room.lobby, room.capacity = access, lobby, capacity
    room.save(update_fields=["title", "description", "access", "lobby", "capacity"])
    after_commit(doors_changed, sender=Meeting, meeting=room)


@transaction.atomic
def move(room: Meeting) -> None:
    """Give the room another address; the old one leads nowhere. Raises SomebodyIsInside."""
    if insiders(Meeting.objects.filter(pk=room.pk)):
        raise SomebodyIsInside
    room.code = new_code()
    room.save(update_fields=["code"])
