"""What a person sees of their meetings: rows, days, seats and letters, put into words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Prefetch
from django.utils import timezone

from accounts.models import User
from meetings import words
from meetings.models import Attendee, Meeting, MeetingQuerySet

PartStat = Attendee.PartStat
# In a larger call only those who spoke last are seen (docs/decisions/0019-who-hears-whom.md).
EVERYBODY_SEEN = 8


def loaded(meetings: MeetingQuerySet) -> MeetingQuerySet:
    """With everything that a row shows, in two queries however many they are."""
    attendees = Attendee.objects.invited().select_related("letter")
    return meetings.select_related("organizer").prefetch_related(Prefetch("attendees", attendees))


@dataclass(frozen=True)
class Seat:
    """One place at the table."""

    name: str
    partstat: str


def seats(meeting: Meeting) -> list[Seat]:
    """The organizer's first, then the attendees' in the order of invitation."""
    return [
        Seat(meeting.organizer.get_full_name(), PartStat.ACCEPTED),
        *(Seat(attendee.display_name, attendee.partstat) for attendee in meeting.attendees.all()),
    ]


@dataclass(frozen=True)
class Row:
    """A meeting in one person's list."""

    meeting: Meeting
    viewer: User
    now: datetime

    @property
    def starts(self) -> datetime:
        return self.meeting.starts_at.astimezone(self.now.tzinfo)

    @property
    def ends(self) -> datetime:
        return self.meeting.ends_at.astimezone(self.now.tzinfo)

    @property
    def organizes(self) -> bool:
        return self.meeting.organizer_id == self.viewer.pk

    @property
    def mine(self) -> Attendee | None:
        """The viewer's own invitation."""
        return next((a for a in self.meeting.attendees.all() if a.user_id == self.viewer.pk), None)

    @property
    def unanswered(self) -> bool:
        mine = self.mine
        return mine is not None and mine.partstat == PartStat.NEEDS_ACTION and not self.organizes

    @property
    def declined(self) -> bool:
        return self.mine is not None and self.mine.partstat == PartStat.DECLINED and not self.organizes

    @property
    def span(self) -> str:
        return words.span(self.starts, self.ends)

    @property
    def until(self) -> str:
        return words.until(self.starts, self.ends, self.now)

    @property
    def day(self) -> str:
        """Today, Tomorrow, or the date."""
        heading, _ = words.day_name(self.starts.date(), self.now.date())
        if heading in ("Today", "Tomorrow", "Yesterday"):
            return heading
        return words.day(self.starts.date(), self.now.date())

    @property
    def tally(self) -> str:
        """3 yes, 1 maybe, 1 unanswered; empty when nobody was invited."""
        counts = Counter(attendee.partstat for attendee in self.meeting.attendees.all())
        named = [
            (PartStat.ACCEPTED, "yes"),
            (PartStat.TENTATIVE, "maybe"),
            (PartStat.DECLINED, "no"),
            (PartStat.NEEDS_ACTION, "unanswered"),
        ]
        return ", ".join(f"{counts[partstat]} {word}" for partstat, word in named if counts[partstat])

    @property
    def answers(self) -> str:
        """Five of eight said yes, Carol maybe."""
        seats_ = seats(self.meeting)
        if len(seats_) == 1:
            return ""
        yes = sum(seat.partstat == PartStat.ACCEPTED for seat in seats_)
        maybe = [seat.name.split()[0] for seat in seats_ if seat.partstat == PartStat.TENTATIVE]
        text = f"{words.sentence(words.number(yes))} of {words.number(len(seats_))} said yes"
        if maybe:
            text += (
                f", {words.listed(maybe)} maybe" if len(maybe) < 4 else f", {words.number(len(maybe))} maybe"
            )
        return text + "."

    @property
    def crowd(self) -> tuple[str, str] | None:
        """What the organizer should know when many come: in a call everybody sends to everybody."""
        coming = sum(seat.partstat == PartStat.ACCEPTED for seat in seats(self.meeting))
        most = settings.ROOM_CAPACITY
        say = f"{words.sentence(words.number(coming))} say that they come, you among them."
        if coming > most:
            return (
                "More people than seats",
                f"{say} A room here has {words.number(most)} seats, and whoever comes when they are taken"
                " stays outside until one is free. Let some watch together on one screen, or make two"
                " meetings of it.",
            )
        if coming > EVERYBODY_SEEN:
            return (
                "A full table",
                f"{say} In a call everybody sends straight to everybody else. All are heard; of more than"
                f" {words.number(EVERYBODY_SEEN)}, those who spoke last are seen. It goes best by cable, and"
                " with cameras off where the line is thin.",
            )
        return None

    @property
    def returned(self) -> str:
        """One letter came back."""
        count = sum(came_back(attendee) for attendee in self.meeting.attendees.all())
        return f"{words.sentence(words.counted(count, 'letter', 'letters'))} came back" if count else ""

    @property
    def cancelled(self) -> str:
        """Bob cancelled this on Saturday."""
        if self.meeting.cancelled_at is None:
            return ""
        who = "You" if self.organizes else self.meeting.organizer.get_short_name()
        on = self.meeting.cancelled_at.astimezone(self.now.tzinfo).date()
        match (self.now.date() - on).days:
            case 0:
                when = "today"
            case 1:
                when = "yesterday"
            case days:
                when = f"on {on:%A}" if days < 7 else f"on {on.day} {on:%B}"
        return f"{who} cancelled this {when}"


@dataclass
class Day:
    """The meetings that begin on one day."""

    on: date
    heading: str
    line: str
    rows: list[Row] = field(default_factory=list)


def rows(meetings: Iterable[Meeting], viewer: User) -> list[Row]:
    """In the zone that is active for the viewer."""
    now = timezone.localtime()
    return [Row(meeting, viewer, now) for meeting in meetings]


def days(rows: Iterable[Row], *, after: Row | None = None) -> list[Day]:
    """`rows` in their order, by day. Below the door, what is left of its day is "Later today"."""
    found: list[Day] = []
    for row in rows:
        # What began before today and still goes on belongs to today.
        on = row.starts.date()
        if not row.meeting.is_cancelled and row.meeting.ends_at > row.now:
            on = max(on, row.now.date())
        if not found or found[-1].on != on:
            later = after is not None and after.starts.date() <= row.now.date()
            heading, line = words.day_name(on, row.now.date(), later=later)
            found.append(Day(on, heading, line))
        found[-1].rows.append(row)
    return found


def door(rows: Iterable[Row]) -> Row | None:
    """The meeting that comes next, or goes on now, and to which the viewer has not said no."""
    return next((row for row in rows if not row.meeting.is_cancelled and not row.declined), None)


def summary(rows: Iterable[Row], first: Row | None) -> str:
    """Two more meetings today. One waits for your answer."""
    standing = [row for row in rows if not row.meeting.is_cancelled]
    today = [row for row in standing if row is not first and row.starts.date() <= row.now.date()]
    waiting = sum(row.unanswered for row in standing)
    parts = []
    if today:
        more = "more " if first and first.starts.date() <= first.now.date() else ""
        parts.append(words.counted(len(today), f"{more}meeting today.", f"{more}meetings today."))
    elif first and first.starts.date() > first.now.date():
        parts.append("nothing today.")
    if waiting:
        parts.append(f"{words.number(waiting)} wait{'s' if waiting == 1 else ''} for your answer.")
    return " ".join(words.sentence(part) for part in parts)


# -- letters ------------------------------------------------------------------------------------


def came_back(attendee: Attendee) -> bool:
    return attendee.letter is not None and attendee.letter.dead_at is not None


@dataclass(frozen=True)
class LetterState:
    """How far the latest letter to an attendee has come."""

    words: str
    detail: str = ""
    failed: bool = False
    sent_at: datetime | None = None


def letter_state(attendee: Attendee) -> LetterState | None:
    """None when there is no letter."""
    letter = attendee.letter
    if letter is None:
        return None
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


@dataclass(frozen=True)
class Clock:
    """What a clock elsewhere shows when the meeting starts."""

    place: str
    time: str
    odd: str


def other_clocks(meeting: Meeting, zone: str) -> list[Clock]:
    """The attendees' clocks, where known and other than in `zone`; hours outside of the day are marked."""
    zones = {attendee.time_zone for attendee in meeting.attendees.all() if attendee.time_zone}
    here = meeting.starts_at.astimezone(ZoneInfo(zone))
    found = {}
    for name in sorted(zones, key=words.place):
        there = meeting.starts_at.astimezone(ZoneInfo(name))
        if there.utcoffset() != here.utcoffset():
            odd = "early" if there.hour < 7 else "late" if there.hour >= 20 else ""
            found[words.place(name)] = Clock(words.place(name), words.clock(there), odd)
    return list(found.values())
