"""How far the letters to attendees have come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings import words
from meetings.letters import part_letters
from meetings.models import Answer, Meeting, Occurrence
from outbox.models import Letter

# Letters that did not arrive: of an attendee or an answer, and of the attendee of an answer.
LOST = Q(letter__dead_at__isnull=False, letter__is_moot=False) | Q(letter__bounced_at__isnull=False)
WHOLE_LOST = Q(attendee__letter__dead_at__isnull=False, attendee__letter__is_moot=False) | Q(
    attendee__letter__bounced_at__isnull=False
)


def letters_to(meeting: Meeting, occurrence: Occurrence | None = None) -> dict[int, Letter]:
    """By attendee, the letter from which they know what they know; that nobody needed is none.

    It is the latest about all, or about that one occurrence. On the page of all it is also one about a date
    to come, if that was lost since: then they know something that is not so.
    """
    attendees = meeting.attendees.all()
    found = {a.pk: a.letter for a in attendees if a.letter is not None and not a.letter.is_moot}
    if not meeting.repeats:
        return found
    about = Answer.objects.filter(attendee__in=found, letter__is_moot=False).select_related("letter")
    if occurrence is not None:
        about = about.filter(occurrence=occurrence)
    else:
        about = about.filter(LOST, occurrence__ends_at__gt=timezone.now())
    for answer in about.order_by("letter__created_at"):
        letter = answer.letter
        if letter is not None and letter.created_at > found[answer.attendee_id].created_at:
            found[answer.attendee_id] = letter
    for attendee_pk, letter in part_letters.lost(a for a in attendees if a.pk in found).items():
        if attendee_pk in found and letter.created_at >= found[attendee_pk].created_at:
            found[attendee_pk] = letter
    return found


@dataclass(frozen=True)
class LetterState:
    """How far a letter to an attendee has come."""

    words: str
    detail: str = ""
    failed: bool = False
    sent_at: datetime | None = None


def letter_state(letter: Letter | None) -> LetterState | None:
    """None when there is no letter, or none was needed in the end."""
    if letter is None or letter.is_moot:
        return None
    if letter.bounced_at:
        return LetterState(_("Came back"), words.refusal(letter.bounce), failed=True)
    if letter.dead_at:
        # Only a mail server's own words are translated; anything else is our doing.
        refused = letter.error.startswith("The mail server")
        return LetterState(
            _("Came back"), words.refusal(letter.error) if refused else _("Not sent in time"), failed=True
        )
    if letter.sent_at:
        return LetterState(_("Sent"), sent_at=letter.sent_at)
    if letter.attempts and letter.error:
        again = timezone.localtime(letter.not_before)
        said = {"nth": words.sentence(words.ordinal(letter.attempts + 1)), "clock": words.clock(again)}
        return LetterState(_("On its way"), _("%(nth)s try at %(clock)s") % said)
    return LetterState(_("On its way"))
