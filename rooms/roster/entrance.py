"""Somebody comes to the door of a room: what the session and the database say about them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from accounts.names import clean_name
from accounts.sessions import SessionStore
from meetings import links
from meetings.models import Attendee, Meeting, Occurrence
from rooms.models import Room
from rooms.protocol.admission import Admission, MeetingFacts, Refusal, Visitor, admit, persons_of
from rooms.protocol.messages import Access
from rooms.roster import removals

GUEST_KEY = "guest_key"
TYPED_NAME = "typed_name"


@dataclass(frozen=True)
class Approach:
    """Somebody comes to a meeting: which it is, and whether they may enter."""

    meeting: Meeting
    # The one that is on or comes next; None for a room without times.
    times: Occurrence | None
    outcome: Admission | Refusal
    # The personal link that they came by, to be looked at again while they are inside.
    link_id: int | None

    @property
    def title(self) -> str:
        """What the meeting is called; of a series, the occurrence."""
        return self.times.shown_title if self.times else self.meeting.title


def approach(code: str, user: User | AnonymousUser, session: SessionBase, zone: str = "") -> Approach | None:
    """Somebody at the meeting with this code; None if there is no such meeting.

    `zone` is what the browser says of its clock, noted for an attendee's letters.
    """
    meeting = Meeting.objects.select_related("organizer", "last_series", "room").filter(code=code).first()
    if meeting is None:
        return None
    attendee, revoked = _attendee(meeting, user, session)
    if attendee is not None:
        links.learn_zone(attendee, zone)
    visitor = _visitor(meeting, attendee, revoked, user, session)
    outcome = admit(visitor, _facts(meeting, visitor))
    is_timed = not (meeting.instant or meeting.personal)
    times = meeting.occurrence_at(timezone.now()) if is_timed else None
    return Approach(meeting, times, outcome, session.get(links.SESSION_KEY, {}).get(code))


def has_opened_link(session: SessionStore) -> bool:
    """Whether this browser opened a meeting link before."""
    return GUEST_KEY in session or session.is_provisional


def note_opened_link(session: SessionStore) -> None:
    """Note that this browser opened a meeting link: it may come to the door of a room as a guest.

    One that brought no key has a provisional session: what never comes back leaves no row.
    """
    if GUEST_KEY in session:
        return
    was_modified, is_new = session.modified, session.session_key is None
    if is_new:
        session.begin_provisionally()
    session[GUEST_KEY] = _guest_key(session)
    if is_new:
        session.modified = was_modified


def _guest_key(session: SessionStore) -> str:
    """Of a provisional session the same each time: a page and its socket may come at once."""
    if session.is_provisional:
        return salted_hmac("rooms.guest", session.session_key or "", algorithm="sha256").hexdigest()[:22]
    return secrets.token_urlsafe(16)


def give_guest_key(session: SessionStore, code: str) -> None:
    """Have a browser that opened the room's page, or a personal link alone, be one of its own."""
    if GUEST_KEY in session or not (session.is_provisional or code in session.get(links.SESSION_KEY, {})):
        return
    # Read anew: its page may be on the way.
    stored = SessionStore(session.session_key)
    note_opened_link(stored)
    if stored.modified:
        stored.save(must_create=False)
    session[GUEST_KEY] = stored[GUEST_KEY]


def remember_name(session_key: str, name: str) -> None:
    """What they called themselves is filled in the next time."""
    # Read anew: what the socket knows of the session is as old as the socket.
    session = SessionStore(session_key)
    # One that has ended meanwhile stays so.
    if session.get(TYPED_NAME) != name and session.session_key and not session.is_provisional:
        session[TYPED_NAME] = name
        session.save(must_create=False)


def room_of(meeting: Meeting) -> Room:
    """The meeting's room, made when somebody first stands at its door."""
    room, _ = Room.objects.get_or_create(meeting=meeting)
    room.meeting = meeting
    return room


def _attendee(
    meeting: Meeting, user: User | AnonymousUser, session: SessionBase
) -> tuple[Attendee | None, bool]:
    """Whom they are invited as, by personal link or by account, and whether that was taken back."""
    came_by_link = meeting.code in session.get(links.SESSION_KEY, {})
    attendee = links.attendee_in(session, meeting) if came_by_link else None
    # A link that ended with its meeting was taken from nobody: they are guests as others are.
    revoked = came_by_link and attendee is None and not links.is_long_over(meeting)
    if isinstance(user, User) and user.pk != meeting.organizer_id:
        # By two addresses of theirs, it may be: then one that still holds, and rather as a host.
        mine = Attendee.objects.filter(meeting=meeting, user=user)
        invited = mine.order_by(F("removed_at").desc(nulls_first=True), "-cohost", "pk").first()
        if invited is not None:
            attendee, revoked = (invited, False) if invited.removed_at is None else (None, True)
    return attendee, revoked


def other_identities(meeting_id: int, user_id: int | None, attendee: Attendee | None) -> tuple[str, ...]:
    """What else is the same person here: the account of an invitation, the invitations of an account."""
    accounts = {user_id, attendee.user_id if attendee else None} - {None}
    if not accounts:
        return ()
    invitations = Attendee.objects.filter(meeting=meeting_id, user__in=accounts).values_list("pk", flat=True)
    return (*(f"user:{pk}" for pk in accounts), *(f"attendee:{pk}" for pk in invitations))


def _visitor(
    meeting: Meeting,
    attendee: Attendee | None,
    revoked: bool,
    user: User | AnonymousUser,
    session: SessionBase,
) -> Visitor:
    return Visitor(
        user_id=user.pk if user.is_authenticated else None,
        user_name=clean_name(user.get_full_name()) if isinstance(user, User) else "",
        attendee_id=attendee.pk if attendee else None,
        attendee_name=attendee.name if attendee else "",
        invited_as=clean_name(attendee.display_name) if attendee else "",
        cohost=attendee.cohost if attendee else False,
        revoked=revoked,
        other_identities=other_identities(meeting.pk, user.pk if user.is_authenticated else None, attendee),
        guest_key=session.get(GUEST_KEY, ""),
        typed_name=session.get(TYPED_NAME, "") or (attendee.display_name if attendee else ""),
    )


def _facts(meeting: Meeting, visitor: Visitor) -> MeetingFacts:
    room: Room | None = getattr(meeting, "room", None)
    asked = {room.pk: persons_of(visitor)} if room else {}
    return MeetingFacts(
        organizer_id=meeting.organizer_id,
        access=cast(Access, meeting.access),
        cancelled=meeting.is_cancelled,
        removed=removals.among(asked).get(room.pk, ()) if room else (),
    )
