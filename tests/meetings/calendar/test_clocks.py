from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.calendar import clocks

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_time_is_a_moment_in_its_zone():
    assert clocks.moment(date(2026, 11, 23), time(14), BERLIN) == datetime(2026, 11, 23, 13, tzinfo=UTC)


def test_a_time_that_the_clocks_skip_is_named_with_what_to_choose():
    with pytest.raises(clocks.SkippedTime) as skipped:
        clocks.moment(date(2027, 3, 28), time(2, 30), BERLIN)
    assert str(skipped.value) == (
        "That time does not exist on 28 March: the clocks go from 2:00 to 3:00. Choose 3:00 or later."
    )


def test_the_edges_of_the_gap_are_exact():
    assert clocks.moment(date(2027, 3, 28), time(3), BERLIN) == datetime(2027, 3, 28, 1, tzinfo=UTC)
    with pytest.raises(clocks.SkippedTime):
        clocks.moment(date(2027, 3, 28), time(2), BERLIN)


def test_half_an_hour_is_skipped_on_lord_howe():
    with pytest.raises(clocks.SkippedTime, match="from 2:00 to 2:30"):
        clocks.moment(date(2027, 10, 3), time(2, 15), ZoneInfo("Australia/Lord_Howe"))


def test_of_two_equal_times_it_takes_the_first():
    assert clocks.moment(date(2026, 10, 25), time(2, 30), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@settings(max_examples=200)
@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2035, 1, 1)),
    st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]
    ),
)
def test_what_it_gives_reads_the_same_on_the_clock(local, name):
    zone = ZoneInfo(name)
    exists = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local
    if exists:
        moment = clocks.moment(local.date(), local.time(), zone)
        assert moment.astimezone(zone).replace(tzinfo=None) == local
    else:
        with pytest.raises(clocks.SkippedTime) as skipped:
            clocks.moment(local.date(), local.time(), zone)
        assert skipped.value.starts <= local < skipped.value.ends
