"""What an open socket and a seat rest on: a session, an account, an invitation; and what ends with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User
from meetings.models import Attendee, PersonalLink
from rooms.models import Participant
from rooms.protocol.admission import Grant
from rooms.protocol.messages import ByeReason
from rooms.protocol.outcomes import Change
from rooms.roster import seats


def of_seat(participant: Participant) -> Grant:
    """What a seat rests on."""
    kind, _, number = participant.person.partition(":")
    # As the person says, since the account itself may be deleted.
    user_id = int(number) if kind == "user" else None
    return Grant(participant.session_key, user_id, participant.attendee_id, participant.link_id)


# -- what does not hold any more ----------------------------------------------------------------


def lapsed(grants: Iterable[Grant]) -> dict[Grant, ByeReason]:
    """Those of these grants that let nobody in any more, and what is said to whoever came by them.

    `session`: signed out, signed in anew, expired, a new password, an account that is switched off or gone;
    `forbidden`: the invitation or the link was taken back.
    """
    grants = set(grants)
    sessions = Session.objects.filter(
        session_key__in={p.session_key for p in grants}, expire_date__gt=timezone.now()
    ).in_bulk()
    users = User.objects.filter(is_active=True).in_bulk({p.user_id for p in grants if p.user_id})
    link_ids = {p.link_id for p in grants if p.link_id}
    working = PersonalLink.objects.filter(pk__in=link_ids, revoked_at=None)
    links_alive = set(working.values_list("pk", flat=True))
    # And whose account each of them is, if anybody's.
    entitled: dict[int | None, int | None] = dict(
        Attendee.objects.entitled()
        .filter(pk__in={p.attendee_id for p in grants if p.attendee_id})
        .values_list("pk", "user")
    )
    found: dict[Grant, ByeReason] = {}
    for p in grants:
        if not _still_signed_in(sessions.get(p.session_key), users.get(p.user_id or 0), p):
            found[p] = "session"
        elif (p.attendee_id and p.attendee_id not in entitled) or (
            p.link_id and p.link_id not in links_alive and not _is_invited_by_account(p, entitled)
        ):
            found[p] = "forbidden"
    return found


def _is_invited_by_account(grant: Grant, accounts: Mapping[int | None, int | None]) -> bool:
    """Whether they need no link: whoever is signed in may have come by the link of somebody else."""
    if grant.user_id is None:
        return False
    return grant.attendee_id is None or accounts.get(grant.attendee_id) == grant.user_id


def _still_signed_in(session: Session | None, user: User | None, grant: Grant) -> bool:
    if session is None:
        return False
    data: dict[str, Any] = session.get_decoded()
    if grant.user_id is None:
        return True
    # The hash changes with the password, which signs out everywhere else.
    return (
        user is not None
        and data.get(SESSION_KEY) == str(grant.user_id)
        and constant_time_compare(data.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    )


def end_lapsed(among: QuerySet[Participant]) -> list[Change]:
    """Take out those of these participants whose pass holds no more: they have left, wherever they are.

    Also whoever is away: their seat would be kept, and the others would go on sending to them.
    """
    # Who sat down before this was stored brings it along with their next socket.
    judged = among.filter(left_at=None).exclude(session_key="")
    ended = lapsed(of_seat(seat) for seat in judged)
    suspects = [seat for seat in judged if of_seat(seat) in ended] if ended else []
    changes = []
    for room_id in seats.rooms_of(Participant.objects.filter(pk__in=[seat.pk for seat in suspects])):
        with transaction.atomic():
            room = seats.lock(room_id)
            change = Change(room.meeting.code)
            # Looked at again: they may have come back with another pass just now.
            inside = list(seats.inside(room).filter(pk__in=[seat.pk for seat in suspects]))
            ended = lapsed(of_seat(seat) for seat in inside)
            for seat in inside:
                if reason := ended.get(of_seat(seat)):
                    seats.take_out(room, change, seat, "left")
                    change.endings[seat.pk] = reason
            seats.keep_rev(room, change)
        changes.append(change)
    return changes


def follow(old: str, new: str) -> None:
    """The same browser's session has another key now; its seats rest on that."""
    Participant.objects.inside().filter(session_key=old).update(session_key=new)
