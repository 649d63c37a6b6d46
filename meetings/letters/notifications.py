"""Telling people about a meeting: the letters of a change, put into the outbox with it.

A letter holds what its reader was told before; what is true is read when it is made (`letters.mail`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from meetings.letters import announced, part_letters, payloads, quota
from meetings.letters.kinds import KINDS
from meetings.models import Answer, Attendee, Meeting, Occurrence
from outbox.models import Letter


def hurry(letter: Letter | None) -> bool:
    """Have a letter that waits tried at once; whether there is one."""
    if letter is None or letter.sent_at or letter.dead_at:
        return False
    return bool(Letter.objects.waiting().filter(pk=letter.pk).update(not_before=timezone.now()))


def write_again(meeting: Meeting, attendee: Attendee) -> bool:
    """Invite once more. What they know, if an earlier letter reached them, is what is true now."""
    again = f":after-{attendee.letter_id or 0}"
    parts = part_letters.told_of(part_letters.going(meeting))
    return bool(write(meeting, [attendee], "invitation", again, parts=parts, before=announced.of(meeting)))


def write(
    meeting: Meeting,
    attendees: list[Attendee],
    kind: str,
    again: str = "",
    *,
    is_due: bool = False,
    parts: Sequence[announced.Announced] = (),
    before: announced.Announced | None = None,
    **more: Any,
) -> int:
    """Put letters into the outbox; how many. Each is the attendee's latest now; one that waits is given up.

    `parts` are the earlier parts of a series that it concerns (part_letters.told_of), each one letter more.

    Nobody is written to about what is over, unless by what they were told `before` it would be to come. With
    `is_due` it is not the organizer's doing, and goes out however many letters they caused today. For many
    people it takes as many statements as for one.
    """
    ends_at = max(meeting.ends_at, before.ends_for_good) if before else meeting.ends_at
    if not attendees or ends_at <= timezone.now():
        return 0
    if not meeting.cancelled_by:
        # What an administrator causes is not counted as the organizer's.
        count = len(attendees) * (1 + len(parts))
        quota.use(meeting.organizer, count, always=is_due or KINDS[kind].ends)
    written = _put(
        Letter(
            key=f"{kind}:{attendee.pk}:{meeting.current.sequence}{again}",
            kind=kind,
            recipient=attendee.email,
            payload=payloads.written(
                payloads.AboutMeeting(
                    attendee=attendee.pk,
                    previous=attendee.letter_id,
                    uid=str(meeting.current.uid),
                    letters=len(parts),
                    before=before,
                    **more,
                )
            ),
            expires_at=ends_at,
        )
        for attendee in attendees
    )
    for attendee, letter in zip(attendees, written, strict=True):
        attendee.letter = letter
    Attendee.objects.bulk_update(attendees, ["letter"])
    about_parts = _put(part_letters.letters(attendees, parts, ends_at, again)) if parts else []
    return len(written) + len(about_parts)


def write_about(occurrence: Occurrence, kind: str, before: announced.Announced, *, asks: bool = False) -> int:
    """Write about one occurrence to everybody who knows of it; how many letters. With `asks` all answer anew.

    Whoever's letter about the series, or its part, still waits reads of it there: it is made from what is
    true then.
    """
    meeting, series = occurrence.meeting, occurrence.series
    series.sequence += 1
    series.save(update_fields=["sequence"])
    now = timezone.now()
    attendees = list(meeting.attendees.invited().select_related("letter"))
    Answer.objects.bulk_create(
        (Answer(attendee=one, series=series, occurrence=occurrence, partstat="") for one in attendees),
        ignore_conflicts=True,
    )
    answers = {answer.attendee_id: answer for answer in Answer.objects.filter(occurrence=occurrence)}
    if asks:
        for answer in answers.values():
            answer.partstat, answer.answered_at, answer.note = Attendee.PartStat.NEEDS_ACTION, None, ""
    if max(before.ends_at, occurrence.ends_at) > now:
        newest = {attendee.pk: attendee.letter for attendee in attendees}
        if series.pk != meeting.last_series_id:
            newest = {**dict.fromkeys(newest), **part_letters.latest(series.uid, attendees)}
        knowing = [attendee for attendee in attendees if not _waits(newest[attendee.pk], now)]
    else:
        knowing = []
    quota.use(meeting.organizer, len(knowing), always=KINDS[kind].ends)
    written = _put(
        Letter(
            key=f"{kind}:{attendee.pk}:{occurrence.pk}:{series.sequence}",
            kind=kind,
            recipient=attendee.email,
            payload=payloads.written(
                payloads.AboutOccurrence(
                    attendee=attendee.pk,
                    occurrence=occurrence.pk,
                    previous=answers[attendee.pk].letter_id,
                    before=before,
                )
            ),
            expires_at=max(before.ends_at, occurrence.ends_at),
        )
        for attendee in knowing
    )
    for attendee, letter in zip(knowing, written, strict=True):
        answers[attendee.pk].letter = letter
    Answer.objects.bulk_update(answers.values(), ["partstat", "answered_at", "note", "letter"])
    return len(knowing)


def _put(letters: Iterable[Letter]) -> list[Letter]:
    """Letters in the outbox, in the same order; one that is there already, by its key, stays as it is."""
    letters = list(letters)
    Letter.objects.bulk_create(letters, ignore_conflicts=True)
    stored = Letter.objects.in_bulk([letter.key for letter in letters], field_name="key")
    return [stored[letter.key] for letter in letters]


def _waits(letter: Letter | None, now: datetime) -> bool:
    """Whether a letter is still to be made: nobody has it in hand."""
    if letter is None or letter.sent_at or letter.dead_at:
        return False
    return letter.leased_until is None or letter.leased_until <= now
