"""Who may enter a room and with which role, or why not. Values in, values out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from rooms.messages import ByeReason, Role


@dataclass(frozen=True)
class Visitor:
    """Somebody at the door: what their Django session and the database say about them."""

    user_id: int | None = None
    user_name: str = ""
    # Invited to this meeting, by account or by a personal link that still works.
    attendee_id: int | None = None
    attendee_name: str = ""
    # The invitation or the link that they came by was taken back.
    revoked: bool = False
    # Given to a browser that opened the meeting link; "" when it did not.
    guest_key: str = ""
    # What they called themselves the last time.
    typed_name: str = ""


@dataclass(frozen=True)
class MeetingFacts:
    """What a door keeper knows about the meeting."""

    organizer_id: int
    cancelled: bool = False
    # Of those whom a host removed: persons, and the guest keys of their browsers.
    removed_persons: Collection[str] = ()
    removed_keys: Collection[str] = ()


@dataclass(frozen=True)
class Admission:
    """May enter."""

    role: Role
    # "user:7", "attendee:12" or "guest:<key>"; what a removal is about.
    person: str
    # Everything that they are known as, `person` first.
    persons: tuple[str, ...]
    guest_key: str
    user_id: int | None
    attendee_id: int | None
    # What to fill in as their name; may be empty.
    name: str


@dataclass(frozen=True)
class Refusal:
    """May not enter."""

    reason: ByeReason


def admit(visitor: Visitor, meeting: MeetingFacts) -> Admission | Refusal:
    """The organizer is host, always; an attendee, or whoever opened the meeting link, is a participant."""
    if meeting.cancelled:
        return Refusal("cancelled")
    is_organizer = visitor.user_id == meeting.organizer_id
    persons = persons_of(visitor)
    if not persons:
        return Refusal("forbidden" if visitor.revoked else "sign-in")
    if not is_organizer:
        if any(person in meeting.removed_persons for person in persons):
            return Refusal("removed")
        if visitor.guest_key and visitor.guest_key in meeting.removed_keys:
            return Refusal("removed")
        if visitor.revoked:
            return Refusal("forbidden")
    return Admission(
        role="host" if is_organizer else "participant",
        person=persons[0],
        persons=tuple(persons),
        guest_key=visitor.guest_key,
        user_id=visitor.user_id,
        # The organizer may have opened somebody's personal link; that invitation is not what they rest on.
        attendee_id=None if is_organizer else visitor.attendee_id,
        name=visitor.user_name or visitor.attendee_name or visitor.typed_name,
    )


def persons_of(visitor: Visitor) -> list[str]:
    """Everything that this visitor is known as, the most certain first."""
    persons = []
    if visitor.user_id is not None:
        persons.append(f"user:{visitor.user_id}")
    if visitor.attendee_id is not None:
        persons.append(f"attendee:{visitor.attendee_id}")
    if visitor.guest_key:
        persons.append(f"guest:{visitor.guest_key}")
    return persons
