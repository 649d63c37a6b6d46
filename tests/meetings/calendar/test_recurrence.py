"""How meetings repeat: every rule against two other implementations, and on every wall."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from accounts.zone_labels import inhabited
from meetings.calendar import itip, recurrence, rule_words
from meetings.calendar.recurrence import Rule, WrongRule
from tests.meetings.readers import with_ical_js, with_vobject

LENGTH = timedelta(minutes=45)
FIRST, LAST = datetime(2024, 1, 1), datetime(2034, 12, 31)
starts = st.datetimes(FIRST, LAST).map(lambda at: at.replace(second=0, microsecond=0, fold=0))
zones = st.sampled_from([*inhabited(), "UTC"])
weekdays = st.sets(st.integers(0, 6)).map(lambda days: tuple(sorted(days)))
nth = st.none() | st.tuples(st.sampled_from([1, 2, 3, 4, 5, -1]), st.integers(0, 6))


@st.composite
def series(draw) -> tuple[Rule, datetime]:
    """A rule that a form can make, and the first of its times."""
    frequency = draw(st.sampled_from(recurrence.FREQUENCIES))
    start = draw(starts)
    end: dict[str, object] = {}
    if draw(st.booleans()):
        end["count"] = draw(st.integers(1, 60))
    else:
        end["until"] = start.date() + timedelta(days=draw(st.integers(0, 366)))
    rule = Rule(
        frequency,
        draw(st.integers(1, 12)),
        draw(weekdays) if frequency == "WEEKLY" else (),
        draw(nth) if frequency == "MONTHLY" else None,
        **end,  # type: ignore[arg-type]
    )
    try:
        found = recurrence.expand(rule, start)
    except WrongRule:
        assume(False)
    return rule, found[0]


def moments(rule: Rule, start: datetime, zone: ZoneInfo) -> list[datetime]:
    ids = recurrence.wall_clocks(str(rule), recurrence.written(start))
    return [recurrence.moment(key, zone) for key in ids]


def as_file(rule: Rule, start: datetime, zone: str) -> bytes:
    starts_at = recurrence.moment(recurrence.written(start), ZoneInfo(zone))
    facts = itip.Facts(
        uid="1",
        sequence=0,
        title="Series",
        starts_at=starts_at,
        ends_at=starts_at + LENGTH,
        url="https://meet.example/r/abc/",
        description="",
        organizer_name="Alice",
        organizer_address="meet@example.org",
        created_at=starts_at,
        rrule=str(rule),
        time_zone=zone,
    )
    return itip.request(facts, itip.Guest("Bob", "bob@example.org"), starts_at)


def skips(rule: Rule, start: datetime, zone: ZoneInfo) -> bool:
    """Whether a start or an end is on no clock, or twice: where parsers differ and calendars shrug."""
    ids = recurrence.wall_clocks(str(rule), recurrence.written(start))
    local = [recurrence.read(key).replace(tzinfo=zone) for key in ids]
    ends = [(recurrence.read(key) + LENGTH).replace(tzinfo=zone) for key in ids]
    return any(
        at.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != at.replace(tzinfo=None)
        or at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()
        for at in [*local, *ends]
    )


@settings(max_examples=150, derandomize=True)
@given(series(), zones)
@example((Rule("WEEKLY", count=20), datetime(2026, 10, 20, 9)), "Europe/Berlin")
@example((Rule("DAILY", count=40), datetime(2026, 3, 20, 9)), "Australia/Lord_Howe")
@example((Rule("WEEKLY", count=30), datetime(2026, 9, 1, 9)), "Asia/Kathmandu")
@example((Rule("WEEKLY", count=30), datetime(2027, 1, 15, 9)), "Africa/Casablanca")
@example((Rule("YEARLY", count=2), datetime(2028, 2, 29, 9)), "America/New_York")
@example((Rule("MONTHLY", nth=(-1, 4), count=12), datetime(2026, 11, 27, 23, 30)), "Pacific/Apia")
def test_two_other_implementations_read_the_same_times_in_our_files(drawn, zone):
    rule, start = drawn
    assume(not skips(rule, start, ZoneInfo(zone)))
    wanted = moments(rule, start, ZoneInfo(zone))
    data = as_file(rule, start, zone)
    for read in (with_ical_js, with_vobject):
        [event] = read(data).events
        assert [at for at, _ in event.occurrences] == wanted, read.__name__
        assert all(end - at == LENGTH for at, end in event.occurrences)


@settings(max_examples=200, derandomize=True)
@given(series(), zones)
def test_no_occurrence_changes_its_time_on_the_wall(drawn, zone):
    rule, start = drawn
    where = ZoneInfo(zone)
    assume(not skips(rule, start, where))
    assert {at.astimezone(where).time() for at in moments(rule, start, where)} == {start.time()}


@settings(max_examples=200, derandomize=True)
@given(series())
def test_a_rule_is_read_as_it_was_written(drawn):
    rule, _ = drawn
    assert recurrence.parse(str(rule)) == rule


@settings(max_examples=200, derandomize=True)
@given(series(), st.data())
def test_a_rule_that_is_cut_and_its_rest_are_the_whole(drawn, data):
    rule, start = drawn
    first = recurrence.written(start)
    ids = recurrence.wall_clocks(str(rule), first)
    assume(len(ids) > 1)
    at = ids[data.draw(st.integers(1, len(ids) - 1))]
    head = recurrence.wall_clocks(recurrence.cut(str(rule), first, at), first)
    assert head == tuple(key for key in ids if key < at)
    # From a day on that a rule of the first day's number would not find itself, it is another rule.
    assume(rule.frequency in ("DAILY", "WEEKLY") or rule.nth)
    assume(rule.interval == 1 or len(rule.weekdays) < 2)
    rest = recurrence.rest(str(rule), first, at)
    assert recurrence.wall_clocks(rest, at) == ids[len(head) :]
    whole = recurrence.joined(recurrence.cut(str(rule), first, at), first, rest, at)
    assert whole is not None
    assert recurrence.wall_clocks(whole, first) == ids


@pytest.mark.parametrize(
    ("second", "since"),
    [
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=2", "2030-12-16T10:00"),  # one was left out
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=2", "2030-12-09T11:00"),  # later in the day
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=2", "2030-12-10T10:00"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=2", "2030-12-09T10:00"),
    ],
)
def test_rules_that_do_not_follow_each_other_are_not_joined(second, since):
    first = "FREQ=WEEKLY;BYDAY=MO;UNTIL=20301202"
    assert recurrence.joined(first, "2030-11-25T10:00", second, since) is None


def test_a_last_date_alone_is_joined_with_what_it_follows():
    first = "FREQ=WEEKLY;BYDAY=MO;UNTIL=20301202"
    whole = recurrence.joined(first, "2030-11-25T10:00", recurrence.ONCE, "2030-12-09T10:00")
    assert whole == "FREQ=WEEKLY;BYDAY=MO;UNTIL=20301209"


@settings(max_examples=100, derandomize=True)
@given(series())
def test_every_rule_can_be_said(drawn):
    rule, start = drawn
    assert rule_words.series(rule, start, "Europe/Berlin").startswith(("every", "on the"))


# -- edges --------------------------------------------------------------------------------------


def test_a_time_that_the_clocks_skip_is_as_much_later():
    assert recurrence.moment("2031-03-30T02:30", ZoneInfo("Europe/Berlin")) == datetime(
        2031, 3, 30, 1, 30, tzinfo=UTC
    )


def test_of_a_time_that_comes_twice_it_is_the_first():
    assert recurrence.moment("2030-10-27T02:30", ZoneInfo("Europe/Berlin")) == datetime(
        2030, 10, 27, 0, 30, tzinfo=UTC
    )


def test_a_leap_day_comes_in_leap_years():
    found = recurrence.expand(Rule("YEARLY", count=2), datetime(2028, 2, 29, 9))
    assert found == [datetime(2028, 2, 29, 9), datetime(2032, 2, 29, 9)]


def test_the_31st_is_in_seven_months_of_the_year():
    found = recurrence.expand(Rule("MONTHLY", until=date(2027, 12, 31)), datetime(2027, 1, 31, 9))
    assert [at.month for at in found] == [1, 3, 5, 7, 8, 10, 12]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no part of a rule"),
        ("FREQ=SECONDLY;COUNT=5", "by the day"),
        ("FREQ=DAILY", "ends after"),
        ("FREQ=DAILY;COUNT=5;UNTIL=20300101", "ends after"),
        ("FREQ=DAILY;COUNT=367", "From 1 to 366"),
        ("FREQ=DAILY;COUNT=0", "From 1 to 366"),
        ("FREQ=DAILY;COUNT=99999999999999999999", "not a number"),
        ("FREQ=DAILY;INTERVAL=0;COUNT=5", "from 1 to 99"),
        ("FREQ=DAILY;COUNT=5;COUNT=6", "no part of a rule"),
        ("FREQ=WEEKLY;BYDAY=XX;COUNT=5", "no day of the week"),
        ("FREQ=WEEKLY;BYDAY=MO,MO;COUNT=5", "once"),
        ("FREQ=MONTHLY;BYDAY=6MO;COUNT=5", "no day of the week"),
        ("FREQ=YEARLY;BYDAY=1MO;COUNT=5", "a month"),
        ("FREQ=DAILY;BYSETPOS=1;COUNT=5", "no part of a rule"),
        ("FREQ=DAILY;UNTIL=20301345", "not a day"),
        ("FREQ=DAILY;COUNT=5\r\nATTENDEE:mailto:x@example.org", "no part of a rule"),
    ],
)
def test_a_rule_that_no_meeting_follows_is_refused_in_words(text, why):
    with pytest.raises(WrongRule, match=why):
        recurrence.parse(text)


@pytest.mark.parametrize(
    ("rule", "start", "why"),
    [
        (Rule("DAILY", until=date(2029, 12, 31)), datetime(2030, 1, 1), "No day fits"),
        (Rule("DAILY", until=date(2032, 12, 31)), datetime(2030, 1, 1), "more than 366"),
        (Rule("YEARLY", count=60), datetime(2030, 1, 1), "five years"),
        (Rule("WEEKLY", until=date(2099, 1, 1), interval=99), datetime(2030, 1, 1), "five years"),
        (Rule("MONTHLY", interval=12, count=3), datetime(2030, 1, 31), ""),
    ],
)
def test_a_series_that_never_comes_or_never_ends_is_refused(rule, start, why):
    if not why:
        assert len(recurrence.expand(rule, start)) == 3
        return
    with pytest.raises(WrongRule, match=why):
        recurrence.expand(rule, start)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (Rule("DAILY", count=1), "every day at 09:00, Berlin time, once"),
        (Rule("DAILY", 2, count=10), "every second day at 09:00, Berlin time, ten times"),
        (Rule("WEEKLY", 2, (1,), count=2), "every second Tuesday at 09:00, Berlin time, twice"),
        (Rule("WEEKLY", 1, (0, 2), count=20), "every Monday and Wednesday at 09:00, Berlin time, 20 times"),
        (Rule("WEEKLY", 1, (0, 1, 2, 3, 4), count=5), "every weekday at 09:00, Berlin time, five times"),
        (
            Rule("WEEKLY", 3, (0, 2), until=date(2027, 2, 4)),
            "every third week on Monday and Wednesday at 09:00, Berlin time, until 4 February 2027",
        ),
        (
            Rule("MONTHLY", nth=(2, 1), count=3),
            "on the second Tuesday of every month at 09:00, Berlin time, three times",
        ),
        (
            Rule("MONTHLY", nth=(-1, 4), count=3),
            "on the last Friday of every month at 09:00, Berlin time, three times",
        ),
        (Rule("MONTHLY", 2, count=3), "on the 3rd of every second month at 09:00, Berlin time, three times"),
        (Rule("YEARLY", count=3), "every year on 3 November at 09:00, Berlin time, three times"),
    ],
)
def test_a_series_is_said_as_a_sentence(rule, said):
    assert rule_words.series(rule, datetime(2026, 11, 3, 9), "Europe/Berlin") == said
