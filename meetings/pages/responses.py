"""Who comes to a meeting: the places at its table, and the answers counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Case, Count, F, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from meetings.letters import part_letters
from meetings.letters.delivery_state import LOST, WHOLE_LOST
from meetings.models import Answer, Attendee, AttendeeQuerySet, Meeting, Occurrence, partstat_to_all

PartStat = Attendee.PartStat


@dataclass(frozen=True)
class Seat:
    """One place at the table."""

    name: str
    partstat: str


def seats(meeting: Meeting, occurrence: Occurrence | None = None) -> list[Seat]:
    """The organizer's first, then the attendees' in the order of invitation, by what they said to a date.

    Without one, to the whole. The attendees are those of `overview.loaded`.
    """
    said = occurrence.answers_by_attendee() if occurrence and occurrence.is_one_of_many else None
    silent = Answer()
    answers = [
        (attendee.display_name, said.get(attendee.pk, silent) if said is not None else attendee.answer)
        for attendee in meeting.attendees.all()
    ]
    return [
        Seat(meeting.organizer.get_full_name(), PartStat.ACCEPTED),
        *(Seat(name, answer.partstat) for name, answer in answers),
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
    # Whether the viewer has answered the series of this occurrence, or any date of it that is to come.
    has_answered: bool = False


def responses_to(pairs: Iterable[tuple[Meeting, Occurrence | None]], viewer: User) -> list[Responses]:
    """The responses to each, in three queries however many they are; three more where a series was parted."""
    pairs = list(pairs)
    meetings = {meeting.pk for meeting, _ in pairs}
    invited = Attendee.objects.invited().filter(meeting__in=meetings)
    mine = {
        attendee.meeting_id: attendee for attendee in invited.filter(user=viewer).by_answer().with_answers()
    }
    said, asked, returned = _to_last(invited)
    # Whose series were changed and may be in parts, of which short letters tell. They count for who has no
    # other that came back.
    changed = {meeting.pk for meeting, _ in pairs if meeting.repeats and meeting.current.sequence}
    if changed:
        returned.update(part_letters.lost_among(invited.filter(meeting__in=changed).exclude(LOST)))
    earlier = {one.series_id for meeting, one in pairs if one and one.series_id != meeting.last_series_id}
    to_earlier = _to_earlier(earlier, viewer) if earlier else {}
    to_one, lost_about, answered = _to_one([one for _, one in pairs if one and one.is_one_of_many], viewer)
    found = []
    for meeting, occurrence in pairs:
        if me := mine.get(meeting.pk):
            # The same object, with what was loaded for it.
            me.meeting = meeting
        whole = _Said(said[meeting.pk], me.answer.partstat if me else "")
        if occurrence and occurrence.series_id in earlier:
            whole = to_earlier.get(occurrence.series_id, _Said())
        own = to_one.get(occurrence.pk, _Said()) if occurrence else _Said()
        answers = Counter(whole.answers)
        answers[PartStat.NEEDS_ACTION] += asked[meeting.pk] - whole.answers.total()
        answers.update(own.answers)
        partstat = (own.mine or whole.mine or str(PartStat.NEEDS_ACTION)) if me else ""
        back = returned[meeting.pk] + (lost_about[occurrence.pk] if occurrence else 0)
        has_answered = _is_answer(whole.mine) or (occurrence is not None and occurrence.series_id in answered)
        found.append(Responses(answers, back, me, partstat, has_answered))
    return found


@dataclass
class _Said:
    """What was answered, counted, and what the viewer said themselves, if they did."""

    answers: Counter[str] = field(default_factory=Counter)
    mine: str = ""


def _to_last(invited: AttendeeQuerySet) -> tuple[dict[int, Counter[str]], Counter[int], Counter[int]]:
    """By meeting: what was said where it goes on, how many were asked, and whose letter came back."""
    said: dict[int, Counter[str]] = defaultdict(Counter)
    asked, returned = Counter[int](), Counter[int]()
    rows = invited.order_by().values_list("meeting", partstat_to_all())
    for meeting, partstat, count, came_back in rows.annotate(
        count=Count("pk"), back=Count("letter", filter=LOST)
    ):
        said[meeting][partstat] += count
        asked[meeting] += count
        returned[meeting] += came_back
    return said, asked, returned


def _to_earlier(series: Collection[int], viewer: User) -> dict[int, _Said]:
    """By series, what was said to the whole of one before the last."""
    answers = Answer.objects.to_all().filter(series__in=series, attendee__removed_at=None)
    is_mine = Case(When(attendee__user=viewer, then=True), default=False)
    # Of two invitations of one person, what they said last counts.
    counted = answers.annotate(is_mine=is_mine).order_by().values_list("series", "partstat", "is_mine")
    found: dict[int, _Said] = {}
    for row in counted.annotate(count=Count("pk"), said_at=Max("answered_at")).order_by(
        F("said_at").asc(nulls_first=True)
    ):
        series_id, partstat, mine, count, _ = row
        said = found.setdefault(series_id, _Said())
        said.answers[partstat] += count
        if mine:
            said.mine = partstat
    return found


def _to_one(dates: Collection[Occurrence], viewer: User) -> tuple[dict[int, _Said], Counter[int], set[int]]:
    """By date, what it changes in the counts of the whole; and how many letters about it alone came back.

    And the series of which the viewer has answered a date, be it another one, that is to come.
    """
    whole = Answer.objects.to_all().filter(attendee=OuterRef("attendee"), series=OuterRef("series"))
    said_to_all = Coalesce(Subquery(whole.values("partstat")), Value(str(PartStat.NEEDS_ACTION)))
    alone = Case(When(LOST & ~WHOLE_LOST, then=1), default=0)
    shown = Q(occurrence__in=[one.pk for one in dates])
    is_mine = Q(attendee__user=viewer, occurrence__ends_at__gt=timezone.now())
    told = Answer.objects.filter(shown | is_mine & Q(series__in={one.series_id for one in dates}))
    told = told.filter(~Q(partstat="") | LOST, attendee__removed_at=None).by_time()
    found, lost_about, answered = dict[int, _Said](), Counter[int](), set[int]()
    for occurrence, series, user, partstat, lost, to_all in told.values_list(
        "occurrence", "series", "attendee__user", "partstat", alone, said_to_all
    ):
        lost_about[occurrence] += lost
        if partstat:
            said = found.setdefault(occurrence, _Said())
            said.answers[to_all] -= 1
            said.answers[partstat] += 1
            if user == viewer.pk:
                said.mine = partstat
                if _is_answer(partstat):
                    answered.add(series)
    return found, lost_about, answered


def _is_answer(partstat: str) -> bool:
    return partstat not in ("", PartStat.NEEDS_ACTION)
