"""People who come to a room, by the database alone."""

from __future__ import annotations

from itertools import count

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts.sessions import SessionStore
from rooms.protocol import messages
from rooms.protocol.admission import Admission, Grant
from rooms.protocol.messages import Join
from rooms.roster import arrivals

NUMBERS = count(1)


def grant():
    session = SessionStore()
    session.create()
    return Grant(session.session_key or "", None, None, None)


def comes(
    room,
    name="Bob",
    *,
    key="",
    user=None,
    attendee=None,
    known_as="",
    token=None,
    fresh=True,
    socket="",
    server="p" * 22,
):
    """Somebody asks for a seat, by what they are; a guest of their own browser, if nothing is said."""
    number = next(NUMBERS)
    key = key or f"browser-{number}"
    persons = [f"user:{user.pk}"] if user else []
    persons += [f"attendee:{attendee.pk}"] if attendee else []
    persons += [f"guest:{key}"]
    role: messages.Role = "host" if user and user.pk == room.meeting.organizer_id else "participant"
    admission = Admission(
        role, persons[0], tuple(persons), key, user and user.pk, attendee and attendee.pk, name, known_as
    )
    came = grant()
    if user:
        came = sign_in(user)
    return arrivals.arrive(
        room.pk,
        admission,
        Join(name, token, fresh),
        grant=came,
        server_id=server,
        socket=socket or f"{number:022}",
        announce=lambda me: None,
    )


def sign_in(user):
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session.create()
    return Grant(session.session_key or "", user.pk, None, None)
