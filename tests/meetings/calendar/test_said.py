from __future__ import annotations

from meetings.calendar.said import Said

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
