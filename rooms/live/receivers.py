"""News from meetings: one was cancelled, somebody is no longer invited; and what they ask: who is inside?
From accounts: who is signed in no more.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.dispatch import receiver

from accounts.signals import session_replaced, sign_ins_changed
from meetings.models import Attendee, Meeting
from meetings.signals import (
    attendee_removed,
    doors_changed,
    hosts_changed,
    insiders_asked,
    links_revoked,
    meeting_cancelled,
    meeting_deleted,
)
from rooms.live import bridge
from rooms.models import Participant, Room
from rooms.protocol.outcomes import Change
from rooms.roster import departures, grants, hosts, rules


@receiver(meeting_cancelled)
def close_the_room(meeting: Meeting, **kwargs: Any) -> None:
    room = Room.objects.filter(meeting=meeting).first()
    if room is not None:
        bridge.publish_from_thread(departures.end(room.pk, "cancelled"))


@receiver(doors_changed)
def check_doors(meeting: Meeting, **kwargs: Any) -> None:
    """Whom a meeting is open to, and when: a change holds at once for those who stand at the door.

    Those inside are told the rules anew.
    """
    room = Room.objects.filter(meeting=meeting).first()
    if room is not None:
        bridge.publish_from_thread(rules.tell_again(room.pk))
    bridge.have_doors_checked(meeting.code)


@receiver(hosts_changed)
def review_hosts(meeting: Meeting, **kwargs: Any) -> None:
    """Whoever is made a co-host in the middle of a call is one at once."""
    room = Room.objects.filter(meeting=meeting).first()
    if room is not None:
        bridge.publish_from_thread(hosts.review(room.pk))


@receiver(attendee_removed)
def show_out(attendee: Attendee, **kwargs: Any) -> None:
    room = Room.objects.filter(meeting=attendee.meeting_id).first()
    if room is not None:
        bridge.publish_from_thread(departures.uninvite(room.pk, attendee.pk))


@receiver(meeting_deleted)
def close_for_good(code: str, **kwargs: Any) -> None:
    """With its room, or with its organizer's account."""
    bridge.publish_from_thread(Change(code, ended="not-found"))


@receiver(links_revoked)
def end_what_rests_on_links(attendees: set[int], **kwargs: Any) -> None:
    rest_on = Participant.objects.inside().exclude(attendee=None)
    many = len(attendees) > bridge.MOST_NAMED
    _end_lapsed(rest_on if many else rest_on.filter(attendee__in=attendees))
    bridge.have_grants_checked(attendees=attendees)


@receiver(sign_ins_changed)
def end_what_rests_on_sign_ins(users: set[int], sessions: set[str], **kwargs: Any) -> None:
    """Whoever is signed in no more has left, and so has who came by the letter of a closed account."""
    persons = [f"user:{pk}" for pk in users]
    theirs = Q(person__in=persons) | Q(attendee__user__in=users) | Q(session_key__in=sessions)
    _end_lapsed(Participant.objects.filter(theirs))
    bridge.have_grants_checked(users=users, sessions=sessions)


@receiver(session_replaced)
def keep_seats_of_session(old: str, new: str, **kwargs: Any) -> None:
    """Who signs in in the middle of a call, or takes a new password in that browser, stays inside."""
    grants.follow(old, new)


def _end_lapsed(among: QuerySet[Participant]) -> None:
    for change in grants.end_lapsed(among):
        bridge.publish_from_thread(change)


@receiver(insiders_asked)
def count_insiders(meetings: QuerySet[Meeting], **kwargs: Any) -> dict[int, int]:
    inside = Participant.objects.inside().filter(
        call__ended_at=None, call__room__meeting__in=meetings.values("pk")
    )
    return dict(inside.order_by().values_list("call__room__meeting").annotate(Count("pk")))
