"""Who comes to a meeting: the places at its table, the answers, and how far each letter has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Case, Count, Q, When
from django.utils import timezone

from accounts.models import User
from meetings import words
from meetings.models import Answer, Attendee, Meeting, Occurrence
from outbox.models import Letter

PartStat = Attendee.PartStat
# Letters that did not arrive: of an attendee or an answer, and of the attendee of an answer.
LOST = Q(letter__dead_at__isnull=False, letter__is_moot=False) | Q(letter__bounced_at__isnull=False)
WHOLE_LOST = Q(attendee__letter__dead_at__isnull=False, attendee__letter__is_moot=False) | Q(
    attendee__letter__bounced_at__isnull=False
)


@dataclass(frozen=True)
class Seat:
    """One place at the table."""

    name: str
    partstat: str


def seats(meeting: Meeting, own: Mapping[int, str] | None = None) -> list[Seat]:
    """The organizer's first, then the attendees' in the order of invitation.

    `own` is what attendees, by number, said to one occurrence where it is not what they said to all.
    """
    own = own or {}
    return [
        Seat(meeting.organizer.get_full_name(), PartStat.ACCEPTED),
        *(Seat(a.display_name, own.get(a.pk, a.partstat)) for a in meeting.attendees.all()),
    ]


@dataclass
class Company:
    """Who was asked to one occurrence, counted."""

    answers: Counter[str] = field(default_factory=Counter)
    # Whose letter came back.
    returned: int = 0
    # The viewer's own invitation, and what it says to this occurrence.
    mine: Attendee | None = None
    partstat: str = ""


def is_one_of_many(occurrence: Occurrence) -> bool:
    """Whether it belongs to a series, or to what is left of one before it became a single meeting."""
    return occurrence.meeting.repeats or occurrence.earlier_id is not None


def companies(pairs: Iterable[tuple[Meeting, Occurrence | None]], viewer: User) -> list[Company]:
    """The company of each, in three queries however many they are."""
    pairs = list(pairs)
    meetings = {meeting.pk for meeting, _ in pairs}
    invited = Attendee.objects.invited().filter(meeting__in=meetings)
    back = Count("letter", filter=LOST)
    answers: dict[int, Counter[str]] = {pk: Counter() for pk in meetings}
    returned: Counter[int] = Counter()
    counted = invited.order_by().values_list("meeting", "partstat").annotate(count=Count("pk"), back=back)
    for meeting_id, partstat, count, came_back in counted:
        answers[meeting_id][partstat] += count
        returned[meeting_id] += came_back
    mine = {attendee.meeting_id: attendee for attendee in invited.filter(user=viewer).by_answer()}
    own: dict[int, list[tuple[bool, str, str]]] = {}
    lost_about: Counter[int] = Counter()
    told = Answer.objects.filter(
        occurrence__in=[
            occurrence.pk for _, occurrence in pairs if occurrence and is_one_of_many(occurrence)
        ],
        attendee__removed_at=None,
    ).filter(~Q(partstat="") | LOST)
    told = told.annotate(lost=Case(When(LOST & ~WHOLE_LOST, then=1), default=0))
    for occurrence_id, user_id, to_all, partstat, lost in told.order_by("answered_at").values_list(
        "occurrence", "attendee__user", "attendee__partstat", "partstat", "lost"
    ):
        lost_about[occurrence_id] += lost
        if partstat:
            own.setdefault(occurrence_id, []).append((user_id == viewer.pk, to_all, partstat))
    found = []
    for meeting, occurrence in pairs:
        me = mine.get(meeting.pk)
        back_here = returned[meeting.pk] + (lost_about[occurrence.pk] if occurrence else 0)
        company = Company(Counter(answers[meeting.pk]), back_here, me, me.partstat if me else "")
        for is_mine, to_all, partstat in own.get(occurrence.pk, ()) if occurrence else ():
            company.answers[to_all] -= 1
            company.answers[partstat] += 1
            if is_mine:
                company.partstat = partstat
        found.append(company)
    return found


# -- letters ------------------------------------------------------------------------------------


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
        return LetterState("Came back", words.refusal(letter.bounce), failed=True)
    if letter.dead_at:
        # Only a mail server's own words are translated; anything else is our doing.
        refused = letter.error.startswith("The mail server")
        return LetterState(
            "Came back", words.refusal(letter.error) if refused else "Not sent in time", failed=True
        )
    if letter.sent_at:
        return LetterState("Sent", sent_at=letter.sent_at)
    if letter.attempts and letter.error:
        again = timezone.localtime(letter.not_before)
        which = words.sentence(words.ordinal(letter.attempts + 1))
        return LetterState("On its way", f"{which} try at {words.clock(again)}")
    return LetterState("On its way")
