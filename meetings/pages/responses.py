"""Who comes to a meeting: the places at its table, and the answers counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Case, Count, Q, When

from accounts.models import User
from meetings.letters import copies
from meetings.letters.delivery_state import LOST, WHOLE_LOST
from meetings.models import Answer, Attendee, Meeting, Occurrence

PartStat = Attendee.PartStat


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
class Responses:
    """Who was asked to one occurrence, counted."""

    answers: Counter[str] = field(default_factory=Counter)
    # Whose letter came back.
    returned: int = 0
    # The viewer's own invitation, and what it says to this occurrence.
    mine: Attendee | None = None
    partstat: str = ""


def responses_to(pairs: Iterable[tuple[Meeting, Occurrence | None]], viewer: User) -> list[Responses]:
    """The responses to each, in three queries however many they are; two more where a series was parted."""
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
    # Whose series were changed and may be in parts, of which short letters tell. They count for who has no
    # other that came back.
    changed = {meeting.pk for meeting, _ in pairs if meeting.repeats and meeting.current.sequence}
    if changed:
        returned.update(copies.lost_among(invited.filter(meeting__in=changed).exclude(LOST)))
    mine = {attendee.meeting_id: attendee for attendee in invited.filter(user=viewer).by_answer()}
    own: dict[int, list[tuple[bool, str, str]]] = {}
    lost_about: Counter[int] = Counter()
    told = Answer.objects.filter(
        occurrence__in=[occurrence.pk for _, occurrence in pairs if occurrence and occurrence.is_one_of_many],
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
        responses = Responses(Counter(answers[meeting.pk]), back_here, me, me.partstat if me else "")
        for is_mine, to_all, partstat in own.get(occurrence.pk, ()) if occurrence else ():
            responses.answers[to_all] -= 1
            responses.answers[partstat] += 1
            if is_mine:
                responses.partstat = partstat
        found.append(responses)
    return found
