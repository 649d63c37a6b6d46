from __future__ import annotations

import pytest

from meetings.calendar.said import ONE_BY_ONE, Said

SERIES, DATE, OTHER = 1, 2, 3


def test_an_answer_to_a_date_takes_the_place_of_that_to_the_whole():
    said = Said({SERIES: "ACCEPTED"}, {DATE: "DECLINED"})
    assert (said.to(SERIES, DATE), said.to(SERIES, OTHER), said.to(SERIES)) == (
        "DECLINED",
        "ACCEPTED",
        "ACCEPTED",
    )


def test_who_said_nothing_to_the_whole_has_said_something_to_a_date():
    said = Said({}, {DATE: "DECLINED"})
    assert said.to(SERIES, DATE) == "DECLINED"
    assert said.to(SERIES, OTHER) == "NEEDS-ACTION"


def test_who_was_not_asked_has_not_kept_silent():
    assert Said({}, {}).to(SERIES, DATE, silent="") == ""


@pytest.mark.parametrize(
    ("to_all", "to_one", "whole"),
    [
        ("NEEDS-ACTION", {}, "NEEDS-ACTION"),
        ("ACCEPTED", {}, "ACCEPTED"),
        ("ACCEPTED", {DATE: "DECLINED"}, "ACCEPTED"),
        ("NEEDS-ACTION", {DATE: "DECLINED"}, "NEEDS-ACTION"),
        ("NEEDS-ACTION", {DATE: "DECLINED", OTHER: "NEEDS-ACTION"}, "NEEDS-ACTION"),
    ],
)
def test_what_is_said_to_some_dates_is_not_said_to_the_whole(to_all, to_one, whole):
    assert Said({SERIES: to_all}, to_one).to_whole(SERIES, [DATE, OTHER]) == whole


@pytest.mark.parametrize("to_all", ["NEEDS-ACTION", "ACCEPTED"])
def test_who_said_the_same_to_each_date_has_said_it_to_the_whole(to_all):
    said = Said({SERIES: to_all}, {DATE: "DECLINED", OTHER: "DECLINED"})
    assert said.to_whole(SERIES, [DATE, OTHER]) == "DECLINED"


@pytest.mark.parametrize("to_all", ["NEEDS-ACTION", "ACCEPTED"])
def test_where_each_date_has_an_answer_of_its_own_none_is_missing(to_all):
    said = Said({SERIES: to_all}, {DATE: "DECLINED", OTHER: "ACCEPTED"})
    assert said.to_whole(SERIES, [DATE, OTHER]) == ONE_BY_ONE


def test_a_series_without_dates_to_come_has_the_answer_to_the_whole():
    assert Said({SERIES: "ACCEPTED"}, {DATE: "DECLINED"}).to_whole(SERIES, []) == "ACCEPTED"


def test_of_several_answers_to_the_same_the_last_one_counts():
    said = Said.of([(SERIES, None, "DECLINED"), (SERIES, DATE, "ACCEPTED"), (SERIES, DATE, "TENTATIVE")])
    assert (said.to(SERIES), said.to(SERIES, DATE)) == ("DECLINED", "TENTATIVE")
