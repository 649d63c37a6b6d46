"""Who may enter a room, when and with which role, or why not. Values in, values out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rooms.protocol.messages import Access, ByeReason, Door, Role, Standing


@dataclass(frozen=True)
class Visitor:
    """Somebody at the door: what their Django session and the database say about them."""

    user_id: int | None = None
    user_name: str = ""
    # Invited to this meeting, by account or by a personal link that still works.
    attendee_id: int | None = None
    attendee_name: str = ""
    # What they are invited as, be it only a part of an address.
    invited_as: str = ""
    # Invited as a host, beside the organizer.
    cohost: bool = False
    # The invitation or the link that they came by was taken back.
    revoked: bool = False
    # What else is the same person, as "user:7" or "attendee:12": the account of an invitation, and the other
    # invitations of an account.
    other_identities: tuple[str, ...] = ()
    # Given to a browser that opened the meeting link; "" when it did not.
    guest_key: str = ""
    # What they called themselves the last time.
    typed_name: str = ""


@dataclass(frozen=True)
class MeetingFacts:
    """What a door keeper knows about the meeting."""

    organizer_id: int
    access: Access = "anyone"
    cancelled: bool = False
    # Those whom a host removed, by everything that they were known as.
    removed: Collection[str] = ()


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
    # The name of the account or invitation that they come by; "" for a guest. What they type may be another.
    known_as: str = ""

    @property
    def known(self) -> list[str]:
        """What they are known as wherever they come from: accounts and invitations, and no browser."""
        return [person for person in self.persons if not person.startswith("guest:")]

    @property
    def standing(self) -> Standing:
        """What a host is told about them, beside the name that they typed."""
        if self.attendee_id is not None:
            return "invited"
        return "guest" if self.user_id is None else "account"


@dataclass(frozen=True)
class Grant:
    """What an open socket, or a seat, rests on."""

    session_key: str
    user_id: int | None
    attendee_id: int | None
    link_id: int | None
    # Everything that they are known as (`persons_of`); none for the organizer, whom nobody removes.
    persons: tuple[str, ...] = ()

    def is_of(self, removed: Collection[str]) -> bool:
        """Whether it is one of these persons."""
        return any(person in removed for person in self.persons)


@dataclass(frozen=True)
class Refusal:
    """May not enter."""

    reason: ByeReason


def admit(visitor: Visitor, meeting: MeetingFacts) -> Admission | Refusal:
    """The organizer is host, always; so are those invited as hosts. Whoever else may enter takes part."""
    if meeting.cancelled:
        return Refusal("cancelled")
    is_organizer = visitor.user_id == meeting.organizer_id
    if is_organizer:
        # They may have opened somebody's personal link; neither is it theirs, nor are they that person.
        visitor = replace(
            visitor,
            attendee_id=None,
            attendee_name="",
            invited_as="",
            cohost=False,
            other_identities=(),
        )
    persons = persons_of(visitor)
    if not persons:
        return Refusal("forbidden" if visitor.revoked else "sign-in")
    if not is_organizer:
        if any(person in meeting.removed for person in persons):
            return Refusal("removed")
        if visitor.revoked:
            return Refusal("forbidden")
        if not is_open_to(meeting.access, visitor.user_id, visitor.attendee_id):
            # Whoever signs in may turn out to be known, or invited.
            return Refusal("sign-in" if visitor.user_id is None else "not-invited")
    # By an invitation of their own the organizer is known without an account: they wait in no own lobby.
    is_own = visitor.attendee_id is not None and f"user:{meeting.organizer_id}" in visitor.other_identities
    is_cohost = visitor.cohost and visitor.attendee_id is not None
    return Admission(
        role="host" if is_organizer or is_own or is_cohost else "participant",
        person=persons[0],
        persons=tuple(persons),
        guest_key=visitor.guest_key,
        user_id=visitor.user_id,
        attendee_id=visitor.attendee_id,
        name=visitor.user_name or visitor.attendee_name or visitor.typed_name,
        known_as=visitor.user_name or visitor.invited_as,
    )


def is_open_to(access: Access, user_id: int | None, attendee_id: int | None) -> bool:
    """Whether somebody with this account and this invitation, if any, is among those who may enter."""
    match access:
        case "anyone":
            return True
        case "known":
            return user_id is not None or attendee_id is not None
        case "invited":
            return attendee_id is not None


# -- when ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DoorFacts:
    """How the door of a room stands to one person."""

    # When it opens for people other than hosts; None: it is not shut.
    opens_at: datetime | None = None
    # A host has locked the room.
    locked: bool = False
    lobby: bool = False
    # Nobody goes in before a host has.
    host_first: bool = False
    host_inside: bool = False
    # They were inside in this call, or a host has admitted them to it.
    let_in: bool = False


@dataclass(frozen=True)
class DoorState:
    """How the door stands to somebody."""

    door: Door
    # When it opens, if that is what they wait for.
    opens_at: datetime | None = None

    def opens_in(self, now: datetime) -> float | None:
        """In seconds: the clock of whoever waits may be wrong."""
        return None if self.opens_at is None else max(0.0, (self.opens_at - now).total_seconds())


def door(role: Role, facts: DoorFacts, now: datetime) -> Door:
    """What somebody who may enter meets at the door: nothing, or what they have to wait for."""
    if role == "host" or facts.let_in:
        return "open"
    # Before the hour: that would be no promise.
    if facts.locked:
        return "locked"
    if facts.opens_at is not None and now < facts.opens_at:
        return "early"
    if facts.lobby:
        return "lobby"
    return "host" if facts.host_first and not facts.host_inside else "open"


def opens_at(
    starts_at: datetime | None,
    early: timedelta | None,
    *,
    previous_end: datetime | None = None,
    call_since: datetime | None = None,
) -> datetime | None:
    """When the door opens before the occurrence that is on or comes next; None when it is not shut.

    Whoever sits together longer than planned is not shut out by the next occurrence: a call that began before
    the previous one was over keeps the door open.
    """
    if starts_at is None or early is None:
        return None
    if call_since is not None and previous_end is not None and call_since < previous_end:
        return None
    return starts_at - early


# -- who ----------------------------------------------------------------------------------------


def persons_of(visitor: Visitor) -> list[str]:
    """Everything that this visitor is known as, the most certain first."""
    persons = []
    if visitor.user_id is not None:
        persons.append(f"user:{visitor.user_id}")
    if visitor.attendee_id is not None:
        persons.append(f"attendee:{visitor.attendee_id}")
    if visitor.guest_key:
        persons.append(f"guest:{visitor.guest_key}")
    return persons + [person for person in visitor.other_identities if persons and person not in persons]
