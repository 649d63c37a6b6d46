"""Who comes to a meeting: the places at its table, and the answers counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Case, Count, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from meetings.calendar.said import Said
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
    to_earlier = _to_earlier(earlier) if earlier else {}
    for meeting, _ in pairs:
        if me := mine.get(meeting.pk):
            # The same object, with what was loaded for it.
            me.meeting = meeting
    answers = _answers([one for _, one in pairs if one and one.is_one_of_many], viewer, mine.values())
    found = []
    for meeting, occurrence in pairs:
        me = mine.get(meeting.pk)
        series = occurrence.series_id if occurrence else meeting.last_series_id or 0
        one = occurrence.pk if occurrence and occurrence.is_one_of_many else None
        to_all = to_earlier[series] if series in earlier else said[meeting.pk]
        counts = Counter(to_all)
        counts[PartStat.NEEDS_ACTION] += asked[meeting.pk] - to_all.total()
        counts.update(answers.to_one[one or 0])
        partstat = answers.by_viewer.to(series, one) if me else ""
        back = returned[meeting.pk] + answers.lost_about[one or 0]
        found.append(Responses(counts, back, me, partstat, series in answers.answered))
    return found


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


def _to_earlier(series: Collection[int]) -> dict[int, Counter[str]]:
    """By series, what was said to the whole of one before the last."""
    answers = Answer.objects.to_all().filter(series__in=series, attendee__removed_at=None)
    counted = answers.order_by().values_list("series", "partstat").annotate(count=Count("pk"))
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for series_id, partstat, count in counted:
        found[series_id][partstat] += count
    return found


@dataclass
class _Answers:
    """What was said to dates that are shown, beside the whole, and what the viewer said themselves."""

    # By date, what it changes in the counts of the whole.
    to_one: dict[int, Counter[str]]
    # How many letters about a date alone came back.
    lost_about: Counter[int]
    by_viewer: Said[str]
    # The series of which the viewer answered the whole, or a date that is shown or to come.
    answered: set[int]


def _answers(shown: Collection[Occurrence], viewer: User, invitations: Iterable[Attendee]) -> _Answers:
    """Of dates of series, and of the viewer's own invitations; in one query, in none if no date is shown.

    Others are counted where the rows are: those of hundreds are not loaded to be looked up.
    """
    dates, series = {one.pk for one in shown}, {one.series_id for one in shown}
    whole = Answer.objects.filter(occurrence=None, attendee=OuterRef("attendee"), series=OuterRef("series"))
    said_to_all = Coalesce(Subquery(whole.values("partstat")), Value(str(PartStat.NEEDS_ACTION)))
    alone = Case(When(LOST & ~WHOLE_LOST, then=1), default=0)
    to_come = Q(occurrence=None) | Q(occurrence__ends_at__gt=timezone.now())
    told = Answer.objects.filter(
        Q(occurrence__in=dates) | Q(attendee__user=viewer, series__in=series) & to_come,
        ~Q(partstat="") | LOST,
        attendee__removed_at=None,
    )
    to_one, lost_about = defaultdict[int, Counter[str]](Counter), Counter[int]()
    mine: list[tuple[int, int | None, str]] = [
        (me.meeting.last_series_id or 0, None, me.answer.partstat) for me in invitations
    ]
    for series_id, date, partstat, user, lost, to_all in told.by_time().values_list(
        "series", "occurrence", "partstat", "attendee__user", alone, said_to_all
    ):
        if date in dates:
            lost_about[date] += lost
        if date in dates and partstat:
            to_one[date][to_all] -= 1
            to_one[date][partstat] += 1
        if user == viewer.pk and partstat:
            mine.append((series_id, date, partstat))
    answered = {series_id for series_id, _, partstat in mine if partstat != PartStat.NEEDS_ACTION}
    return _Answers(to_one, lost_about, Said.of(mine), answered)
