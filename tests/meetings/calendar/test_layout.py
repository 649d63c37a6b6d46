"""What becomes of the dates of a meeting when its times change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from meetings.calendar.differences import Timing
from meetings.calendar.layout import Date, Layout, lay_out
from meetings.calendar.recurrence import Rule

HOUR = timedelta(hours=1)
LONG_BEFORE = datetime(2030, 1, 1, tzinfo=UTC)
MONDAYS = Timing("2030-11-25T14:00", HOUR, "Europe/Berlin", str(Rule("WEEKLY", count=4)))
ONCE = Timing("2030-11-25T14:00", HOUR, "Europe/Berlin", "", datetime(2030, 11, 25, 13, tzinfo=UTC))


def dates(timing: Timing, now: datetime = LONG_BEFORE) -> list[Date]:
    """The dates of a series that was just planned."""
    return list(lay_out(timing, [], now).fresh)


def after(known: list[Date], layout: Layout) -> list[Date]:
    """The dates as they are when that was done."""
    left = [layout.kept.get(date.recurrence_id, date) for date in known]
    left = [now for was, now in zip(known, left, strict=True) if was.recurrence_id not in layout.gone]
    return sorted([*left, *layout.fresh], key=lambda date: date.recurrence_id)


# -- by example ---------------------------------------------------------------------------------


def test_a_meeting_once_has_one_date():
    [only] = dates(ONCE)
    assert (only.recurrence_id, only.ends_at - only.starts_at) == ("2030-11-25T14:00", HOUR)


def test_the_only_date_is_given_another_time_even_if_it_is_over():
    known, at = dates(ONCE), datetime(2031, 1, 2, 8, tzinfo=UTC)
    later = replace(ONCE, wall_clock="2031-01-02T09:00", starts_at=at)
    layout = lay_out(later, known, known[0].ends_at + HOUR)
    assert (layout.fresh, layout.gone) == ((), frozenset())
    assert after(known, layout) == [Date("2031-01-02T09:00", at, at + HOUR)]


def test_another_time_of_day_leaves_a_day_that_is_off_off():
    known = dates(MONDAYS)
    known[1] = replace(known[1], is_off=True)
    layout = lay_out(replace(MONDAYS, wall_clock="2030-11-25T16:00"), known, LONG_BEFORE)
    assert [date.is_off for date in after(known, layout)] == [False, True, False, False]
    assert not layout.renewed


def test_nobody_gives_a_meeting_new_times_to_have_all_of_them_off():
    known = [replace(date, is_off=True) for date in dates(MONDAYS)]
    layout = lay_out(replace(MONDAYS, wall_clock="2030-11-25T16:00"), known, LONG_BEFORE)
    assert layout.renewed == {date.recurrence_id for date in known}


def test_what_was_moved_by_hand_stays_there_while_its_time_by_the_rule_does():
    known = dates(MONDAYS)
    elsewhere = known[2].starts_at + timedelta(days=1)
    known[2] = replace(known[2], starts_at=elsewhere, ends_at=elsewhere + HOUR, moved=True)
    assert (
        lay_out(replace(MONDAYS, duration=2 * HOUR), known, LONG_BEFORE).kept[known[2].recurrence_id]
        == known[2]
    )


def test_what_was_put_off_to_a_time_to_come_survives_a_rule_under_which_it_would_be_over():
    known = dates(MONDAYS)
    put_off = known[3].starts_at + timedelta(days=30)
    known[0] = replace(known[0], starts_at=put_off, ends_at=put_off + HOUR, moved=True)
    now = known[1].ends_at + HOUR
    layout = lay_out(replace(MONDAYS, wall_clock="2030-11-25T10:00"), known, now)
    assert layout.kept[known[0].recurrence_id] == replace(known[0], recurrence_id="2030-11-25T10:00")


# -- whatever the rule ---------------------------------------------------------------------------

RULES = st.builds(
    Rule,
    frequency=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
    interval=st.integers(1, 3),
    count=st.integers(1, 12),
).map(str)
TIMINGS = st.builds(
    Timing,
    wall_clock=st.sampled_from(
        ["2030-11-25T14:00", "2030-11-27T09:00", "2030-12-02T14:00", "2031-03-30T02:30"]
    ),
    duration=st.sampled_from([HOUR, HOUR / 2, 25 * HOUR]),
    time_zone=st.sampled_from(["Europe/Berlin", "UTC", "America/New_York"]),
    rrule=st.one_of(st.just(""), RULES),
)
MOMENTS = st.integers(-400, 4000).map(lambda hours: datetime(2030, 11, 25, 13, 30, tzinfo=UTC) + hours * HOUR)


@st.composite
def lived(draw) -> list[Date]:
    """Dates of some series, some of them moved by hand, some cancelled."""
    known = dates(draw(TIMINGS))
    for at, date in enumerate(known):
        what = draw(st.sampled_from(["", "", "", "moved", "off"]))
        if what == "moved":
            by = draw(st.integers(-30, 300)) * HOUR
            known[at] = replace(date, starts_at=date.starts_at + by, ends_at=date.ends_at + by, moved=True)
        elif what == "off":
            known[at] = replace(date, is_off=True)
    return known


@given(TIMINGS, lived(), MOMENTS)
def test_every_date_is_kept_or_gone_or_stays_as_it_was(timing, known, now):
    layout = lay_out(timing, known, now)
    ids = {date.recurrence_id for date in known}
    assert layout.kept.keys() | layout.gone <= ids
    assert not layout.kept.keys() & layout.gone
    assert layout.renewed <= layout.kept.keys()


@given(TIMINGS, lived(), MOMENTS)
def test_what_is_over_of_a_series_is_never_touched(timing, known, now):
    layout = lay_out(timing, known, now)
    if len(known) > 1:
        over = {date.recurrence_id for date in known if date.ends_at <= now}
        assert not over & (layout.kept.keys() | layout.gone)


@given(TIMINGS, lived(), MOMENTS)
def test_no_two_dates_have_the_same_name(timing, known, now):
    named = [date.recurrence_id for date in after(known, lay_out(timing, known, now))]
    assert len(set(named)) == len(named)


@given(TIMINGS, lived(), MOMENTS)
def test_all_that_is_to_come_by_the_rule_is_there_at_its_time_or_was_moved(timing, known, now):
    there = {date.recurrence_id: date for date in after(known, lay_out(timing, known, now))}
    for key in timing.keys:
        starts_at = timing.moment(key)
        over = [date for date in known if date.ends_at <= now and len(known) > 1]
        if starts_at + timing.duration > now and key not in {date.recurrence_id for date in over}:
            assert there[key].moved or there[key].starts_at == starts_at


@given(TIMINGS, lived(), MOMENTS)
def test_done_twice_it_brings_no_date_more_and_takes_none_away(timing, known, now):
    once = after(known, lay_out(timing, known, now))
    # What is left alone of a series looks like a single meeting, whose dates are all laid out anew.
    assume(len(once) != 1 or len(known) == 1)
    again = lay_out(timing, once, now)
    assert (again.fresh, again.gone) == ((), frozenset())
