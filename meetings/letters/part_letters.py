"""What attendees' calendars hold of the earlier parts of a series, and the letters that keep it right.

Calendars know each part by a UID of its own, and many programs read one calendar in a letter, of one UID. So
each part that a change concerns is told in a short letter of its own, beside the one that people read
(docs/decisions/0033-one-letter-per-uid.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone
from msgspec.structs import replace

from meetings.letters import announced, payloads
from meetings.models import PART_LETTER, Attendee, AttendeeQuerySet, Meeting, Occurrence, Series
from outbox.models import Letter

KIND = PART_LETTER
# Letters that are about the whole of what a calendar knows by a UID; with KIND.
WHOLE = ("invitation", "update")
# That it did not arrive.
LOST = Q(dead_at__isnull=False, is_moot=False) | Q(bounced_at__isnull=False)


def going(meeting: Meeting) -> list[Series]:
    """The earlier parts of which something is still to come: every attendee's calendar has to show it."""
    if not meeting.repeats:
        return []
    standing = Occurrence.objects.filter(meeting=meeting, cancelled_at=None, ends_at__gt=timezone.now())
    earlier = meeting.series.exclude(pk=meeting.current.pk)
    return list(earlier.filter(pk__in=standing.values("series")))


def letters_each(meeting: Meeting) -> int:
    """How many letters tell one person of the whole: invite them, or call it off."""
    return 1 + len(going(meeting))


def letters_of_each(meetings: Collection[Meeting]) -> dict[int, int]:
    """The same of many meetings, by number, in one query."""
    coming = Occurrence.objects.filter(
        meeting__in=[meeting.pk for meeting in meetings if meeting.repeats],
        cancelled_at=None,
        ends_at__gt=timezone.now(),
    ).exclude(series=F("meeting__last_series"))
    counted = coming.order_by().values_list("meeting").annotate(parts=Count("series", distinct=True))
    return {meeting.pk: 1 for meeting in meetings} | {pk: 1 + parts for pk, parts in counted}


def told_of(parts: Iterable[Series]) -> list[announced.Announced]:
    """What a letter keeps of parts that stand, should they be no more when it is made."""
    return [replace(announced.of_part(part), sequence=part.sequence) for part in parts]


def letters(
    attendees: Iterable[Attendee], parts: Iterable[announced.Announced], ends_at: datetime, again: str = ""
) -> list[Letter]:
    """Letters to each about each part, not in the outbox yet; `attendee.letter` is the one to be read.

    From `ends_at` on they are too late.
    """
    return [
        Letter(
            key=f"{KIND}:{attendee.pk}:{told.uid}:{told.sequence}{again}",
            kind=KIND,
            recipient=attendee.email,
            payload=payloads.written(
                payloads.AboutPart(attendee=attendee.pk, main=attendee.letter_id, told=told, uid=told.uid)
            ),
            expires_at=ends_at,
        )
        for attendee in attendees
        for told in parts
    ]


def latest(uid: object, attendees: Iterable[Attendee]) -> dict[int, Letter]:
    """By attendee, the newest letter about an earlier part; an older one that waits is no longer true."""
    emails = {attendee.email for attendee in attendees}
    found = Letter.objects.filter(kind=KIND, recipient__in=emails, payload__uid=str(uid)).order_by("pk")
    return {letter.payload["attendee"]: letter for letter in found}


def lost(attendees: Iterable[Attendee]) -> dict[int, Letter]:
    """By attendee, the newest letter about an earlier part that did not arrive."""
    emails = {attendee.email for attendee in attendees}
    found = Letter.objects.filter(LOST, kind=KIND, recipient__in=emails).order_by("pk")
    return {letter.payload["attendee"]: letter for letter in found}


def lost_among(attendees: AttendeeQuerySet) -> Counter[int]:
    """By meeting, how many of these attendees missed a letter about an earlier part, and no other since."""
    parts = Series.objects.filter(meeting=OuterRef("meeting"))
    parted = parts.exclude(pk=OuterRef("meeting__last_series"))
    known = {
        pk: (main, meeting)
        for pk, main, meeting in attendees.filter(Exists(parted)).values_list("pk", "letter", "meeting")
    }
    if not known:
        return Counter()
    mains = {main for main, _ in known.values() if main}
    found = Letter.objects.filter(LOST, kind=KIND, payload__main__in=mains)
    missed = set(found.values_list("payload__attendee", "payload__main"))
    return Counter(meeting for pk, (main, meeting) in known.items() if (pk, main) in missed)


def make_up_for(letter: Letter, attendee: Attendee) -> None:
    """Write the short letters that go with one about the whole from before there were any.

    It was to carry their calendars itself, and waited while this copy was brought up to date.
    """
    payload = payloads.read(letter, payloads.AboutMeeting)
    if payload.uid:
        return
    parts = {told.uid: told for told in told_of(going(attendee.meeting))}
    while not payload.uid:
        parts = {told.uid: told for told in payload.ended} | parts
        earlier = Letter.objects.filter(pk=payload.previous or 0).first()
        if earlier is None or went_out(earlier):
            break
        payload = payloads.read(earlier, payloads.AboutMeeting)
    written = letters([attendee], parts.values(), attendee.meeting.ends_at)
    Letter.objects.bulk_create(written, ignore_conflicts=True)


def have_heard(attendee: Attendee, uid: object, besides: Letter | None = None) -> bool:
    """Whether a letter, `besides` this one, reached the attendee of which their calendar knows this UID.

    What was written before letters kept the UID may have told it.
    """
    told = Letter.objects.filter(
        recipient=attendee.email, kind__in=(*WHOLE, KIND), payload__attendee=attendee.pk
    )
    return any(
        went_out(letter) and _tells(letter.payload, str(uid))
        for letter in told.exclude(pk=besides.pk if besides else 0)
    )


def _tells(payload: dict[str, Any], uid: str) -> bool:
    return bool(payload.get("uid", uid) == uid)


def went_out(letter: Letter) -> bool:
    """Sent, or in the hands of a worker this moment."""
    return bool(letter.sent_at or (letter.leased_until and letter.leased_until > timezone.now()))
