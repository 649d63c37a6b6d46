from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.calendar import grid
from meetings.calendar.grid import Timed

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 23)


def timed(day: int, hour: int, minute: int = 0, minutes: int = 60, zone: ZoneInfo = BERLIN, name: str = "it"):
    starts_at = datetime(2026, 11, day, hour, minute, tzinfo=zone).astimezone(UTC)
    return Timed(starts_at, starts_at + timedelta(minutes=minutes), name)


def places(*items, on: date = MONDAY, zone: ZoneInfo = BERLIN):
    [column] = grid.columns(items, [on], zone)
    return [(block.item, block.top, block.bottom, block.lane, block.lanes) for block in column.blocks]


def test_a_week_begins_on_monday():
    week = grid.week_of(date(2026, 11, 29))
    assert (week[0], week[-1], len(week)) == (MONDAY, date(2026, 11, 29), 7)


@pytest.mark.parametrize(("starts", "first"), [(6, date(2026, 11, 22)), (5, date(2026, 11, 21))])
def test_a_week_begins_on_another_day_where_that_is_said(starts, first):
    for on in (first, first + timedelta(days=3), first + timedelta(days=6)):
        week = grid.week_of(on, starts)
        assert (week[0], week[-1]) == (first, first + timedelta(days=6))


@given(st.dates(date(2000, 1, 1), date(2150, 12, 31)), st.sampled_from([0, 5, 6]))
def test_a_month_is_whole_weeks_with_all_of_its_days(on, starts):
    weeks = grid.month_of(on, starts)
    days = [day for week in weeks for day in week]
    assert all(len(week) == 7 and week[0].weekday() == starts for week in weeks)
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(days))
    inside = [day for day in days if day.month == on.month]
    assert inside[0].day == 1
    assert (inside[-1] + timedelta(days=1)).day == 1
    assert all(any(day.month == on.month for day in week) for week in weeks)


def test_a_meeting_stands_where_the_clock_says():
    assert places(timed(23, 9, 15)) == [("it", 555, 615, 0, 1)]
    assert places(timed(23, 9, 15), zone=ZoneInfo("Asia/Kolkata")) == [("it", 825, 885, 0, 1)]


def test_what_is_short_is_as_high_as_can_be_hit():
    assert places(timed(23, 9, minutes=5)) == [("it", 540, 570, 0, 1)]
    assert places(timed(23, 23, 55, minutes=5)) == [("it", 1410, 1440, 0, 1)]


def test_what_overlaps_stands_side_by_side_and_what_only_touches_does_not():
    found = places(
        timed(23, 9, name="a"),
        timed(23, 9, 30, name="b"),
        timed(23, 10, name="c"),
        timed(23, 11, name="d"),
    )
    assert found == [
        ("a", 540, 600, 0, 2),
        ("b", 570, 630, 1, 2),
        ("c", 600, 660, 0, 2),
        ("d", 660, 720, 0, 1),
    ]


def test_what_goes_over_midnight_stands_on_both_days():
    night = timed(23, 22, 30, minutes=180)
    first, second = grid.columns([night], [MONDAY, MONDAY + grid.DAY], BERLIN)
    assert [(b.top, b.bottom, b.continues, b.goes_on) for b in first.blocks] == [(1350, 1440, False, True)]
    assert [(b.top, b.bottom, b.continues, b.goes_on) for b in second.blocks] == [(0, 90, True, False)]


def test_a_whole_day_fills_its_day_and_no_other():
    day = timed(24, 0, minutes=1440)
    columns = grid.columns([day], grid.week_of(MONDAY), BERLIN)
    assert [len(column.blocks) for column in columns] == [0, 1, 0, 0, 0, 0, 0]
    assert (columns[1].blocks[0].top, columns[1].blocks[0].bottom) == (0, 1440)


def test_nine_is_nine_on_the_days_on_which_the_clocks_change():
    for on, shift in ((date(2026, 3, 29), 1), (date(2026, 10, 25), -1)):
        nine = datetime(on.year, on.month, on.day, 9, tzinfo=BERLIN)
        [column] = grid.columns([Timed(nine, nine + timedelta(hours=1), "it")], [on], BERLIN)
        assert column.blocks[0].top == 540
        assert column.shift == timedelta(hours=shift)


def test_the_hour_that_is_skipped_is_known():
    nothing: list[Timed[str]] = []
    march, october = grid.columns(nothing, [date(2026, 3, 29), date(2026, 10, 25)], BERLIN)
    assert march.skipped == {2}
    assert october.skipped == frozenset()


def test_what_ends_earlier_by_the_clock_than_it_began_has_its_true_length():
    starts_at = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 2:30, the first time
    [column] = grid.columns(
        [Timed(starts_at, starts_at + timedelta(minutes=45), "it")], [date(2026, 10, 25)], BERLIN
    )
    [block] = column.blocks
    assert (block.top, block.bottom) == (150, 195)


def test_a_day_without_midnight_begins_when_it_begins():
    beirut = ZoneInfo("Asia/Beirut")
    on = date(2026, 3, 29)
    start, end = grid.bounds([on], beirut)
    assert end - start == timedelta(hours=23)
    assert start.astimezone(beirut).hour == 1


def test_hours_go_as_far_as_meetings_do():
    quiet = grid.columns([timed(23, 9)], [MONDAY], BERLIN)
    assert grid.hours(quiet) == range(8, 18)
    late = grid.columns([timed(23, 6, 30), timed(23, 20, 15)], [MONDAY], BERLIN)
    assert grid.hours(late) == range(6, 22)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
lengths = st.integers(1, 1440)
zones = st.sampled_from(
    [
        ZoneInfo(name)
        for name in ("Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")
    ]
)


@given(st.lists(st.tuples(moments, lengths), max_size=12), zones)
def test_nothing_is_lost_and_nothing_covers_another(meetings, zone):
    items = [Timed(at, at + timedelta(minutes=n), index) for index, (at, n) in enumerate(meetings)]
    for at, _ in meetings:
        week = grid.week_of(at.astimezone(zone).date())
        columns = grid.columns(items, week, zone)
        for column in columns:
            for block in column.blocks:
                assert 0 <= block.top < block.bottom <= 1440
                assert block.bottom - block.top >= grid.SHORTEST
                assert block.lane < block.lanes <= grid.LANES
            for one, other in pairwise(sorted(column.blocks, key=lambda block: (block.lane, block.top))):
                if one.lane == other.lane and one.lane < grid.LANES - 1:
                    assert one.bottom <= other.top
        start, end = grid.bounds(week, zone)
        shown = {block.item for column in columns for block in column.blocks}
        assert shown == {item.item for item in items if item.starts_at < end and item.ends_at > start}


@pytest.mark.parametrize("minute", range(0, 1440, 5))
def test_every_height_has_its_class_names(minute):
    hour, rest = grid.at_minute(minute).split()
    assert int(hour[1:]) * 60 + int(rest[1:]) == minute
