"""What attendees' calendars hold of the earlier parts of a series, and the letters that keep it right.

Calendars know each part by a UID of its own, and many programs read one calendar in a letter, of one UID. So
each part that a change concerns is told in a short letter of its own, beside the one that people read
(docs/decisions/0033-one-letter-per-uid.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone

from meetings import tellings
from meetings.models import Attendee, EarlierSeries, Meeting, Occurrence
from outbox.models import Letter

KIND = "part"
# Letters that are about the whole of what a calendar knows by a UID; with KIND.
WHOLE = ("invitation", "update")


def going(meeting: Meeting) -> list[EarlierSeries]:
    """The earlier parts of which something is still to come: every attendee's calendar has to show it."""
    if not meeting.repeats:
        return []
    standing = Occurrence.objects.filter(meeting=meeting, cancelled_at=None, ends_at__gt=timezone.now())
    return list(meeting.earlier_series.filter(pk__in=standing.values("earlier")).order_by("wall_clock"))


def letters_each(meeting: Meeting) -> int:
    """How many letters tell one person of the whole: invite them, or call it off."""
    return 1 + len(going(meeting))


def told_of(parts: Iterable[EarlierSeries]) -> list[tellings.Told]:
    """What a letter keeps of parts that stand, should they be no more when it is made."""
    return [tellings.of_part(part) | {"sequence": part.sequence} for part in parts]


def letters(
    meeting: Meeting, attendees: Iterable[Attendee], parts: Iterable[tellings.Told], again: str = ""
) -> list[Letter]:
    """Letters to each about each part, not in the outbox yet; `attendee.letter` is the one to be read."""
    return [
        Letter(
            key=f"{KIND}:{attendee.pk}:{told['uid']}:{told['sequence']}{again}",
            kind=KIND,
            recipient=attendee.email,
            payload={"attendee": attendee.pk, "main": attendee.letter_id, "told": told, "uid": told["uid"]},
            expires_at=meeting.ends_at,
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
    back = Q(dead_at__isnull=False, is_moot=False) | Q(bounced_at__isnull=False)
    found = Letter.objects.filter(back, kind=KIND, recipient__in=emails).order_by("pk")
    return {letter.payload["attendee"]: letter for letter in found}


def have_heard(attendee: Attendee, uid: object, besides: Letter | None = None) -> bool:
    """Whether a letter, `besides` this one, reached the attendee of which their calendar knows this UID.

    What was written before letters kept the UID may have told it.
    """
    told = Letter.objects.filter(
        recipient=attendee.email, kind__in=(*WHOLE, KIND), payload__attendee=attendee.pk
    )
    return any(
        _went_out(letter) and _tells(letter.payload, str(uid))
        for letter in told.exclude(pk=besides.pk if besides else 0)
    )


def _tells(payload: dict[str, Any], uid: str) -> bool:
    return bool(payload.get("uid", uid) == uid)


def _went_out(letter: Letter) -> bool:
    """Sent, or in the hands of a worker this moment."""
    return bool(letter.sent_at or (letter.leased_until and letter.leased_until > timezone.now()))
