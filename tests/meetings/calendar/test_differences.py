"""What a change of times is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.calendar import differences
from meetings.calendar.differences import Kind, Timing
from meetings.calendar.recurrence import Rule

HALF_AN_HOUR = timedelta(minutes=30)
BEFORE = datetime(2030, 1, 1, tzinfo=UTC)


def mondays(count: int, start: str = "2030-11-25T14:00") -> Timing:
    return Timing(start, HALF_AN_HOUR, "Europe/Berlin", str(Rule("WEEKLY", count=count)))


ONCE = Timing("2030-11-25T14:00", HALF_AN_HOUR, "Europe/Berlin")


def kind(before: Timing, now: Timing, at: datetime = BEFORE) -> Kind:
    return differences.between(before, now, at).kind


@pytest.mark.parametrize(
    ("before", "now", "is_"),
    [
        (ONCE, ONCE, Kind.SAME),
        (ONCE, replace(ONCE, wall_clock="2030-11-25T13:00", time_zone="Europe/London"), Kind.SAME),
        (ONCE, replace(ONCE, wall_clock="2030-11-25T15:00"), Kind.MOVED),
        (ONCE, replace(ONCE, duration=2 * HALF_AN_HOUR), Kind.LENGTH),
        (ONCE, mondays(3), Kind.SERIES),
        (ONCE, mondays(3, "2030-12-02T14:00"), Kind.MOVED),
        (mondays(3), replace(ONCE, wall_clock="2030-12-02T14:00"), Kind.ONCE),
        (mondays(3), replace(ONCE, wall_clock="2030-12-03T14:00"), Kind.MOVED),
        (mondays(3), mondays(5), Kind.LONGER),
        (mondays(5), mondays(3), Kind.SHORTER),
        (mondays(3), replace(mondays(3), rrule=str(Rule("WEEKLY", until=date(2030, 12, 9)))), Kind.SAME),
        (mondays(3), replace(mondays(3), duration=2 * HALF_AN_HOUR), Kind.LENGTH),
        (mondays(3), replace(mondays(3), time_zone="Europe/London"), Kind.MOVED),
        (mondays(3), mondays(3, "2030-11-25T15:00"), Kind.MOVED),
        (mondays(3), mondays(3, "2030-12-30T14:00"), Kind.MOVED),
        (mondays(3), replace(mondays(3), rrule=str(Rule("WEEKLY", 2, count=3))), Kind.DAYS),
        # Where every moment that stays is the same, no time is new.
        (mondays(3), replace(mondays(3), time_zone="Europe/Vienna"), Kind.SAME),
        (mondays(3), replace(mondays(3, "2030-11-25T13:00"), time_zone="Europe/London"), Kind.SAME),
        (mondays(3), replace(mondays(5), time_zone="Europe/Vienna"), Kind.LONGER),
        (mondays(20), replace(mondays(20, "2030-11-25T08:00"), time_zone="America/New_York"), Kind.MOVED),
        (mondays(3), replace(mondays(5), duration=2 * HALF_AN_HOUR), Kind.DATES),
        (mondays(5), replace(mondays(3), duration=HALF_AN_HOUR / 2), Kind.DATES),
        (mondays(3), mondays(2, "2030-12-02T14:00"), Kind.DATES),
        (mondays(3), mondays(4, "2030-11-18T14:00"), Kind.DATES),
        (mondays(3), mondays(3, "2030-12-02T14:00"), Kind.DATES),
        (mondays(5), replace(mondays(5), rrule=str(Rule("WEEKLY", 2, count=3))), Kind.DATES),
        (ONCE, replace(mondays(3), duration=2 * HALF_AN_HOUR), Kind.SERIES),
        (mondays(3), replace(ONCE, duration=2 * HALF_AN_HOUR), Kind.ONCE),
        # Another rule that happens to have one of the dates is other days.
        (
            mondays(2),
            Timing("2030-12-02T14:00", HALF_AN_HOUR, "Europe/Berlin", str(Rule("DAILY", count=9))),
            Kind.DAYS,
        ),
        (mondays(3), replace(mondays(3), rrule=str(Rule("WEEKLY", 1, (0, 2), count=6))), Kind.DAYS),
    ],
)
def test_a_change_is_called_what_it_is(before, now, is_):
    assert kind(before, now) is is_


def test_length_and_dates_are_told_side_by_side():
    longer = replace(mondays(4, "2030-12-02T14:00"), duration=2 * HALF_AN_HOUR)
    change = differences.between(mondays(3), longer, BEFORE)
    assert [at.day for at in change.gone] == [25]
    assert [at.day for at in change.added] == [16, 23]
    assert change.takes_longer
    assert change.asks_who_comes
    assert not change.asks_everybody
    shorter = differences.between(longer, mondays(3), BEFORE)
    assert shorter.takes_less
    assert not shorter.asks_who_comes
    series = differences.between(ONCE, replace(mondays(3), duration=2 * HALF_AN_HOUR), BEFORE)
    assert (series.asks_everybody, series.asks_who_comes, series.takes_longer) == (True, False, True)


def test_what_was_over_by_then_is_not_missed():
    """A series that has begun goes on with the next of its dates."""
    at = datetime(2030, 11, 26, tzinfo=UTC)
    rest = mondays(2, "2030-12-02T14:00")
    assert kind(mondays(3), rest, at) is Kind.SAME
    assert kind(mondays(3), replace(rest, duration=2 * HALF_AN_HOUR), at) is Kind.LENGTH


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 50), st.integers(1, 50))
def test_the_dates_that_come_and_go_are_named(few, more):
    longer = differences.between(mondays(few), mondays(few + more), BEFORE)
    shorter = differences.between(mondays(few + more), mondays(few), BEFORE)
    assert (len(longer.added), len(shorter.gone)) == (more, more)
    assert longer.added == shorter.gone


def test_only_other_times_ask_everybody_and_a_longer_one_whoever_comes():
    asks = differences.between(ONCE, replace(ONCE, duration=2 * HALF_AN_HOUR), BEFORE)
    assert asks.asks_who_comes
    assert not asks.asks_everybody
    shorter = differences.between(ONCE, replace(ONCE, duration=HALF_AN_HOUR / 2), BEFORE)
    assert not shorter.asks_who_comes
    assert not differences.between(mondays(3), mondays(9), BEFORE).asks_everybody
    assert differences.between(mondays(3), mondays(3, "2030-11-25T15:00"), BEFORE).asks_everybody
