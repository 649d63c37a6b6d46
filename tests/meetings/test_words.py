from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from meetings import words

BERLIN = ZoneInfo("Europe/Berlin")


def at(hour: int, minute: int = 0, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN)


def test_a_day_has_its_year_unless_it_is_this_one():
    assert words.day(date(2026, 11, 23), date(2026, 1, 1)) == "Monday, 23 November"
    assert words.day(date(2026, 11, 23), date(2027, 1, 1)) == "Monday, 23 November 2026"


def test_a_span_names_the_day_on_which_it_ends_if_that_is_another():
    assert words.span(at(14), at(14, 45)) == "14:00 to 14:45"
    assert words.span(at(23), at(1, day=24)) == "23:00 to 01:00 on Tuesday"


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Berlin", "Berlin time"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires time"),
        ("UTC", "UTC"),
        ("Etc/GMT+5", "Etc/GMT+5"),
    ],
)
def test_a_zone_is_called_by_its_city(zone, said):
    assert words.zone_words(zone) == said


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (at(13, 48), "Starts in 12 minutes"),
        (at(12, 30), "Starts in 1 hour 30 minutes"),
        (at(11, 59), "Starts in 2 hours"),
        (at(14, 0), "Starting now"),
        (at(14, 5), "Started 5 minutes ago"),
        (at(14, 45), "Over"),
        (at(9, 0, day=22), "Starts tomorrow"),
        (at(23, 0, day=22), "Starts tomorrow"),
        (at(9, 0, day=19), "Starts on Monday"),
        (at(9, 0, day=14), "Starts in 9 days"),
    ],
)
def test_how_far_off_a_meeting_is(now, said):
    assert words.until(at(14), at(14, 45), now) == said


def test_an_agenda_is_points_with_minutes():
    text = "1. What the passengers told us (10)\n- Line 4 (20 min)\n\nWho does what (us)"
    assert words.agenda(text) == [
        words.Point("What the passengers told us", 10),
        words.Point("Line 4", 20),
        words.Point("Who does what (us)"),
    ]


def test_control_and_direction_characters_are_left_out():
    assert words.plain("Pay\u202eroll\x00 \u2066now\u2069\x07\n  twice") == "Payroll now twice"
    assert words.plain("one\r\ntwo\x0b \n", lines=True) == "one\ntwo"


def test_joiners_that_shape_letters_stay():
    assert words.plain("می\u200cخواهم") == "می\u200cخواهم"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("The mail server said: 552 5.2.2 Mailbox full", "The mailbox is full"),
        ("The mail server said: 550 5.1.1 <x>: Recipient address rejected", "No such mailbox"),
        ("The mail server said: 550 user unknown", "No such mailbox"),
        ("The mail server said: 554 5.7.1 Spam", "The mail server refused it"),
    ],
)
def test_why_a_letter_came_back(error, said):
    assert words.refusal(error) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(1, "1 minute"), (45, "45 minutes"), (60, "1 hour"), (90, "1 hour 30 minutes"), (180, "3 hours")],
)
def test_a_length(minutes, said):
    assert words.length(timedelta(minutes=minutes)) == said


@pytest.mark.parametrize(
    ("dates", "more", "changed", "said"),
    [
        ([at(14, day=24), at(14, day=25)], 0, None, "Then Tue 24 Nov and Wed 25 Nov"),
        ([at(14, day=24), at(15, day=25)], 2, None, "Then Tue 24 Nov, Wed 25 Nov at 15:00 and 2 more"),
        ([at(14, day=24)], 5, at(14, day=27), "Then Tue 24 Nov and 5 more"),
        ([at(14, day=24)], 5, at(15, day=27), "Then Tue 24 Nov and 5 more, from Fri 27 Nov on at 15:00"),
    ],
)
def test_dates_after_the_one_that_is_shown_are_said_with_their_hour_where_it_is_another(
    dates, more, changed, said
):
    assert words.then(at(14), dates, more, changed) == said
