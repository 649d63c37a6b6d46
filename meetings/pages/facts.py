"""What the page of a meeting tells beside its row: how one comes in, other calendars, other clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import zone_labels
from meetings import words
from meetings.calendar import web_calendars
from meetings.models import (
    Attendee,
    Meeting,
    Occurrence,
)


@dataclass(frozen=True)
class Fact:
    """Something to know about how one comes in."""

    icon: str
    about: str
    words: str
    more: str = ""


def access(meeting: Meeting, *, organizes: bool = False) -> list[Fact]:
    """Who may enter, and when; to its organizer also how the lobby is, which hosts change during a call."""
    who = {
        Meeting.Access.ANYONE: (
            _("Whoever has this link can come in"),
            _("Everybody who is invited has their own, in their letter"),
        ),
        Meeting.Access.KNOWN: (
            _("Invited people can come in, and whoever is signed in"),
            _("By this link or by their own, in their letter"),
        ),
        Meeting.Access.INVITED: (
            _("Only invited people can come in"),
            _("By their own link, in their letter, or signed in"),
        ),
    }
    facts = [Fact("lock", _("Entry"), *who[Meeting.Access(meeting.access)])]
    if meeting.lobby or organizes:
        facts.append(Fact("bell", _("Lobby"), *_lobby(meeting, organizes=organizes)))
    if meeting.early is not None:
        length = {"length": words.length(meeting.early)}
        before = _("The door opens %(length)s before the start") % length
        opens = before if meeting.early else _("The door opens at the start")
        facts.append(Fact("clock", _("Door"), opens))
    if meeting.capacity:
        most = _("At most %(count)s at once") % {"count": words.number(meeting.capacity)}
        facts.append(Fact("people", _("Seats"), most))
    return facts


def _lobby(meeting: Meeting, *, organizes: bool) -> tuple[str, str]:
    if not meeting.lobby:
        turned_on = _("If a host turns it on during a call, it stays on for later ones.")
        return _("Nobody waits in a lobby"), turned_on
    if not organizes:
        return _("A host lets them in"), _("Until then they wait in the lobby")
    return (
        _("A host lets them in"),
        _(
            "Until then they wait in the lobby. "
            "If a host turns it off during a call, it stays off for later ones."
        ),
    )


def services(meeting: Meeting, occurrence: Occurrence | None = None) -> list[web_calendars.Service]:
    """Where a meeting, or the one of its series, can be put with a click.

    Of a whole series it is the rule where the service takes one, else the date that comes next.
    """
    at = occurrence or meeting.occurrence_at(timezone.now())
    one = web_calendars.services(_event(meeting, at))
    if occurrence or not meeting.repeats:
        return one
    whole = web_calendars.services(_event(meeting, None))
    return [all_ if all_.takes_series else next_ for all_, next_ in zip(whole, one, strict=True)]


def _event(meeting: Meeting, occurrence: Occurrence | None) -> web_calendars.Event:
    if occurrence is not None:
        return web_calendars.Event(
            occurrence.shown_title,
            occurrence.starts_at,
            occurrence.ends_at,
            meeting.public_url,
            occurrence.shown_agenda,
        )
    return web_calendars.Event(
        meeting.current.title,
        meeting.starts_at,
        meeting.current.ends_at,
        meeting.public_url,
        meeting.agenda,
        meeting.current.rrule,
        meeting.time_zone,
        meeting.current.wall_clock,
    )


@dataclass(frozen=True)
class Clock:
    """What a clock elsewhere shows when the meeting starts."""

    place: str
    time: str
    odd: str


def other_clocks(meeting: Meeting, starts_at: datetime, zone: str) -> list[Clock]:
    """The attendees' clocks, where known and other than in `zone`; hours outside of the day are marked.

    Where somebody's browser was when they followed their link; else what their account says, once they
    have answered this organizer. An address alone tells nobody whether there is an account, and where.
    """
    attendees = meeting.attendees.all()
    zones = {attendee.time_zone for attendee in attendees if attendee.time_zone}
    if accounts := [
        attendee.user_id for attendee in attendees if attendee.user_id and not attendee.time_zone
    ]:
        # When they answered is kept, even where a new time asks them again.
        answered = Attendee.objects.filter(
            answers__recorded_at__isnull=False,
            meeting__organizer=meeting.organizer_id,
            user__in=accounts,
        )
        told = answered.exclude(user__time_zone="")
        zones |= set(told.order_by().values_list("user__time_zone", flat=True).distinct())
    here = starts_at.astimezone(ZoneInfo(zone))
    found = {}
    for name in sorted(zones, key=zone_labels.place):
        there = starts_at.astimezone(ZoneInfo(name))
        if there.utcoffset() != here.utcoffset():
            odd = _("early") if there.hour < 7 else _("late") if there.hour >= 20 else ""
            found[zone_labels.place(name)] = Clock(zone_labels.place(name), words.clock(there), odd)
    return list(found.values())
