"""What attendees' calendars show after any life of a meeting, and that all parsers read our letters alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as django_mail
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from meetings.calendar import recurrence
from meetings.calendar.recurrence import Rule
from meetings.forms.addresses import parse
from meetings.models import Meeting, Occurrence
from meetings.plans import invitations
from meetings.plans.invitations import OccurrencePlan, Plan
from outbox import delivery
from outbox.models import Letter
from tests.meetings.letterbox import calendar_files, parsed
from tests.meetings.readers import Event, File, with_ical_js, with_vobject

PEOPLE = "Bob Lindqvist <bob@example.org>, Dave <dave@far.example>"
ONLY_BOB = "Bob Lindqvist <bob@example.org>"
Shown = set[tuple[datetime, datetime, str]]
Read = Callable[[bytes], File]


# -- a calendar program -------------------------------------------------------------------------


@dataclass
class Series:
    """What a calendar keeps of one UID."""

    sequence: int
    # When each would be -> when it is, and its title.
    times: dict[datetime, tuple[datetime, datetime, str]]
    # How new what it knows of single occurrences is.
    single: dict[datetime, int] = field(default_factory=dict)


class CalendarProgram:
    """Does with iTIP messages what RFC 5546 says, and knows nothing else of the meeting."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self.series: dict[str, Series] = {}
        # Of what was cancelled, so that an older request does not bring it back.
        self.gone: dict[str, int] = {}

    def take(self, data: bytes) -> None:
        file = self._read(data)
        whole = any(event.recurrence_id is None for event in file.events)
        for event in file.events:
            if file.method == "REQUEST":
                self._request(event, whole=whole)
            else:
                assert file.method == "CANCEL"
                self._cancel(event)

    def _request(self, event: Event, *, whole: bool) -> None:
        known = self.series.get(event.uid)
        assert event.sequence > self.gone.get(event.uid, -1), "a cancelled meeting would not come back"
        if event.recurrence_id is None:
            assert known is None or event.sequence >= known.sequence, "an update would be ignored"
            times = {start: (start, end, event.summary) for start, end in event.occurrences}
            self.series[event.uid] = Series(event.sequence, times)
            return
        assert known is not None, "a calendar knows nothing of this series"
        newest = max(known.sequence, known.single.get(event.recurrence_id, 0))
        assert event.sequence >= newest if whole else event.sequence > newest, "a change would be ignored"
        known.times[event.recurrence_id] = (event.starts_at, event.ends_at, event.summary)
        known.single[event.recurrence_id] = event.sequence

    def _cancel(self, event: Event) -> None:
        known = self.series.get(event.uid)
        if known is None:
            return
        if event.recurrence_id is None:
            assert event.sequence > known.sequence, "the cancellation would be ignored"
            assert event.sequence >= max(known.single.values(), default=0)
            self.gone[event.uid] = event.sequence
            del self.series[event.uid]
        else:
            assert event.sequence > max(known.sequence, known.single.get(event.recurrence_id, 0))
            del known.times[event.recurrence_id]
            known.single[event.recurrence_id] = event.sequence

    def shows(self) -> Shown:
        return {time for series in self.series.values() for time in series.times.values()}


def is_true(meeting: Meeting) -> Shown:
    if meeting.is_cancelled:
        return set()
    return {(o.starts_at, o.ends_at, o.shown_title) for o in meeting.occurrences.filter(cancelled_at=None)}


# -- lives --------------------------------------------------------------------------------------


class Life:
    """A meeting, and what may happen to it; each method is one change that an organizer makes."""

    def __init__(self, meeting: Meeting) -> None:
        self._meeting = meeting
        self._people = PEOPLE

    def rename(self, n: int) -> None:
        invitations.change(self._meeting, self._plan(title=f"Title {n}"))

    def move(self, n: int) -> None:
        later = self._meeting.starts_at + timedelta(minutes=15 * n + 15)
        invitations.change(self._meeting, self._plan(starts_at=later))

    def change_rule(self, n: int) -> None:
        rule = [
            "",
            str(Rule("DAILY", count=n + 1)),
            str(Rule("WEEKLY", weekdays=(1, 4), count=n + 2)),
            str(Rule("MONTHLY", nth=(2, 2), count=3)),
        ][n % 4]
        invitations.change(self._meeting, self._plan(rrule=rule))

    def change_one(self, n: int) -> None:
        one = self._pick(n)
        if self._meeting.repeats:
            title = "A special one" if n % 2 else one.shown_title
            later = one.starts_at + timedelta(minutes=20 * (n % 3))
            invitations.change_occurrence(one, OccurrencePlan(title, later, one.duration))

    def cancel_one(self, n: int) -> None:
        invitations.cancel_occurrence(self._pick(n))

    def change_following(self, n: int) -> None:
        one = self._pick(n)
        if self._meeting.repeats:
            series = one.series
            rest = recurrence.rest(series.rrule, series.wall_clock, one.recurrence_id)
            later = recurrence.moment(one.recurrence_id, ZoneInfo(series.time_zone)) + timedelta(
                minutes=5 * n
            )
            invitations.change(self._meeting, self._plan(rrule=rest, starts_at=later), since=one)

    def cancel_following(self, n: int) -> None:
        invitations.cancel_from(self._pick(n))

    def remove_dave(self, n: int) -> None:
        self._people = ONLY_BOB
        invitations.change(self._meeting, self._plan())

    def invite_dave(self, n: int) -> None:
        self._people = PEOPLE
        invitations.change(self._meeting, self._plan())

    def cancel(self, n: int) -> None:
        invitations.cancel(self._meeting)

    def _plan(self, **changes: object) -> Plan:
        meeting = self._meeting
        facts = {
            "title": meeting.current.title,
            "starts_at": meeting.starts_at,
            "duration": meeting.duration,
            "time_zone": meeting.time_zone,
            "rrule": meeting.current.rrule,
            "people": parse(self._people).addresses,
        }
        return Plan(**{**facts, **changes})  # type: ignore[arg-type]

    def _pick(self, n: int) -> Occurrence:
        standing = list(self._meeting.occurrences.filter(cancelled_at=None))
        return standing[n % len(standing)]

    def _is_over(self) -> bool:
        self._meeting.refresh_from_db()
        return self._meeting.is_cancelled

    def _as_dave_should_see_it(self) -> Shown:
        return is_true(self._meeting) if self._people == PEOPLE else set()


HAPPENINGS = [name for name in vars(Life) if not name.startswith("_")]
# Each: what happens, a number for it, and whether the letters go out before the next.
lives = st.lists(
    st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 7), st.booleans()), min_size=1, max_size=7
)
rules = st.sampled_from(
    [
        "",
        str(Rule("WEEKLY", count=5)),
        str(Rule("DAILY", 3, count=4)),
        str(Rule("WEEKLY", 2, (0, 3), count=6)),
        str(Rule("MONTHLY", nth=(-1, 4), count=4)),
    ]
)
zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"])
# Before the clocks of half the world change.
START = datetime(2031, 3, 3, 14, 0, tzinfo=UTC)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rule=rules, zone=zones, life=lives)
@example(
    str(Rule("WEEKLY", count=5)),
    "Europe/Berlin",
    [("change_following", 1, True), ("cancel_following", 1, False), ("rename", 0, True)],
)
@example("", "Europe/Berlin", [("change_rule", 1, False), ("change_rule", 0, True)])
@example(
    str(Rule("DAILY", 3, count=4)),
    "Asia/Kathmandu",
    [("change_following", 2, True), ("change_rule", 0, True), ("remove_dave", 7, True)],
)
@example(str(Rule("WEEKLY", count=6)), "Europe/Berlin", [("change_following", 3, True), ("cancel", 0, True)])
@example(
    str(Rule("WEEKLY", count=6)),
    "Europe/Berlin",
    [
        ("remove_dave", 0, True),
        ("change_following", 3, True),
        ("invite_dave", 0, True),
        ("cancel_one", 1, True),
    ],
)
@example(
    str(Rule("WEEKLY", count=6)),
    "America/New_York",
    [("change_following", 3, True), ("remove_dave", 0, True), ("invite_dave", 0, True), ("cancel", 0, True)],
)
@example(
    str(Rule("WEEKLY", count=6)),
    "Europe/Berlin",
    [("change_following", 4, True), ("change_following", 2, True), ("cancel_following", 1, True)],
)
@example(
    str(Rule("WEEKLY", count=6)),
    "Europe/Berlin",
    [
        ("change_following", 4, False),
        ("change_one", 1, False),
        ("change_following", 2, False),
        ("cancel", 0, True),
    ],
)
def test_after_any_life_the_calendar_shows_what_is_true(alice, bob, rule, zone, life):
    """Whichever parser reads it: a program with each gets the same letters."""
    point = transaction.savepoint()
    try:
        plan = Plan("Title", START, timedelta(minutes=45), zone, rrule=rule, people=parse(PEOPLE).addresses)
        programs = [CalendarProgram(read) for read in (with_ical_js, with_vobject)]
        tell(Life(invitations.schedule(alice, plan)), programs, life)
    finally:
        transaction.savepoint_rollback(point)


def tell(story: Life, programs: list[CalendarProgram], life: list[tuple[str, int, bool]]) -> None:
    deliver(programs)
    for happening, n, goes_out in life:
        known = set(Letter.objects.values_list("pk", flat=True))
        getattr(story, happening)(n)
        written = Letter.objects.filter(recipient="dave@far.example").exclude(pk__in=known)
        about = [letter.payload.get("uid") for letter in written]
        assert len(about) == len(set(about)), "two letters about one UID for one change"
        over = story._is_over()
        if goes_out or over:
            deliver(programs)
            they_show(programs, story._as_dave_should_see_it())
        if over:
            return
    deliver(programs)
    they_show(programs, story._as_dave_should_see_it())


def they_show(programs: list[CalendarProgram], truth: Shown) -> None:
    for program in programs:
        assert program.shows() == truth


def deliver(programs: list[CalendarProgram]) -> None:
    """Send what waits; Dave's calendar programs read the one calendar part of each letter."""
    django_mail.outbox.clear()
    delivery.deliver_due("test", limit=1000)
    assert not Letter.objects.waiting().exists()
    for message in django_mail.outbox:
        if message.to == ["dave@far.example"]:
            for data in calendar_parts(message):
                for program in programs:
                    program.take(data)


def calendar_parts(message) -> list[bytes]:
    """What programs read that take the one calendar of a letter; a letter to people alone has none."""
    parts = [part for part in parsed(message).walk() if part.get_content_type() == "text/calendar"]
    assert len(parts) <= 1
    assert len(calendar_files(message)) == len(parts)
    return [part.get_content().encode() for part in parts]


# -- letters ------------------------------------------------------------------------------------


TITLES = [
    "Plans, budgets; and more",
    "Grüße aus Köln 🎉🎉",
    'Quotes " and \\ back: slashes',
    "x" * 200,
    "🧭" * 200,
]
ANY_RULE = pytest.mark.parametrize("rrule", ["", str(Rule("MONTHLY", nth=(2, 1), count=5))])


@pytest.fixture
def only_file(mailoutbox):
    """Deliver the one letter there is; its calendar file."""

    def deliver_it() -> bytes:
        delivery.deliver_due("test")
        [message] = mailoutbox
        [data] = calendar_files(message)
        return data

    return deliver_it


@pytest.mark.parametrize("title", TITLES)
@ANY_RULE
def test_both_parsers_agree_on_everything_in_a_letter(alice, plan, title, rrule, only_file):
    people = parse('"Kurz, Dr. Eva" <Eva.Kurz+termine@far.example>').addresses
    meeting = invitations.schedule(alice, plan(people, title=title, rrule=rrule))
    data = only_file()
    ours = with_ical_js(data)
    assert ours == with_vobject(data)
    [event] = ours.events
    assert ours.method == "REQUEST"
    assert event.summary == title
    assert event.uid == str(meeting.current.uid)
    assert event.attendees == {"mailto:Eva.Kurz+termine@far.example": ("NEEDS-ACTION", "REQ-PARTICIPANT")}
    assert [start for start, _ in event.occurrences] == [o.starts_at for o in meeting.occurrences.all()]


@pytest.mark.parametrize("title", TITLES)
def test_no_line_is_longer_than_75_octets_nor_broken_within_a_character(alice, plan, title, only_file):
    """RFC 5545, 3.1."""
    invitations.schedule(alice, plan("eva@far.example", title=title, description=title))
    lines = only_file().split(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()


@ANY_RULE
def test_a_personal_link_is_in_no_calendar(alice, plan, rrule, only_file):
    invitations.schedule(alice, plan("eva@far.example", rrule=rrule))
    data = only_file()
    assert b"/i/" not in data
    assert data.count(b"mailto:eva@far.example") == 1


def test_the_zone_in_a_file_is_small(alice, plan, only_file):
    invitations.schedule(alice, plan("eva@far.example", rrule=str(Rule("WEEKLY", count=52))))
    data = only_file()
    zone = data[data.index(b"BEGIN:VTIMEZONE") : data.index(b"END:VTIMEZONE")]
    assert len(zone) < 500


def test_one_who_need_not_come_is_told_so_by_the_calendar_too(alice, plan, only_file):
    invitations.schedule(alice, plan("eva@far.example", optional=frozenset({"eva@far.example"})))
    [event] = with_ical_js(only_file()).events
    assert event.attendees == {"mailto:eva@far.example": ("NEEDS-ACTION", "OPT-PARTICIPANT")}
