from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from meetings.calendar.recurrence import wall_clocks
from meetings.calendar.recurrence_ids import named, shows

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
MONDAYS = wall_clocks("FREQ=WEEKLY;COUNT=4", "2027-01-18T09:00")
DAYS = wall_clocks("FREQ=DAILY;COUNT=8", "2027-03-10T02:30")


@pytest.mark.parametrize(
    ("at", "key"),
    [
        (datetime(2027, 1, 25, 8, tzinfo=UTC), MONDAYS[1]),
        (datetime(2027, 1, 25, 3, tzinfo=NEW_YORK), MONDAYS[1]),
        (date(2027, 1, 25), MONDAYS[1]),
        # On the wall of the series, or on one elsewhere.
        (datetime(2027, 1, 25, 9), MONDAYS[1]),
        (datetime(2027, 1, 25, 3), MONDAYS[1]),
        (datetime(2027, 1, 25, 9, tzinfo=UTC), None),
        (date(2027, 1, 26), None),
        (datetime(2027, 1, 28, 9), None),
    ],
)
def test_a_date_of_a_series_is_named_by_its_moment_its_clock_or_its_day(at, key):
    assert named(at, MONDAYS, BERLIN) == key


def test_a_time_somewhere_that_may_be_either_of_two_dates_is_neither():
    assert named(datetime(2027, 3, 12, 20, 30), DAYS, NEW_YORK) is None
    assert named(datetime(2027, 3, 12, 2, 30), DAYS, NEW_YORK) == "2027-03-12T02:30"


def test_a_date_whose_time_the_clocks_skip_is_named_by_its_moment():
    # 02:30 on 14 March 2027 is 03:30 in New York.
    at = datetime(2027, 3, 14, 7, 30, tzinfo=UTC)
    assert named(at, DAYS, NEW_YORK) == "2027-03-14T02:30"


def test_a_time_shows_a_moment_as_far_as_it_says():
    moment = datetime(2027, 1, 25, 8, tzinfo=UTC)
    assert shows(datetime(2027, 1, 25, 3, tzinfo=NEW_YORK), moment, BERLIN)
    assert shows(datetime(2027, 1, 25, 9), moment, BERLIN)
    assert shows(date(2027, 1, 25), moment, BERLIN)
    assert not shows(datetime(2027, 1, 25, 8), moment, BERLIN)
    assert not shows(date(2027, 1, 26), moment, BERLIN)
