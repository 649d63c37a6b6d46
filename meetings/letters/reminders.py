"""Reminders by mail: written shortly before they are due, and looked at once more when they go out.

Nothing is laid out for long ahead, so a meeting that moves or ends leaves nothing behind that would have to
be found and taken back: a letter is keyed by who, which occurrence, when that begins and how many minutes
before, and says nothing if any of these is no longer so (letters.reminder_mail).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from meetings.letters import payloads
from meetings.models import Attendee, Meeting, Occurrence
from outbox.chores import chore
from outbox.models import Letter

KIND = "reminder"
SALT = "meetings.reminders"
# What people can choose from, in minutes before the start.
CHOICES = {
    10: gettext_lazy("10 minutes before"),
    60: gettext_lazy("1 hour before"),
    24 * 60: gettext_lazy("1 day before"),
    7 * 24 * 60: gettext_lazy("1 week before"),
}
LONGEST = timedelta(weeks=1)
MOST = 5
BATCH = 1000
# How long before they are due letters are written: the worker may be away for a moment.
AHEAD = timedelta(minutes=10)
# How late a reminder may be at least; one that is due a day before may be later.
LATE = timedelta(minutes=5)


def latest(starts_at: datetime, minutes: int) -> datetime:
    """Until when it makes sense to remind."""
    before = timedelta(minutes=minutes)
    return min(starts_at - before + max(LATE, before / 10), starts_at)


def wanted(attendee: Attendee) -> list[int]:
    """When the attendee wants to be reminded, in minutes before the start."""
    chosen = attendee.meeting.reminders if attendee.reminders is None else attendee.reminders
    return _clean(chosen)


def is_turned_off(attendee: Attendee) -> bool:
    """Whether the attendee said so; without reminders is also whoever was never to have any."""
    return attendee.reminders is not None and not wanted(attendee)


def wanted_by_organizer(meeting: Meeting) -> list[int]:
    return usual(meeting) if meeting.remind_organizer else []


def usual(meeting: Meeting) -> list[int]:
    """When attendees are reminded who did not choose otherwise."""
    return _clean(meeting.reminders)


def _clean(minutes: Any) -> list[int]:
    """Out of a JSON field: whole minutes, each once, not too many and not too far."""
    if not isinstance(minutes, list):
        return []
    most = LONGEST.total_seconds() / 60
    return sorted({m for m in minutes if isinstance(m, int) and 0 < m <= most})[:MOST]


# -- writing ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Due:
    """One reminder to one person."""

    occurrence: Occurrence
    minutes: int
    # None for the organizer.
    attendee: Attendee | None

    @property
    def letter(self) -> Letter:
        starts_at = self.occurrence.starts_at
        who = self.attendee.pk if self.attendee else "organizer"
        return Letter(
            key=f"{KIND}:{who}:{self.occurrence.pk}:{self.minutes}:{starts_at.astimezone(UTC):%Y%m%dT%H%M}",
            kind=KIND,
            recipient=self.attendee.email if self.attendee else self.occurrence.meeting.organizer.email,
            payload=payloads.written(
                payloads.Reminder(
                    attendee=self.attendee.pk if self.attendee else None,
                    occurrence=self.occurrence.pk,
                    starts_at=starts_at,
                    minutes=self.minutes,
                )
            ),
            # Before invitations: they are of no use later.
            priority=3,
            not_before=starts_at - timedelta(minutes=self.minutes),
            expires_at=latest(starts_at, self.minutes),
        )


@chore(every=timedelta(minutes=1))
def write() -> int:
    """Write the reminders that are due soon; how many were new."""
    letters = {letter.key: letter for due in _due(timezone.now()) for letter in [due.letter]}
    written = 0
    keys = list(letters)
    for batch in (keys[start : start + BATCH] for start in range(0, len(keys), BATCH)):
        known = set(Letter.objects.filter(key__in=batch).values_list("key", flat=True))
        fresh = [letters[key] for key in batch if key not in known]
        Letter.objects.bulk_create(fresh, ignore_conflicts=True)
        written += len(fresh)
    return written


def _due(now: datetime) -> Iterator[_Due]:
    """Those of the next minutes, and those that were missed but would still be of use."""
    # Whom nothing lets in is not told to come.
    chosen = Attendee.objects.entitled().filter(reminders__isnull=False)
    coming = list(
        Occurrence.objects.not_cancelled()
        .filter(starts_at__gt=now, starts_at__lte=now + LONGEST + AHEAD)
        .filter(~Q(meeting__reminders=[]) | Q(meeting__in=chosen.values("meeting")))
        .select_related("meeting__organizer", "series")
    )
    own: dict[int, list[Attendee]] = {}
    for attendee in chosen.filter(meeting__in={o.meeting_id for o in coming}).select_related("meeting"):
        own.setdefault(attendee.meeting_id, []).append(attendee)
    by_default: list[tuple[Occurrence, int]] = []
    for occurrence in coming:
        for minutes in _clean(occurrence.meeting.reminders):
            if _is_due(occurrence, minutes, now):
                by_default.append((occurrence, minutes))
                if minutes in wanted_by_organizer(occurrence.meeting):
                    yield _Due(occurrence, minutes, None)
        for attendee in own.get(occurrence.meeting_id, ()):
            for minutes in wanted(attendee):
                if _is_due(occurrence, minutes, now):
                    yield _Due(occurrence, minutes, attendee)
    others: dict[int, list[Attendee]] = {}
    following = Attendee.objects.entitled().filter(reminders__isnull=True)
    meetings = {occurrence.meeting_id for occurrence, _minutes in by_default}
    for attendee in following.filter(meeting__in=meetings):
        others.setdefault(attendee.meeting_id, []).append(attendee)
    for occurrence, minutes in by_default:
        for attendee in others.get(occurrence.meeting_id, ()):
            yield _Due(occurrence, minutes, attendee)


def _is_due(occurrence: Occurrence, minutes: int, now: datetime) -> bool:
    starts_at = occurrence.starts_at
    # Whoever plans a meeting for in an hour needs no word that is due a day before.
    return starts_at - timedelta(minutes=minutes) <= now + AHEAD and now < latest(starts_at, minutes)


# -- choosing -----------------------------------------------------------------------------------


def settings_url(subject: Attendee | Meeting) -> str:
    """The address at which one attendee, or the organizer, says when to be reminded of one meeting.

    Signed, so that it needs no session; it opens nothing else.
    """
    who = "organizer" if isinstance(subject, Meeting) else "attendee"
    token = signing.dumps([who, subject.pk], salt=SALT)
    return settings.PUBLIC_URL + reverse("meetings:reminders", args=[token])


def find(token: str) -> Attendee | Meeting | None:
    """Whom an address of settings_url is for; None if it is not ours or they are gone."""
    try:
        who, pk = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if who == "organizer":
        return Meeting.objects.select_related("organizer", "last_series").filter(pk=pk).first()
    return Attendee.objects.invited().select_related("meeting__organizer").filter(pk=pk).first()


def choose(subject: Attendee | Meeting, minutes: list[int] | None) -> None:
    """Remind at these times; None for what the organizer set, [] for never.

    An organizer's own choice is only whether to be reminded: the times are the meeting's.
    """
    if isinstance(subject, Meeting):
        subject.remind_organizer = minutes != []
        subject.save(update_fields=["remind_organizer"])
    else:
        subject.reminders = None if minutes is None else _clean(minutes)
        subject.save(update_fields=["reminders"])
